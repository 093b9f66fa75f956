//! The example of every kind does what the kind says of itself.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails where it fails"
)]

use std::sync::Arc;

use detente_api::request::DirectedPair;
use detente_api::submission;
use detente_api::view::KindView;
use detente_chronicle::{Point, Position};
use detente_domain::event::{Authorship, EventId};
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use detente_domain::record::{Body, Record, RecordId};
use detente_read_model::archive::Archive;
use detente_read_model::queries;
use serde_json::Value;
use uuid::Uuid;

/// Returns the conducts of the relations of an event, folded alone, on its last day.
fn conducts(example: &Value) -> Vec<Value> {
    let draft = submission::event(example).unwrap();
    let (id, at) = (Uuid::from_u128(7), draft.occurred.latest());
    let record = Record {
        id: RecordId(id),
        authorship: Authorship {
            author: "local".to_owned(),
            recorded: time::OffsetDateTime::UNIX_EPOCH,
        },
        body: Body::Reported(Box::new(draft.into_event(EventId(id)))),
    };
    let rules = detente_rulebook::default_rulebook().unwrap();
    let mut archive = Archive::new(Arc::new(rules));
    archive.apply(1, &record);
    let pairs: Vec<_> = archive.chronicle().pairs().collect();
    let states = pairs.iter().map(|pair| (pair.a().code(), pair.b().code()));
    let both = states.flat_map(|(a, b)| [(a, b), (b, a)]);
    let point = Point {
        at,
        known: Position(1),
    };
    let view = |(from, to)| {
        let relation = DirectedPair::between(from, to).unwrap();
        let view = queries::relation(&mut archive, "p", relation, point);
        serde_json::to_value(view).unwrap()
    };
    both.map(view).collect()
}

#[test]
fn the_example_of_every_kind_moves_what_the_kind_counts_for() {
    let rules = detente_rulebook::default_rulebook().unwrap();
    for view in KindView::all(&rules, Lang::En).items {
        let kind = Kind::parse(&view.kind).unwrap();
        let conducts = conducts(&serde_json::to_value(&view.example).unwrap());
        // Changes of authority and memberships are of a state, and make no relation by themselves.
        let of_a_state = matches!(kind.family(), "authority" | "membership");
        assert_eq!(conducts.is_empty(), of_a_state, "{kind}");
        let known = |word: &str| {
            let mut levels = conducts.iter().map(|conduct| &conduct[word]["level"]);
            levels.any(|level| level != "unknown")
        };
        for (dimension, weight) in &view.rule.weights {
            assert!(*weight == 0.0 || known(dimension), "{kind}: {dimension}");
        }
        if view.rule.contact && !of_a_state {
            assert!(known("recognition"), "{kind}");
        }
        let Some((register, effect)) = view.register.as_ref().zip(view.effect.as_ref()) else {
            continue;
        };
        let mut entries = conducts
            .iter()
            .flat_map(|conduct| conduct[register.as_ref()].as_array());
        let has = |entries: &Vec<Value>| {
            entries
                .iter()
                .any(|entry| entry["status"] == *effect.status)
        };
        // What continues, raises or closes an entry has none to begin with.
        let opens = effect.does != "closes" && !kind.continues();
        if opens && kind != Kind::RelationsUpgraded && !of_a_state {
            assert!(entries.any(has), "{kind}: {register}");
        }
    }
}
