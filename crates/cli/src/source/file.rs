//! Files of events, folded here with no server at all.
//!
//! Who governs ships with the product and stands at position 0: it is known before anything else.
//! Row n of the files (counted over all of them, without comments) stands at position n, so
//! `--known-at` reads the file as if it ended there. A row without an id gets one from its
//! position and its number.

use std::collections::{BTreeSet, HashMap};
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use detente_api::json::{Entry, Form, entries, foreign_id};
use detente_api::parse::Ends;
use detente_api::parse::Topic;
use detente_api::view::{
    ChangeView, CountryView, DiffView, EventView, Known, PendingView, RelationView, Shown, WhyView,
};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::{Authorship, EventId};
use detente_domain::party::Party;
use detente_domain::record::{Body, Record, RecordId};
use detente_domain::rulebook::Rulebook;
use detente_feed::Filter;
use detente_jetstream::topology::Projection;
use detente_read_model::archive::Archive;
use detente_read_model::queries::{self, Moment, Order, Page, Replayed, Selection, Span};
use detente_rulebook as rulebook;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{EventsQuery, Named, Titles};
use crate::Out;
use crate::ambient;
use crate::args::{KnownAt, Read};
use crate::exit::Fault;

/// Who governs: changes of authority that ship with the product.
pub const BACKGROUND: &str = include_str!("../../data/background.ndjson");

/// Who is named as the author of a file's records.
const AUTHOR: &str = "file";

/// Files, folded.
#[derive(Debug)]
pub struct FileBook {
    archive: Archive,
    records: HashMap<Uuid, Known>,
    projection: String,
    moment: Moment,
    refused: usize,
}

impl FileBook {
    /// Reads and folds the files. Rows that are refused are told and left out.
    ///
    /// # Errors
    /// When a file or the rulebook cannot be read.
    pub fn open(read: &Read, out: &mut Out) -> anyhow::Result<Self> {
        let (rules, _, projection) = load_rulebook(read.rulebook.as_deref())?;
        let mut book = Self {
            archive: Archive::new(Arc::new(rules)),
            records: HashMap::new(),
            projection: projection.to_string(),
            moment: Moment {
                at: Day::MIN,
                known: 0,
            },
            refused: 0,
        };
        let mut position = 0;
        book.load("background", BACKGROUND.as_bytes(), |_| 0, out);
        for path in &read.file {
            let body = load(path)?;
            let next = |_row| {
                position += 1;
                position
            };
            book.load(&path.display().to_string(), &body, next, out);
        }
        let known = book.known(read.known_at)?;
        let today = crate::args::utc_day(ambient::now());
        book.moment = Moment {
            at: read.at.unwrap_or(today),
            known,
        };
        Ok(book)
    }

    /// The row that a point of the known clock stands for; the last, without one.
    fn known(&self, known_at: Option<KnownAt>) -> anyhow::Result<u64> {
        let head = self.archive.head();
        match known_at {
            None => Ok(head),
            Some(KnownAt::Position(position)) if position <= head => Ok(position),
            Some(KnownAt::Position(position)) => {
                let message = format!("position {position}: the files have {head} rows");
                Err(Fault::Usage(message).into())
            }
            Some(KnownAt::Time(_)) => {
                let message = "a file has rows and no times; give the number of a row";
                Err(Fault::Usage(message.to_owned()).into())
            }
        }
    }

    /// How many rows were refused.
    #[must_use]
    pub const fn refused(&self) -> usize {
        self.refused
    }

    /// What the files come to.
    pub(crate) fn into_archive(self) -> Archive {
        self.archive
    }

    pub(super) fn relation(&mut self, ends: Ends) -> RelationView {
        queries::relation(&mut self.archive, &self.projection, ends, self.moment)
    }

    pub(super) fn country(&mut self, country: Party) -> CountryView {
        queries::country(&mut self.archive, &self.projection, country, self.moment)
    }

    pub(super) fn history(&mut self, ends: Ends, topic: Option<Topic>) -> Page<ChangeView> {
        Page {
            items: queries::history(&mut self.archive, ends, topic, self.moment),
            next: None,
            known_at: Some(self.moment.known),
        }
    }

