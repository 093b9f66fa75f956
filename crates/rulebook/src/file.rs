//! The sections of a rulebook file.

use detente_domain::decay::{Decay, HALF_LIFE_MAX};
use detente_domain::details::PLOVER;
use detente_domain::dimension::Weighed;
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::level::Bound;
use detente_domain::rulebook::{
    Corroboration, DimensionRule, KindRule, Rulebook, WEIGHT_MAX, Weight,
};
use toml::de::DeTable;

use super::odd::odd;
use super::reader::{Reader, Section};
use super::{Examined, Problem};

const SECTIONS: [&str; 11] = [
    "version",
    "grades",
    "corroboration",
    "authority",
    "machine",
    "dimensions",
    "levels",
    "threat",
    "trajectory",
    "kinds",
    "coded",
];
const SOURCES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
const INFORMATION: [&str; 6] = ["1", "2", "3", "4", "5", "6"];
/// The most publishers that a step may ask for.
const PUBLISHERS_MAX: i64 = 1_000;
/// The longest window of a trajectory, in days: ten years.
const WINDOW_MAX: i64 = 3_653;

/// Reads a file, and says all that is wrong with it, and what is odd.
pub(super) fn examine(text: &str) -> Examined {
    let mut reader = Reader::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.syntax(error);
    }
    let root = reader.root(table.get_ref());
    reader.known(&root, &SECTIONS);
    let rules = rulebook(&mut reader, &root);
    if !errors.is_empty() {
        reader.keep_certain();
    }
    let Some(rules) = rules else {
        return Examined {
            rules: None,
            problems: reader.problems(),
            warnings: Vec::new(),
        };
    };
    for fault in rules.faults() {
        // The domain names the blend by itself; in the file it stands with the dimensions.
        let at = if fault.at == "posture" {
            "dimensions"
        } else {
            &fault.at
        };
        if !reader.has_told(at) {
            reader.tell(at, fault.problem);
        }
    }
    let warnings = odd(&rules).into_iter();
    let warnings = warnings.map(|(at, problem)| reader.problem(&at, problem));
    let mut warnings: Vec<Problem> = warnings.collect();
    warnings.sort_by_key(|warning| (warning.line, warning.column));
    Examined {
        warnings,
        rules: reader.is_clean().then_some(rules),
        problems: reader.problems(),
    }
}

/// Reads every section before giving up, so that every problem is told.
fn rulebook<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Rulebook> {
    let version = reader.text(root, "version").map(str::to_owned);
    let grades = grades(reader, root);
    let corroboration = corroboration(reader, root);
    let carry_over = lone_share(reader, root, "authority", "carry_over");
    let machine_share = lone_share(reader, root, "machine", "share");
    let dimensions = dimensions(reader, root);
    let levels = levels(reader, root);
    let threat = threat(reader, root);
    let trajectory = trajectory(reader, root);
    let kinds = kinds(reader, root);
    let coded = coded(reader, root);
    let (grades, levels, dimensions) = (grades?, levels?, dimensions?);
    let (trajectory_days, trajectory_step) = trajectory?;
    Some(Rulebook {
        version: version?,
        kinds: kinds?,
        coded: coded?,
        dimensions: dimensions.rules,
        source: grades.source,
        information: grades.information,
        ladder_source: grades.ladder.source(),
        ladder_information: grades.ladder.information(),
        disputed: grades.disputed,
        corroboration: corroboration?,
        carry_over: carry_over?,
        machine_share: machine_share?,
        levels: levels.bounds,
        threat: threat?,
        mixed: levels.mixed,
        posture: dimensions.posture,
        trajectory_days,
        trajectory_step,
    })
}

/// A table with one share in it.
fn lone_share<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
    table: &str,
    key: &str,
) -> Option<u32> {
    let section = reader.section(root, table)?;
    reader.known(&section, &[key]);
    let most = if table == "machine" { 900 } else { 1000 };
    reader.share(&section, key, most)
}

struct Grades {
    source: [u32; 6],
    information: [u32; 6],
    ladder: Grade,
    disputed: u32,
}

