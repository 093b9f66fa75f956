//! Folds that are made apart from the chronicle, which goes on meanwhile.

use crate::grown::grown;
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::record::Record;
use detente_domain::relations::{Direction, Pair};
use detente_testkit::histories::{FIRST, LAST, commits, rules};
use proptest::prelude::*;

/// What is read of a relation as known at a position.
fn read(chronicle: &mut Chronicle, pair: Pair, known: Position) -> String {
    let timelines = chronicle.timelines(pair, Some(known));
    let days = [FIRST, FIRST.midpoint(LAST), LAST].map(Day::new);
    let states = days.map(|day| chronicle.state(pair, Direction::Forward, day, Some(known)));
    format!("{timelines:?} {states:?}")
}

/// Applies a commit as a read model does.
fn apply(chronicle: &mut Chronicle, position: Position, commit: &[Record]) {
    chronicle.open_commit();
    for record in commit {
        chronicle.apply(position, record);
    }
    chronicle.close_commit(position);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_fold_apart_gives_what_the_chronicle_gives_also_if_it_went_on_meanwhile(
        commits in commits(),
    ) {
        let (mut whole, _) = grown(&commits);
        let mut chronicle = Chronicle::new(rules());
        for (commit, position) in commits.iter().zip(1..) {
            let position = Position(position);
            let earlier = Position(position.0 - 1);
            // Begun before the commit, for the head then and for a position before, kept after it.
            let pairs: Vec<Pair> = chronicle.pairs().collect();
            let begun: Vec<_> = pairs
                .iter()
                .flat_map(|pair| [earlier, Position(position.0 / 2)].map(|known| (pair, known)))
                .filter_map(|(pair, known)| chronicle.long_fold(*pair, known, Day::MAX, 0))
                .collect();
            apply(&mut chronicle, position, commit);
            let touched = chronicle.pairs().map(|pair| chronicle.last_touched(pair)).max();
            prop_assert_eq!(Some(chronicle.touched_at()), touched.or(Some(Position(0))));
            for fold in begun {
                chronicle.keep(fold.run());
            }
            for pair in pairs {
                for known in [earlier, position, Position(position.0 / 2)] {
                    let there = read(&mut chronicle, pair, known);
                    prop_assert_eq!(there, read(&mut whole, pair, known));
                    prop_assert!(!chronicle.folds_long(pair, known, 0));
                }
            }
        }
    }
}
