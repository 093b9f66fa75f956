//! Lints: rules that are legal and probably a mistake.

use detente_domain::dimension::Weighed;
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::level::Bound;
use detente_domain::rulebook::{Rulebook, Weight};

use crate::reader::quoted;

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
    dimensions(rules, &mut found);
    bounds(rules, &mut found);
    kinds(rules, &mut found);
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
    if rules.carry_over > 500 {
        let problem = "a new authority inherits most of the warmth and strain of the old one";
        warn(found, "authority.carry_over", problem);
    }
    if rules.machine_share == 0 {
        let problem = "machine-coded rows weigh nothing";
        warn(found, "machine.share", problem);
    }
}

fn dimensions(rules: &Rulebook, found: &mut Warnings) {
    for weighed in Weighed::ALL {
        let rule = rules.dimension(weighed);
        let at = format!("dimensions.{}", weighed.as_str());
        let days = format!("{at}.half_life_days");
        if rule.half_life_days < HALF_LIFE_SHORT {
            warn(found, &days, "evidence fades within a month");
        } else if rule.half_life_days > HALF_LIFE_LONG {
            let problem = "evidence keeps half its weight for over ten years";
            warn(found, &days, problem);
        }
        if rules.posture[weighed.index()] == 0 {
            let problem = "the dimension does not count in the posture";
            warn(found, &format!("{at}.posture"), problem);
        }
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

fn kinds(rules: &Rulebook, found: &mut Warnings) {
    let weighs = |weights: &[Weight; 6]| weights.iter().any(|w| w.warmth > 0 || w.strain > 0);
    for kind in Kind::ALL {
        let rule = rules.kind(kind);
        let at = format!("kinds.{}", quoted(kind.as_str()));
        let is_other = kind == Kind::AuthorityChanged || kind == Kind::Coded;
        if !weighs(&rule.weights) && !rule.contact && !rule.signal && !is_other {
            warn(
                found,
                &at,
                "events of this kind weigh nothing in any dimension",
            );
        }
        if !weighs(&rule.weights) && rule.mutual > 0 {
            let problem =
                "the kind has no weight of which a share could count in the opposite direction";
            warn(found, &format!("{at}.mutual"), problem);
        }
    }
}
