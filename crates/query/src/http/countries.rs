//! `GET /v1/countries` and `GET /v1/countries/{code}`.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_http::list::FORMS;

use super::params::{CLOCKS, LIST, Params, VIEW};
use super::relations::BRIEF;
use super::reply::{self, Reply};
use crate::answers::{self, Page};
use crate::brief;
use crate::service::Query;

pub(super) async fn all(State(query): State<Query>, uri: Uri, headers: HeaderMap) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &LIST])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(&query).await?;
    let countries = answers::countries(&query.archive(), moment);
    let page = Page::cut(countries.into_iter(), moment.known, place, limit);
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
    let moment = params.moment(&query).await?;
    let projection = query.parts().deps.projection.as_str();
    let view = answers::country(&mut query.archive(), projection, country, moment);
    Ok(reply::told(&headers, wanted, &view, brief::country))
}
