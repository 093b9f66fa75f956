//! Versions of events: an event as the fold needs it, in 36 bytes.
//!
//! An amendment adds a version of its event, known from the amendment's position on.

use crate::corroboration::GradedReport;
use crate::publishers::PublisherId;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::grade::Grade;
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// A point of the *known* clock: the sequence of a commit in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl Position {
    /// After every commit.
    pub(crate) const LATEST: Self = Self(u64::MAX);
}

/// The index of an interned act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActId(u32);

impl ActId {
    /// Converts an index. More than 2^32 acts do not fit into memory.
    pub(crate) fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The content of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) act: ActId,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) grade: Grade,
    /// The publisher of the first report.
    pub(crate) publisher: PublisherId,
    pub(crate) disputed: bool,
    /// True if it is retracted, or represented by another event that it is linked with.
    pub(crate) hidden: bool,
}

impl Content {
    /// Returns the first report.
    pub(crate) const fn report(&self) -> GradedReport {
        GradedReport {
            publisher: self.publisher,
            grade: self.grade,
        }
    }
}

/// A version of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version {
    pub(crate) event: EventId,
    position: u32,
    act: ActId,
    earliest: Day,
    latest: Day,
    /// From the lowest bit: four flags, six bits of grade, and the publisher.
    packed: u32,
}

/// There may be ten million versions, so their size matters.
const _: () = assert!(size_of::<Version>() == 36);

const DISPUTED: u32 = 1;
const HIDDEN: u32 = 2;
/// A later version exists; [`Versions::closed`] has its position.
const CLOSED: u32 = 4;
/// This is not the first version of its event.
const LATER: u32 = 8;
const GRADE_AT: u32 = 4;
const GRADE_BITS: u32 = 0x3f;
const PUBLISHER_AT: u32 = 10;
const _: () = assert!(PUBLISHER_AT + PublisherId::BITS == u32::BITS);

impl Version {
    fn new(event: EventId, position: Position, content: Content, flags: u32) -> Self {
        let flag = |set, flag| if set { flag } else { 0 };
        Self {
            event,
            position: u32::try_from(position.0).unwrap_or(u32::MAX),
            act: content.act,
            earliest: content.earliest,
            latest: content.latest,
            packed: flags
                | flag(content.disputed, DISPUTED)
                | flag(content.hidden, HIDDEN)
                | u32::from(content.grade.packed()) << GRADE_AT
                | content.publisher.bits() << PUBLISHER_AT,
        }
    }

    pub(crate) const fn position(&self) -> Position {
        Position(self.position as u64)
    }

    pub(crate) const fn is_first(&self) -> bool {
        self.packed & LATER == 0
    }

    pub(crate) const fn content(&self) -> Content {
        Content {
            act: self.act,
            earliest: self.earliest,
            latest: self.latest,
            grade: Grade::from_packed((self.packed >> GRADE_AT & GRADE_BITS) as u8),
            publisher: PublisherId::from_bits(self.packed >> PUBLISHER_AT),
            disputed: self.packed & DISPUTED != 0,
            hidden: self.packed & HIDDEN != 0,
        }
    }
}

/// All versions of all events.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    versions: Vec<Version>,
    /// First versions, by the id of their event. Half of the id's hash is kept with each, so that a
    /// growing table need not read the versions.
    firsts: HashTable<(u32, u32)>,
    /// By first version: the later ones of the event; the last is current.
    later: HashMap<u32, Vec<u32>>,
    /// By version: the position from which a later one replaces it.
    closed: HashMap<u32, Position>,
    /// With random keys, because clients choose ids and might choose ones that collide.
    hasher: DefaultHashBuilder,
}

impl Versions {
    pub(crate) fn get(&self, version: u32) -> &Version {
        &self.versions[version as usize]
    }

