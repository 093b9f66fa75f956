//! Growing a chronicle commit by commit.

use detente_chronicle::{Chronicle, Position, RelationChanges};
use detente_domain::record::Record;
use detente_testkit::histories::rules;

/// Applies commits as a projector does, and returns the changes of each.
pub(crate) fn grown(commits: &[Vec<Record>]) -> (Chronicle, Vec<Vec<RelationChanges>>) {
    let mut chronicle = Chronicle::new(rules());
    let mut changes = Vec::new();
    for (index, commit) in commits.iter().enumerate() {
        let position = Position(index as u64 + 1);
        chronicle.begin_commit();
        for record in commit {
            chronicle.apply(position, record);
        }
        changes.push(chronicle.end_commit(position));
    }
    (chronicle, changes)
}
