//! What is legal in a rulebook, and odd: perhaps meant, perhaps a slip.

use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::level::Bound;
use detente_domain::rulebook::{Rulebook, Weight};

/// A half-life under this is forgotten within a month.
const SHORT_DAYS: u32 = 7;
/// A half-life over this outlives most governments: ten years.
const LONG_DAYS: u32 = 3_653;
/// The grade of machine-coded rows, F6, by its places.
const MACHINE: (u8, u8) = (5, 5);

/// Every oddity, with the path that it is at.
pub(super) fn odd(rules: &Rulebook) -> Vec<(String, String)> {
    let mut found = Vec::new();
    grades(rules, &mut found);
    dimensions(rules, &mut found);
    bounds(rules, &mut found);
    kinds(rules, &mut found);
    found
}

type Found = Vec<(String, String)>;

fn tell(found: &mut Found, at: &str, problem: &str) {
    found.push((at.to_owned(), problem.to_owned()));
}

fn grades(rules: &Rulebook, found: &mut Found) {
    for (place, pair) in rules.source[..5].windows(2).enumerate() {
        if pair[0] < pair[1] {
            let letters = ["A", "B", "C", "D", "E"];
            let (good, bad) = (letters[place], letters[place + 1]);
            let problem = format!("a source of grade {bad} weighs more than one of grade {good}");
            tell(found, &format!("grades.source.{bad}"), &problem);
        }
    }
    for (place, pair) in rules.information[..5].windows(2).enumerate() {
        if pair[0] < pair[1] {
            let (good, bad) = (place + 1, place + 2);
            let problem = format!("information {bad} weighs more than information {good}");
            tell(found, &format!("grades.information.{bad}"), &problem);
        }
    }
    if (rules.ladder_source, rules.ladder_information) == MACHINE {
        let problem = "machine-coded rows, which are F6, move recognition, representation and the \
                       registers";
        tell(found, "grades.ladder", problem);
    }
    match rules.disputed {
        0 => tell(
            found,
            "grades.disputed",
            "a denial alone takes an event's whole weight",
        ),
        1000 => tell(
            found,
            "grades.disputed",
            "a denial takes nothing of an event's weight",
        ),
        _ => {}
    }
    if rules.carry_over > 500 {
        let problem = "a new authority inherits most of what was felt towards the old one";
        tell(found, "authority.carry_over", problem);
    }
    if rules.machine_share == 0 {
        tell(
            found,
            "machine.share",
            "machine-coded rows count for nothing",
        );
    }
}

fn dimensions(rules: &Rulebook, found: &mut Found) {
    for weighed in Weighed::ALL {
        let rule = rules.dimension(weighed);
        let at = format!("dimensions.{}", weighed.as_str());
        let days = format!("{at}.half_life_days");
        if rule.half_life_days < SHORT_DAYS {
            tell(found, &days, "evidence is forgotten within a month");
        } else if rule.half_life_days > LONG_DAYS {
            tell(
                found,
                &days,
                "evidence outlives ten years with half its weight",
            );
        }
        if rules.posture[weighed.index()] == 0 {
            let problem = "the dimension has no part in the posture";
            tell(found, &format!("{at}.posture"), problem);
        }
    }
}

fn bounds(rules: &Rulebook, found: &mut Found) {
    let is_sharp = |bounds: &[Bound]| {
        let is_sharp = |bound: &Bound| bound.margin_up == 0 && bound.margin_down == 0;
        bounds.iter().all(is_sharp)
    };
    let problem = "a value that wavers on a bound is told every day";
    if is_sharp(&rules.levels) {
        tell(found, "levels.hysteresis", problem);
    }
    if is_sharp(&rules.threat) {
        tell(found, "threat.hysteresis", problem);
    }
    if rules.mixed == 0 {
        tell(
            found,
            "levels.mixed",
            "every dimension with any evidence is mixed",
        );
    }
    if rules.trajectory_step == 0 {
        let problem = "any evidence at all is warming or cooling";
        tell(found, "trajectory.step", problem);
    }
}

fn kinds(rules: &Rulebook, found: &mut Found) {
    let weighs = |weights: &[Weight; 6]| weights.iter().any(|w| w.warmth > 0 || w.strain > 0);
    for kind in Kind::ALL.iter().copied() {
        let rule = rules.kind(kind);
        let at = if kind.code().contains('.') {
            format!("kinds.{:?}", kind.code())
        } else {
            format!("kinds.{}", kind.code())
        };
        let is_other = kind == Kind::AuthorityChanged || kind == Kind::Coded;
        if !weighs(&rule.weights) && !rule.contact && !rule.signal && !is_other {
            tell(found, &at, "events of this kind weigh nothing anywhere");
        }
        if !weighs(&rule.weights) && rule.mutual > 0 {
            let problem = "a share of nothing weighs in the opposite direction";
            tell(found, &format!("{at}.mutual"), problem);
        }
    }
}
