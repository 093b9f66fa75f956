//! Files of events, folded in this process without a server.
//!
//! Changes of authority ship with the product at position 0: they are known before anything else.
//! Row n of the files (counted over all of them, without comments) is at position n, so
//! `--known-at` reads the files as if they ended there. A row without an id gets one from its
//! position and its number.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use detente_api::json::{BodyFormat, Submission, foreign_id, submissions};
use detente_api::request::{
    Clocks, Country, CountryRequest, DiffPoints, DiffRequest, Ends, EventRequest, EventsRequest,
    KnownAt, Order, PageFrom, PageLimit, PageRequest, ParamValue as _, PendingRequest,
    RelationRequest, Topic, WhyRequest,
};
use detente_api::view::{
    ChangeView, CommittedRecord, CountryView, DiffView, EventLookup, EventView, Page, PendingView,
    RelationView, ReplayFrame, WhyView,
};
use detente_api::{Code, Refusal};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::{Authorship, EventId};
use detente_domain::record::{Body, Record, RecordId};
use detente_feed::{Error, Failure, Filter};
use detente_read_model::archive::{Archive, RecordRef};
use detente_read_model::queries::{self, Moment};
use detente_read_model::{ReadSource, handlers};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{EventLabel, EventsQuery, Titles};
use crate::Output;
use crate::args::Read;
use crate::env;
use crate::exit_code::CliError;
use crate::rules;

/// Changes of authority that ship with the product.
pub(crate) const BACKGROUND: &str = include_str!("../../data/background.ndjson");

/// The author of the records of a file.
const AUTHOR: &str = "file";

/// Folded files.
#[derive(Debug)]
pub(crate) struct FileSource {
    archive: Mutex<Archive>,
    records: HashMap<Uuid, CommittedRecord>,
    projection: String,
    clocks: Clocks,
    /// The clocks, resolved.
    moment: Moment,
    refused: usize,
}

impl FileSource {
    /// Reads and folds the files. Refused rows are reported and left out.
    ///
    /// # Errors
    /// If a file or the rulebook cannot be read.
    pub(crate) fn open(read: &Read, out: &mut Output) -> anyhow::Result<Self> {
        let rulebook = rules::compile(read.rulebook.as_deref())?;
        let clocks = read.clocks();
        let mut source = Self {
            archive: Mutex::new(Archive::new(rulebook.rules)),
            records: HashMap::new(),
            projection: rulebook.projection.to_string(),
            clocks,
            moment: Moment {
                at: Day::MIN,
                known: 0,
            },
            refused: 0,
        };
        let mut position = 0;
        source.load("background", BACKGROUND.as_bytes(), |_| 0, out);
        for path in &read.file {
            let body = load(path)?;
            let next = |_row| {
                position += 1;
                position
            };
            source.load(&path.display().to_string(), &body, next, out);
        }
        let head = source.archive().head();
        let known = clocks.known_at.map(|known| row("known_at", known, head));
        source.moment = Moment {
            at: clocks.at.unwrap_or_else(|| source.today()),
            known: known.transpose().map_err(CliError::from)?.unwrap_or(head),
        };
        Ok(source)
    }

    /// Returns the number of refused rows.
    pub(crate) const fn refused(&self) -> usize {
        self.refused
    }

