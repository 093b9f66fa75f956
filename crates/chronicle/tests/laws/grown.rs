//! A chronicle that grows commit by commit.

use crate::rules::rules;
use detente_chronicle::{Chronicle, Moved, Position};
use detente_domain::record::Record;

/// Takes records commit by commit, as a projector does, and gives all that was told.
pub(crate) fn grown(commits: &[Vec<Record>]) -> (Chronicle, Vec<Vec<Moved>>) {
    let mut chronicle = Chronicle::new(rules());
    let mut told = Vec::new();
    for (place, commit) in commits.iter().enumerate() {
        let position = Position(place as u64 + 1);
        chronicle.open();
        for record in commit {
            chronicle.take(position, record);
        }
        told.push(chronicle.close(position));
    }
    (chronicle, told)
}
