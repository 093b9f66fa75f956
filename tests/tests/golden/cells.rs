//! Cells: the answers that a history allows, and whether the product gives one of them.

use crate::facts::{self, Facts};
use detente_chronicle::Chronicle;
use detente_cli::args::Demo;
use detente_domain::day::Day;
use detente_domain::details::{Field, Value};
use detente_domain::dimension::{Dimension, Register, Weighed};
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use detente_domain::rulebook::Rulebook;
use detente_domain::state::{EntryState, State};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

const UNKNOWN: &str = "unknown";

/// What was told in each run, by name; that of all facts has none.
pub(crate) type Runs = BTreeMap<String, Chronicle>;

/// A history: its facts, and its cells.
pub(crate) struct History {
    pub(crate) name: String,
    pub(crate) facts: Facts,
    pub(crate) cells: Vec<Cell>,
    runs: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "for readers of the file")]
    title: String,
    #[serde(default)]
    runs: BTreeMap<String, Vec<String>>,
    cell: Vec<Cell>,
}

/// A question, and what may come out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cell {
    from: String,
    to: String,
    at: String,
    /// A dimension or a register.
    what: String,
    /// The entry of a register that is meant.
    #[serde(default)]
    entry: Option<String>,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    sender: Option<String>,
    #[serde(default)]
    mission: Option<String>,
    #[serde(default)]
    rank: Option<String>,
    #[serde(default)]
    run: Option<String>,
    #[serde(default)]
    allowed: Vec<String>,
    #[serde(default)]
    compare: Option<String>,
}

/// The level or status of an answer, and the number behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    word: String,
    number: Option<i64>,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            from, to, at, what, ..
        } = self;
        write!(f, "{from} {to} {at} {what}")?;
        if let Some(entry) = &self.entry {
            write!(f, " ({entry})")?;
        }
        let wanted = self
            .compare
            .clone()
            .unwrap_or_else(|| self.allowed.join("|"));
        write!(f, " {wanted}")
    }
}

impl History {
    /// Reads all histories, in order of their numbers.
    pub(crate) fn all() -> Vec<Self> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
        let files = std::fs::read_dir(&directory).unwrap_or_else(|why| panic!("{why}"));
        let paths = files.filter_map(|file| Some(file.ok()?.path()));
        let mut names: Vec<String> = paths
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "toml")
            })
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect();
        names.sort();
        names
            .into_iter()
            .map(|name| Self::read(&directory, name))
            .collect()
    }

    fn read(directory: &Path, name: String) -> Self {
        let read = |extension: &str| {
            let path = directory.join(format!("{name}.{extension}"));
            std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{name}: {why}"))
        };
        let file: File =
            toml::from_str(&read("toml")).unwrap_or_else(|why| panic!("{name}: {why}"));
        let facts = match Demo::World.files().find(|(history, _)| *history == name) {
            Some((_, rows)) => vec![(name.clone(), facts::rows(&name, rows))],
            None => facts::parse(&name, &read("ndjson")),
        };
        Self {
            facts,
            cells: file.cell,
            runs: file.runs,
            name,
        }
    }

    /// Returns the cells that do not hold, with what came out.
    pub(crate) fn failures(&self, rules: &Arc<Rulebook>) -> Vec<(&Cell, String)> {
        let mut runs: Runs = BTreeMap::new();
        let all = self.facts.iter().map(|(_, records)| records.as_slice());
        runs.insert(String::new(), facts::chronicle(all, rules));
        for (run, names) in &self.runs {
            let told = names.iter().map(|name| self.fact(name));
            runs.insert(run.clone(), facts::chronicle(told, rules));
        }
        self.failures_in(&mut runs)
    }

    /// Returns the cells that do not hold in these runs, with what came out.
    pub(crate) fn failures_in(&self, runs: &mut Runs) -> Vec<(&Cell, String)> {
        let failure = |cell| {
            let answer = Judge { cell, runs }.failure()?;
            Some((cell, answer))
        };
        self.cells.iter().filter_map(failure).collect()
    }

    fn fact(&self, name: &str) -> &[detente_domain::record::Record] {
        let mut facts = self.facts.iter();
        let fact = facts.find(|(fact, _)| fact == name);
        let (_, records) = fact.unwrap_or_else(|| panic!("{}: no fact {name}", self.name));
        records
    }
}

