//! `GET /v1/events` and `GET /v1/events/{id}`.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_http::Form;
use detente_http::list::FORMS;
use detente_wire::Refusal;

use super::params::{CLOCKS, LIST, Params, VIEW, bad};
use super::reply::{self, Reply};
use crate::questions;
use crate::service::Query;

const FILTERS: [&str; 4] = ["country", "pair", "kind", "order"];

pub(super) async fn list(State(query): State<Query>, uri: Uri, headers: HeaderMap) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &LIST, &FILTERS, &["pending"]])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    if is_pending(&params)? {
        let page = questions::pending(&query, &params).await?;
        return Ok(reply::page(&uri, wanted, &page));
    }
    let page = questions::events(&query, &params).await?;
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
    let view = questions::event(&query, &given, &params).await?;
    Ok(reply::view(&headers, &view))
}
