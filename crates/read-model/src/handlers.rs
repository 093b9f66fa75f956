//! The handlers of reads. HTTP, gRPC and the command line (for files) use the same ones.

use std::collections::BTreeSet;

use detente_api::request::{
    Clocks, CountriesRequest, CountryRequest, DiffRequest, EventRequest, EventsRequest,
    HistoryRequest, KindRequest, KindsRequest, PAGE_BYTES_MAX, PageRequest, PendingRequest,
    RegisterRequest, RelationEventsRequest, RelationRequest, Request, WhyRequest,
};
use detente_api::view::{
    ChangeView, CountryItem, CountryView, DiffView, EntryView, EventLookup, EventView, Fit,
    KindView, Page, PendingView, RelationView, VIEW_BYTES_MAX, WhyView, json_len,
};
use detente_chronicle::Point;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::relations::Pair;
use detente_domain::state::{Change, State};
use detente_feed::Error;
use uuid::Uuid;

use crate::archive::Archive;
use crate::clocks::{diff_points, point};
use crate::event_views::{self, RecordsView, load};
use crate::queries::{self, EventSearch};
use crate::source::{ReadSource, fold_all_long};
use crate::turns::{blocking, in_turns, turn};

/// The events whose titles are read at once, for views that cite many.
const RESOLVED_AT_ONCE: usize = 100;

/// A request that is answered from a fold, with its handler.
pub trait ReadRequest: Request + Send + Sync {
    /// The answer.
    type View: Send;

    /// Answers the request.
    ///
    /// # Errors
    /// A refusal of the clocks, or a failure of the log. In addition, `bad_query` if the second
    /// point of a comparison is before the first, and `unknown_event` if no record names the id of
    /// an event.
    fn answer<S: ReadSource>(
        &self,
        source: &S,
    ) -> impl Future<Output = Result<Self::View, Error>> + Send;
}

impl ReadRequest for RelationRequest {
    type View = RelationView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<RelationView, Error> {
        let point = point(source, &self.clocks, None).await?;
        source
            .fold_long(self.relation.pair, point.known, point.at)
            .await;
        let (relation, projection) = (self.relation, source.projection_name().to_owned());
        let view =
            move |archive: &mut Archive| queries::relation(archive, &projection, relation, point);
        Ok(fitted(source.with_archive(view).await).await)
    }
}

impl ReadRequest for HistoryRequest {
    type View = Page<ChangeView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<ChangeView>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let (relation, topic, page) = (self.relation, self.dimension, self.page);
        source.fold_long(relation.pair, point.known, Day::MAX).await;
        let cut = move |archive: &mut Archive| {
            let steps = queries::history(archive, relation, topic, point).into_iter();
            let view = |step: Change| queries::history_step(archive, &step, point);
            page.cut_as(steps, point.known.0, view, ChangeView::json_len)
        };
        Ok(source.with_archive(cut).await)
    }
}

/// The newest first.
impl ReadRequest for RegisterRequest {
    type View = Page<EntryView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<EntryView>, Error> {
        let mut point = page_point(source, &self.clocks, &self.page).await?;
        // Without a day, of that which the log had reached: so all pages are of one day, also after
        // midnight.
        let is_open = self.clocks.at.is_none();
        let (relation, name, page) = (self.relation, self.name, self.page);
        source.fold_long(relation.pair, point.known, point.at).await;
        let cut = move |archive: &mut Archive| {
            if is_open {
                let ticked = archive.chronicle().ticked(point.known);
                point.at = ticked.unwrap_or(point.at);
            }
            let entries = queries::register(archive, relation, name, point);
            let total = Some(entries.len());
            let page = page.cut_sized(entries.into_iter(), point.known.0, EntryView::json_len);
            Page { total, ..page }
        };
        Ok(source.with_archive(cut).await)
    }
}

impl ReadRequest for WhyRequest {
    type View = WhyView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<WhyView, Error> {
        let point = point(source, &self.clocks, None).await?;
        let (relation, dimension) = (self.relation, self.dimension);
        source.fold_long(relation.pair, point.known, Day::MAX).await;
        let limit = self.limit.unwrap_or_default().get();
        let projection = source.projection_name().to_owned();
        let view = move |archive: &mut Archive| {
            queries::why(archive, &projection, relation, dimension, point, limit)
        };
        let mut view = source.with_archive(view).await;
        let cited: Vec<EventId> = view.cited().map(EventId).collect();
        for cited in cited.chunks(RESOLVED_AT_ONCE) {
            view.resolve(&event_views::views(source, cited, point.known.0).await?);
        }
        Ok(fitted(view).await)
    }
}

impl ReadRequest for DiffRequest {
    type View = DiffView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<DiffView, Error> {
        let (from, to) = diff_points(source, &self.points).await?;
        for known in [from.known, to.known] {
            source.fold_long(self.relation.pair, known, Day::MAX).await;
        }
        let (relation, projection) = (self.relation, source.projection_name().to_owned());
        let view =
            move |archive: &mut Archive| queries::diff(archive, &projection, relation, from, to);
        // The titles of causes that do not fit are not read.
        let mut view = fitted(source.with_archive(view).await?).await;
        let causes: BTreeSet<EventId> = view.causes().map(EventId).collect();
        let causes = Vec::from_iter(causes);
        for causes in causes.chunks(RESOLVED_AT_ONCE) {
            view.resolve(&event_views::views(source, causes, to.known.0).await?);
        }
        Ok(fitted(view).await)
    }
}

/// In order of days.
impl ReadRequest for RelationEventsRequest {
    type View = Page<EventView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<EventView>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let (pair, page) = (self.relation.pair, self.page);
        let cut = move |archive: &mut Archive| {
            let events = queries::relation_events(archive, pair, point);
            page.cut(events.into_iter().map(|event| event.0), point.known.0)
        };
        let cut = source.with_archive(cut).await;
        loaded(source, &self.page, cut, point.known.0).await
    }
}

