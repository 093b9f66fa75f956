//! The chronicle and the model, asked the same.

use crate::grown::grown;
use crate::history::{self, FIRST, LAST};
use crate::naive::Naive;
use crate::rules::rules;
use detente_chronicle::difference::{Point, Way};
use detente_chronicle::{Moved, Position};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::routes::{Direction, Pair};
use proptest::prelude::*;
use proptest::sample::Index;

/// How often each history is questioned.
const QUESTIONS: usize = 10;

/// Where and when to ask.
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn both_give_the_same_states_changes_reasons_and_differences(
        commits in history::commits(),
        questions in questions(),
    ) {
        let (mut chronicle, told) = grown(&commits);
        let naive = Naive::new(&commits, rules());
        for (place, told) in told.into_iter().enumerate() {
            let position = Position(place as u64 + 1);
            let told: Vec<Moved> =
                told.into_iter().filter(|moved| !moved.changes.is_empty()).collect();
            prop_assert_eq!(told, naive.moved(position), "the changes of commit {}", place + 1);
        }
        let pairs: Vec<Pair> = naive.pairs().into_iter().collect();
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
            prop_assert_eq!(
                chronicle.why(pair, direction, dimension, at, Some(known)),
                naive.why(pair, direction, dimension, at, known),
                "why {:?} at {:?}", dimension, from
            );
            let way = Way { from, to };
            prop_assert_eq!(
                chronicle.diff(pair, direction, way),
                naive.diff(pair, direction, way),
                "the difference {:?}", way
            );
        }
    }
}
