//! `GET /v1/events` and `GET /v1/events/{id}`.

use super::Current;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use detente_api::Refusal;
use detente_http::Form;
use detente_http::list::FORMS;

use super::params::{CLOCKS, LIST, Params, VIEW, bad};
use super::reply::{self, Reply};
use detente_read_model::handlers;
use detente_read_model::read_model::Query;

const FILTERS: [&str; 4] = ["country", "pair", "kind", "order"];

pub(super) async fn list(
    State(Current(query)): State<Current>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &LIST, &FILTERS, &["pending"]])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    if is_pending(&params)? {
        let page = handlers::pending(&query, &params).await?;
        return Ok(reply::page(&uri, wanted, &page));
    }
    let page = handlers::events(&query, &params).await?;
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
    State(Current(query)): State<Current>,
    Path(given): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&CLOCKS, &VIEW])?;
    params.wanted(&headers, &[Form::Json])?;
    let view = handlers::event(&query, &given, &params).await?;
    Ok(reply::view(&headers, &view))
}