/// Judges a cell.
struct Judge<'a> {
    cell: &'a Cell,
    runs: &'a mut Runs,
}

impl Judge<'_> {
    /// Returns what came out, if it is not allowed.
    fn failure(&mut self) -> Option<String> {
        let Some(compare) = self.cell.compare.clone() else {
            let run = self.cell.run.clone().unwrap_or_default();
            let answer = self.answer(&run, false, &self.cell.at.clone());
            let allowed = self.cell.allowed.contains(&answer.word)
                || answer.word == "absent" && self.cell.allowed.iter().any(|word| word == "ended")
                || answer.word == "ended" && self.cell.allowed.iter().any(|word| word == "absent");
            return (!allowed).then(|| format!("{answer:?}"));
        };
        let words: Vec<&str> = compare.split_whitespace().collect();
        let at = self.cell.at.clone();
        let (one, sign, other, numbers) = match words[..] {
            [sign, "on", day] => (
                self.answer("", false, &at),
                sign,
                self.answer("", false, day),
                false,
            ),
            [sign, _, "to", _] => (
                self.answer("", false, &at),
                sign,
                self.answer("", true, &at),
                false,
            ),
            [run, sign, than] => (
                self.answer(run, false, &at),
                sign,
                self.answer(than, false, &at),
                true,
            ),
            _ => panic!("{compare}"),
        };
        let holds = self.holds(&one, sign, &other, numbers);
        (!holds).then(|| format!("{one:?} and {other:?}"))
    }

    fn holds(&self, one: &Answer, sign: &str, other: &Answer, numbers: bool) -> bool {
        let unknown = one.word == UNKNOWN || other.word == UNKNOWN;
        let rank = |answer: &Answer| self.rank(&answer.word);
        let number = |holds: fn(&i64, &i64) -> bool| match (one.number, other.number) {
            (Some(one), Some(other)) if numbers => holds(&one, &other),
            _ => true,
        };
        match sign {
            "<=" => unknown || rank(one) <= rank(other) && number(i64::le),
            ">=" => unknown || rank(one) >= rank(other) && number(i64::ge),
            "=" => one.word == other.word,
            "==" => one == other,
            _ => panic!("{sign}"),
        }
    }

    /// Returns the place of a word among those of its dimension, from the lowest.
    fn rank(&self, word: &str) -> usize {
        let words: &[&str] = match self.cell.what.as_str() {
            "recognition" => &["none", "dealings", "de_facto", "de_jure"],
            "representation" => &["none", "liaison", "consular", "charge", "ambassador"],
            "threat" => &["none", "low", "elevated", "high"],
            _ => &["hostile", "strained", "neutral", "cooperative", "close"],
        };
        let rank = words.iter().position(|other| *other == word);
        rank.unwrap_or_else(|| panic!("{word}"))
    }

    fn answer(&mut self, run: &str, reversed: bool, at: &str) -> Answer {
        let party = |code: &str| Party::find(code).unwrap_or_else(|| panic!("no party {code}"));
        let (mut from, mut to) = (party(&self.cell.from), party(&self.cell.to));
        if reversed {
            std::mem::swap(&mut from, &mut to);
        }
        let pair = Pair::new(from, to).unwrap_or_else(|| panic!("no pair {from} {to}"));
        let direction = pair.from(from).unwrap_or_else(|| panic!("not of the pair"));
        let day = Day::parse(at).unwrap_or_else(|| panic!("no day {at}"));
        let chronicle = self
            .runs
            .get_mut(run)
            .unwrap_or_else(|| panic!("no run {run}"));
        let state = chronicle.state(pair, direction, day, None);
        match Dimension::parse(&self.cell.what) {
            Some(dimension) => level(&state, dimension),
            None => Answer {
                word: self.status(&state).to_owned(),
                number: None,
            },
        }
    }

    /// Returns the status of the entry that the cell means.
    fn status(&self, state: &State) -> &'static str {
        let entries = registers(&self.cell.what).iter();
        let entries =
            entries.flat_map(|register| state.registers.get(register).into_iter().flatten());
        let meant: Vec<&EntryState> = entries
            .filter(|entry| self.is_meant(entry, state))
            .collect();
        let open = meant.iter().find(|entry| entry.open);
        match open {
            Some(entry) if matches!(entry.status, "suspended" | "ceasefire") => "suspended",
            Some(_) => "standing",
            None if meant.is_empty() => "absent",
            None => "ended",
        }
    }

    fn is_meant(&self, entry: &EntryState, state: &State) -> bool {
        let meant = self.cell.entry.as_deref().unwrap_or("any");
        let by = entry
            .key
            .by
            .map(|direction| state.pair.ends(direction).0.code());
        let by_meant = match (&self.cell.by, by) {
            (Some(wanted), Some(by)) => wanted == by,
            _ => true,
        };
        let sides = [
            (Field::Host, &self.cell.host),
            (Field::Sender, &self.cell.sender),
            (Field::Mission, &self.cell.mission),
            (Field::Rank, &self.cell.rank),
        ];
        if self.cell.host.is_some() {
            return sides.iter().all(|(field, wanted)| {
                let Some(wanted) = wanted else { return true };
                text(entry, *field).is_some_and(|word| word == *wanted)
            });
        }
        let mut fields = entry.key.fields.iter();
        let named =
            fields.any(|(field, _)| text(entry, *field).is_some_and(|name| is_same(&name, meant)));
        by_meant && (meant == "any" || named || entry.key.fields.is_empty())
    }
}

