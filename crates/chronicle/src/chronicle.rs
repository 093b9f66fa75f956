//! The history of all relations.
//!
//! Its parts: applying records (`apply`, `resolve`, `regimes`, `prefetch`), the changes of a commit
//! (`commit`, `comparing`), and reading (`read`, `events`, `disputes`, `explain`, `compare`,
//! `audit`, `preview`, `similar`), with the folds that both use (`folds`, `fold_cache`, `apart`).

mod apart;
mod apply;
mod audit;
mod commit;
mod compare;
mod comparing;
mod disputes;
mod events;
mod explain;
mod fold_cache;
mod folds;
mod prefetch;
mod preview;
mod read;
mod regimes;
mod resolve;
mod similar;

pub use apart::{FoldedApart, LongFold};
pub use apply::Applied;
pub use audit::Pending;
pub use commit::RelationChanges;
pub use compare::Point;
pub use events::{BelievedEvent, Correction};
pub use prefetch::PREFETCH_WINDOW;
pub use preview::{Preview, ProposedEvent};
pub use similar::SimilarEvent;

use crate::acts::Acts;
use crate::amendments::Amendment;
use crate::links::Links;
use crate::organisations::Organisations;
use crate::publishers::Publishers;
use crate::relation::Relation;
use crate::retractions::Retractions;
use crate::uses::Uses;
use crate::versions::{Position, Versions};
use apply::Unsettled;
use commit::Touched;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::Regime;
use detente_domain::party::Party;
use detente_domain::record::RecordId;
use detente_domain::relations::Pair;
use detente_domain::rulebook::Rulebook;
use fold_cache::FoldCache;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The numbers of records applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events reported.
    pub events: u64,
    /// Amendments of all kinds.
    pub amendments: u64,
    /// Records that were applied before.
    pub repeats: u64,
    /// Records with the id of an earlier record and other content.
    pub clashes: u64,
    /// Records of a newer writer, skipped.
    pub not_understood: u64,
}

/// The history of all relations.
#[derive(Debug)]
pub struct Chronicle {
    rules: Arc<Rulebook>,
    acts: Acts,
    publishers: Publishers,
    versions: Versions,
    relations: Vec<Relation>,
    by_pair: BTreeMap<Pair, u32>,
    by_state: BTreeMap<Party, Vec<u32>>,
    /// By state: the versions that change its authority or its memberships.
    regime_versions: HashMap<Party, Vec<u32>>,
    /// The present regimes of the states that any version changes; of others, the background holds.
    regimes: HashMap<Party, Arc<Regime>>,
    organisations: Organisations,
    /// By event: its amendments, in order of arrival.
    amended: HashMap<EventId, Vec<Amendment>>,
    retractions: Retractions,
    /// By amendment: its event, and its place among those of the event.
    event_of: HashMap<RecordId, (EventId, u32)>,
    links: Links,
    /// Ticks to later days, in order of positions.
    ticks: Vec<(Position, Day)>,
    head: Position,
    counts: Counts,
    clashes: Vec<(Position, RecordId)>,
    /// True within a commit.
    is_open: bool,
    unsettled: Unsettled,
    /// The relations and regimes touched by the present commit; `None` outside of one.
    touched: Option<Touched>,
    /// The position of the last commit that touched any relation.
    touched_at: Position,
    /// The relations whose current folds are cached.
    current: Uses<u32>,
    /// The most bytes that these take together.
    current_bytes_max: usize,
    /// Folds as known at earlier positions.
    fold_cache: FoldCache,
}

impl Chronicle {
    /// Creates an empty chronicle under a rulebook.
    #[must_use]
    pub fn new(rules: Arc<Rulebook>) -> Self {
        Self {
            rules,
            acts: Acts::default(),
            publishers: Publishers::default(),
            versions: Versions::default(),
            relations: Vec::new(),
            by_pair: BTreeMap::new(),
            by_state: BTreeMap::new(),
            regime_versions: HashMap::new(),
            regimes: HashMap::new(),
            organisations: Organisations::default(),
            amended: HashMap::new(),
            retractions: Retractions::default(),
            event_of: HashMap::new(),
            links: Links::default(),
            ticks: Vec::new(),
            head: Position(0),
            counts: Counts::default(),
            clashes: Vec::new(),
            is_open: false,
            unsettled: Unsettled::default(),
            touched: None,
            touched_at: Position(0),
            current: Uses::default(),
            current_bytes_max: folds::CURRENT_BYTES_MAX,
            fold_cache: FoldCache::default(),
        }
    }

    /// Returns the rulebook that it folds under.
    #[must_use]
    pub fn rules(&self) -> &Arc<Rulebook> {
        &self.rules
    }

    /// Returns the position of the last commit applied.
    #[must_use]
    pub const fn head(&self) -> Position {
        self.head
    }

    /// Returns the numbers of records applied.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns the records with the id of an earlier record and other content, in order of arrival.
    #[must_use]
    pub fn clashes(&self) -> &[(Position, RecordId)] {
        &self.clashes
    }

    /// Notes that a whole commit was applied, even one without records.
    pub fn advance_to(&mut self, position: Position) {
        self.head = self.head.max(position);
    }

    /// Counts a record that this version does not understand.
    pub const fn skip(&mut self) {
        self.counts.not_understood += 1;
    }
}
