//! Where answers come from: a server, or files that are folded here.

mod client;
mod file;
mod server;

use std::collections::{BTreeSet, HashMap};

use detente_api::parse::Ends;
use detente_api::parse::Topic;
use detente_api::view::{
    ChangeView, CountryView, DiffView, EventView, PendingView, RelationView, Shown, WhyView,
};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_read_model::queries::Page;
use uuid::Uuid;

use crate::Out;
use crate::args::{Global, KnownAt, Read};

pub(crate) use client::{builder, client};
pub(crate) use file::load_rulebook;
pub use file::{BACKGROUND, FileBook};
pub use server::Server;
pub(crate) use server::{fault, told};

/// Where answers come from.
#[derive(Debug)]
pub enum Source {
    /// Files, folded here.
    File(Box<FileBook>),
    /// A query service.
    Server(Box<Server>),
}

/// Which events are asked for.
#[derive(Clone, Debug, Default)]
pub struct EventsQuery {
    /// Those that this party has a part in.
    pub party: Option<Party>,
    /// Those of a relation.
    pub pair: Option<detente_domain::routes::Pair>,
    /// Those of a kind.
    pub kind: Option<Kind>,
    /// How many.
    pub limit: u16,
    /// A cursor.
    pub from: Option<String>,
    /// The first to arrive first.
    pub oldest: bool,
}

/// How an event is named in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its title.
    pub title: String,
    /// Whether it is of a relation, and not of who governs, which touches every relation.
    pub is_own: bool,
}

/// Events by their ids.
pub type Titles = HashMap<Uuid, Named>;

impl Named {
    fn of(event: &EventView) -> Self {
        Self {
            title: title(event),
            is_own: event.event.kind != Kind::AuthorityChanged.code(),
        }
    }
}

impl Source {
    /// Opens what a read names.
    ///
    /// # Errors
    /// When a file or rulebook cannot be read.
    pub fn open(global: &Global, read: &Read, out: &mut Out) -> anyhow::Result<Self> {
        if read.file.is_empty() {
            return Ok(Self::Server(Box::new(Server::new(global, read)?)));
        }
        FileBook::open(read, out).map(Box::new).map(Self::File)
    }

    /// Whether some rows of the files were refused.
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        match self {
            Self::File(book) => book.refused() > 0,
            Self::Server(_) => false,
        }
    }

    /// One conduct.
    ///
    /// # Errors
    /// When the source refuses or fails.
    pub async fn relation(&mut self, ends: Ends) -> anyhow::Result<RelationView> {
        match self {
            Self::File(book) => Ok(book.relation(ends)),
            Self::Server(server) => server.relation(ends).await,
        }
    }

    /// A country.
    ///
    /// # Errors
    /// When the source refuses or fails.
    pub async fn country(&mut self, country: Party) -> anyhow::Result<CountryView> {
        match self {
            Self::File(book) => Ok(book.country(country)),
            Self::Server(server) => server.country(country).await,
        }
    }

    /// The steps of a relation.
    ///
    /// # Errors
    /// When the source refuses or fails.
    pub async fn history(
        &mut self,
        ends: Ends,
        topic: Option<Topic>,
    ) -> anyhow::Result<Page<ChangeView>> {
        match self {
            Self::File(book) => Ok(book.history(ends, topic)),
            Self::Server(server) => server.history(ends, topic).await,
        }
    }

    /// Why a dimension stands where it does, with at most `limit` events.
    ///
    /// # Errors
    /// When the source refuses or fails.
    pub async fn why(
        &mut self,
        ends: Ends,
        dimension: Dimension,
        limit: usize,
    ) -> anyhow::Result<WhyView> {
        match self {
            Self::File(book) => Ok(book.why(ends, dimension, limit)),
            Self::Server(server) => server.why(ends, dimension, limit).await,
        }
    }

    /// What differs between a point and the one that the source reads.
    ///
    /// # Errors
    /// When the source refuses or fails.
    pub async fn diff(
        &mut self,
        ends: Ends,
        from: Option<Day>,
        known_from: Option<KnownAt>,
    ) -> anyhow::Result<DiffView> {
        match self {
            Self::File(book) => book.diff(ends, from, known_from),
            Self::Server(server) => server.diff(ends, from, known_from).await,
        }
    }

    /// A page of events.
    ///
    /// # Errors
    /// When the source refuses or fails.
    pub async fn events(&mut self, query: &EventsQuery) -> anyhow::Result<Page<EventView>> {
        match self {
            Self::File(book) => book.events(query),
            Self::Server(server) => server.events(query).await,
        }
    }

    /// An event with all that was said about it; or what is said about one that is yet to come. As
    /// of a day, one that may have been so by then.
    ///
    /// # Errors
    /// When there is none, or the source fails.
    pub async fn event(&mut self, id: Uuid, at: Option<Day>) -> anyhow::Result<Shown> {
        match self {
            Self::File(book) => book.event(id, at),
            Self::Server(server) => server.event(id, at).await,
        }
    }

    /// A page of what is said about ids that no record has.
    ///
    /// # Errors
    /// When the source refuses or fails.
    pub async fn pending(&mut self, query: &EventsQuery) -> anyhow::Result<Page<PendingView>> {
        match self {
            Self::File(book) => book.pending(query),
            Self::Server(server) => server.pending(query).await,
        }
    }

    /// The titles of events that a relation's answer names, for people.
    ///
    /// # Errors
    /// When the source fails.
    pub async fn titles(
        &mut self,
        ends: Ends,
        wanted: impl IntoIterator<Item = Uuid>,
    ) -> anyhow::Result<Titles> {
        let wanted: BTreeSet<Uuid> = wanted.into_iter().collect();
        match self {
            Self::File(book) => Ok(book.titles(&wanted)),
            Self::Server(server) => server.titles(ends, wanted).await,
        }
    }
}

/// The title of an event that a reader of English can best read.
#[must_use]
pub fn title(event: &EventView) -> String {
    let titles = &event.event.title;
    let best = titles.get("en").or_else(|| titles.values().next());
    best.cloned().unwrap_or_default()
}
