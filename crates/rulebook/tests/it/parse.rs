//! The shipped rulebook, and the rules that a file makes.

use detente_domain::details::{Details, Field, PLOVER, Value};
use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::level::{Bound, Level, judge};
use detente_domain::party::Party;
use detente_domain::rulebook::{Counts, Rulebook, Weight};
use detente_rulebook::{DEFAULT, default_rulebook, examine, parse, projection_id};

use crate::example::{edited, example, join};

const POLITICAL: usize = Weighed::Political.index();
const SECURITY: usize = Weighed::Security.index();
const POSTURE: usize = 6;

fn rules() -> Rulebook {
    parse(example()).unwrap_or_else(|problems| panic!("{}", join(&problems)))
}

fn details(set: &[(Field, Value)]) -> Details {
    let mut details = Details::none();
    for (field, value) in set {
        details.set(*field, value.clone());
    }
    details
}

const fn strain(strain: u32) -> Weight {
    Weight { warmth: 0, strain }
}

#[test]
fn the_default_has_no_faults() {
    let rules = default_rulebook().unwrap_or_else(|problems| panic!("{}", join(&problems)));
    assert!(rules.faults().is_empty());
    assert_eq!(rules.kinds.len(), Kind::ALL.len());
    assert_eq!(rules.coded.len(), PLOVER.len());
    assert_eq!(examine(DEFAULT.as_bytes()).warnings, []);
}

#[test]
fn every_section_is_read() {
    let rules = rules();
    assert_eq!(rules.faults(), []);
    let half_lives = rules.memory.each_ref().map(|memory| memory.half_life_days);
    assert_eq!(half_lives, [270, 730, 3652]);
    assert_eq!((rules.source[0], rules.information[5]), (1000, 500));
    assert_eq!(rules.ladder.to_string(), "C3");
    assert_eq!((rules.disputed, rules.accused), (500, 200));
    assert_eq!(rules.corroboration.steps, [2, 4]);
    assert_eq!(rules.corroboration.ceiling, [0, 0, 1, 5, 5, 5]);
    let security = rules.dimension(Weighed::Security);
    assert_eq!((security.damping, security.stale_days), (7500, 1825));
    let posture = &rules.posture;
    assert_eq!((posture.damping, posture.security_lead), (6500, 4000));
    assert_eq!(posture.weights, [1000, 2000, 600, 400, 300, 400]);
    assert_eq!((rules.floor_breaks_at, rules.via), (3000, 300));
    assert_eq!((rules.trajectory_days, rules.trajectory_step), (90, 500));
    assert_eq!(rules.coded[0][POLITICAL], strain(500));
}

#[test]
fn organisations_limit_levels_in_the_order_of_their_codes() {
    let rules = rules();
    let codes: Vec<&str> = rules.organisations.iter().map(|one| one.0.code()).collect();
    assert_eq!(codes, ["CSTO", "NATO"]);
    let (party, nato) = rules.organisations[1];
    assert_eq!(Some(party), Party::find("NATO"));
    assert_eq!(nato.floor[SECURITY], Some(Level::Cooperative));
    assert_eq!(nato.floor[POSTURE], Some(Level::Cooperative));
    assert_eq!(nato.floor[POLITICAL], None);
    let none = parse(edited(&[
        (
            "[organisations.limits.NATO]\nfloor = { security = \"cooperative\", posture = \"cooperative\" }\n",
            "",
        ),
        (
            "[organisations.limits.CSTO]\nceiling = { security = \"close\" }\n",
            "",
        ),
    ]));
    assert!(none.expect("needs none").organisations.is_empty());
}

#[test]
fn a_kind_has_weights_memory_severity_and_limits() {
    let rules = rules();
    let visit = rules.kind(Kind::VisitMade);
    let warm = |warmth| Weight { warmth, strain: 0 };
    assert_eq!(visit.base.weights[POLITICAL], warm(2000));
    assert_eq!((visit.mutual, visit.contact), (800, true));
    assert_eq!((visit.memory, visit.severity), (0, [400, 1000, 2500]));
    let force = rules.kind(Kind::ForceUsed);
    assert_eq!((force.memory, force.severity), (2, [300, 1000, 3000]));
    let counts = Counts {
        field: Field::Casualties,
        serious: 1,
        major: 25,
    };
    assert_eq!(force.counts, Some(counts));
    assert_eq!(force.base.days, 90);
    assert_eq!(force.base.ceiling[SECURITY], Some(Level::Strained));
    let sanction = rules.kind(Kind::SanctionImposed);
    let economic = Weighed::Economic.index();
    assert_eq!(sanction.memory, 1);
    assert_eq!(sanction.base.ceiling[economic], Some(Level::Strained));
    assert_eq!(sanction.base.ceiling_back[economic], Some(Level::Neutral));
}

#[test]
fn variants_replace_parts_by_detail() {
    let rules = rules();
    let force = rules.kind(Kind::ForceUsed);
    let words: Vec<&str> = force.variants.iter().map(|one| one.word).collect();
    assert_eq!(words, ["minor", "major"], "in the order of severity");
    let many = force.rule(&details(&[(Field::Casualties, Value::Count(40))]));
    assert_eq!(many.weights[SECURITY], strain(15_000));
    assert_eq!(many.ceiling[SECURITY], Some(Level::Hostile));
    assert_eq!(many.ceiling[POSTURE], Some(Level::Hostile));
    assert_eq!(many.days, 180);
    let none = force.rule(&details(&[(Field::Casualties, Value::Count(0))]));
    assert_eq!(none.weights[SECURITY], strain(1200));
    assert_eq!(none.days, 0);
    let policy = rules.kind(Kind::PolicyHeld);
    let stance = details(&[(Field::Stance, Value::Choice("hostile"))]);
    assert_eq!(policy.rule(&stance).weights[POLITICAL], strain(1000));
    let unknown = policy.rule(&Details::none());
    assert_eq!(unknown.weights[POLITICAL], Weight::default());
    let alliance = rules.kind(Kind::AllianceFormed);
    let defence = details(&[(Field::Obligation, Value::Choice("defence"))]);
    let floor = alliance.rule(&defence).floor;
    assert_eq!(floor[SECURITY], Some(Level::Cooperative));
    assert_eq!(floor[POLITICAL], Some(Level::Neutral), "of the base");
}

#[test]
fn levels_are_entered_at_the_bound_and_left_past_the_margin() {
    let rules = rules();
    let at = |from: Option<Level>, value| {
        let from = from.and_then(|from| Level::ALL.iter().position(|level| *level == from));
        Level::ALL[judge(&rules.levels, from, value)]
    };
    assert_eq!(at(Some(Level::Neutral), 2000), Level::Cooperative);
    assert_eq!(at(Some(Level::Cooperative), 1500), Level::Cooperative);
    assert_eq!(at(Some(Level::Cooperative), 1499), Level::Neutral);
    assert_eq!(at(Some(Level::Neutral), -2001), Level::Strained);
    assert_eq!(at(Some(Level::Strained), -1501), Level::Strained);
    assert_eq!(at(Some(Level::Strained), -1500), Level::Neutral);
    let elevated = Bound {
        at: 3000,
        margin_up: 0,
        margin_down: 300,
    };
    assert_eq!(rules.threat[1], elevated);
}

#[test]
fn a_projection_id_depends_on_every_byte() {
    let id = projection_id(DEFAULT.as_bytes());
    assert_eq!(id.len(), 12);
    assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(id, projection_id(DEFAULT.as_bytes()));
    assert_ne!(id, projection_id(format!("{DEFAULT} ").as_bytes()));
}
