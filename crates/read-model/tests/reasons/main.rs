//! Explanations as printed: their numbers give the level that they explain.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails where it fails"
)]

mod recount;

use std::sync::Arc;

use detente_api::request::DirectedPair;
use detente_chronicle::{Point, Position};
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::party::Party;
use detente_domain::record::Record;
use detente_domain::rulebook::Rulebook;
use detente_read_model::archive::Archive;
use detente_read_model::queries;
use detente_rulebook as rulebook;
use detente_testkit::histories::{FIRST, LAST, records};
use proptest::prelude::*;
use recount::Recount;
use serde_json::Value;

/// Returns the shipped rulebook, or one under which machines, disputes and old regimes matter more.
fn rules(other: bool) -> Rulebook {
    let mut rules = rulebook::default_rulebook().unwrap().clone();
    if other {
        rules.machine_share = 100;
        rules.disputed = 333;
        rules.carry_over = 700;
        rules.source[5] = 1000;
        rules.information[5] = 1000;
        for dimension in &mut rules.dimensions {
            dimension.damping = 777;
        }
    }
    rules
}

fn archive(records: &[Record], rules: Rulebook) -> Archive {
    let mut archive = Archive::new(Arc::new(rules));
    for (record, position) in records.iter().zip(1..) {
        archive.apply(position, record);
    }
    archive
}

fn printed(
    archive: &mut Archive,
    relation: DirectedPair,
    dimension: Dimension,
    point: Point,
) -> Value {
    let view = queries::why(archive, "p", relation, dimension, point, usize::MAX);
    let text = serde_json::to_string(&view).unwrap();
    let back = serde_json::from_str(&text).unwrap();
    assert_eq!(view, back, "what is printed reads back");
    serde_json::from_str(&text).unwrap()
}

/// Returns the reasons of the weighed dimensions.
fn whys(archive: &mut Archive, relation: DirectedPair, point: Point) -> [Value; 6] {
    Weighed::ALL.map(|weighed| printed(archive, relation, Dimension::Weighed(weighed), point))
}

