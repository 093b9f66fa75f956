//! Rows: an event as the fold needs it, in 36 bytes.

use crate::voices::VoiceId;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::grade::Grade;
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// A point of the *known* clock: the sequence, in the log, of the commit that brought a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// The number of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActId(u32);

impl ActId {
    /// From a place in a list of fewer than 2^32 acts (memory ends long before).
    pub(crate) fn new(place: usize) -> Self {
        Self(u32::try_from(place).unwrap_or(u32::MAX))
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an event is taken for, as long as no later row of it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) act: ActId,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) grade: Grade,
    /// Who published the first report.
    pub(crate) voice: VoiceId,
    pub(crate) disputed: bool,
    /// It is told by another event that it is linked with, or it was retracted.
    pub(crate) silent: bool,
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) event: EventId,
    position: u32,
    act: ActId,
    earliest: Day,
    latest: Day,
    /// From the lowest bit: four flags, six bits of grade, and the voice.
    packed: u32,
}

/// Rows are many: who adds a field here pays for it ten million times.
const _: () = assert!(size_of::<Row>() == 36);

const DISPUTED: u32 = 1;
const SILENT: u32 = 2;
/// A later row of the event is known; the side table says from when.
const CLOSED: u32 = 4;
/// Not the first row of its event.
const LATER: u32 = 8;
const GRADE_AT: u32 = 4;
const GRADE_BITS: u32 = 0x3f;
const VOICE_AT: u32 = 10;
const _: () = assert!(VOICE_AT + VoiceId::BITS == u32::BITS);

impl Row {
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
                | flag(content.silent, SILENT)
                | u32::from(content.grade.packed()) << GRADE_AT
                | content.voice.bits() << VOICE_AT,
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
            voice: VoiceId::from_bits(self.packed >> VOICE_AT),
            disputed: self.packed & DISPUTED != 0,
            silent: self.packed & SILENT != 0,
        }
    }
}

/// All rows, and the current one of each event.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    rows: Vec<Row>,
    /// First rows, by the id of their event: the row, and half of the id's hash beside it, so
    /// that a growing table need not look at the rows.
    firsts: HashTable<(u32, u32)>,
    /// The further rows of events that have several, by their first; the last is current.
    later: HashMap<u32, Vec<u32>>,
    /// From when a closed row is no longer believed.
    closed: HashMap<u32, Position>,
    /// Keyed at random: ids come from clients, who might choose ones that collide.
    hasher: DefaultHashBuilder,
}

impl Rows {
    pub(crate) fn get(&self, row: u32) -> &Row {
        &self.rows[row as usize]
    }

    /// The first row of an event.
    pub(crate) fn first(&self, event: EventId) -> Option<u32> {
        let half = self.hash(event);
        let rows = &self.rows;
        let same = |(row, held): &(u32, u32)| *held == half && rows[*row as usize].event == event;
        self.firsts.find(whole(half), same).map(|(row, _)| *row)
    }

    /// The half of an id's hash that the table keeps.
    pub(crate) fn hash(&self, event: EventId) -> u32 {
        // The upper half: all 64 bits are mixed into it.
        (self.hasher.hash_one(event.0.as_u128()) >> 32) as u32
    }

    /// Fetches the place of an event with that hash; whether there is likely such an event.
    pub(crate) fn glance(&self, half: u32) -> bool {
        let likely = self.firsts.find(whole(half), |(_, held)| *held == half);
        likely.is_some()
    }

    /// Adds the first row of an event.
    ///
    /// # Errors
    /// The first row that the event has already.
    pub(crate) fn begin(
        &mut self,
        event: EventId,
        position: Position,
        content: Content,
    ) -> Result<u32, u32> {
        let half = self.hash(event);
        let rows = &self.rows;
        let same = |(row, held): &(u32, u32)| *held == half && rows[*row as usize].event == event;
        let number = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        match self
            .firsts
            .entry(whole(half), same, |(_, half)| whole(*half))
        {
            Entry::Occupied(held) => return Err(held.get().0),
            Entry::Vacant(free) => free.insert((number, half)),
        };
        self.rows.push(Row::new(event, position, content, 0));
        Ok(number)
    }

    /// The row of an event that is believed now.
    pub(crate) fn now(&self, event: EventId) -> Option<u32> {
        let first = self.first(event)?;
        let later = self.later.get(&first).and_then(|rows| rows.last());
        Some(later.copied().unwrap_or(first))
    }

    /// The row of an event that was believed at a position.
    pub(crate) fn at(&self, event: EventId, known: Position) -> Option<u32> {
        let first = self.first(event)?;
        let later = self.later.get(&first).into_iter().flatten().rev().copied();
        let mut rows = later.chain([first]);
        rows.find(|row| self.believed(*row, known))
    }

    /// Adds a row that takes over from the event's current one; nothing for an event without any.
    pub(crate) fn follow(
        &mut self,
        event: EventId,
        position: Position,
        content: Content,
    ) -> Option<u32> {
        let first = self.first(event)?;
        let before = self.now(event)?;
        let number = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push(Row::new(event, position, content, LATER));
        self.rows[before as usize].packed |= CLOSED;
        self.closed.insert(before, position);
        self.later.entry(first).or_default().push(number);
        Some(number)
    }

    /// Whether a row is what was believed of its event at a position.
    pub(crate) fn believed(&self, row: u32, known: Position) -> bool {
        let held = self.get(row);
        held.position() <= known
            && (held.packed & CLOSED == 0
                || self.closed.get(&row).is_none_or(|closed| known < *closed))
    }

    /// Whether a row is believed at one of two positions and not at the other.
    pub(crate) fn differs(&self, row: u32, one: Position, other: Position) -> bool {
        self.believed(row, one) != self.believed(row, other)
    }

    /// First rows, in order of arrival.
    pub(crate) fn firsts(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.rows.iter().filter(|row| row.is_first())
    }
}

/// A hash of the table from half of one: its upper bits are the tag, its lower ones the place.
const fn whole(half: u32) -> u64 {
    (half as u64) << 32 | half as u64
}
