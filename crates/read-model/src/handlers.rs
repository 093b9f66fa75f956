//! The handlers of reads. HTTP, gRPC and the command line (for files) use the same ones.

use std::sync::Arc;

use detente_api::request::{
    Clocks, CountriesRequest, CountryRequest, DiffRequest, EventRequest, EventsRequest,
    HistoryRequest, KindRequest, KindsRequest, PageRequest, PendingRequest, RegisterRequest,
    RelationEventsRequest, RelationRequest, Request, WhyRequest,
};
use detente_api::view::{
    ChangeView, CountryItem, CountryView, DiffView, EntryView, EventLookup, EventView, KindView,
    Page, PendingView, RelationView, WhyView,
};
use detente_chronicle::Point;
use detente_domain::event::EventId;
use detente_feed::Error;

use crate::clocks::{diff_points, point};
use crate::event_views;
use crate::queries;
use crate::source::ReadSource;

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
        let mut archive = source.archive();
        let projection = source.projection_name();
        let view = queries::relation(&mut archive, projection, self.relation, point);
        Ok(view)
    }
}

impl ReadRequest for HistoryRequest {
    type View = Page<ChangeView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<ChangeView>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let mut archive = source.archive();
        let steps = queries::history(&mut archive, self.relation, self.dimension, point);
        let page = self
            .page
            .cut_sized(steps.into_iter(), point.known.0, ChangeView::json_len);
        Ok(page)
    }
}

/// The newest first.
impl ReadRequest for RegisterRequest {
    type View = Page<EntryView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<EntryView>, Error> {
        let mut point = page_point(source, &self.clocks, &self.page).await?;
        // Further pages are of the day of the first, also after midnight.
        if self.clocks.at.is_none() && self.page.from.is_some() {
            let ticked = source.archive().chronicle().ticked(point.known);
            point.at = ticked.unwrap_or(point.at);
        }
        let entries = queries::register(&mut source.archive(), self.relation, self.name, point);
        let total = Some(entries.len());
        let page = self
            .page
            .cut_sized(entries.into_iter(), point.known.0, EntryView::json_len);
        Ok(Page { total, ..page })
    }
}

impl ReadRequest for WhyRequest {
    type View = WhyView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<WhyView, Error> {
        let point = point(source, &self.clocks, None).await?;
        let limit = self.limit.unwrap_or_default().get();
        let mut view = queries::why(
            &mut source.archive(),
            source.projection_name(),
            self.relation,
            self.dimension,
            point,
            limit,
        );
        let cited: Vec<EventId> = view.cited().map(EventId).collect();
        view.resolve(&event_views::views(source, &cited, point.known.0).await?);
        Ok(view)
    }
}

impl ReadRequest for DiffRequest {
    type View = DiffView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<DiffView, Error> {
        let (from, to) = diff_points(source, &self.points).await?;
        let projection = source.projection_name();
        let mut view = queries::diff(&mut source.archive(), projection, self.relation, from, to)?;
        let causes: Vec<EventId> = view.causes().map(EventId).collect();
        view.resolve(&event_views::views(source, &causes, to.known.0).await?);
        Ok(view)
    }
}

/// In order of days.
impl ReadRequest for RelationEventsRequest {
    type View = Page<EventView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<EventView>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let events = queries::relation_events(&source.archive(), self.relation.pair, point);
        let page = self.page.cut(events.into_iter(), point.known.0);
        event_page(source, page, point.known.0).await
    }
}

impl ReadRequest for CountryRequest {
    type View = CountryView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<CountryView, Error> {
        let point = point(source, &self.clocks, None).await?;
        let mut archive = source.archive();
        let projection = source.projection_name();
        let view = queries::country(&mut archive, projection, self.country.party(), point);
        Ok(view)
    }
}

impl ReadRequest for CountriesRequest {
    type View = Page<CountryItem>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<CountryItem>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let countries = queries::countries(&source.archive(), point);
        Ok(self.page.cut(countries.into_iter(), point.known.0))
    }
}

/// In order of arrival. Without a day, future events are listed too.
impl ReadRequest for EventsRequest {
    type View = Page<EventView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<EventView>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let known = point.known.0;
        let page = queries::events(&source.archive(), self, known);
        event_page(source, page, known).await
    }
}

impl ReadRequest for PendingRequest {
    type View = Page<PendingView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<PendingView>, Error> {
        let point = page_point(source, &self.clocks, &self.page).await?;
        let known = point.known.0;
        let ids = source.archive().pending(known);
        let page = self.page.cut(ids.into_iter(), known);
        let items = event_views::pending(source, &page.items, known).await?;
        Ok(Page {
            items,
            next: page.next,
            known_at: page.known_at,
            total: None,
        })
    }
}

impl ReadRequest for EventRequest {
    type View = EventLookup;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<EventLookup, Error> {
        let id = self.id;
        let known = point(source, &self.clocks, None).await?.known.0;
        // As of a day, an event that begins later does not exist yet.
        let is_later = |at| queries::is_later(&source.archive(), id, at, known);
        if !self.clocks.at.is_some_and(is_later) {
            let views = event_views::views(source, &[id], known).await?;
            if let Some(view) = views.into_iter().next() {
                return Ok(EventLookup::Event(Box::new(view)));
            }
        }
        let pending = event_views::pending(source, &[id.0], known).await?;
        let unknown = || queries::unknown_event(&source.archive(), id.0, known);
        let pending = pending.into_iter().next().ok_or_else(unknown)?;
        Ok(EventLookup::Pending(pending))
    }
}

/// Under the rulebook of the fold, at once: nothing of the log is read.
impl ReadRequest for KindsRequest {
    type View = Page<KindView>;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<Page<KindView>, Error> {
        let rules = Arc::clone(source.archive().chronicle().rules());
        Ok(KindView::all(&rules, self.lang.unwrap_or_default()))
    }
}

/// Under the rulebook of the fold, at once: nothing of the log is read.
impl ReadRequest for KindRequest {
    type View = KindView;

    async fn answer<S: ReadSource>(&self, source: &S) -> Result<KindView, Error> {
        let rules = Arc::clone(source.archive().chronicle().rules());
        let lang = self.lang.unwrap_or_default();
        Ok(KindView::new(self.kind, &rules, lang))
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

async fn event_page<S: ReadSource>(
    source: &S,
    page: Page<EventId>,
    known: u64,
) -> Result<Page<EventView>, Error> {
    let items = event_views::views(source, &page.items, known).await?;
    Ok(Page {
        items,
        next: page.next,
        known_at: page.known_at,
        total: None,
    })
}
