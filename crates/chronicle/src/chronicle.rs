//! Taking records: in any order, any number of times.

use crate::acts::Acts;
use crate::commit::Touched;
use crate::dossier::{Amendment, Dossier, NOW, Retractions, What};
use crate::links::Links;
use crate::past::Past;
use crate::relation::Relation;
use crate::rows::{ActId, Content, Position, Rows};
use crate::settle;
use crate::standing::Said;
use crate::voices::Voices;
use detente_domain::day::Day;
use detente_domain::event::{Act, EventId};
use detente_domain::fold::Regime;
use detente_domain::grade::Grade;
use detente_domain::party::Party;
use detente_domain::record::{Authority, Body, Record, RecordId};
use detente_domain::routes::Pair;
use detente_domain::rulebook::Rulebook;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A first report, as a replay skims it from the log.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// The event.
    pub event: EventId,
    /// The bytes that its act is stored in.
    pub act: &'a [u8],
    /// The first day on which it may have been so.
    pub earliest: Day,
    /// The last.
    pub latest: Day,
    /// The grade of its report.
    pub grade: Grade,
    /// The bytes that its report's publisher is stored in.
    pub publisher: &'a [u8],
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new.
    New,
    /// It was there already, with the same content.
    Repeat,
    /// Another record has its id; the first by position counts.
    Clash,
}

/// How many of what the chronicle has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events reported.
    pub events: u64,
    /// Amendments of all kinds.
    pub amendments: u64,
    /// Records that were there already.
    pub repeats: u64,
    /// Records whose id another has.
    pub clashes: u64,
    /// Records of a newer writer, kept in the log and skipped here.
    pub not_understood: u64,
}

/// The history of all relations.
#[derive(Debug)]
pub struct Chronicle {
    pub(crate) rules: Arc<Rulebook>,
    pub(crate) acts: Acts,
    voices: Voices,
    pub(crate) rows: Rows,
    pub(crate) relations: Vec<Relation>,
    pub(crate) by_pair: BTreeMap<Pair, u32>,
    pub(crate) by_state: BTreeMap<Party, Vec<u32>>,
    /// Rows that change the authority in a state.
    pub(crate) takeovers: HashMap<Party, Vec<u32>>,
    pub(crate) regimes: HashMap<Party, Regime>,
    pub(crate) dossiers: HashMap<EventId, Dossier>,
    pub(crate) retractions: Retractions,
    /// The event that an amendment is about.
    pub(crate) about: HashMap<RecordId, EventId>,
    pub(crate) links: Links,
    /// Ticks, in order of positions; only those that reach a later day.
    pub(crate) ticks: Vec<(Position, Day)>,
    pub(crate) head: Position,
    pub(crate) counts: Counts,
    pub(crate) clashes: Vec<(Position, RecordId)>,
    /// What the commit under way has touched; `None` in a plain replay.
    pub(crate) touched: Option<Touched>,
    /// Rows held by cached folds.
    pub(crate) cached: usize,
    /// Folds of earlier beliefs.
    pub(crate) past: Past,
}

impl Chronicle {
    /// An empty chronicle under a rulebook.
    #[must_use]
    pub fn new(rules: Arc<Rulebook>) -> Self {
        Self {
            rules,
            acts: Acts::default(),
            voices: Voices::default(),
            rows: Rows::default(),
            relations: Vec::new(),
            by_pair: BTreeMap::new(),
            by_state: BTreeMap::new(),
            takeovers: HashMap::new(),
            regimes: HashMap::new(),
            dossiers: HashMap::new(),
            retractions: Retractions::default(),
            about: HashMap::new(),
            links: Links::default(),
            ticks: Vec::new(),
            head: Position(0),
            counts: Counts::default(),
            clashes: Vec::new(),
            touched: None,
            cached: 0,
            past: Past::default(),
        }
    }

    /// The rulebook that it folds under.
    #[must_use]
    pub fn rules(&self) -> &Arc<Rulebook> {
        &self.rules
    }

    /// The last commit that it has taken.
    #[must_use]
    pub const fn head(&self) -> Position {
        self.head
    }

    /// What it has taken.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Records whose id another had first, in order of arrival.
    #[must_use]
    pub fn clashes(&self) -> &[(Position, RecordId)] {
        &self.clashes
    }

    /// Notes that a commit has been taken whole, also one that held nothing.
    pub fn reach(&mut self, position: Position) {
        self.head = self.head.max(position);
    }

    /// Notes a record that this version does not understand.
    pub const fn skip(&mut self) {
        self.counts.not_understood += 1;
    }

    /// Takes a first report by its stored bytes. `decode` is called when the act's bytes are met
    /// for the first time; if it gives `None` the record is counted and skipped.
    pub fn report_raw(
        &mut self,
        position: Position,
        reported: Reported<'_>,
        decode: impl FnOnce(&[u8]) -> Option<Act>,
    ) -> Option<Taken> {
        let act = match self.acts.find_raw(reported.act) {
            Some(act) => act,
            None => {
                let Some(act) = decode(reported.act) else {
                    self.skip();
                    self.reach(position);
                    return None;
                };
                let act = self.intern(&act);
                self.acts.remember_raw(reported.act, act);
                act
            }
        };
        let content = Content {
            act,
            earliest: reported.earliest,
            latest: reported.latest,
            grade: reported.grade,
            voice: self.voices.of(reported.publisher),
            disputed: false,
            silent: false,
        };
        Some(self.report(position, reported.event, content))
    }