    pub(super) fn why(&mut self, ends: Ends, dimension: Dimension, limit: usize) -> WhyView {
        let (archive, projection) = (&mut self.archive, &self.projection);
        let mut view = queries::why(archive, projection, ends, dimension, self.moment, limit);
        let cited: BTreeSet<Uuid> = view.cited().collect();
        view.resolve(&self.views(&cited));
        view
    }

    pub(super) fn diff(
        &mut self,
        ends: Ends,
        from: Option<Day>,
        known_from: Option<KnownAt>,
    ) -> anyhow::Result<DiffView> {
        let to = self.moment;
        let known = known_from.map(|known| self.known(Some(known)));
        let from = Moment {
            at: from.unwrap_or(to.at),
            known: known.transpose()?.unwrap_or(to.known),
        };
        let (archive, projection) = (&mut self.archive, &self.projection);
        let view = queries::diff(archive, projection, ends, from, to);
        let mut view = view.map_err(Fault::from)?;
        let causes: BTreeSet<Uuid> = view.causes().collect();
        view.resolve(&self.views(&causes));
        Ok(view)
    }

    fn views(&self, wanted: &BTreeSet<Uuid>) -> Vec<EventView> {
        let view = |id: &Uuid| self.view(EventId(*id), self.moment.known);
        wanted.iter().filter_map(view).collect()
    }

    pub(super) fn events(&self, query: &EventsQuery) -> anyhow::Result<Page<EventView>> {
        let (known, from) = self.page(query)?;
        let selection = Selection {
            party: query.party,
            pair: query.pair,
            kind: query.kind,
            until: Some(self.moment.at),
            order: if query.oldest {
                Order::Oldest
            } else {
                Order::Newest
            },
        };
        let limit = usize::from(query.limit);
        let page = queries::events(&self.archive, selection, known, from, limit);
        let items = page
            .items
            .iter()
            .filter_map(|event| self.view(*event, known))
            .collect();
        Ok(Page {
            items,
            next: page.next,
            known_at: page.known_at,
        })
    }

    pub(super) fn event(&self, id: Uuid, at: Option<Day>) -> anyhow::Result<Shown> {
        let known = self.moment.known;
        // Asked as of a day, what begins later is not there yet.
        let is_later = |at| queries::is_later(&self.archive, EventId(id), at, known);
        let event = if at.is_some_and(is_later) {
            None
        } else {
            self.view(EventId(id), known)
        };
        let shown = event.map(|view| Shown::Event(Box::new(view)));
        let shown = shown.or_else(|| self.yet_to_come(id, known).map(Shown::Pending));
        shown.ok_or_else(|| {
            let refusal = queries::unknown_event(&self.archive, &id.to_string(), known);
            Fault::from(refusal).into()
        })
    }

    pub(super) fn pending(&self, query: &EventsQuery) -> anyhow::Result<Page<PendingView>> {
        let (known, from) = self.page(query)?;
        let ids = self.archive.pending(known).into_iter();
        let page = Page::cut(ids, known, from, usize::from(query.limit));
        let views = page.items.iter();
        let items = views
            .filter_map(|id| self.yet_to_come(*id, known))
            .collect();
        let next = page.next;
        let known_at = Some(self.moment.known);
        Ok(Page {
            items,
            next,
            known_at,
        })
    }

    fn yet_to_come(&self, id: Uuid, known: u64) -> Option<PendingView> {
        let about = self.archive.about(EventId(id), known);
        let about = about.iter().map(|place| place.record);
        let records: Vec<Known> = about
            .filter_map(|id| self.records.get(&id).cloned())
            .collect();
        let mut view = queries::pending(&self.archive, id, known, &records)?;
        for record in &mut view.records {
            record.recorded = None;
        }
        Some(view)
    }

    /// The position at which a list is known, and the place in it at which a page begins.
    fn page(&self, query: &EventsQuery) -> anyhow::Result<(u64, usize)> {
        let from = query.from.as_deref().map(queries::page_from).transpose();
        let (known, from) = from.map_err(Fault::from)?.unwrap_or((None, 0));
        let known = known.unwrap_or(self.moment.known).min(self.moment.known);
        Ok((known, from))
    }