fn grades<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Grades> {
    let section = reader.section(root, "grades")?;
    reader.known(&section, &["source", "information", "ladder", "disputed"]);
    let source = six(reader, &section, "source", SOURCES);
    let information = six(reader, &section, "information", INFORMATION);
    let ladder = reader.text(&section, "ladder").and_then(|text| {
        let grade = Grade::parse(text);
        if let Err(error) = &grade {
            reader.tell("grades.ladder", error.to_string());
        }
        grade.ok()
    });
    let disputed = reader.share(&section, "disputed", 1000);
    Some(Grades {
        source: source?,
        information: information?,
        ladder: ladder?,
        disputed: disputed?,
    })
}

fn corroboration<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Corroboration> {
    let section = reader.section(root, "corroboration")?;
    reader.known(&section, &["counts", "steps", "ceiling"]);
    let counts = reader.text(&section, "counts").and_then(|text| {
        let grade = Grade::parse(text);
        if let Err(error) = &grade {
            reader.tell(&section.at("counts"), error.to_string());
        }
        grade.ok()
    });
    let steps = reader.numbers(&section, "steps", 2..=PUBLISHERS_MAX);
    let ceiling = reader.section(&section, "ceiling").and_then(|table| {
        reader.known(&table, &SOURCES);
        all(SOURCES.map(|letter| reader.whole(&table, letter, 1..=6)))
    });
    let counts = counts?;
    Some(Corroboration {
        steps: steps?
            .into_iter()
            .filter_map(|n| u32::try_from(n).ok())
            .collect(),
        source: counts.source(),
        information: counts.information(),
        ceiling: ceiling?.map(|digit| u8::try_from(digit - 1).unwrap_or(u8::MAX)),
    })
}

/// Six numbers by their keys.
fn six<'t>(
    reader: &mut Reader<'t>,
    around: &Section<'_, 't>,
    table: &str,
    keys: [&str; 6],
) -> Option<[u32; 6]> {
    let section = reader.section(around, table)?;
    reader.known(&section, &keys);
    all(keys.map(|key| reader.share(&section, key, 1000)))
}

struct Dimensions {
    rules: [DimensionRule; 6],
    posture: [u32; 6],
}

fn dimensions<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Dimensions> {
    let around = reader.section(root, "dimensions")?;
    reader.known(&around, &Weighed::ALL.map(Weighed::as_str));
    let read = Weighed::ALL.map(|weighed| {
        let section = reader.section(&around, weighed.as_str())?;
        reader.known(&section, &["half_life_days", "damping", "posture"]);
        let days = reader.whole(&section, "half_life_days", 1..=i64::from(HALF_LIFE_MAX));
        let damping = reader.positive(&section, "damping");
        if damping == Some(0) {
            reader.tell(&section.at("damping"), "this must be over 0");
        }
        let posture = reader.positive(&section, "posture");
        let half_life_days = u32::try_from(days?).ok()?;
        let decay = Decay::new(half_life_days);
        Some((
            DimensionRule {
                half_life_days,
                damping: damping?,
                decay,
            },
            posture?,
        ))
    });
    let read = all(read)?;
    let posture = read.each_ref().map(|(_, posture)| *posture);
    Some(Dimensions {
        rules: read.map(|(rule, _)| rule),
        posture,
    })
}

struct Levels {
    bounds: [Bound; 4],
    mixed: i64,
}

/// Going back towards neutral takes the hysteresis; going outward happens at the bound itself.
fn levels<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Levels> {
    const BELOW: [&str; 2] = ["hostile", "strained"];
    const ABOVE: [&str; 2] = ["cooperative", "close"];
    let section = reader.section(root, "levels")?;
    reader.known(
        &section,
        &[
            BELOW[0],
            BELOW[1],
            ABOVE[0],
            ABOVE[1],
            "hysteresis",
            "mixed",
        ],
    );
    let hysteresis = reader.positive(&section, "hysteresis");
    let mixed = reader.positive(&section, "mixed");
    let below = BELOW.map(|key| reader.number(&section, key));
    let above = ABOVE.map(|key| reader.number(&section, key));
    let hysteresis = hysteresis?;
    let [hostile, strained] = all(below)?.map(|at| Bound {
        at,
        margin_up: hysteresis,
        margin_down: 0,
    });
    let [cooperative, close] = all(above)?.map(|at| Bound {
        at,
        margin_up: 0,
        margin_down: hysteresis,
    });
    if strained.at >= 0 || cooperative.at <= 0 {
        reader.tell(
            "levels",
            "strained must be below 0 and cooperative above it",
        );
    }
    Some(Levels {
        bounds: [hostile, strained, cooperative, close],
        mixed: mixed?,
    })
}