impl ReadRequest for CountryRequest {
    type View = CountryView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<CountryView, Error> {
        let point = point(source, &self.clocks, None).await?;
        let (party, projection) = (self.country.party(), source.projection_name().to_owned());
        let pairs = move |archive: &mut Archive| archive.chronicle().pairs_of(party);
        let pairs = Vec::from_iter(source.with_archive(pairs).await);
        fold_all_long(source, pairs.clone(), point.known, point.at).await;
        let conducts =
            move |archive: &mut Archive, pair| Some(queries::conducts(archive, pair, point));
        let relations = in_turns(source, pairs, conducts).await;
        let relations: Vec<[State; 2]> = relations.into_iter().flatten().collect();
        let view = move |archive: &mut Archive| {
            queries::country(archive, &projection, party, &relations, point)
        };
        Ok(fitted(source.with_archive(view).await).await)
    }
}

impl ReadRequest for CountriesRequest {
    type View = Page<CountryItem>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<CountryItem>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let pairs = |archive: &mut Archive| archive.chronicle().pairs().collect();
        let pairs: Vec<Pair> = source.with_archive(pairs).await;
        let known = move |archive: &mut Archive, pair: Pair| {
            let is_known = archive.chronicle().is_known(pair, Some(point.known));
            Some(is_known.then_some(pair))
        };
        let pairs = in_turns(source, pairs, known).await;
        let pairs: Vec<Pair> = pairs.into_iter().flatten().collect();
        let countries = move |archive: &mut Archive| queries::countries(archive, &pairs, point);
        let countries = source.with_archive(countries).await.into_iter();
        Ok(self.page.cut_sized(countries, point.known.0, json_len))
    }
}

/// In order of arrival. Without a day, future events are listed too.
impl ReadRequest for EventsRequest {
    type View = Page<EventView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<EventView>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let known = point.known.0;
        let mut search = EventSearch::new(self.clone(), known);
        loop {
            let step = source.with_archive(move |archive| {
                let is_found = search.step(archive, turn());
                (search, is_found)
            });
            let (stepped, is_found) = step.await;
            search = stepped;
            if is_found {
                break;
            }
        }
        let Page { items, next, .. } = search.page();
        let page = Page {
            items: items.into_iter().map(|event| event.0).collect(),
            next,
            known_at: Some(known),
            total: None,
        };
        loaded(source, &self.page, page, known).await
    }
}

impl ReadRequest for PendingRequest {
    type View = Page<PendingView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<PendingView>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let known = point.known.0;
        let page = self.page;
        let cut = move |archive: &mut Archive| page.cut(archive.pending(known).into_iter(), known);
        let cut = source.with_archive(cut).await;
        loaded(source, &self.page, cut, known).await
    }
}

impl ReadRequest for EventRequest {
    type View = EventLookup;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<EventLookup, Error> {
        let (id, at, page) = (self.id, self.clocks.at, self.page);
        let known = page_point(source, &self.clocks, &page).await?.known.0;
        // As of a day, an event that begins later does not exist yet.
        let is_later = move |archive: &mut Archive| {
            at.is_some_and(|at| queries::is_later(archive, id, at, known))
        };
        if !source.with_archive(is_later).await {
            let event = load(source, vec![id.0], known, page, usize::MAX).await?;
            if let Some(view) = event.views.into_iter().next() {
                return Ok(EventLookup::Event(Box::new(view)));
            }
        }
        let pending = load(source, vec![id.0], known, page, usize::MAX).await?;
        if let Some(view) = pending.views.into_iter().next() {
            return Ok(EventLookup::Pending(view));
        }
        let unknown = move |archive: &mut Archive| queries::unknown_event(archive, id.0, known);
        Err(source.with_archive(unknown).await.into())
    }
}

/// Under the rulebook of the fold, at once: nothing of the log is read.
impl ReadRequest for KindsRequest {
    type View = Page<KindView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<KindView>, Error> {
        Ok(KindView::all(source.rules(), self.lang.unwrap_or_default()))
    }
}

/// Under the rulebook of the fold, at once: nothing of the log is read.
impl ReadRequest for KindRequest {
    type View = KindView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<KindView, Error> {
        let lang = self.lang.unwrap_or_default();
        Ok(KindView::new(self.kind, source.rules(), lang))
    }
}

/// Resolves the clocks of a list, which stays at the position of its first page.
async fn page_point<S: ReadSource>(
    source: &S,
    clocks: &Clocks,
    page: &PageRequest,
) -> Result<Point, Error> {
    point(source, clocks, page.from.and_then(|from| from.known)).await
}

/// Returns the views of a page of ids, as many as have [`PAGE_BYTES_MAX`].
async fn loaded<S: ReadSource, V: RecordsView>(
    source: &S,
    request: &PageRequest,
    page: Page<Uuid>,
    known: u64,
) -> Result<Page<V>, Error> {
    let count = page.items.len();
    let of_each = PageRequest::default();
    let loaded = load(source, page.items, known, of_each, PAGE_BYTES_MAX).await?;
    let is_cut = loaded.ids < count;
    Ok(Page {
        items: loaded.views,
        next: if is_cut {
            Some(request.after(loaded.ids, known))
        } else {
            page.next
        },
        known_at: page.known_at,
        total: None,
    })
}

/// Shortens a view to [`VIEW_BYTES_MAX`].
async fn fitted<V: Fit + Send + 'static>(mut view: V) -> V {
    blocking(move || {
        view.fit(VIEW_BYTES_MAX);
        view
    })
    .await
}
