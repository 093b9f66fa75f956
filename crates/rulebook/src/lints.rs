//! Lints: rules that are legal and probably a mistake.

mod kinds;

use detente_domain::dimension::Weighed;
use detente_domain::grade::Grade;
use detente_domain::level::Bound;
use detente_domain::rulebook::{MEMORY_WORDS, Rulebook};

/// A half-life below this lets evidence fade within a month.
const HALF_LIFE_SHORT: u32 = 7;
/// Ten years: a half-life above this outlives most governments.
const HALF_LIFE_LONG: u32 = 3_653;

/// Warnings, each with the path that it is about.
type Warnings = Vec<(String, String)>;

/// Returns the warnings about a rulebook.
pub(crate) fn lint(rules: &Rulebook) -> Warnings {
    let mut found = Vec::new();
    grades(rules, &mut found);
    memory(rules, &mut found);
    posture(rules, &mut found);
    bounds(rules, &mut found);
    kinds::kinds(rules, &mut found);
    found
}

fn warn(found: &mut Warnings, at: &str, problem: &str) {
    found.push((at.to_owned(), problem.to_owned()));
}

fn grades(rules: &Rulebook, found: &mut Warnings) {
    for (index, pair) in rules.source[..5].windows(2).enumerate() {
        if pair[0] < pair[1] {
            let letters = ["A", "B", "C", "D", "E"];
            let (good, bad) = (letters[index], letters[index + 1]);
            let problem = format!("a source of grade {bad} weighs more than one of grade {good}");
            warn(found, &format!("grades.source.{bad}"), &problem);
        }
    }
    for (index, pair) in rules.information[..5].windows(2).enumerate() {
        if pair[0] < pair[1] {
            let (good, bad) = (index + 1, index + 2);
            let problem = format!("information {bad} weighs more than information {good}");
            warn(found, &format!("grades.information.{bad}"), &problem);
        }
    }
    if rules.ladder == Grade::UNJUDGED {
        let problem = "machine-coded rows, which are F6, move recognition, representation and the \
                       registers";
        warn(found, "grades.ladder", problem);
    }
    match rules.disputed {
        0 => warn(found, "grades.disputed", "a denied event weighs nothing"),
        1000 => warn(
            found,
            "grades.disputed",
            "a denied event keeps its whole weight",
        ),
        _ => {}
    }
    if rules.accused > 500 {
        let problem = "a denial by the accused counts nearly as much as that of anybody else";
        warn(found, "grades.accused", problem);
    }
    if rules.carry_over > 500 {
        let problem = "a new authority inherits most of the warmth and strain of the old one";
        warn(found, "authority.carry_over", problem);
    }
    if rules.machine_share == 0 {
        let problem = "machine-coded rows weigh nothing";
        warn(found, "machine.share", problem);
    }
}

fn memory(rules: &Rulebook, found: &mut Warnings) {
    for (class, memory) in MEMORY_WORDS.iter().zip(&rules.memory) {
        let at = format!("memory.{class}");
        if memory.half_life_days < HALF_LIFE_SHORT {
            warn(found, &at, "evidence fades within a month");
        } else if memory.half_life_days > HALF_LIFE_LONG {
            let problem = "evidence keeps half its weight for over ten years";
            warn(found, &at, problem);
        }
    }
    for (pair, classes) in rules.memory.windows(2).zip(MEMORY_WORDS.windows(2)) {
        if pair[0].half_life_days > pair[1].half_life_days {
            let (light, heavy) = (classes[0], classes[1]);
            let problem = format!("{light} fade more slowly than {heavy}");
            warn(found, &format!("memory.{light}"), &problem);
        }
    }
}

fn posture(rules: &Rulebook, found: &mut Warnings) {
    for weighed in Weighed::ALL {
        if rules.posture.weights[weighed.index()] == 0 {
            let at = format!("posture.weights.{weighed}");
            warn(found, &at, "the dimension does not count in the posture");
        }
    }
    if rules.floor_breaks_at == 0 {
        warn(found, "floors.breaks_at", "no floor ever holds");
    }
    if rules.via == 0 {
        let problem = "acts of organisations weigh nothing for their members";
        warn(found, "organisations.via", problem);
    }
}

fn bounds(rules: &Rulebook, found: &mut Warnings) {
    let is_sharp = |bounds: &[Bound]| {
        let is_sharp = |bound: &Bound| bound.margin_up == 0 && bound.margin_down == 0;
        bounds.iter().all(is_sharp)
    };
    let problem = "a value near a bound may change its level every day";
    if is_sharp(&rules.levels) {
        warn(found, "levels.hysteresis", problem);
    }
    if is_sharp(&rules.threat) {
        warn(found, "threat.hysteresis", problem);
    }
    if rules.mixed == 0 {
        let problem = "every dimension with any evidence is mixed";
        warn(found, "levels.mixed", problem);
    }
    if rules.trajectory_step == 0 {
        let problem = "any evidence at all counts as warming or cooling";
        warn(found, "trajectory.step", problem);
    }
}