fn all_relations() -> Vec<DirectedPair> {
    let pairs = [
        ("TJK", "AFG"),
        ("AFG", "TJK"),
        ("KAZ", "AFG"),
        ("AFG", "KAZ"),
    ];
    let relation = |(from, to)| DirectedPair::between(from, to).unwrap();
    pairs.into_iter().map(relation).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_index_and_its_level_are_recounted_from_the_printed_rule_and_evidence(
        records in records(40),
        other in any::<bool>(),
        cut in any::<prop::sample::Index>(),
        day in FIRST - 5..LAST + 900,
    ) {
        let head = records.len() as u64;
        let known = cut.index(records.len()) as u64 + 1;
        let rules = rules(other);
        let mut archive = archive(&records, rules.clone());
        for known in [known, head] {
            let point = Point { at: Day::new(day), known: Position(known) };
            for relation in all_relations() {
                for weighed in Weighed::ALL {
                    let dimension = Dimension::Weighed(weighed);
                    let why = printed(&mut archive, relation, dimension, point);
                    let recount = Recount::of(&why);
                    let before = Point { at: point.at.prev(), ..point };
                    recount.agrees_with(
                        &why,
                        || printed(&mut archive, relation, dimension, before),
                        &rules,
                    );
                    let state = queries::relation(&mut archive, "p", relation, point);
                    let shown = serde_json::to_value(&state).unwrap();
                    let shown = &shown[weighed.as_str()];
                    prop_assert_eq!(&shown["level"], &why["level"]);
                    prop_assert_eq!(&shown["since"], &why["since"]);
                    if shown["level"] != "unknown" {
                        prop_assert_eq!(&shown["strain"], &why["rule"]["strain"]);
                        if weighed != Weighed::Threat {
                            prop_assert_eq!(&shown["index"], &why["rule"]["index"]);
                            prop_assert_eq!(&shown["warmth"], &why["rule"]["warmth"]);
                        }
                        let faded = why["evidence_count"] == 0;
                        prop_assert!(faded || shown["disputed"] == why["disputed"]);
                    }
                }
            }
        }
    }

    #[test]
    fn a_rung_names_what_sets_it_and_a_posture_is_pooled_from_its_parts(
        records in records(30),
        day in FIRST - 5..LAST + 300,
    ) {
        let known = records.len() as u64;
        let rules = rules(false);
        let mut archive = archive(&records, rules.clone());
        let point = Point { at: Day::new(day), known: Position(known) };
        for relation in all_relations() {
            let state = queries::relation(&mut archive, "p", relation, point);
            let state = serde_json::to_value(&state).unwrap();
            for dimension in [Dimension::Recognition, Dimension::Declared, Dimension::Representation] {
                let why = printed(&mut archive, relation, dimension, point);
                let rows = why["evidence"].as_array().unwrap();
                let sets: Vec<&Value> = rows
                    .iter()
                    .filter(|row| row["ladder"]["sets"] == true)
                    .collect();
                let level = match dimension {
                    Dimension::Declared => &state["recognition"]["declared"],
                    other => &state[other.as_str()]["level"],
                };
                prop_assert_eq!(level, &why["level"]);
                // Recognition may follow from two states' joining one organisation.
                let joined = sets.iter().filter(|row| row["kind"] == "membership.joined");
                match joined.count() {
                    0 => prop_assert!(sets.len() <= 1, "{}", why),
                    joined => prop_assert_eq!([joined, sets.len()], [2, 2], "{}", why),
                }
                if dimension != Dimension::Representation {
                    prop_assert_eq!(sets.is_empty(), why["level"] == "unknown", "{}", why);
                }
                for stone in sets {
                    prop_assert_eq!(&stone["ladder"]["rung"], &why["level"]);
                }
            }
            let why = printed(&mut archive, relation, Dimension::Posture, point);
            prop_assert_eq!(&state["posture"]["level"], &why["level"]);
            prop_assert_eq!(&state["posture"]["disputed"], &why["disputed"]);
            prop_assert_eq!(&state["posture"]["index"], &why["rule"]["index"]);
            prop_assert_eq!(&state["posture"]["trajectory"], &why["rule"]["trajectory"]);
            let dimensions = whys(&mut archive, relation, point);
            let before = Point { at: point.at.prev(), ..point };
            let before = || whys(&mut archive, relation, before);
            recount::pool_agrees(&why, &dimensions, before, &rules);
        }
    }

    #[test]
    fn what_is_listed_of_much_evidence_adds_up_with_the_rest(
        records in records(40),
        limit in 1..4usize,
    ) {
        let known = records.len() as u64;
        let mut archive = archive(&records, rules(true));
        let point = Point { at: Day::new(LAST), known: Position(known) };
        let dimension = Dimension::Weighed(Weighed::Political);
        for relation in all_relations() {
            let view = queries::why(&mut archive, "p", relation, dimension, point, limit);
            let why = serde_json::to_value(&view).unwrap();
            let rest = view.rest.unwrap_or_default();
            prop_assert_eq!(view.evidence.len() + rest.count, view.evidence_count);
            let listed = |side: &str| -> u64 { recount::counted(&why, side) };
            let sums = &why["rule"]["sums"];
            let (warmth, strain) = (&sums["warmth_micro"], &sums["strain_micro"]);
            prop_assert_eq!(Some(listed("warmth") + rest.warmth_micro), warmth.as_u64());
            prop_assert_eq!(Some(listed("strain") + rest.strain_micro), strain.as_u64());
        }
    }
}

#[test]
fn a_state_that_nothing_speaks_of_is_said_to_be_unknown_in_each_language() {
    let mut archive = archive(&[], rules(false));
    let relation = DirectedPair::between("VAT", "AFG").unwrap();
    let point = Point {
        at: Day::new(FIRST),
        known: Position(0),
    };
    for dimension in Dimension::ALL {
        let view = queries::why(&mut archive, "p", relation, dimension, point, 10);
        assert_eq!(view.level, "unknown");
        assert!(
            view.line.en.contains("unknown. No event"),
            "{}",
            view.line.en
        );
        assert!(view.line.ar.contains("غير معروف"), "{}", view.line.ar);
        assert!(view.line.ru.contains("неизвестно"), "{}", view.line.ru);
        let party = Party::find("VAT").unwrap();
        assert!(
            view.line
                .ar
                .starts_with(party.name(detente_domain::party::Lang::Ar))
        );
    }
}
