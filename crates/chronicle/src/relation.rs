//! A relation: the versions that affect it, and its cached fold.

use crate::uses::Use;
use crate::versions::Position;
use detente_domain::day::Day;
use detente_domain::fold::Folded;
use detente_domain::relations::Pair;
use std::sync::Arc;

/// The most new events that are kept for a fold that was dropped.
const DROPPED_MAX: usize = 32;

/// A relation.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) pair: Pair,
    /// Every version that affects it, in order of arrival.
    pub(crate) versions: Vec<u32>,
    /// True if any of them affects it through a membership that only the log tells of.
    pub(crate) by_joining: bool,
    /// Its fold, which may be out of date.
    pub(crate) cached: CachedFold,
    /// Positions at which it was touched without a version of its own: an event left it or came to
    /// it, denials changed, or the regime of one of its states did.
    pub(crate) touched_otherwise: Vec<Position>,
    /// The position of the first commit that touched it; `None` if none has, as when the only event
    /// about it was refused.
    pub(crate) first_touched: Option<Position>,
    /// The position of the last commit that touched it.
    pub(crate) touched_at: Position,
}

/// The fold of a relation that was current at some time, and what has changed since.
#[derive(Debug, Default)]
pub(crate) struct CachedFold {
    /// The fold, as of the last time that it was used; `None` also if it was dropped since.
    pub(crate) folded: Option<Arc<Folded>>,
    /// The time of that use, if it is noted.
    pub(crate) used: Option<Use>,
    /// The first valid day that has changed since then.
    pub(crate) stale_from: Option<Day>,
    /// The versions of new events since then; `None` if anything else has changed.
    pub(crate) added: Option<Vec<u32>>,
    /// The next day on which time alone changes something; `None` if not known.
    pub(crate) next_step: Option<Day>,
    /// The days after the last tick up to which its levels were computed.
    pub(crate) days_ahead: i32,
}

impl Relation {
    pub(crate) const fn new(pair: Pair) -> Self {
        Self {
            pair,
            versions: Vec::new(),
            by_joining: false,
            touched_otherwise: Vec::new(),
            cached: CachedFold {
                folded: None,
                used: None,
                // A regime may have changed earlier in the commit that begins it.
                stale_from: Some(Day::MIN),
                added: None,
                next_step: None,
                days_ahead: 0,
            },
            first_touched: None,
            touched_at: Position(0),
        }
    }

    /// Adds versions of events that came to it later than they were reported.
    pub(crate) fn add_versions(&mut self, versions: &[u32]) {
        self.versions.extend_from_slice(versions);
        self.versions.sort_unstable();
        self.versions.dedup();
    }

    /// Adds a version, from the day on which it takes effect.
    pub(crate) fn add_version(&mut self, version: u32, from: Day, position: Position) {
        self.versions.push(version);
        self.mark(from, position);
        let cached = &mut self.cached;
        if let Some(added) = &mut cached.added {
            added.push(version);
            // For a fold that was dropped, only the events of a commit matter.
            if cached.folded.is_none() && added.len() > DROPPED_MAX {
                cached.added = None;
            }
        }
    }

    /// Notes a change, other than a new version, from a day on.
    pub(crate) fn touch(&mut self, from: Day, position: Position) {
        self.mark(from, position);
        self.cached.added = None;
    }

    fn mark(&mut self, from: Day, position: Position) {
        let stale_from = &mut self.cached.stale_from;
        *stale_from = Some(stale_from.map_or(from, |earlier| earlier.min(from)));
        self.first_touched.get_or_insert(position);
        self.touched_at = self.touched_at.max(position);
    }

    /// Returns true if time alone may have changed something by a day, as far as is known.
    pub(crate) fn may_lapse(&self, now: Option<Day>) -> bool {
        let next_step = self.cached.next_step;
        let is_known = self.cached.stale_from.is_none();
        next_step
            .zip(now)
            .is_none_or(|(next, now)| !is_known || next <= now)
    }

    /// Notes that it was touched without a version.
    pub(crate) fn touch_otherwise(&mut self, position: Position) {
        if self.touched_otherwise.last() != Some(&position) {
            self.touched_otherwise.push(position);
        }
    }
}
