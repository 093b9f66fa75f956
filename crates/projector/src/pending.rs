//! The folded commits that are not known to be published.
//!
//! A projector that stands by keeps them until the one that publishes has come as far, and publishes
//! them when it takes over; one that publishes keeps them until they are stored, in case another
//! one takes over from it.

use std::collections::VecDeque;

use detente_api::view::CommitStamp;
use detente_chronicle::RelationChanges;

/// The most changes that are kept while standing by; then the log is not read until the other
/// projector has published more.
const CHANGES_MAX: usize = 50_000;
/// The most commits that are kept while standing by.
const COMMITS_MAX: usize = 50_000;

/// A commit, folded.
#[derive(Clone, Debug)]
pub(crate) struct FoldedCommit {
    pub(crate) stamp: CommitStamp,
    /// The digest of its payload.
    pub(crate) digest: u64,
    pub(crate) relations: Vec<RelationChanges>,
}

/// Folded commits, in order.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    commits: VecDeque<FoldedCommit>,
    changes: usize,
}

impl FoldedCommit {
    fn changes(&self) -> usize {
        let relations = self.relations.iter();
        relations.map(|relation| relation.changes.len()).sum()
    }
}

impl Pending {
    /// Adds the next commit.
    pub(crate) fn push(&mut self, commit: FoldedCommit) {
        self.changes += commit.changes();
        self.commits.push_back(commit);
    }

    /// Removes the commits up to a position, which are published.
    pub(crate) fn remove_to(&mut self, position: u64) {
        while let Some(first) = self.commits.front()
            && first.stamp.position <= position
        {
            self.changes -= first.changes();
            self.commits.pop_front();
        }
    }

    /// Returns the commits.
    pub(crate) fn commits(&self) -> Vec<FoldedCommit> {
        self.commits.iter().cloned().collect()
    }

    /// Returns true if no more should be added while standing by.
    pub(crate) fn is_full(&self) -> bool {
        self.changes >= CHANGES_MAX || self.commits.len() >= COMMITS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_domain::day::Day;

    #[test]
    fn published_commits_are_removed_and_too_many_are_not_added() {
        let mut pending = Pending::default();
        let commit = |position| FoldedCommit {
            stamp: CommitStamp {
                position,
                recorded: Day::MIN,
            },
            digest: position,
            relations: Vec::new(),
        };
        (1..=COMMITS_MAX as u64).for_each(|position| pending.push(commit(position)));
        assert!(pending.is_full());
        pending.remove_to(COMMITS_MAX as u64 - 2);
        assert!(!pending.is_full());
        let left = pending.commits();
        let left: Vec<u64> = left.iter().map(|commit| commit.digest).collect();
        assert_eq!(left, [COMMITS_MAX as u64 - 1, COMMITS_MAX as u64]);
    }
}
