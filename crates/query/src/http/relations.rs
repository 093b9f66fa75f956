//! `GET /v1/relations/{from}/{to}`, its history, its events, why it stands so, and what differs.

use super::Current;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_api::parse;
use detente_http::Form;
use detente_http::list::FORMS;

use super::params::{CLOCKS, LIST, Params, VIEW, WAY};
use super::reply::{self, Reply};
use crate::markdown;
use detente_read_model::read_model::Query;
use detente_read_model::{handlers, queries};

/// The forms of a view that has a brief.
pub(super) const BRIEF: [Form; 2] = [Form::Json, Form::Markdown];

pub(super) async fn one(
    State(Current(query)): State<Current>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = parse::ends(&from, &to)?;
    let params = Params::read(&uri, &[&CLOCKS, &VIEW])?;
    let wanted = params.wanted(&headers, &BRIEF)?;
    let view = handlers::relation(&query, ends, &params).await?;
    Ok(reply::told(&headers, wanted, &view, markdown::relation))
}

pub(super) async fn history(
    State(Current(query)): State<Current>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = parse::ends(&from, &to)?;
    let params = Params::read(&uri, &[&CLOCKS, &LIST, &["dimension"]])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let page = handlers::history(&query, ends, &params).await?;
    Ok(reply::page(&uri, wanted, &page))
}

pub(super) async fn why(
    State(Current(query)): State<Current>,
    Path((from, to, dimension)): Path<(String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = parse::ends(&from, &to)?;
    let dimension = queries::dimension(&dimension)?;
    let params = Params::read(&uri, &[&CLOCKS, &VIEW, &["limit"]])?;
    params.wanted(&headers, &[Form::Json])?;
    let view = handlers::why(&query, ends, dimension, &params).await?;
    Ok(reply::view(&headers, &view))
}

pub(super) async fn diff(
    State(Current(query)): State<Current>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = parse::ends(&from, &to)?;
    let params = Params::read(&uri, &[&WAY, &VIEW])?;
    params.wanted(&headers, &[Form::Json])?;
    let view = handlers::diff(&query, ends, &params).await?;
    Ok(reply::view(&headers, &view))
}

pub(super) async fn events(
    State(Current(query)): State<Current>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let ends = parse::ends(&from, &to)?;
    let params = Params::read(&uri, &[&CLOCKS, &LIST])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let page = handlers::relation_events(&query, ends, &params).await?;
    Ok(reply::page(&uri, wanted, &page))
}
