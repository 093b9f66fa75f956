//! The chronicle and the model give the same answers.

use super::naive::{Naive, Provenance};
use crate::grown::grown;
use detente_chronicle::{Chronicle, Point, Position, RelationChanges};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::relations::{Direction, Pair};
use detente_testkit::histories::{FIRST, LAST, commits, rules};
use proptest::prelude::*;
use proptest::sample::Index;

/// The number of questions per history.
const QUESTIONS: usize = 10;

/// A question: a conduct, a dimension, and two points of both clocks.
#[derive(Clone, Debug)]
struct Question {
    pair: Index,
    forth: bool,
    dimension: Index,
    days: [i32; 2],
    known: [Index; 2],
}

fn questions() -> impl Strategy<Value = Vec<Question>> {
    let days = [FIRST - 5..LAST + 900, FIRST - 5..LAST + 900];
    let one = (
        any::<Index>(),
        any::<bool>(),
        any::<Index>(),
        days,
        any::<[Index; 2]>(),
    );
    let one = one.prop_map(|(pair, forth, dimension, days, known)| Question {
        pair,
        forth,
        dimension,
        days,
        known,
    });
    proptest::collection::vec(one, QUESTIONS)
}

fn provenance(chronicle: &Chronicle, event: EventId, known: Position) -> Option<Provenance> {
    let believed = chronicle.event(event, Some(known))?;
    let disputes = chronicle.disputes(&[event], known).into_iter();
    Some(Provenance {
        position: believed.position,
        settled: believed.settled,
        denied_by: disputes.flat_map(|dispute| dispute.denied_by).collect(),
        linked: chronicle.same_as(event, known),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn states_changes_explanations_and_differences_agree(
        commits in commits(),
        questions in questions(),
    ) {
        let (mut chronicle, changes) = grown(&commits);
        let naive = Naive::new(&commits, rules());
        for (index, changes) in changes.into_iter().enumerate() {
            let position = Position(index as u64 + 1);
            let changes: Vec<RelationChanges> =
                changes.into_iter().filter(|one| !one.changes.is_empty()).collect();
            let expected = naive.changes(position);
            prop_assert_eq!(changes, expected, "the changes of commit {}", index + 1);
        }
        let pairs: Vec<Pair> = naive.pairs(Position(commits.len() as u64)).into_iter().collect();
        for question in questions.iter().filter(|_| !pairs.is_empty()) {
            let pair = *question.pair.get(&pairs);
            let direction = Direction::BOTH[usize::from(question.forth)];
            let dimension = *question.dimension.get(&Dimension::ALL);
            let [from, to] = [0, 1].map(|end| Point {
                at: Day::new(question.days[end]),
                known: Position(question.known[end].index(commits.len() + 1) as u64),
            });
            let Point { at, known } = from;
            prop_assert_eq!(
                chronicle.state(pair, direction, at, Some(known)),
                naive.state(pair, direction, at, known),
                "the state at {:?}", from
            );
            let why = chronicle.why(pair, direction, dimension, at, Some(known));
            prop_assert_eq!(
                &why,
                &naive.why(pair, direction, dimension, at, known),
                "why {:?} at {:?}", dimension, from
            );
            for event in why.cited() {
                prop_assert_eq!(
                    provenance(&chronicle, event, known),
                    naive.provenance(event, known),
                    "the provenance of {:?} at {:?}", event, from
                );
            }
            prop_assert_eq!(
                chronicle.diff(pair, direction, from, to),
                naive.diff(pair, direction, from, to),
                "the difference from {:?} to {:?}", from, to
            );
        }
    }
}
