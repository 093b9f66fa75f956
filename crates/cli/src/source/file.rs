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
use detente_api::request::{DirectedPair, HistoryRequest, KnownAt, Topic};
use detente_api::submission::{BodyFormat, Submission, foreign_id, submissions};
use detente_api::view::{ChangeView, CommittedRecord, Page, ReplayFrame};
use detente_api::{Code, Refusal};
use detente_chronicle::{Point, Position};
use detente_domain::day::Day;
use detente_domain::event::{Authorship, EventId};
use detente_domain::party::Lang;
use detente_domain::record::Record;
use detente_domain::rulebook::Rulebook;
use detente_feed::{Error, Failure, Filter};
use detente_read_model::archive::{Archive, RecordRef};
use detente_read_model::queries::{self, DayReplay, PublishedReplay};
use detente_read_model::{ReadSource, event_views};
use time::OffsetDateTime;
use uuid::Uuid;

use super::titles::{Titles, labelled};
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
    rules: Arc<Rulebook>,
    records: HashMap<Uuid, CommittedRecord>,
    projection: String,
    /// The clocks of the read.
    point: Point,
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
            archive: Mutex::new(Archive::new(Arc::clone(&rulebook.rules))),
            rules: rulebook.rules,
            records: HashMap::new(),
            projection: rulebook.projection.to_string(),
            point: Point {
                at: Day::MIN,
                known: Position(0),
            },
            refused: 0,
        };
        let mut position = 0;
        source.load("background", BACKGROUND.as_bytes(), || 0, out);
        for path in &read.file {
            let body = load(path)?;
            let next = || {
                position += 1;
                position
            };
            source.load(&path.display().to_string(), &body, next, out);
        }
        let head = source.archive().head();
        let known = clocks.known_at.map(|known| row("known_at", known, head));
        source.point = Point {
            at: clocks.at.unwrap_or_else(|| source.today()),
            known: Position(known.transpose().map_err(CliError::from)?.unwrap_or(head)),
        };
        Ok(source)
    }

    /// Returns the number of refused rows.
    pub(crate) const fn refused(&self) -> usize {
        self.refused
    }

    /// Returns the day of the read.
    pub(super) const fn day(&self) -> Day {
        self.point.at
    }

    fn archive(&self) -> MutexGuard<'_, Archive> {
        self.archive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn into_archive(self) -> Archive {
        let archive = self.archive.into_inner();
        archive.unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns all steps in one page.
    pub(super) fn history(&self, request: &HistoryRequest) -> Page<ChangeView> {
        let (relation, topic) = (request.relation, request.dimension);
        Page {
            items: self.steps(relation, topic),
            next: None,
            known_at: Some(self.point.known.0),
            total: None,
        }
    }

    fn steps(&self, relation: DirectedPair, topic: Option<Topic>) -> Vec<ChangeView> {
        let archive = &mut *self.archive();
        let steps = queries::history(archive, relation, topic, self.point);
        let steps = steps.iter();
        let views = steps.map(|step| queries::history_step(archive, step, self.point));
        views.collect()
    }

    pub(super) async fn titles(
        &self,
        wanted: &BTreeSet<Uuid>,
        lang: Lang,
    ) -> anyhow::Result<Titles> {
        let events: Vec<EventId> = wanted.iter().copied().map(EventId).collect();
        let views = event_views::views(self, &events, self.point.known.0).await?;
        let labels = views.iter().filter_map(|event| labelled(event, lang));
        Ok(labels.collect())
    }

    /// Returns the steps of the relations that match, in order of days, as they are asked for.
    pub(crate) fn replay(
        self,
        filter: Filter,
        days: RangeInclusive<Day>,
    ) -> impl Iterator<Item = ReplayFrame> + Send {
        let (known, projection) = (self.point.known.0, self.projection.clone());
        let mut archive = self.into_archive();
        let mut replay = DayReplay::new(&archive, filter, days, &projection, known);
        std::iter::from_fn(move || replay.next(&mut archive))
    }

    /// Returns the changes in the order of the rows that caused them, as they are asked for.
    pub(crate) fn replay_known(self, filter: Filter) -> impl Iterator<Item = ReplayFrame> + Send {
        let rules = Arc::clone(&self.rules);
        let today = self.today();
        let rows = self.records.into_values();
        let rows = rows.filter(|row| row.position <= self.point.known.0);
        let mut rows: Vec<CommittedRecord> = rows.collect();
        rows.sort_unstable_by_key(|row| (row.position, row.record.id));
        PublishedReplay::new(rules, today, rows, filter, &self.projection)
    }

    fn load(
        &mut self,
        name: &str,
        body: &[u8],
        mut position: impl FnMut() -> u64,
        out: &mut Output,
    ) {
        for (row, entry) in submissions(body, BodyFormat::guess(body)) {
            match entry {
                Ok(entry) => {
                    let position = position();
                    let record = record(entry, foreign_id(AUTHOR, &format!("{position} {row}")));
                    self.archive().apply(position, &record);
                    let committed = CommittedRecord { position, record };
                    let id = committed.record.id.0;
                    self.records.entry(id).or_insert(committed);
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

    async fn with_archive<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Archive) -> T + Send + 'static,
    ) -> T {
        run(&mut self.archive())
    }

    fn rules(&self) -> &Arc<Rulebook> {
        &self.rules
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
        let records = refs
            .iter()
            .filter_map(|known| self.records.get(&known.record));
        Ok(records
            .map(|known| (known.record.id.0, known.clone()))
            .collect())
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

/// Turns the error of a handler into one with an exit code.
pub(super) fn answer<T>(answer: Result<T, Error>) -> anyhow::Result<T> {
    answer.map_err(|error| match error {
        Error::Refused(refusal) => CliError::from(refusal).into(),
        Error::Failed(failure) => failure.into(),
    })
}

fn record(entry: Submission, fallback: Uuid) -> Record {
    let authorship = Authorship {
        author: AUTHOR.to_owned(),
        recorded: OffsetDateTime::UNIX_EPOCH,
    };
    let id = entry.id().unwrap_or(fallback);
    entry.into_record(id, authorship)
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
