//! `GET /v1/relations/{from}/{to}`, its history, its events, why it stands so, and what differs.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_domain::event::EventId;
use detente_http::Form;
use detente_http::list::FORMS;

use super::params::{CLOCKS, LIST, Params, VIEW, WAY};
use super::reply::{self, Reply};
use crate::answers::{self, Page, Topic};
use crate::service::Query;
use crate::{brief, library};

/// The forms of a view that has a brief.
pub(super) const BRIEF: [Form; 2] = [Form::Json, Form::Markdown];

pub(super) async fn one(
    State(query): State<Query>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let params = Params::read(&uri, &[&CLOCKS, &VIEW])?;
    let wanted = params.wanted(&headers, &BRIEF)?;
    let moment = params.moment(&query).await?;
    let projection = query.parts().deps.projection.as_str();
    let view = answers::relation(&mut query.archive(), projection, ends, moment);
    Ok(reply::told(&headers, wanted, &view, brief::relation))
}

pub(super) async fn history(
    State(query): State<Query>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let params = Params::read(&uri, &[&CLOCKS, &LIST, &["dimension"]])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let topic = params.one("dimension")?.map(Topic::parse).transpose()?;
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(&query).await?;
    let steps = answers::history(&mut query.archive(), ends, topic, moment);
    let page = Page::cut(steps.into_iter(), moment.known, place, limit);
    Ok(reply::page(&uri, wanted, &page))
}

pub(super) async fn why(
    State(query): State<Query>,
    Path((from, to, dimension)): Path<(String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let dimension = answers::dimension(&dimension)?;
    let params = Params::read(&uri, &[&CLOCKS, &VIEW, &["limit"]])?;
    params.wanted(&headers, &[Form::Json])?;
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
    Ok(reply::view(&headers, &view))
}

pub(super) async fn diff(
    State(query): State<Query>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let params = Params::read(&uri, &[&WAY, &VIEW])?;
    params.wanted(&headers, &[Form::Json])?;
    let (from, to) = params.way(&query).await?;
    let projection = query.parts().deps.projection.as_str();
    let mut view = answers::diff(&mut query.archive(), projection, ends, from, to)?;
    let causes: Vec<EventId> = view.causes().map(EventId).collect();
    view.resolve(&library::views(&query, &causes, to.known).await?);
    Ok(reply::view(&headers, &view))
}

pub(super) async fn events(
    State(query): State<Query>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = answers::ends(&from, &to)?;
    let params = Params::read(&uri, &[&CLOCKS, &LIST])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(&query).await?;
    let page = answers::relation_events(&query.archive(), ends.pair, moment, place, limit);
    let items = library::views(&query, &page.items, moment.known).await?;
    let page = Page {
        items,
        next: page.next,
        known_at: page.known_at,
    };
    Ok(reply::page(&uri, wanted, &page))
}
