//! `GET /v1/rulebook`: the rules that every level rests on.

use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use serde::Serialize;

use super::params::Params;
use super::reply::{self, Reply};
use crate::service::Query;

/// The media type of the file itself.
const TOML: &str = "application/toml";

#[derive(Serialize)]
struct RulebookView<'a> {
    projection: &'a str,
    version: &'a str,
    toml: &'a str,
}

pub(super) async fn rulebook(State(query): State<Query>, uri: Uri, headers: HeaderMap) -> Reply {
    Params::read(&uri, &[])?;
    let deps = &query.parts().deps;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    if accept.is_some_and(|accept| accept.contains(TOML)) {
        let headers = [(header::CONTENT_TYPE, "application/toml; charset=utf-8")];
        return Ok((headers, deps.rulebook.to_string()).into_response());
    }
    Ok(reply::json(&RulebookView {
        projection: deps.projection.as_str(),
        version: &deps.rules.version,
        toml: &deps.rulebook,
    }))
}
