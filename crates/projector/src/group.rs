//! What is told together: the commits of a group, by relation.
//!
//! While the projector keeps up, a group is one commit. Behind the log it is many, and of each
//! relation only the last view is told, with all its changes. A group depends on the log and on
//! where it begins and ends, and on nothing else; both are in the headers of its messages.

use std::collections::BTreeMap;

use detente_api::view::Occurrence;
use detente_chronicle::Moved;
use detente_domain::routes::Pair;
use detente_domain::state::Change;

/// The most changes in one message: about 100 KB of the server's 1 MB.
pub(crate) const CHANGES_MAX: usize = 200;
/// A group with so many relations is closed: with what one commit more may bring, it mostly fits
/// into one atomic batch.
const RELATIONS_FULL: usize = 500;
/// A group of so many commits is closed, so that progress is seen.
const COMMITS_FULL: usize = 1_000;

/// The commits that are told together.
#[derive(Debug)]
pub struct Group {
    /// The first commit.
    pub from: u64,
    /// The last commit that was added.
    pub position: u64,
    commits: usize,
    relations: BTreeMap<Pair, Line>,
    is_full: bool,
}

/// What a group has of one relation.
#[derive(Debug)]
struct Line {
    last: Occurrence,
    changes: Vec<(Occurrence, Change)>,
}

/// One message of a group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) pair: Pair,
    /// The last commit of the group that touched the relation.
    pub(crate) last: Occurrence,
    pub(crate) changes: Vec<(Occurrence, Change)>,
}

impl Group {
    /// An empty group that begins with a commit.
    #[must_use]
    pub const fn new(from: u64) -> Self {
        Self {
            from,
            position: from,
            commits: 0,
            relations: BTreeMap::new(),
            is_full: false,
        }
    }

    /// Adds what the next commit moved.
    pub fn add(&mut self, occurrence: Occurrence, moved: Vec<Moved>) {
        self.position = occurrence.position;
        self.commits += 1;
        for Moved { pair, changes } in moved {
            let new = || Line {
                last: occurrence,
                changes: Vec::new(),
            };
            let line = self.relations.entry(pair).or_insert_with(new);
            line.last = occurrence;
            line.changes
                .extend(changes.into_iter().map(|change| (occurrence, change)));
            self.is_full |= line.changes.len() >= CHANGES_MAX;
        }
        self.is_full |= self.relations.len() >= RELATIONS_FULL || self.commits >= COMMITS_FULL;
    }

    /// Whether it should take no more.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.is_full
    }

    /// How many relations it has.
    #[must_use]
    pub fn relations(&self) -> usize {
        self.relations.len()
    }

    /// How many changes it has.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.relations.values().map(|line| line.changes.len()).sum()
    }

    /// Its messages, in order of relations.
    pub(crate) fn parts(self) -> Vec<Part> {
        let mut parts = Vec::with_capacity(self.relations.len());
        for (pair, Line { last, mut changes }) in self.relations {
            loop {
                let rest = changes.split_off(changes.len().min(CHANGES_MAX));
                parts.push(Part {
                    pair,
                    last,
                    changes,
                });
                if rest.is_empty() {
                    break;
                }
                changes = rest;
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests;
