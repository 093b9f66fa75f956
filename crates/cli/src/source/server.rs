//! A query service, over HTTP.

use std::collections::BTreeSet;

use detente_api::request::{Clocks, Country, DiffPoints, Ends, KnownAt, Order, Topic};
use detente_api::view::{
    ChangeView, CountryView, DiffView, EventLookup, EventView, Page, PendingView, RelationView,
    WhyView,
};
use detente_client::{Client, EventFilter, IdLookup, Pages};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::{EventLabel, EventsQuery, Titles, client, with_exit_code};
use crate::args::{Global, Read};

/// The items of a page of a list that is read to its end.
const PAGE: usize = 1_000;
/// Up to so many events are fetched one by one.
const SINGLES_MAX: usize = 24;
/// The number of those that are fetched at once.
const SINGLES_AT_ONCE: usize = 8;

/// A query service, and the point of the two clocks at which it is read.
pub(crate) struct ServerSource {
    client: Client,
    clocks: Clocks,
}

impl ServerSource {
    pub(crate) fn new(global: &Global, read: &Read) -> anyhow::Result<Self> {
        Ok(Self {
            client: client(global, None)?,
            clocks: read.clocks(),
        })
    }

    pub(super) async fn relation(&self, ends: Ends) -> anyhow::Result<RelationView> {
        let (from, to) = codes(ends);
        let view = self.client.state(from, to, &self.clocks).await;
        view.map_err(with_exit_code)
    }

    pub(super) async fn country(&self, country: Country) -> anyhow::Result<CountryView> {
        let view = self
            .client
            .country(country.party().code(), &self.clocks)
            .await;
        view.map_err(with_exit_code)
    }

    pub(super) async fn history(
        &self,
        ends: Ends,
        topic: Option<Topic>,
    ) -> anyhow::Result<Page<ChangeView>> {
        let (from, to) = codes(ends);
        let word = topic.map(Topic::as_str);
        let pages = self.client.history(from, to, word, &self.clocks);
        pages.limit(PAGE).all().await.map_err(with_exit_code)
    }

    pub(super) async fn why(
        &self,
        ends: Ends,
        dimension: Dimension,
        limit: usize,
    ) -> anyhow::Result<WhyView> {
        let (from, to) = codes(ends);
        let word = dimension.as_str();
        let view = self.client.why(from, to, word, limit, &self.clocks).await;
        view.map_err(with_exit_code)
    }

    pub(super) async fn diff(
        &self,
        ends: Ends,
        first: Option<Day>,
        known_first: Option<KnownAt>,
    ) -> anyhow::Result<DiffView> {
        let (from, to) = codes(ends);
        let points = DiffPoints {
            from: first,
            to: self.clocks.at,
            known_from: known_first,
            known_to: self.clocks.known_at,
            min_position: None,
        };
        let view = self.client.diff(from, to, &points).await;
        view.map_err(with_exit_code)
    }

    pub(super) async fn events(&self, query: &EventsQuery) -> anyhow::Result<Page<EventView>> {
        let pair = |pair: detente_domain::relations::Pair| {
            format!("{},{}", pair.a().code(), pair.b().code())
        };
        let filter = EventFilter {
            party: query.party.map(|party| party.code().to_owned()),
            pair: query.pair.map(pair),
            kind: query.kind.map(|kind| kind.code().to_owned()),
            order: if query.oldest {
                Order::Oldest
            } else {
                Order::Newest
            },
        };
        one_page(self.client.events(&filter, &self.clocks), query).await
    }

    pub(super) async fn pending(&self, query: &EventsQuery) -> anyhow::Result<Page<PendingView>> {
        one_page(self.client.pending(&self.clocks), query).await
    }

    pub(super) async fn event(&self, id: Uuid, at: Option<Day>) -> anyhow::Result<EventLookup> {
        let clocks = Clocks { at, ..self.clocks };
        let found = self.client.event(id, &clocks).await;
        found.map_err(with_exit_code)
    }

    /// Looks up the id of an event or of any record.
    pub(crate) async fn look_up(&self, id: Uuid) -> anyhow::Result<IdLookup> {
        let clocks = Clocks {
            at: None,
            ..self.clocks
        };
        let found = self.client.look_up(id, &clocks).await;
        found.map_err(with_exit_code)
    }

    /// Reads many titles from the list of the relation's events, and the rest, such as changes of
    /// authority, one by one.
    pub(super) async fn titles(
        &self,
        ends: Ends,
        mut wanted: BTreeSet<Uuid>,
    ) -> anyhow::Result<Titles> {
        let mut titles = Titles::new();
        let (from, to) = codes(ends);
        let pages = self.client.relation_events(from, to, &self.clocks);
        let mut pages = pages.limit(PAGE);
        while wanted.len() > SINGLES_MAX
            && let Some(page) = pages.next().await.map_err(with_exit_code)?
        {
            for view in &page.items {
                let id = view.event.id.filter(|id| wanted.remove(id));
                titles.extend(id.map(|id| (id, EventLabel::new(view))));
            }
        }
        let singles = wanted.iter().map(|id| self.event(*id, None));
        let singles: Vec<EventLookup> = stream::iter(singles)
            .buffered(SINGLES_AT_ONCE)
            .try_collect()
            .await?;
        titles.extend(singles.iter().filter_map(|found| match found {
            EventLookup::Event(view) => Some((view.event.id?, EventLabel::new(view))),
            EventLookup::Pending(_) => None,
        }));
        Ok(titles)
    }
}

fn codes(ends: Ends) -> (&'static str, &'static str) {
    let (from, to) = ends.states();
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
    let page = pages.next().await.map_err(with_exit_code)?;
    Ok(page.unwrap_or(Page {
        items: Vec::new(),
        next: None,
        known_at: None,
    }))
}
