//! Groups of commits that are published together, by relation.
//!
//! While the projector keeps up, a group is one commit. While it catches up, a group is many. Only
//! relations that change are part of it, so a group may be empty. A group depends only on the log
//! and on its first and last commit, which are in the headers of its messages.

use std::collections::BTreeMap;

use detente_api::view::CommitStamp;
use detente_chronicle::RelationChanges;
use detente_domain::relations::Pair;
use detente_domain::state::Change;
use detente_jetstream::Checkpoint;

/// The most changes in one message: about 100 KB of the server's 1 MB.
pub(crate) const CHANGES_MAX: usize = 200;
/// The relations at which a group is full: with one more commit it mostly still fits into one
/// atomic batch.
const RELATIONS_FULL: usize = 500;
/// The commits at which a group is full, so that progress is visible.
const COMMITS_FULL: usize = 1_000;

/// Commits that are published together.
#[derive(Debug)]
pub struct Group {
    /// The first commit.
    pub from: u64,
    /// The last commit that was added.
    pub position: u64,
    digest: u64,
    commits: usize,
    relations: BTreeMap<Pair, Part>,
    is_full: bool,
}

/// One relation of a group, or as much of it as fits into a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) pair: Pair,
    /// The last commit that changes the relation.
    pub(crate) last: CommitStamp,
    pub(crate) changes: Vec<(CommitStamp, Change)>,
}

impl Group {
    /// Creates an empty group that begins with a commit.
    #[must_use]
    pub const fn new(from: u64) -> Self {
        Self {
            from,
            position: from,
            digest: 0,
            commits: 0,
            relations: BTreeMap::new(),
            is_full: false,
        }
    }

    /// Creates the group that a commit begins after the last message of the feed. One that was
    /// published in part begins where it began: earlier commits of it that change nothing may have
    /// been dropped, and all its messages name the same first commit.
    #[must_use]
    pub(crate) fn after(last: Option<Checkpoint>, commit: u64) -> Self {
        let resumed = last.filter(|last| (last.from..=last.position).contains(&commit));
        Self::new(resumed.map_or(commit, |last| last.from))
    }

    /// Adds the changes of the next commit, whose payload has a digest.
    pub fn add(&mut self, commit: CommitStamp, digest: u64, relations: Vec<RelationChanges>) {
        self.position = commit.position;
        self.digest = digest;
        self.commits += 1;
        for RelationChanges { pair, changes } in relations {
            if changes.is_empty() {
                continue;
            }
            let new = || Part {
                pair,
                last: commit,
                changes: Vec::new(),
            };
            let relation = self.relations.entry(pair).or_insert_with(new);
            relation.last = commit;
            let changes = changes.into_iter().map(|change| (commit, change));
            relation.changes.extend(changes);
            self.is_full |= relation.changes.len() >= CHANGES_MAX;
        }
        self.is_full |= self.relations.len() >= RELATIONS_FULL || self.commits >= COMMITS_FULL;
    }

    /// Returns true if no more commits should be added.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.is_full
    }

    /// Returns the digest of the last commit's payload; 0 before a commit was added.
    #[must_use]
    pub const fn digest(&self) -> u64 {
        self.digest
    }

    /// Returns the number of relations that change.
    #[must_use]
    pub fn relations(&self) -> usize {
        self.relations.len()
    }

    /// Returns the number of changes.
    #[must_use]
    pub fn changes(&self) -> usize {
        let changes = self
            .relations
            .values()
            .map(|relation| relation.changes.len());
        changes.sum()
    }

    /// Returns the parts of its messages, in order of relations.
    pub(crate) fn parts(self) -> Vec<Part> {
        let mut parts = Vec::with_capacity(self.relations.len());
        for mut part in self.relations.into_values() {
            while part.changes.len() > CHANGES_MAX {
                let changes = part.changes.drain(..CHANGES_MAX).collect();
                parts.push(Part { changes, ..part });
            }
            parts.push(part);
        }
        parts
    }
}

#[cfg(test)]
mod tests;
