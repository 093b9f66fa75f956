//! Sources of answers: a server, or files that are folded in this process.

mod client;
mod file;
mod server;

use std::collections::{BTreeSet, HashMap};

use detente_api::request::{Country, Ends, KnownAt, Topic};
use detente_api::view::{
    ChangeView, CountryView, DiffView, EventLookup, EventView, Page, PendingView, RelationView,
    WhyView,
};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use uuid::Uuid;

use crate::args::{Global, Read};
use crate::exit_code::succeed_if;
use crate::output::Output;

pub(crate) use client::{builder, client, with_exit_code};
pub(crate) use file::{BACKGROUND, FileSource, load};
pub(crate) use server::ServerSource;

/// A source of answers.
pub(crate) enum Source {
    /// Files, folded in this process.
    File(Box<FileSource>),
    /// A query service.
    Server(Box<ServerSource>),
}

/// Selects a page of events.
pub(crate) struct EventsQuery {
    /// Only events in which this party has a part.
    pub(crate) party: Option<Party>,
    /// Only events of this relation.
    pub(crate) pair: Option<Pair>,
    /// Only events of this kind.
    pub(crate) kind: Option<Kind>,
    /// The most items.
    pub(crate) limit: u16,
    /// The cursor at which the page starts.
    pub(crate) from: Option<String>,
    /// True if the earliest arrivals come first.
    pub(crate) oldest: bool,
}

/// The label of an event in a table.
pub(crate) struct EventLabel {
    /// The title.
    pub(crate) title: String,
    /// True unless it is a change of authority, which affects every relation of a state.
    pub(crate) is_own: bool,
}

/// Labels of events by their ids.
pub(crate) type Titles = HashMap<Uuid, EventLabel>;

impl EventLabel {
    fn new(event: &EventView) -> Self {
        Self {
            title: title(event),
            is_own: event.event.kind != Kind::AuthorityChanged.code(),
        }
    }
}

impl Source {
    /// Opens the files of a read, or a client of the server.
    pub(crate) fn open(global: &Global, read: &Read, out: &mut Output) -> anyhow::Result<Self> {
        if read.file.is_empty() {
            return Ok(Self::Server(Box::new(ServerSource::new(global, read)?)));
        }
        FileSource::open(read, out).map(Box::new).map(Self::File)
    }

    /// Fails if some rows of the files were refused, after the rest was answered.
    pub(crate) fn check_complete(&self) -> anyhow::Result<()> {
        match self {
            Self::File(file) => succeed_if(file.refused() == 0),
            Self::Server(_) => Ok(()),
        }
    }

    pub(crate) async fn relation(&self, ends: Ends) -> anyhow::Result<RelationView> {
        match self {
            Self::File(file) => file.relation(ends).await,
            Self::Server(server) => server.relation(ends).await,
        }
    }

    pub(crate) async fn country(&self, country: Country) -> anyhow::Result<CountryView> {
        match self {
            Self::File(file) => file.country(country).await,
            Self::Server(server) => server.country(country).await,
        }
    }

    pub(crate) async fn history(
        &self,
        ends: Ends,
        topic: Option<Topic>,
    ) -> anyhow::Result<Page<ChangeView>> {
        match self {
            Self::File(file) => Ok(file.history(ends, topic)),
            Self::Server(server) => server.history(ends, topic).await,
        }
    }

    pub(crate) async fn why(
        &self,
        ends: Ends,
        dimension: Dimension,
        limit: usize,
    ) -> anyhow::Result<WhyView> {
        match self {
            Self::File(file) => file.why(ends, dimension, limit).await,
            Self::Server(server) => server.why(ends, dimension, limit).await,
        }
    }

    /// Compares a point of the two clocks with that of the source.
    pub(crate) async fn diff(
        &self,
        ends: Ends,
        from: Option<Day>,
        known_from: Option<KnownAt>,
    ) -> anyhow::Result<DiffView> {
        match self {
            Self::File(file) => file.diff(ends, from, known_from).await,
            Self::Server(server) => server.diff(ends, from, known_from).await,
        }
    }

    pub(crate) async fn events(&self, query: &EventsQuery) -> anyhow::Result<Page<EventView>> {
        match self {
            Self::File(file) => file.events(query).await,
            Self::Server(server) => server.events(query).await,
        }
    }

    /// Returns an event, or records about one that has not been reported yet. With a day, an event
    /// that begins later is not found.
    pub(crate) async fn event(&self, id: Uuid, at: Option<Day>) -> anyhow::Result<EventLookup> {
        match self {
            Self::File(file) => file.event(id, at).await,
            Self::Server(server) => server.event(id, at).await,
        }
    }

    pub(crate) async fn pending(&self, query: &EventsQuery) -> anyhow::Result<Page<PendingView>> {
        match self {
            Self::File(file) => file.pending(query).await,
            Self::Server(server) => server.pending(query).await,
        }
    }

    /// Returns labels of the events that an answer cites. Without them, a table is still readable,
    /// so an error is only noted.
    pub(crate) async fn titles(
        &self,
        ends: Ends,
        cited: impl IntoIterator<Item = Uuid>,
        out: &mut Output,
    ) -> Titles {
        let cited: BTreeSet<Uuid> = cited.into_iter().collect();
        let titles = match self {
            Self::File(file) => file.titles(&cited).await,
            Self::Server(server) => server.titles(ends, cited).await,
        };
        titles.unwrap_or_else(|error| {
            out.note(&format!("no titles: {error}"));
            Titles::new()
        })
    }
}

/// Returns the English title of an event, or another one.
pub(crate) fn title(event: &EventView) -> String {
    let titles = &event.event.title;
    let best = titles.get("en").or_else(|| titles.values().next());
    best.cloned().unwrap_or_default()
}
