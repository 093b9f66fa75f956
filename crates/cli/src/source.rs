//! Sources of answers: a server, or files that are folded in this process.

mod client;
mod file;
pub(crate) mod titles;

use std::collections::BTreeSet;

use anyhow::Context as _;
use detente_api::request::{
    Clocks, CountryRequest, DiffRequest, DirectedPair, EventRequest, EventsRequest, HistoryRequest,
    PendingRequest, RegisterRequest, RelationRequest, Topic, WhyRequest,
};
use detente_api::view::{
    ChangeView, CountryView, DiffView, EntryView, EventLookup, EventView, Page, PendingView,
    RelationView, WhyView,
};
use detente_client::{Client, Pages};
use detente_domain::party::Lang;
use detente_read_model::ReadRequest as _;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::args::{Global, Read};
use crate::exit_code::succeed_if;
use crate::output::Output;

pub(crate) use client::{builder, client, with_exit_code};
pub(crate) use file::{BACKGROUND, FileSource, load};
pub(crate) use titles::{Titles, title};

/// The items of a page of a list that is read to its end.
const PAGE: usize = 1_000;

/// A source of answers.
pub(crate) enum Source {
    /// Files, folded in this process.
    File(Box<FileSource>),
    /// A query service.
    Server(Client),
}

impl Source {
    /// Opens the files of a read, or a client of the server.
    pub(crate) fn open(global: &Global, read: &Read, out: &mut Output) -> anyhow::Result<Self> {
        if read.file.is_empty() {
            return client(global, None).map(Self::Server);
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

    pub(crate) async fn relation(&self, request: &RelationRequest) -> anyhow::Result<RelationView> {
        match self {
            Self::File(file) => file::answer(request.answer(&**file).await),
            Self::Server(client) => {
                let (from, to) = codes(request.relation);
                let view = client.state(from, to, &request.clocks).await;
                view.map_err(with_exit_code)
            }
        }
    }

    pub(crate) async fn country(&self, request: &CountryRequest) -> anyhow::Result<CountryView> {
        match self {
            Self::File(file) => file::answer(request.answer(&**file).await),
            Self::Server(client) => {
                let code = request.country.party().code();
                let view = client.country(code, &request.clocks).await;
                view.map_err(with_exit_code)
            }
        }
    }

    /// Returns all steps in one page.
    pub(crate) async fn history(
        &self,
        request: &HistoryRequest,
    ) -> anyhow::Result<Page<ChangeView>> {
        match self {
            Self::File(file) => Ok(file.history(request)),
            Self::Server(client) => {
                let (from, to) = codes(request.relation);
                let word = request.dimension.map(Topic::as_str);
                let pages = client.history(from, to, word, &request.clocks);
                pages.limit(PAGE).all().await.map_err(with_exit_code)
            }
        }
    }

    pub(crate) async fn register(
        &self,
        request: &RegisterRequest,
    ) -> anyhow::Result<Page<EntryView>> {
        match self {
            Self::File(file) => file::answer(request.answer(&**file).await),
            Self::Server(client) => one_page(client.register(request)).await,
        }
    }

    pub(crate) async fn why(&self, request: &WhyRequest) -> anyhow::Result<WhyView> {
        match self {
            Self::File(file) => file::answer(request.answer(&**file).await),
            Self::Server(client) => {
                let (from, to) = codes(request.relation);
                let (word, clocks) = (request.dimension.as_str(), &request.clocks);
                let limit = request.limit.unwrap_or_default().get();
                let view = client.why(from, to, word, limit, clocks).await;
                view.map_err(with_exit_code)
            }
        }
    }

    pub(crate) async fn diff(&self, request: &DiffRequest) -> anyhow::Result<DiffView> {
        match self {
            Self::File(file) => file::answer(request.answer(&**file).await),
            Self::Server(client) => {
                let (from, to) = codes(request.relation);
                let view = client.diff(from, to, &request.points).await;
                view.map_err(with_exit_code)
            }
        }
    }

    pub(crate) async fn events(
        &self,
        mut request: EventsRequest,
    ) -> anyhow::Result<Page<EventView>> {
        match self {
            Self::File(file) => {
                // Future events are left out.
                request.clocks.at = Some(file.day());
                file::answer(request.answer(&**file).await)
            }
            Self::Server(client) => one_page(client.events(&request)).await,
        }
    }

    /// Returns an event, or records about one that has not been reported yet. With a day, an event
    /// that begins later is not found.
    pub(crate) async fn event(&self, request: &EventRequest) -> anyhow::Result<EventLookup> {
        match self {
            Self::File(file) => file::answer(request.answer(&**file).await),
            Self::Server(client) => {
                let event = client.event_page(request).await;
                event.map_err(with_exit_code)
            }
        }
    }

    pub(crate) async fn pending(
        &self,
        request: &PendingRequest,
    ) -> anyhow::Result<Page<PendingView>> {
        match self {
            Self::File(file) => file::answer(request.answer(&**file).await),
            Self::Server(client) => one_page(client.pending(request)).await,
        }
    }

    /// Returns labels of the events that an answer cites. Without them, a table is still readable,
    /// so an error is only noted.
    pub(crate) async fn titles(
        &self,
        relation: DirectedPair,
        clocks: Clocks,
        cited: impl IntoIterator<Item = Uuid>,
        lang: Lang,
        out: &mut Output,
    ) -> Titles {
        let cited: BTreeSet<Uuid> = cited.into_iter().collect();
        let titles = match self {
            Self::File(file) => file.titles(&cited, lang).await,
            Self::Server(client) => titles::fetch(client, relation, clocks, cited, lang).await,
        };
        titles.unwrap_or_else(|error| {
            out.note(&format!("no titles: {error}"));
            Titles::new()
        })
    }
}

fn codes(relation: DirectedPair) -> (&'static str, &'static str) {
    let (from, to) = relation.states();
    (from.code(), to.code())
}

async fn one_page<T>(mut pages: Pages<T>) -> anyhow::Result<Page<T>>
where
    T: DeserializeOwned + Send + 'static,
{
    let page = pages.next().await.map_err(with_exit_code)?;
    page.context("a list has at least one page")
}
