//! `GET /v1/countries` and `GET /v1/countries/{code}`.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_http::list::FORMS;

use super::params::{CLOCKS, LIST, Params, VIEW};
use super::relations::BRIEF;
use super::reply::{self, Reply};
use crate::service::Query;
use crate::{answers, brief, questions};

pub(super) async fn all(State(query): State<Query>, uri: Uri, headers: HeaderMap) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &LIST])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let page = questions::countries(&query, &params).await?;
    Ok(reply::page(&uri, wanted, &page))
}

pub(super) async fn one(
    State(query): State<Query>,
    Path(code): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let country = answers::state("country", &code)?;
    let params = Params::read(&uri, &[&CLOCKS, &VIEW])?;
    let wanted = params.wanted(&headers, &BRIEF)?;
    let view = questions::country(&query, country, &params).await?;
    Ok(reply::told(&headers, wanted, &view, brief::country))
}