    pub(crate) fn into_archive(self) -> Archive {
        let archive = self.archive.into_inner();
        archive.unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn relation(&self, ends: Ends) -> anyhow::Result<RelationView> {
        let clocks = self.clocks;
        let request = RelationRequest { ends, clocks };
        let view = handlers::relation(self, &request).await;
        view.map_err(with_exit_code)
    }

    pub(super) async fn country(&self, country: Country) -> anyhow::Result<CountryView> {
        let clocks = self.clocks;
        let request = CountryRequest { country, clocks };
        let view = handlers::country(self, &request).await;
        view.map_err(with_exit_code)
    }

    /// Returns all steps in one page.
    pub(super) fn history(&self, ends: Ends, topic: Option<Topic>) -> Page<ChangeView> {
        Page {
            items: queries::history(&mut self.archive(), ends, topic, self.moment),
            next: None,
            known_at: Some(self.moment.known),
        }
    }

    pub(super) async fn why(
        &self,
        ends: Ends,
        dimension: Dimension,
        limit: usize,
    ) -> anyhow::Result<WhyView> {
        let request = WhyRequest {
            ends,
            dimension,
            clocks: self.clocks,
            limit: Some(page_limit(limit)?),
        };
        let view = handlers::why(self, &request).await;
        view.map_err(with_exit_code)
    }

    pub(super) async fn diff(
        &self,
        ends: Ends,
        from: Option<Day>,
        known_from: Option<KnownAt>,
    ) -> anyhow::Result<DiffView> {
        let points = DiffPoints {
            from,
            to: self.clocks.at,
            known_from,
            known_to: self.clocks.known_at,
            min_position: None,
        };
        let view = handlers::diff(self, &DiffRequest { ends, points }).await;
        view.map_err(with_exit_code)
    }

    pub(super) async fn events(&self, query: &EventsQuery) -> anyhow::Result<Page<EventView>> {
        let request = EventsRequest {
            // Future events are left out.
            clocks: Clocks {
                at: Some(self.moment.at),
                ..self.clocks
            },
            page: page(query)?,
            country: query.party,
            pair: query.pair,
            kind: query.kind,
            order: Some(if query.oldest {
                Order::Oldest
            } else {
                Order::Newest
            }),
            pending: None,
        };
        let page = handlers::events(self, &request).await;
        page.map_err(with_exit_code)
    }

    pub(super) async fn event(&self, id: Uuid, at: Option<Day>) -> anyhow::Result<EventLookup> {
        let request = EventRequest {
            id: EventId(id),
            clocks: Clocks { at, ..self.clocks },
        };
        let found = handlers::event(self, &request).await;
        found.map_err(with_exit_code)
    }

    pub(super) async fn pending(&self, query: &EventsQuery) -> anyhow::Result<Page<PendingView>> {
        let (page, clocks) = (page(query)?, self.clocks);
        let page = handlers::pending(self, &PendingRequest { clocks, page }).await;
        page.map_err(with_exit_code)
    }

    pub(super) async fn titles(&self, wanted: &BTreeSet<Uuid>) -> anyhow::Result<Titles> {
        let events: Vec<EventId> = wanted.iter().copied().map(EventId).collect();
        let views = handlers::event_views(self, &events, self.moment.known).await;
        let views = views.map_err(with_exit_code)?.into_iter();
        Ok(views
            .filter_map(|view| Some((view.event.id?, EventLabel::new(&view))))
            .collect())
    }

    /// Returns the steps of the relations that match, in order of days.
    pub(crate) fn replay(&self, filter: &Filter, days: &RangeInclusive<Day>) -> Vec<ReplayFrame> {
        let (known, mut archive) = (self.moment.known, self.archive());
        let pairs: Vec<_> = archive.chronicle().pairs().collect();
        let frames = |pair| queries::replay_frames(&mut archive, pair, filter, days, known);
        let frames = pairs.into_iter().flat_map(frames).collect();
        queries::sort_replay(frames, &self.projection, known)
    }

    /// Returns the changes in the order of the rows that caused them.
    pub(crate) fn replay_known(&self, filter: &Filter) -> Vec<ReplayFrame> {
        let known = self.records.values();
        let known = known.filter(|known| known.position <= self.moment.known);
        let mut rows: Vec<_> = known.map(|known| (known.position, &known.record)).collect();
        rows.sort_unstable_by_key(|(position, record)| (*position, record.id));
        let rules = Arc::clone(self.archive().chronicle().rules());
        queries::published_frames(rules, self.today(), &rows, filter, &self.projection)
    }

    fn load(
        &mut self,
        name: &str,
        body: &[u8],
        mut position: impl FnMut(usize) -> u64,
        out: &mut Output,
    ) {
        for (row, entry) in submissions(body, BodyFormat::guess(body)) {
            match entry {
                Ok(entry) => {
                    let position = position(row);
                    let record = record(entry, foreign_id(AUTHOR, &format!("{position} {row}")));
                    self.archive().apply(position, &record);
                    let known = CommittedRecord { position, record };
                    self.records.entry(known.record.id.0).or_insert(known);
                }
                Err(refusals) => {
                    self.refused += 1;
                    for refusal in refusals {
                        out.note(&format!("{name}: row {row}: {refusal}"));
                    }
                }
            }
        }
    }
}

impl ReadSource for FileSource {
    const HAS_RECORD_TIMES: bool = false;

    fn archive(&self) -> MutexGuard<'_, Archive> {
        self.archive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn projection_name(&self) -> &str {
        &self.projection
    }

    fn today(&self) -> Day {
        Day::of_utc(env::now())
    }

    async fn head(&self, _: u64) -> Result<u64, Error> {
        Ok(self.archive().head())
    }

    async fn position(&self, name: &str, known: KnownAt, head: u64) -> Result<u64, Error> {
        Ok(row(name, known, head)?)
    }

    async fn records(
        &self,
        refs: BTreeSet<RecordRef>,
    ) -> Result<BTreeMap<Uuid, CommittedRecord>, Failure> {
        let records = refs.iter().filter_map(|one| self.records.get(&one.record));
        Ok(records.map(|one| (one.record.id.0, one.clone())).collect())
    }
}

/// Resolves a point of the known clock to a row.
fn row(name: &str, known: KnownAt, head: u64) -> Result<u64, Refusal> {
    let message = match known {
        KnownAt::Position(position) if position <= head => return Ok(position),
        KnownAt::Position(position) => format!("position {position}: the files have {head} rows"),
        KnownAt::Time(_) => "the rows of a file have no times; give the number of a row".to_owned(),
    };
    let refusal = Refusal::new(Code::UnknownPosition, message).field(name);
    Err(refusal.value(&known.to_string()))
}

fn page(query: &EventsQuery) -> anyhow::Result<PageRequest> {
    let from = query.from.as_deref();
    let from = from.map(|text| PageFrom::parse_param("from", text));
    Ok(PageRequest {
        limit: Some(page_limit(query.limit.into())?),
        from: from.transpose().map_err(CliError::from)?,
    })
}

fn page_limit(limit: usize) -> Result<PageLimit, CliError> {
    Ok(PageLimit::parse_param("limit", &limit.to_string())?)
}

fn with_exit_code(error: Error) -> anyhow::Error {
    match error {
        Error::Refused(refusal) => CliError::from(refusal).into(),
        Error::Failed(failure) => failure.into(),
    }
}

fn record(entry: Submission, fallback: Uuid) -> Record {
    let authorship = Authorship {
        author: AUTHOR.to_owned(),
        recorded: OffsetDateTime::UNIX_EPOCH,
    };
    match entry {
        Submission::Event(draft) => {
            let id = draft.id.unwrap_or(fallback);
            let event = draft.into_event(EventId(id));
            Record {
                id: RecordId(id),
                authorship,
                body: Body::Reported(Box::new(event)),
            }
        }
        Submission::Amendment(amendment) => {
            let id = RecordId(amendment.id.unwrap_or(fallback));
            Record {
                id,
                authorship,
                body: amendment.body,
            }
        }
    }
}

pub(crate) fn load(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut body = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut body)
            .context("reading stdin")?;
        return Ok(body);
    }
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

#[cfg(test)]
mod tests;
