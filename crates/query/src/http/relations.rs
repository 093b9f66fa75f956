//! `GET /v1/relations/{from}/{to}`, its history, its events, why it stands so, and what differs.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_domain::event::EventId;

use super::params::{CLOCKS, LIST, Params, WAY};
use super::reply::{self, Reply};
use crate::answers::{self, Page, Topic};
use crate::library;
use crate::service::Query;

pub(super) async fn one(
    State(query): State<Query>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let moment = Params::read(&uri, &[&CLOCKS])?.moment(&query).await?;
    let projection = query.parts().deps.projection.as_str();
    Ok(reply::tagged(&query, moment, &headers, || {
        let view = answers::relation(&mut query.archive(), projection, ends, moment);
        reply::json(&view)
    }))
}

pub(super) async fn history(
    State(query): State<Query>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let params = Params::read(&uri, &[&CLOCKS, &LIST, &["dimension"]])?;
    let topic = params.one("dimension")?.map(Topic::parse).transpose()?;
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(&query).await?;
    let steps = answers::history(&mut query.archive(), ends, topic, moment);
    Ok(reply::json(&Page::cut(
        steps.into_iter(),
        moment.known,
        place,
        limit,
    )))
}

pub(super) async fn why(
    State(query): State<Query>,
    Path((from, to, dimension)): Path<(String, String, String)>,
    uri: Uri,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let dimension = answers::dimension(&dimension)?;
    let params = Params::read(&uri, &[&CLOCKS, &["limit"]])?;
    let limit = params.limit()?;
    let moment = params.moment(&query).await?;
    let projection = query.parts().deps.projection.as_str();
    let mut view = answers::why(
        &mut query.archive(),
        projection,
        ends,
        dimension,
        moment,
        limit,
    );
    let cited: Vec<EventId> = view.cited().map(EventId).collect();
    view.resolve(&library::views(&query, &cited, moment.known).await?);
    Ok(reply::json(&view))
}

pub(super) async fn diff(
    State(query): State<Query>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let params = Params::read(&uri, &[&WAY])?;
    let (from, to) = params.way(&query).await?;
    let projection = query.parts().deps.projection.as_str();
    let mut view = answers::diff(&mut query.archive(), projection, ends, from, to)?;
    let causes: Vec<EventId> = view.causes().map(EventId).collect();
    view.resolve(&library::views(&query, &causes, to.known).await?);
    Ok(reply::json(&view))
}

pub(super) async fn events(
    State(query): State<Query>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let params = Params::read(&uri, &[&CLOCKS, &LIST])?;
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(&query).await?;
    let page = answers::relation_events(&query.archive(), ends.pair, moment, place, limit);
    let items = library::views(&query, &page.items, moment.known).await?;
    Ok(reply::json(&Page {
        items,
        next: page.next,
        known_at: page.known_at,
    }))
}
