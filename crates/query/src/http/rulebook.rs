//! `GET /v1/rulebook`: the rules that every level rests on, and those that are to follow.

use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use detente_replay::shelf::Built;
use detente_wire::view::RulebookView;

use super::params::Params;
use super::reply::{self, Reply};
use crate::answers;
use crate::failure::Failure;
use crate::service::Query;

/// The media type of the file itself.
const TOML: &str = "application/toml";

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
    let switching = query.parts().switching.borrow().clone();
    let mut built = Built::default();
    if let Some(candidate) = &switching.standing.candidate {
        let looked = Built::look(&deps.connection, &candidate.value).await;
        built = looked.map_err(Failure::from)?;
    }
    Ok(reply::json(&RulebookView {
        projection: deps.projection.to_string(),
        version: deps.rules.version.clone(),
        toml: deps.rulebook.to_string(),
        shelf: answers::shelf(&switching.standing, built, Some(switching.folded)),
    }))
}
