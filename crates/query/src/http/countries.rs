//! `GET /v1/countries` and `GET /v1/countries/{code}`.

use super::Current;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_api::parse;
use detente_http::list::FORMS;

use super::params::{CLOCKS, LIST, Params, VIEW};
use super::relations::BRIEF;
use super::reply::{self, Reply};
use crate::markdown;
use detente_read_model::read_model::Query;
use detente_read_model::{handlers, queries};

pub(super) async fn all(
    State(Current(query)): State<Current>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &LIST])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let page = handlers::countries(&query, &params).await?;
    Ok(reply::page(&uri, wanted, &page))
}

pub(super) async fn one(
    State(Current(query)): State<Current>,
    Path(code): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let country = parse::state("country", &code)?;
    let params = Params::read(&uri, &[&CLOCKS, &VIEW])?;
    let wanted = params.wanted(&headers, &BRIEF)?;
    let view = handlers::country(&query, country, &params).await?;
    Ok(reply::told(&headers, wanted, &view, markdown::country))
}
