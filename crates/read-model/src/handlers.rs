//! Questions, answered: what every door asks a reading of the log, apart from its own forms.
//!
//! A door reads who and what is asked about, gathers the rest in [`Params`], and gives out what
//! comes back. So the doors cannot say different things, and refuse alike.

use detente_api::Refusal;
use detente_api::parse;
use detente_api::parse::Topic;
use detente_api::view::{
    ChangeView, CountryItem, CountryView, DiffView, EventView, PendingView, RelationView, Shown,
    WhyView,
};
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::routes::Pair;
use uuid::Uuid;

use crate::params::{Params, bad};
use crate::queries::{self, Moment, Order, Page, Selection};
use crate::read_model::Query;
use crate::records;
use detente_api::parse::Ends;
use detente_feed::error::No;

/// How one state stands towards another. Takes both clocks.
///
/// # Errors
/// [`No`]
pub async fn relation(query: &Query, ends: Ends, params: &Params) -> Result<RelationView, No> {
    let moment = params.moment(query).await?;
    Ok(queries::relation(
        &mut query.archive(),
        projection(query),
        ends,
        moment,
    ))
}

/// The steps of a relation. Takes both clocks, `dimension`, and the part of the list.
///
/// # Errors
/// [`No`]
pub async fn history(query: &Query, ends: Ends, params: &Params) -> Result<Page<ChangeView>, No> {
    let topic = params.one("dimension")?.map(Topic::parse).transpose()?;
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(query).await?;
    let steps = queries::history(&mut query.archive(), ends, topic, moment);
    Ok(Page::cut(steps.into_iter(), moment.known, place, limit))
}

/// Why a dimension stands where it does. Takes both clocks and `limit`.
///
/// # Errors
/// [`No`]
pub async fn why(
    query: &Query,
    ends: Ends,
    dimension: Dimension,
    params: &Params,
) -> Result<WhyView, No> {
    let limit = params.limit()?;
    let moment = params.moment(query).await?;
    let mut view = queries::why(
        &mut query.archive(),
        projection(query),
        ends,
        dimension,
        moment,
        limit,
    );
    let cited: Vec<EventId> = view.cited().map(EventId).collect();
    view.resolve(&records::views(query, &cited, moment.known).await?);
    Ok(view)
}

/// What differs between two points. Takes `from`, `to`, `known_from`, `known_to` and
/// `min_position`.
///
/// # Errors
/// [`No`]
pub async fn diff(query: &Query, ends: Ends, params: &Params) -> Result<DiffView, No> {
    let (from, to) = params.way(query).await?;
    let mut view = queries::diff(&mut query.archive(), projection(query), ends, from, to)?;
    let causes: Vec<EventId> = view.causes().map(EventId).collect();
    view.resolve(&records::views(query, &causes, to.known).await?);
    Ok(view)
}

/// The events of a relation. Takes both clocks and the part of the list.
///
/// # Errors
/// [`No`]
pub async fn relation_events(
    query: &Query,
    ends: Ends,
    params: &Params,
) -> Result<Page<EventView>, No> {
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(query).await?;
    let page = queries::relation_events(&query.archive(), ends.pair, moment, place, limit);
    shown(query, page, moment.known).await
}

/// How a country stands with every other. Takes both clocks.
///
/// # Errors
/// [`No`]
pub async fn country(query: &Query, country: Party, params: &Params) -> Result<CountryView, No> {
    let moment = params.moment(query).await?;
    Ok(queries::country(
        &mut query.archive(),
        projection(query),
        country,
        moment,
    ))
}

/// Every country that has a relation. Takes both clocks and the part of the list.
///
/// # Errors
/// [`No`]
pub async fn countries(query: &Query, params: &Params) -> Result<Page<CountryItem>, No> {
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(query).await?;
    let countries = queries::countries(&query.archive(), moment);
    Ok(Page::cut(countries.into_iter(), moment.known, place, limit))
}

/// Events. Takes both clocks, `country`, `pair`, `kind`, `order`, and the part of the list.
///
/// # Errors
/// [`No`]
pub async fn events(query: &Query, params: &Params) -> Result<Page<EventView>, No> {
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let selection = selection(params)?;
    let moment = params.moment(query).await?;
    // Without a day, events that lie ahead are listed too: somebody has reported them.
    let until = params.one("at")?.map(|_| moment.at);
    let selection = Selection { until, ..selection };
    let page = queries::events(&query.archive(), selection, moment.known, place, limit);
    shown(query, page, moment.known).await
}

/// What is said about events that nobody has reported yet. Takes both clocks and the part of the
/// list.
///
/// # Errors
/// [`No`]
pub async fn pending(query: &Query, params: &Params) -> Result<Page<PendingView>, No> {
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let known = params.moment(query).await?.known;
    let ids = query.archive().pending(known);
    let page = Page::cut(ids.into_iter(), known, place, limit);
    let items = records::pending(query, &page.items, known).await?;
    Ok(Page {
        items,
        next: page.next,
        known_at: Some(known),
    })
}

/// What is known of an id. Takes both clocks.
///
/// # Errors
/// [`No`]
pub async fn event(query: &Query, given: &str, params: &Params) -> Result<Shown, No> {
    let unknown = |known| queries::unknown_event(&query.archive(), given, known);
    let id = Uuid::try_parse(given).map_err(|_| unknown(0))?;
    let Moment { at, known } = params.moment(query).await?;
    // Asked as of a day, what begins later is not there yet.
    let at = params.one("at")?.map(|_| at);
    let is_later = |at| queries::is_later(&query.archive(), EventId(id), at, known);
    if !at.is_some_and(is_later) {
        let views = records::views(query, &[EventId(id)], known).await?;
        if let Some(view) = views.into_iter().next() {
            return Ok(Shown::Event(Box::new(view)));
        }
    }
    let pending = records::pending(query, &[id], known).await?;
    let pending = pending.into_iter().next().ok_or_else(|| unknown(known))?;
    Ok(Shown::Pending(pending))
}

fn projection(query: &Query) -> &str {
    query.parts().deps.projection.as_str()
}

async fn shown(query: &Query, page: Page<EventId>, known: u64) -> Result<Page<EventView>, No> {
    let items = records::views(query, &page.items, known).await?;
    Ok(Page {
        items,
        next: page.next,
        known_at: page.known_at,
    })
}

fn selection(params: &Params) -> Result<Selection, Refusal> {
    let party = params
        .one("country")?
        .map(|given| parse::party("country", given));
    let kind = params
        .one("kind")?
        .map(|code| Kind::parse(code).ok_or_else(|| Refusal::unknown_kind("kind", code)));
    let order = match params.one("order")? {
        None | Some("oldest") => Order::Oldest,
        Some("newest") => Order::Newest,
        Some(given) => {
            let message = "events are in order of arrival: oldest or newest first";
            return Err(bad("order", given, message).allowed(["oldest", "newest"]));
        }
    };
    Ok(Selection {
        party: party.transpose()?,
        pair: params.one("pair")?.map(pair).transpose()?,
        kind: kind.transpose()?,
        until: None,
        order,
    })
}

/// A relation: two states with a comma or a dash between them.
fn pair(given: &str) -> Result<Pair, Refusal> {
    let ends = given.split_once(',').or_else(|| given.split_once('-'));
    let (one, other) =
        ends.ok_or_else(|| bad("pair", given, "a pair is two states, such as AFG-TJK"))?;
    parse::ends(one.trim(), other.trim())
        .map(|ends| ends.pair)
        .map_err(|refusal| Refusal {
            field: Some("pair".to_owned()),
            ..refusal
        })
}
