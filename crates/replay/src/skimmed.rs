//! A commit, skimmed: what its events are at a glance, and which records must be decoded whole.
//!
//! Skimming costs as much as folding, so whoever reads ahead does it too, on his own core.

use std::ops::Range;

use detente_chronicle::Reported;
use detente_codec::{Skim, skim};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::grade::Grade;
use detente_jetstream::commit;

/// The records of a commit, in order. Bytes are named by their place in the payload.
#[derive(Debug, Default)]
pub struct Skimmed(pub(crate) Vec<Glimpse>);

/// A record, at a glance.
#[derive(Debug)]
pub(crate) enum Glimpse {
    /// A first report.
    Event(Event),
    /// Decode it whole.
    Whole(Place),
    /// The rest of the commit cannot be read.
    Broken(commit::FrameError),
}

/// A first report.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) event: EventId,
    pub(crate) recorded_unix_ms: i64,
    pub(crate) act: Place,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) grade: Grade,
    pub(crate) publisher: Place,
}

impl Event {
    /// The report, with its bytes from the payload.
    pub(crate) fn of<'a>(&self, payload: &'a [u8]) -> Reported<'a> {
        Reported {
            event: self.event,
            act: self.act.bytes(payload),
            earliest: self.earliest,
            latest: self.latest,
            grade: self.grade,
            publisher: self.publisher.bytes(payload),
        }
    }
}

/// A place in the payload; a payload is far shorter than 4 GiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    from: u32,
    to: u32,
}

impl Place {
    /// The place of a part of a payload.
    fn of(part: &[u8], payload: &[u8]) -> Self {
        let from = part.as_ptr().addr().wrapping_sub(payload.as_ptr().addr());
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            from: place(from),
            to: place(from.saturating_add(part.len())),
        }
    }

    /// The bytes there.
    pub(crate) fn bytes(self, payload: &[u8]) -> &[u8] {
        let range: Range<usize> = self.from as usize..self.to as usize;
        payload.get(range).unwrap_or_default()
    }
}

impl Skimmed {
    /// Skims a commit.
    #[must_use]
    pub fn of(payload: &[u8]) -> Self {
        let glimpse = |bytes: Result<&[u8], commit::FrameError>| match bytes {
            Err(error) => Glimpse::Broken(error),
            Ok(bytes) => match skim(bytes) {
                Ok(Skim::Event(event)) => Glimpse::Event(Event {
                    event: EventId(event.id),
                    recorded_unix_ms: event.recorded_unix_ms,
                    act: Place::of(event.act, payload),
                    earliest: event.earliest,
                    latest: event.latest,
                    grade: event.grade,
                    publisher: Place::of(event.publisher, payload),
                }),
                // Decoding says what is wrong with those that cannot be skimmed.
                Ok(Skim::Other) | Err(_) => Glimpse::Whole(Place::of(bytes, payload)),
            },
        };
        Self(commit::records(payload).map(glimpse).collect())
    }
}
