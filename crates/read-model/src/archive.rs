//! The memory of a read model: the chronicle, and the positions of records in the log.
//!
//! Titles, quotes and reports stay in the log. The position of each amendment is kept, so that an
//! event can be shown with all records about it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use detente_apply::{Commit, RecordOutcome};
use detente_chronicle::{Applied, Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::record::{Body, Record, RecordId};
use detente_domain::rulebook::Rulebook;
use uuid::Uuid;

use crate::publishers::Publishers;

/// The position of a record in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// The position of its commit.
    pub position: u64,
    /// Its id.
    pub record: Uuid,
}

/// The chronicle, and an index of the records about each event.
#[derive(Debug)]
pub struct Archive {
    chronicle: Chronicle,
    /// The amendments of each record, in order of arrival.
    about: HashMap<Uuid, Vec<RecordRef>>,
    /// Those of them that are retractions.
    retractions: HashSet<Uuid>,
    /// The first commit of each UTC day.
    recorded: Vec<(u64, Day)>,
    publishers: Publishers,
}

impl Archive {
    /// Returns an empty archive under a rulebook.
    #[must_use]
    pub fn new(rules: Arc<Rulebook>) -> Self {
        Self {
            chronicle: Chronicle::new(rules),
            about: HashMap::new(),
            retractions: HashSet::new(),
            recorded: Vec::new(),
            publishers: Publishers::default(),
        }
    }

    /// Returns the chronicle.
    #[must_use]
    pub const fn chronicle(&self) -> &Chronicle {
        &self.chronicle
    }

    /// Returns the chronicle for reads, which fill caches.
    pub const fn chronicle_mut(&mut self) -> &mut Chronicle {
        &mut self.chronicle
    }

    /// Returns the counts of publishers.
    pub(crate) const fn publishers(&self) -> &Publishers {
        &self.publishers
    }

    /// Returns the position of the last commit.
    #[must_use]
    pub const fn head(&self) -> u64 {
        self.chronicle.head().0
    }

    /// Applies a commit.
    pub fn apply_commit(&mut self, commit: &Commit) {
        let Commit { message, skim } = commit;
        let position = message.sequence;
        let recorded = Day::of_utc(message.published);
        if self.recorded.last().is_none_or(|(_, day)| *day != recorded) {
            self.recorded.push((position, recorded));
        }
        let Self {
            chronicle,
            about,
            retractions,
            publishers,
            ..
        } = self;
        let payload = &message.payload;
        detente_apply::apply(chronicle, position, payload, skim, |record| match record {
            RecordOutcome::Reported(report, Some(Applied::New)) => publishers.reported(&report),
            RecordOutcome::Other(record, Applied::New) => {
                publishers.count(&record.body);
                index(about, retractions, position, record);
            }
            _ => {}
        });
    }

    /// Applies one record.
    pub fn apply(&mut self, position: u64, record: &Record) -> Applied {
        let applied = self.chronicle.apply(Position(position), record);
        if applied == Applied::New {
            self.publishers.count(&record.body);
            index(&mut self.about, &mut self.retractions, position, record);
        }
        applied
    }

    /// Returns every record about an event, and the retractions of those, up to a position.
    #[must_use]
    pub fn about(&self, event: EventId, known: u64) -> BTreeSet<RecordRef> {
        let records = self.chains(event.0, known).into_iter();
        records.map(|(_, reference)| reference).collect()
    }

    /// Returns, of an id and the records about it that are retracted, the retraction in effect, as
    /// known at a position: the first, if there are several.
    #[must_use]
    pub fn retracted_by(&self, id: Uuid, known: u64) -> HashMap<Uuid, RecordRef> {
        let mut retracted: HashMap<Uuid, RecordRef> = HashMap::new();
        // Retractions of a retraction come after it, so it is known by then whether it stands.
        for (subject, by) in self.chains(id, known).into_iter().rev() {
            if self.retractions.contains(&by.record) && !retracted.contains_key(&by.record) {
                let first = retracted.entry(subject).or_insert(by);
                *first = by.min(*first);
            }
        }
        retracted
    }

    /// Returns every record about an id, and the retractions of those, with what each is about, which
    /// comes before it.
    fn chains(&self, id: Uuid, known: u64) -> Vec<(Uuid, RecordRef)> {
        let (mut chains, mut seen) = (Vec::new(), HashSet::new());
        let (mut subject, mut next) = (id, 0);
        loop {
            for reference in self.about.get(&subject).into_iter().flatten() {
                if reference.position <= known && seen.insert(reference.record) {
                    chains.push((subject, *reference));
                }
            }
            let Some((_, reference)) = chains.get(next) else {
                return chains;
            };
            subject = reference.record;
            next += 1;
        }
    }

    /// Returns the ids that records name and no record has, as known at a position, in order of the
    /// first record that names each.
    #[must_use]
    pub fn pending(&self, known: u64) -> Vec<Uuid> {
        let first = |(subject, about): (&Uuid, &Vec<RecordRef>)| {
            let first = about.first().filter(|first| first.position <= known)?;
            (!self.has(*subject, known)).then_some((*first, *subject))
        };
        let mut pending: Vec<(RecordRef, Uuid)> = self.about.iter().filter_map(first).collect();
        pending.sort_unstable();
        pending.into_iter().map(|(_, subject)| subject).collect()
    }

    /// Returns true if a record of that id was known at a position.
    #[must_use]
    pub fn has(&self, id: Uuid, known: u64) -> bool {
        let position = self.chronicle.record(RecordId(id));
        position.is_some_and(|position| position.0 <= known)
    }

    /// Returns the UTC day on which the commit at a position was recorded; `None` if unknown.
    #[must_use]
    pub fn recorded(&self, position: u64) -> Option<Day> {
        let count = self.recorded.partition_point(|(from, _)| *from <= position);
        self.recorded[..count].last().map(|(_, day)| *day)
    }
}

fn index(
    about: &mut HashMap<Uuid, Vec<RecordRef>>,
    retractions: &mut HashSet<Uuid>,
    position: u64,
    record: &Record,
) {
    if matches!(record.body, Body::Retracted { .. }) {
        retractions.insert(record.id.0);
    }
    let reference = RecordRef {
        position,
        record: record.id.0,
    };
    for subject in subjects(&record.body).into_iter().flatten() {
        about.entry(subject).or_default().push(reference);
    }
}

/// Returns the subjects of an amendment: one record, or the two ends of a link.
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
