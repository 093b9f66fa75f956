//! What a reader keeps in memory: the chronicle, and where to find what the fold does not need.
//!
//! Titles, quotes and reports stay in the log. Of each amendment the place is kept, so that an
//! event can be shown with all that was said about it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use detente_chronicle::{Chronicle, Position, Taken};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::record::{Body, Record, RecordId};
use detente_domain::rulebook::Rulebook;
use detente_replay::Commit;
use uuid::Uuid;

/// Where a record stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The position of its commit.
    pub position: u64,
    /// Its id.
    pub record: Uuid,
}

/// The chronicle, and what readers ask for beside it.
#[derive(Debug)]
pub struct Archive {
    chronicle: Chronicle,
    /// By the record that they are about: amendments, in order of arrival.
    about: HashMap<Uuid, Vec<Place>>,
    /// The UTC day on which each commit was recorded; only where it is another than before.
    recorded: Vec<(u64, Day)>,
}

impl Archive {
    /// An empty archive under a rulebook.
    #[must_use]
    pub fn new(rules: Arc<Rulebook>) -> Self {
        Self {
            chronicle: Chronicle::new(rules),
            about: HashMap::new(),
            recorded: Vec::new(),
        }
    }

    /// The chronicle.
    #[must_use]
    pub const fn chronicle(&self) -> &Chronicle {
        &self.chronicle
    }

    /// The chronicle, whose reads keep caches.
    pub const fn chronicle_mut(&mut self) -> &mut Chronicle {
        &mut self.chronicle
    }

    /// The position of the last commit taken.
    #[must_use]
    pub const fn head(&self) -> u64 {
        self.chronicle.head().0
    }

    /// Takes a whole commit, and the UTC day on which it was recorded.
    pub fn take_commit(&mut self, commit: &Commit, recorded: Day) {
        let Commit { message, skimmed } = commit;
        let position = message.sequence;
        self.note_day(position, recorded);
        let Self {
            chronicle, about, ..
        } = self;
        detente_replay::take_skimmed(chronicle, position, &message.payload, skimmed, |record| {
            if let detente_replay::Record::Other(record, Taken::New) = record {
                note(about, position, record);
            }
        });
    }

    /// Takes one record.
    pub fn take(&mut self, position: u64, record: &Record) -> Taken {
        let taken = self.chronicle.take(Position(position), record);
        if taken == Taken::New {
            note(&mut self.about, position, record);
        }
        taken
    }

    /// The places of every record about an event, and of the retractions of those, up to a
    /// position; in order of places.
    #[must_use]
    pub fn about(&self, event: EventId, known: u64) -> BTreeSet<Place> {
        let mut found = BTreeSet::new();
        let mut open = vec![event.0];
        while let Some(subject) = open.pop() {
            for place in self.about.get(&subject).into_iter().flatten() {
                if place.position <= known && found.insert(*place) {
                    open.push(place.record);
                }
            }
        }
        found
    }

    /// The ids that records name and no record has, by what was known at a position; in order of
    /// the first place that names each.
    #[must_use]
    pub fn pending(&self, known: u64) -> Vec<Uuid> {
        let first = |(subject, places): (&Uuid, &Vec<Place>)| {
            let first = places.first().filter(|place| place.position <= known)?;
            (!self.has(*subject, known)).then_some((*first, *subject))
        };
        let mut pending: Vec<(Place, Uuid)> = self.about.iter().filter_map(first).collect();
        pending.sort_unstable();
        pending.into_iter().map(|(_, subject)| subject).collect()
    }

    /// Whether a record of that id was known at a position.
    #[must_use]
    pub fn has(&self, id: Uuid, known: u64) -> bool {
        let position = self.chronicle.record(RecordId(id));
        position.is_some_and(|position| position.0 <= known)
    }

    /// The UTC day on which the commit at a position was recorded, where that is known.
    #[must_use]
    pub fn recorded(&self, position: u64) -> Option<Day> {
        let after = self.recorded.partition_point(|(from, _)| *from <= position);
        after
            .checked_sub(1)
            .and_then(|place| self.recorded.get(place))
            .map(|(_, day)| *day)
    }

    fn note_day(&mut self, position: u64, day: Day) {
        if self.recorded.last().is_none_or(|(_, last)| *last != day) {
            self.recorded.push((position, day));
        }
    }
}

fn note(about: &mut HashMap<Uuid, Vec<Place>>, position: u64, record: &Record) {
    let place = Place {
        position,
        record: record.id.0,
    };
    for subject in subjects(&record.body).into_iter().flatten() {
        about.entry(subject).or_default().push(place);
    }
}

/// What an amendment is about: one record, or the two ends of a link.
fn subjects(body: &Body) -> [Option<Uuid>; 2] {
    match body {
        Body::Corroborated { event, .. }
        | Body::Disputed { event, .. }
        | Body::Corrected { event, .. } => [Some(event.0), None],
        Body::Retracted { record, .. } => [Some(record.0), None],
        Body::Linked { one, other } | Body::Unlinked { one, other } => [Some(one.0), Some(other.0)],
        Body::Reported(_) | Body::Tick { .. } => [None, None],
    }
}