fn threat<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<[Bound; 3]> {
    const WORDS: [&str; 3] = ["low", "elevated", "high"];
    let section = reader.section(root, "threat")?;
    reader.known(&section, &[WORDS[0], WORDS[1], WORDS[2], "hysteresis"]);
    let hysteresis = reader.positive(&section, "hysteresis");
    let bounds = WORDS.map(|key| reader.positive(&section, key));
    let hysteresis = hysteresis?;
    Some(all(bounds)?.map(|at| Bound {
        at,
        margin_up: 0,
        margin_down: hysteresis,
    }))
}

fn trajectory<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<(u16, i64)> {
    let section = reader.section(root, "trajectory")?;
    reader.known(&section, &["days", "step"]);
    let days = reader.whole(&section, "days", 1..=WINDOW_MAX);
    let step = reader.positive(&section, "step");
    Some((u16::try_from(days?).ok()?, step?))
}

const EXTRAS: [&str; 3] = ["mutual", "contact", "signal"];

fn kinds<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Vec<KindRule>> {
    let around = reader.section(root, "kinds")?;
    let codes: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    reader.known(&around, &codes);
    let keys: Vec<&str> = Weighed::ALL
        .map(Weighed::as_str)
        .into_iter()
        .chain(EXTRAS)
        .collect();
    let rules = codes.iter().map(|code| {
        let section = reader.section(&around, code)?;
        reader.known(&section, &keys);
        let mutual = if section.has("mutual") {
            reader.positive(&section, "mutual")?
        } else {
            0
        };
        if mutual > 1000 {
            reader.tell(&section.at("mutual"), "a share is at most 1");
        }
        Some(KindRule {
            weights: weights(reader, &section),
            mutual,
            contact: reader.flag(&section, "contact"),
            signal: reader.flag(&section, "signal"),
        })
    });
    // Gathered first: a rule that is missing must not keep the next ones from being read.
    rules.collect::<Vec<_>>().into_iter().collect()
}

fn coded<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Vec<[Weight; 6]>> {
    let around = reader.section(root, "coded")?;
    reader.known(&around, PLOVER);
    let rules = PLOVER.iter().map(|event| {
        let section = reader.section(&around, event)?;
        reader.known(&section, &Weighed::ALL.map(Weighed::as_str));
        Some(weights(reader, &section))
    });
    rules.collect::<Vec<_>>().into_iter().collect()
}

/// Positive warms, negative strains, absent does neither.
fn weights<'t>(reader: &mut Reader<'t>, section: &Section<'_, 't>) -> [Weight; 6] {
    Weighed::ALL.map(|weighed| {
        let key = weighed.as_str();
        let number = if section.has(key) {
            reader.number(section, key)
        } else {
            None
        };
        let number = number.unwrap_or_default();
        if number.unsigned_abs() > u64::from(WEIGHT_MAX) {
            let most = WEIGHT_MAX / 1000;
            reader.tell(&section.at(key), format!("a weight is at most {most}"));
        }
        let Ok(size) = u32::try_from(number.unsigned_abs()) else {
            reader.tell(&section.at(key), "this weight is too large");
            return Weight::default();
        };
        if weighed == Weighed::Threat && number > 0 {
            reader.tell(&section.at(key), "threat is strain alone; write it below 0");
        }
        if number < 0 {
            Weight {
                warmth: 0,
                strain: size,
            }
        } else {
            Weight {
                warmth: size,
                strain: 0,
            }
        }
    })
}

/// All of them, or nothing.
fn all<T, const N: usize>(read: [Option<T>; N]) -> Option<[T; N]> {
    let read: Option<Vec<T>> = read.into_iter().collect();
    read?.try_into().ok()
}