    /// Takes a record.
    pub fn take(&mut self, position: Position, record: &Record) -> Taken {
        self.reach(position);
        match &record.body {
            Body::Reported(event) => {
                let content = Content {
                    act: self.intern(&event.act),
                    earliest: event.occurred.earliest(),
                    latest: event.occurred.latest(),
                    grade: event.report.grade,
                    voice: self.voices.of(event.report.publisher.as_bytes()),
                    disputed: false,
                    silent: false,
                };
                self.report(position, EventId(record.id.0), content)
            }
            Body::Corroborated { event, report } => {
                let said = Said {
                    voice: self.voices.of(report.publisher.as_bytes()),
                    grade: report.grade,
                };
                self.amend(position, record.id, *event, What::Corroborated(said))
            }
            Body::Disputed { event, by, .. } => {
                self.amend(position, record.id, *event, What::Disputed(*by))
            }
            Body::Corrected {
                event,
                patch,
                report,
            } => {
                let authority = Authority::new(report, record.id);
                let patch = Box::new(patch.clone());
                self.amend(
                    position,
                    record.id,
                    *event,
                    What::Corrected { patch, authority },
                )
            }
            Body::Retracted { record: target, .. } => self.retract(position, record.id, *target),
            Body::Linked { one, other } => self.link(position, record.id, *one, *other, false),
            Body::Unlinked { one, other } => self.link(position, record.id, *one, *other, true),
            Body::Tick { day } => self.tick(position, *day),
        }
    }

    pub(crate) fn intern(&mut self, act: &Act) -> ActId {
        let (relations, by_pair, by_state) =
            (&mut self.relations, &mut self.by_pair, &mut self.by_state);
        self.acts.intern(act, |touch| {
            *by_pair.entry(touch.pair).or_insert_with(|| {
                let number = u32::try_from(relations.len()).unwrap_or(u32::MAX);
                relations.push(Relation::new(touch.pair));
                for state in [touch.pair.a(), touch.pair.b()] {
                    by_state.entry(state).or_default().push(number);
                }
                number
            })
        })
    }

    fn report(&mut self, position: Position, event: EventId, content: Content) -> Taken {
        self.reach(position);
        if self.known_record(event.into()) {
            return self.met_before(position, event.into(), false);
        }
        let row = match self.rows.begin(event, position, content) {
            Ok(row) => row,
            Err(first) => {
                let same = self.rows.get(first).content() == content;
                return self.met_before(position, event.into(), same);
            }
        };
        self.counts.events += 1;
        let dossier = self.dossiers.get_mut(&event);
        let amended = dossier.is_some();
        if let Some(dossier) = dossier {
            dossier.original = Some(settle::original(&self.acts, content));
        }
        self.place(row, position, event, content);
        if amended || self.retractions.of_any(event.into()) || self.links.has(event) {
            self.reconsider(position, event);
        }
        Taken::New
    }

    fn met_before(&mut self, position: Position, id: RecordId, same: bool) -> Taken {
        if same {
            self.counts.repeats += 1;
            Taken::Repeat
        } else {
            self.counts.clashes += 1;
            self.clashes.push((position, id));
            Taken::Clash
        }
    }

    pub(crate) fn known_record(&self, id: RecordId) -> bool {
        self.about.contains_key(&id)
            || self.retractions.contains(id)
            || self.links.ends(id).is_some()
    }

    /// Whether an amendment's id is free; if not, it is a repeat or a clash.
    fn is_new(&mut self, position: Position, id: RecordId, same: bool) -> Option<Taken> {
        if self.known_record(id) || self.rows.first(EventId(id.0)).is_some() {
            return Some(self.met_before(position, id, same));
        }
        self.counts.amendments += 1;
        None
    }

    fn amend(&mut self, position: Position, id: RecordId, event: EventId, what: What) -> Taken {
        let held = self.dossiers.get(&event);
        let same = held.is_some_and(|dossier| dossier.holds(id, &what));
        if let Some(taken) = self.is_new(position, id, same) {
            return taken;
        }
        self.about.insert(id, event);
        self.dossier(event)
            .amendments
            .push(Amendment { id, position, what });
        self.reconsider(position, event);
        Taken::New
    }

    fn retract(&mut self, position: Position, id: RecordId, target: RecordId) -> Taken {
        let same = self.retractions.targets(id) == Some(target);
        if let Some(taken) = self.is_new(position, id, same) {
            return taken;
        }
        self.retractions.insert(position, id, target);
        // What it takes back may itself be a retraction, of a retraction, of a record; and a
        // chain may have been joined to another one only now.
        if let Some(end) = self.retractions.ends_at(id, NOW) {
            for event in self.subjects_of(end) {
                self.reconsider(position, event);
            }
        }
        Taken::New
    }

    fn link(
        &mut self,
        position: Position,
        id: RecordId,
        one: EventId,
        other: EventId,
        cut: bool,
    ) -> Taken {
        let ends = (one.min(other), one.max(other));
        let same = self.links.ends(id) == Some(ends);
        if let Some(taken) = self.is_new(position, id, same) {
            return taken;
        }
        self.links.insert(position, id, ends, cut);
        for event in [one, other] {
            self.reconsider(position, event);
        }
        Taken::New
    }

    fn tick(&mut self, position: Position, day: Day) -> Taken {
        if self.ticks.last().is_some_and(|(_, last)| day <= *last) {
            self.counts.repeats += 1;
            return Taken::Repeat;
        }
        self.ticks.push((position, day));
        Taken::New
    }

    /// The events that a record is about: the one it amends, the two it links, or itself.
    fn subjects_of(&self, record: RecordId) -> Vec<EventId> {
        match (self.about.get(&record), self.links.ends(record)) {
            (Some(event), _) => vec![*event],
            (None, Some((one, other))) => vec![one, other],
            (None, None) => vec![EventId(record.0)],
        }
    }
}
