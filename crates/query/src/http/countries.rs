//! `GET /v1/countries` and `GET /v1/countries/{code}`.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};

use super::params::{CLOCKS, LIST, Params};
use super::reply::{self, Reply};
use crate::answers::{self, Page};
use crate::service::Query;

pub(super) async fn all(State(query): State<Query>, uri: Uri) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &LIST])?;
    let (limit, (_, place)) = (params.limit()?, params.from()?);
    let moment = params.moment(&query).await?;
    let countries = answers::countries(&query.archive(), moment);
    Ok(reply::json(&Page::cut(
        countries.into_iter(),
        moment.known,
        place,
        limit,
    )))
}

pub(super) async fn one(
    State(query): State<Query>,
    Path(code): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let country = answers::state("country", &code)?;
    let moment = Params::read(&uri, &[&CLOCKS])?.moment(&query).await?;
    let projection = query.parts().deps.projection.as_str();
    Ok(reply::tagged(&query, moment, &headers, || {
        let view = answers::country(&mut query.archive(), projection, country, moment);
        reply::json(&view)
    }))
}
