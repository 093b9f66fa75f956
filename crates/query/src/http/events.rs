//! `GET /v1/events` and `GET /v1/events/{id}`.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use detente_domain::routes::Pair;
use detente_http::Form;
use detente_http::list::FORMS;
use detente_wire::Refusal;
use uuid::Uuid;

use super::params::{CLOCKS, LIST, Params, VIEW, bad};
use super::reply::{self, Reply};
use crate::answers::{self, Order, Page, Selection};
use crate::library;
use crate::service::Query;

const FILTERS: [&str; 4] = ["country", "pair", "kind", "order"];

pub(super) async fn list(State(query): State<Query>, uri: Uri, headers: HeaderMap) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &LIST, &FILTERS, &["pending"]])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    if is_pending(&params)? {
        let known = params.moment(&query).await?.known;
        let ids = query.archive().pending(known);
        let page = Page::cut(ids.into_iter(), known, place, limit);
        let items = library::pending(&query, &page.items, known).await?;
        let next = page.next;
        let page = Page {
            items,
            next,
            known_at: Some(known),
        };
        return Ok(reply::page(&uri, wanted, &page));
    }
    let selection = selection(&params)?;
    let moment = params.moment(&query).await?;
    // Without a day, events that lie ahead are listed too: somebody has reported them.
    let until = params.one("at")?.map(|_| moment.at);
    let selection = Selection { until, ..selection };
    let page = answers::events(&query.archive(), selection, moment.known, place, limit);
    let items = library::views(&query, &page.items, moment.known).await?;
    let page = Page {
        items,
        next: page.next,
        known_at: page.known_at,
    };
    Ok(reply::page(&uri, wanted, &page))
}

/// Whether what is pending is asked for: ids, of which neither parties nor kind are known.
fn is_pending(params: &Params) -> Result<bool, Refusal> {
    match params.one("pending")? {
        None | Some("false") => return Ok(false),
        Some("true") => {}
        Some(given) => {
            let refusal = bad("pending", given, "pending is true or false");
            return Err(refusal.allowed(["true", "false"]));
        }
    }
    for name in FILTERS {
        if let Some(given) = params.one(name)? {
            let message = "of what is pending neither parties nor kind are known";
            return Err(bad(name, given, message));
        }
    }
    Ok(true)
}

pub(super) async fn one(
    State(query): State<Query>,
    Path(given): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &VIEW])?;
    params.wanted(&headers, &[Form::Json])?;
    let unknown = |known| answers::unknown_event(&query.archive(), &given, known);
    let id = Uuid::try_parse(&given).map_err(|_| unknown(0))?;
    let moment = params.moment(&query).await?;
    let known = moment.known;
    // Asked as of a day, what begins later is not there yet.
    let at = params.one("at")?.map(|_| moment.at);
    let is_later = |at| answers::is_later(&query.archive(), EventId(id), at, known);
    if !at.is_some_and(is_later) {
        let views = library::views(&query, &[EventId(id)], known).await?;
        if let Some(view) = views.first() {
            return Ok(reply::view(&headers, view));
        }
    }
    let pending = library::pending(&query, &[id], known).await?;
    let pending = pending.first().ok_or_else(|| unknown(known))?;
    Ok(reply::view(&headers, pending))
}

fn selection(params: &Params) -> Result<Selection, Refusal> {
    let party = params
        .one("country")?
        .map(|given| answers::party("country", given));
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
    answers::ends(one.trim(), other.trim())
        .map(|ends| ends.pair)
        .map_err(|refusal| Refusal {
            field: Some("pair".to_owned()),
            ..refusal
        })
}
