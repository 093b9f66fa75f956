//! A query service, asked over HTTP.

use std::collections::BTreeSet;

use detente_api::Code;
use detente_api::parse::Ends;
use detente_api::parse::Topic;
use detente_api::view::{
    ChangeView, CountryView, DiffView, EventView, PendingView, RelationView, Shown, WhyView,
};
use detente_client::{Client, Clocks, Error, Known, Pages, Which};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::party::Party;
use detente_read_model::queries::Page;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::{EventsQuery, Named, Titles, client};
use crate::args::{Global, KnownAt, Read};
use crate::exit::Fault;

/// How many items are fetched at once of a list that is read to its end.
const PAGE: usize = 1_000;
/// So many events or fewer are asked for one by one.
const SINGLES_MAX: usize = 24;
/// How many of those are asked for at once.
const SINGLES_AT_ONCE: usize = 8;

/// A query service, and the point at which it is read.
#[derive(Debug)]
pub struct Server {
    client: Client,
    clocks: Clocks,
}

impl Server {
    /// The service at an address.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(global: &Global, read: &Read) -> anyhow::Result<Self> {
        let mut clocks = Clocks::now();
        if let Some(at) = read.at {
            clocks = clocks.at(at.to_string());
        }
        if let Some(known_at) = read.known_at {
            clocks = clocks.known_at(known_at.to_string());
        }
        Ok(Self {
            client: client(global, None)?,
            clocks,
        })
    }

    pub(super) async fn relation(&self, ends: Ends) -> anyhow::Result<RelationView> {
        let (from, to) = codes(ends);
        told(self.client.state(from, to, &self.clocks).await)
    }

    pub(super) async fn country(&self, country: Party) -> anyhow::Result<CountryView> {
        told(self.client.country(country.code(), &self.clocks).await)
    }

    pub(super) async fn history(
        &self,
        ends: Ends,
        topic: Option<Topic>,
    ) -> anyhow::Result<Page<ChangeView>> {
        let (from, to) = codes(ends);
        let word = topic.map(Topic::as_str);
        let pages = self.client.history(from, to, word, &self.clocks);
        told(pages.limit(PAGE).all().await)
    }

    pub(super) async fn why(
        &self,
        ends: Ends,
        dimension: Dimension,
        limit: usize,
    ) -> anyhow::Result<WhyView> {
        let (from, to) = codes(ends);
        let word = dimension.as_str();
        told(self.client.why(from, to, word, limit, &self.clocks).await)
    }

    pub(super) async fn diff(
        &self,
        ends: Ends,
        first: Option<Day>,
        known_first: Option<KnownAt>,
    ) -> anyhow::Result<DiffView> {
        let (from, to) = codes(ends);
        let mut way = self.clocks.way();
        if let Some(day) = first {
            way = way.from(day.to_string());
        }
        if let Some(known) = known_first {
            way = way.known_from(known.to_string());
        }
        told(self.client.diff(from, to, &way).await)
    }

    pub(super) async fn events(&self, query: &EventsQuery) -> anyhow::Result<Page<EventView>> {
        let mut which = Which::all();
        if !query.oldest {
            which = which.newest();
        }
        if let Some(party) = query.party {
            which = which.party(party.code());
        }
        if let Some(pair) = query.pair {
            which = which.pair(format!("{},{}", pair.a().code(), pair.b().code()));
        }
        if let Some(kind) = query.kind {
            which = which.kind(kind.code());
        }
        one_page(self.client.events(&which, &self.clocks), query).await
    }

    pub(super) async fn pending(&self, query: &EventsQuery) -> anyhow::Result<Page<PendingView>> {
        one_page(self.client.pending(&self.clocks), query).await
    }

    pub(super) async fn event(&self, id: Uuid, at: Option<Day>) -> anyhow::Result<Shown> {
        let known = self.clocks.known();
        let clocks = at.map_or_else(|| known.clone(), |at| known.clone().at(at.to_string()));
        told(self.client.event(id, &clocks).await)
    }

    /// What the server knows of an id.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn look(&self, id: Uuid) -> anyhow::Result<Known> {
        told(self.client.look(id, &self.clocks.known()).await)
    }

    /// Many titles come with the relation's events, page by page; what is not among those, such as
    /// who governs, is asked for by itself.
    pub(super) async fn titles(
        &self,
        ends: Ends,
        mut wanted: BTreeSet<Uuid>,
    ) -> anyhow::Result<Titles> {
        let mut titles = Titles::new();
        let (from, to) = codes(ends);
        let mut pages = self.client.relation_events(from, to, &self.clocks);
        pages = pages.limit(PAGE);
        while wanted.len() > SINGLES_MAX
            && let Some(page) = told(pages.next().await)?
        {
            for view in &page.items {
                let id = view.event.id.filter(|id| wanted.remove(id));
                titles.extend(id.map(|id| (id, Named::of(view))));
            }
        }
        let singles = wanted.iter().map(|id| self.event(*id, None));
        let singles: Vec<Shown> = stream::iter(singles)
            .buffered(SINGLES_AT_ONCE)
            .try_collect()
            .await?;
        let singles = singles.iter().filter_map(|shown| match shown {
            Shown::Event(view) => Some((view.event.id?, Named::of(view))),
            Shown::Pending(_) => None,
        });
        titles.extend(singles);
        Ok(titles)
    }
}

fn codes(ends: Ends) -> (&'static str, &'static str) {
    let (from, to) = ends.pair.ends(ends.direction);
    (from.code(), to.code())
}

async fn one_page<T>(pages: Pages<T>, query: &EventsQuery) -> anyhow::Result<Page<T>>
where
    T: serde::de::DeserializeOwned + Send + 'static,
{
    let mut pages = pages.limit(query.limit.into());
    if let Some(from) = &query.from {
        pages = pages.from(from);
    }
    let page = told(pages.next().await)?;
    Ok(page.unwrap_or(Page {
        items: Vec::new(),
        next: None,
        known_at: None,
    }))
}

/// An answer, or what a person is told of why there is none.
pub(crate) fn told<T>(answer: Result<T, Error>) -> anyhow::Result<T> {
    answer.map_err(fault)
}

/// What a person is told, and how the command ends.
pub(crate) fn fault(error: Error) -> anyhow::Error {
    match error {
        Error::Refused(problem) => {
            let (detail, code, advice) = (&problem.detail, problem.code.as_str(), &problem.advice);
            let text = format!("{detail} ({code})\n  {advice}");
            match problem.code {
                Code::Unauthenticated => anyhow::anyhow!(
                    "{text}\n  this command takes it with --token-file FILE, or from DETENTE_TOKEN"
                ),
                Code::UnknownParty
                | Code::UnknownRelation
                | Code::UnknownDimension
                | Code::BadQuery
                | Code::BadFilter
                | Code::BadCursor => Fault::Usage(text).into(),
                _ => anyhow::anyhow!(text),
            }
        }
        Error::Failed(failed) if failed.code.is_empty() => anyhow::anyhow!(failed.detail),
        Error::Failed(failed) => {
            anyhow::anyhow!("the server answers {}: {}", failed.status, failed.detail)
        }
        Error::Unreachable { .. } => anyhow::anyhow!(
            "{error}\n  start one with `detente up`, name another with --server, or fold a file \
             with --file; `detente doctor` looks closer"
        ),
        Error::Unfinished(unfinished) => {
            let stored = unfinished.answered.accepted.len();
            let text = format!("{stored} rows are stored, the rest may be or not");
            fault(unfinished.cause).context(text)
        }
        other => anyhow::Error::new(other),
    }
}
