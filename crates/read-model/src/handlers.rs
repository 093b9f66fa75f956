//! Handlers of reads, one for each request. HTTP, gRPC and the command line (for files) use the
//! same ones.

use detente_api::request::{
    Clocks, CountriesRequest, CountryRequest, DiffRequest, EventRequest, EventsRequest,
    HistoryRequest, PageRequest, PendingRequest, RelationEventsRequest, RelationRequest,
    WhyRequest,
};
use detente_api::view::{
    ChangeView, CountryItem, CountryView, DiffView, EventLookup, EventView, Page, PendingView,
    RelationView, WhyView,
};
use detente_domain::event::EventId;
use detente_feed::Error;

use crate::clocks::{diff_points, moment};
use crate::event_views;
use crate::queries::{self, Moment};
use crate::source::ReadSource;

/// Returns the state of one state's conduct towards another.
///
/// # Errors
/// A refusal of the clocks, or a failure of the log, as for every handler.
pub async fn relation<S: ReadSource>(
    source: &S,
    request: &RelationRequest,
) -> Result<RelationView, Error> {
    let moment = moment(source, &request.clocks, None).await?;
    let mut archive = source.archive();
    let projection = source.projection_name();
    Ok(queries::relation(
        &mut archive,
        projection,
        request.ends,
        moment,
    ))
}

/// Returns a page of the steps of a relation.
///
/// # Errors
/// As [`relation`].
pub async fn history<S: ReadSource>(
    source: &S,
    request: &HistoryRequest,
) -> Result<Page<ChangeView>, Error> {
    let moment = page_moment(source, &request.clocks, &request.page).await?;
    let steps = queries::history(
        &mut source.archive(),
        request.ends,
        request.dimension,
        moment,
    );
    Ok(request.page.cut(steps.into_iter(), moment.known))
}

/// Returns the rule and the evidence behind a level.
///
/// # Errors
/// As [`relation`].
pub async fn why<S: ReadSource>(source: &S, request: &WhyRequest) -> Result<WhyView, Error> {
    let moment = moment(source, &request.clocks, None).await?;
    let limit = request.limit.unwrap_or_default().get();
    let mut view = queries::why(
        &mut source.archive(),
        source.projection_name(),
        request.ends,
        request.dimension,
        moment,
        limit,
    );
    let cited: Vec<EventId> = view.cited().map(EventId).collect();
    view.resolve(&event_views::views(source, &cited, moment.known).await?);
    Ok(view)
}

/// Returns the differences between two points of the two clocks.
///
/// # Errors
/// As [`relation`]; `bad_query` if the second point is before the first.
pub async fn diff<S: ReadSource>(source: &S, request: &DiffRequest) -> Result<DiffView, Error> {
    let (from, to) = diff_points(source, &request.points).await?;
    let projection = source.projection_name();
    let mut view = queries::diff(&mut source.archive(), projection, request.ends, from, to)?;
    let causes: Vec<EventId> = view.causes().map(EventId).collect();
    view.resolve(&event_views::views(source, &causes, to.known).await?);
    Ok(view)
}

/// Returns a page of the events of a relation, in order of days.
///
/// # Errors
/// As [`relation`].
pub async fn relation_events<S: ReadSource>(
    source: &S,
    request: &RelationEventsRequest,
) -> Result<Page<EventView>, Error> {
    let moment = page_moment(source, &request.clocks, &request.page).await?;
    let events = queries::relation_events(&source.archive(), request.ends.pair, moment);
    event_page(
        source,
        request.page.cut(events.into_iter(), moment.known),
        moment.known,
    )
    .await
}

/// Returns the relations of a country.
///
/// # Errors
/// As [`relation`].
pub async fn country<S: ReadSource>(
    source: &S,
    request: &CountryRequest,
) -> Result<CountryView, Error> {
    let moment = moment(source, &request.clocks, None).await?;
    let mut archive = source.archive();
    let country = request.country.party();
    Ok(queries::country(
        &mut archive,
        source.projection_name(),
        country,
        moment,
    ))
}

/// Returns a page of the countries that have a relation.
///
/// # Errors
/// As [`relation`].
pub async fn countries<S: ReadSource>(
    source: &S,
    request: &CountriesRequest,
) -> Result<Page<CountryItem>, Error> {
    let moment = page_moment(source, &request.clocks, &request.page).await?;
    let countries = queries::countries(&source.archive(), moment);
    Ok(request.page.cut(countries.into_iter(), moment.known))
}

/// Returns a page of events, in order of arrival. Without a day, future events are listed too.
///
/// # Errors
/// As [`relation`].
pub async fn events<S: ReadSource>(
    source: &S,
    request: &EventsRequest,
) -> Result<Page<EventView>, Error> {
    let known = page_moment(source, &request.clocks, &request.page)
        .await?
        .known;
    let page = queries::events(&source.archive(), request, known);
    event_page(source, page, known).await
}

/// Returns a page of the ids that records name and no record has.
///
/// # Errors
/// As [`relation`].
pub async fn pending<S: ReadSource>(
    source: &S,
    request: &PendingRequest,
) -> Result<Page<PendingView>, Error> {
    let known = page_moment(source, &request.clocks, &request.page)
        .await?
        .known;
    let ids = source.archive().pending(known);
    let page = request.page.cut(ids.into_iter(), known);
    let items = event_views::pending(source, &page.items, known).await?;
    Ok(Page {
        items,
        next: page.next,
        known_at: page.known_at,
    })
}

/// Returns an event with all records about it, or the records about an id that no record has.
///
/// # Errors
/// As [`relation`]; `unknown_event` if no record names the id.
pub async fn event<S: ReadSource>(
    source: &S,
    request: &EventRequest,
) -> Result<EventLookup, Error> {
    let id = request.id;
    let known = moment(source, &request.clocks, None).await?.known;
    // As of a day, an event that begins later does not exist yet.
    let is_later = |at| queries::is_later(&source.archive(), id, at, known);
    if !request.clocks.at.is_some_and(is_later) {
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

/// Returns the views of events as known at a position. Unknown ones are left out.
///
/// # Errors
/// A failure of the log.
pub async fn event_views<S: ReadSource>(
    source: &S,
    events: &[EventId],
    known: u64,
) -> Result<Vec<EventView>, Error> {
    Ok(event_views::views(source, events, known).await?)
}

/// Resolves the clocks of a list, which stays at the position of its first page.
async fn page_moment<S: ReadSource>(
    source: &S,
    clocks: &Clocks,
    page: &PageRequest,
) -> Result<Moment, Error> {
    moment(source, clocks, page.from.and_then(|from| from.known)).await
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
    })
}