/// Returns true if a name and the text of a cell mean the same entry.
fn is_same(name: &str, meant: &str) -> bool {
    let treaty = ["NATO", "North Atlantic Treaty"];
    let (low, meant_low) = (name.to_lowercase(), meant.to_lowercase());
    meant_low.contains(&low)
        || low.contains(&meant_low)
        || treaty.contains(&name) && treaty.contains(&meant)
}

/// Returns a detail of an entry's key as text.
fn text(entry: &EntryState, field: Field) -> Option<String> {
    let mut fields = entry.key.fields.iter();
    let (_, value) = fields.find(|(named, _)| *named == field)?;
    Some(match value {
        Value::Party(party) => party.code().to_owned(),
        Value::Choice(word) => (*word).to_owned(),
        Value::Text(text) => text.to_string(),
        Value::Count(count) => count.to_string(),
    })
}

/// Returns the registers that a cell's word means.
fn registers(what: &str) -> &'static [Register] {
    match what {
        "agreements" => &[
            Register::Agreements,
            Register::Alliances,
            Register::Memberships,
        ],
        "sanctions" => &[Register::Sanctions, Register::Trade],
        "borders" => &[Register::Borders, Register::Airspace],
        "wars" => &[Register::Wars],
        "missions" => &[Register::Missions],
        "envoys" => &[Register::Envoys],
        "listings" => &[Register::Listings],
        "deployments" => &[Register::Deployments],
        "projects" => &[Register::Projects],
        _ => panic!("{what}"),
    }
}

fn level(state: &State, dimension: Dimension) -> Answer {
    let answer = |word: Option<&str>, number: Option<i64>| Answer {
        word: word.unwrap_or(UNKNOWN).to_owned(),
        number: number.filter(|_| word.is_some()),
    };
    match dimension {
        Dimension::Recognition => answer(state.recognition.level.map(|level| level.as_str()), None),
        Dimension::Declared => {
            let declared = state.recognition.declared.map(|declared| declared.as_str());
            answer(declared.or(Some("none")), None)
        }
        Dimension::Representation => {
            let rank = state.representation.level.map(|rank| rank.as_str());
            let rank = rank.map(|rank| match rank {
                "special_envoy" | "interests_section" => "liaison",
                rank => rank,
            });
            answer(rank, None)
        }
        Dimension::Weighed(Weighed::Threat) => {
            let threat = &state.weighed[Weighed::Threat.index()];
            answer(
                threat.threat.map(|threat| threat.as_str()),
                Some(threat.strain),
            )
        }
        Dimension::Weighed(weighed) => {
            let weighed = &state.weighed[weighed.index()];
            answer(
                weighed.level.map(|level| level.as_str()),
                Some(weighed.index),
            )
        }
        Dimension::Posture => {
            let posture = &state.posture;
            answer(
                posture.level.map(|level| level.as_str()),
                Some(posture.index),
            )
        }
    }
}