    pub(super) fn titles(&self, wanted: &BTreeSet<Uuid>) -> Titles {
        let view = |id: &Uuid| self.view(EventId(*id), self.moment.known);
        let named = |id: &Uuid| Some((*id, Named::of(&view(id)?)));
        wanted.iter().filter_map(named).collect()
    }

    /// The steps of all relations that are asked for, in order of days.
    pub(crate) fn replay(&mut self, filter: &Filter, span: Span) -> Vec<Replayed> {
        let known = self.moment.known;
        let pairs: Vec<_> = self.archive.chronicle().pairs().collect();
        let steps = |pair| queries::replay_steps(&mut self.archive, pair, filter, span, known);
        let frames = pairs.into_iter().flat_map(steps).collect();
        queries::replay_ordered(frames, &self.projection, known)
    }

    /// What the rows told, one after the other.
    pub(crate) fn told(&self, filter: &Filter) -> Vec<Replayed> {
        let known = self.records.values();
        let known = known.filter(|known| known.position <= self.moment.known);
        let mut rows: Vec<_> = known.map(|known| (known.position, &known.record)).collect();
        rows.sort_unstable_by_key(|(position, record)| (*position, record.id));
        let rules = Arc::clone(self.archive.chronicle().rules());
        let today = crate::args::utc_day(ambient::now());
        queries::replay_told(rules, today, &rows, filter, &self.projection)
    }

    fn view(&self, event: EventId, known: u64) -> Option<EventView> {
        let about = self.archive.about(event, known);
        let ids = about.iter().map(|place| place.record).chain([event.0]);
        let records: Vec<Known> = ids
            .filter_map(|id| self.records.get(&id).cloned())
            .collect();
        let mut view = queries::event(&self.archive, event, known, &records)?;
        // A file does not say when its rows were entered.
        view.recorded = None;
        for record in view.records_mut() {
            record.recorded = None;
        }
        Some(view)
    }

    fn load(
        &mut self,
        name: &str,
        body: &[u8],
        mut position: impl FnMut(usize) -> u64,
        out: &mut Out,
    ) {
        for (row, entry) in entries(body, Form::guess(body)) {
            match entry {
                Ok(entry) => {
                    let position = position(row);
                    let record = record(entry, foreign_id(AUTHOR, &format!("{position} {row}")));
                    self.archive.take(position, &record);
                    let known = Known { position, record };
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

fn record(entry: Entry, fallback: Uuid) -> Record {
    let authorship = Authorship {
        author: AUTHOR.to_owned(),
        recorded: OffsetDateTime::UNIX_EPOCH,
    };
    match entry {
        Entry::Event(draft) => {
            let id = draft.id.unwrap_or(fallback);
            let event = draft.into_event(EventId(id));
            Record {
                id: RecordId(id),
                authorship,
                body: Body::Reported(Box::new(event)),
            }
        }
        Entry::Amendment(amendment) => {
            let id = RecordId(amendment.id.unwrap_or(fallback));
            Record {
                id,
                authorship,
                body: amendment.body,
            }
        }
    }
}

fn load(path: &Path) -> anyhow::Result<Vec<u8>> {
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

/// A rulebook, as it is written, and the projection that it makes: a file's, or the one that ships.
pub(crate) fn load_rulebook(
    path: Option<&Path>,
) -> anyhow::Result<(Rulebook, Arc<str>, Projection)> {
    let (name, bytes) = match path {
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| {
                Fault::Config(format!(
                    "the rulebook {} cannot be read: {error}",
                    path.display()
                ))
            })?;
            (path.display().to_string(), bytes)
        }
        None => (
            "the rulebook that ships".to_owned(),
            rulebook::DEFAULT.as_bytes().to_vec(),
        ),
    };
    let rules = rulebook::parse_bytes(&bytes).map_err(|problems| {
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| format!("\n  {problem}"))
            .collect();
        Fault::Config(format!("{name} is no rulebook:{}", lines.concat()))
    })?;
    let projection = Projection::new(&rulebook::projection_id(&bytes))?;
    Ok((rules, String::from_utf8_lossy(&bytes).into(), projection))
}

#[cfg(test)]
mod tests;
