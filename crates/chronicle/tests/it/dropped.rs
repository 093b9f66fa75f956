//! Folds that are dropped from memory are folded again, and no answer shows it.

use crate::grown::grown;
use crate::laws::all_reasons;
use detente_chronicle::{Chronicle, Position};
use detente_testkit::histories::{commits, rules};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// The first commits are only applied, as by a projector that restarts; then questions are asked
    /// in between.
    #[test]
    fn a_chronicle_that_drops_its_folds_gives_the_same_changes_and_answers(
        commits in commits(),
        asked in any::<u32>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (mut kept, changes) = grown(&commits);
        let mut dropping = Chronicle::new(rules());
        dropping.bound_folds(0);
        let cut = cut.index(commits.len());
        for (index, commit) in commits.iter().enumerate() {
            let position = Position(index as u64 + 1);
            if index < cut {
                dropping.open_commit();
            } else {
                dropping.begin_commit();
            }
            for record in commit {
                dropping.apply(position, record);
            }
            if index < cut {
                dropping.close_commit(position);
            } else {
                prop_assert_eq!(&dropping.end_commit(position), &changes[index]);
            }
            if index >= cut && asked >> (index % 32) & 1 == 1 {
                let pairs: Vec<_> = dropping.pairs().collect();
                for pair in pairs {
                    dropping.last_moved(pair);
                }
            }
        }
        prop_assert_eq!(all_reasons(&mut dropping), all_reasons(&mut kept));
    }
}