    /// Returns the first version of an event.
    pub(crate) fn first(&self, event: EventId) -> Option<u32> {
        let half = self.hash(event);
        let versions = &self.versions;
        let same = |(version, other): &(u32, u32)| {
            *other == half && versions[*version as usize].event == event
        };
        self.firsts
            .find(whole(half), same)
            .map(|(version, _)| *version)
    }

    /// Returns the position of the first report of an event.
    pub(crate) fn reported_at(&self, event: EventId) -> Option<Position> {
        Some(self.get(self.first(event)?).position())
    }

    /// Returns the half of an id's hash that the table keeps.
    pub(crate) fn hash(&self, event: EventId) -> u32 {
        // The upper half: all 64 bits are mixed into it.
        (self.hasher.hash_one(event.0.as_u128()) >> 32) as u32
    }

    /// Loads the table entry of a hash into the cache; returns true if there is one.
    pub(crate) fn prefetch(&self, half: u32) -> bool {
        let likely = self.firsts.find(whole(half), |(_, other)| *other == half);
        likely.is_some()
    }

    /// Adds the first version of an event.
    ///
    /// # Errors
    /// Returns the existing first version of the event.
    pub(crate) fn insert_first(
        &mut self,
        event: EventId,
        position: Position,
        content: Content,
    ) -> Result<u32, u32> {
        let half = self.hash(event);
        let versions = &self.versions;
        let same = |(version, other): &(u32, u32)| {
            *other == half && versions[*version as usize].event == event
        };
        let number = u32::try_from(versions.len()).unwrap_or(u32::MAX);
        match self
            .firsts
            .entry(whole(half), same, |(_, half)| whole(*half))
        {
            Entry::Occupied(first) => return Err(first.get().0),
            Entry::Vacant(entry) => entry.insert((number, half)),
        };
        self.versions
            .push(Version::new(event, position, content, 0));
        Ok(number)
    }

    /// Returns the current version of an event.
    pub(crate) fn current(&self, event: EventId) -> Option<u32> {
        let first = self.first(event)?;
        let later = self.later.get(&first).and_then(|versions| versions.last());
        Some(later.copied().unwrap_or(first))
    }

    /// Returns the version of an event that was current at a position.
    pub(crate) fn at(&self, event: EventId, known: Position) -> Option<u32> {
        let first = self.first(event)?;
        let later = self.later.get(&first).into_iter().flatten().rev().copied();
        let mut versions = later.chain([first]);
        versions.find(|version| self.is_current(*version, known))
    }

    /// Adds a version that replaces the current one of its event; `None` for an unknown event.
    pub(crate) fn append(
        &mut self,
        event: EventId,
        position: Position,
        content: Content,
    ) -> Option<u32> {
        let first = self.first(event)?;
        let before = self.current(event)?;
        let number = u32::try_from(self.versions.len()).unwrap_or(u32::MAX);
        self.versions
            .push(Version::new(event, position, content, LATER));
        self.versions[before as usize].packed |= CLOSED;
        self.closed.insert(before, position);
        self.later.entry(first).or_default().push(number);
        Some(number)
    }

    /// Returns true if a version was the current one of its event at a position.
    pub(crate) fn is_current(&self, version: u32, known: Position) -> bool {
        let stored = self.get(version);
        stored.position() <= known
            && (stored.packed & CLOSED == 0
                || self
                    .closed
                    .get(&version)
                    .is_none_or(|closed| known < *closed))
    }

    /// Returns true if a version was current at just one of two positions.
    pub(crate) fn differs(&self, version: u32, one: Position, other: Position) -> bool {
        self.is_current(version, one) != self.is_current(version, other)
    }

    /// Iterates over the first versions, in order of arrival.
    pub(crate) fn firsts(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.versions.iter().filter(|version| version.is_first())
    }
}

/// Extends half a hash: the table takes the tag from the upper bits and the bucket from the lower
/// ones.
const fn whole(half: u32) -> u64 {
    (half as u64) << 32 | half as u64
}
