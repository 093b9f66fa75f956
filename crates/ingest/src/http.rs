//! The doors: `POST /v1/events`, and one under each event for every way to amend it.

mod body;

use std::any::Any;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use axum::routing::post;
use detente_stream::commit::TRACEPARENT;
use detente_wire::json::{Amend, Entry, Form, amendment, entries, single};
use detente_wire::refusal::{Code, Refusal};
use tower_http::catch_panic::CatchPanicLayer;
use uuid::Uuid;

use crate::admit::Admitted;
use crate::error::Failure;
use crate::gateway::Gateway;
use crate::{metrics, reply};
use body::Unread;

/// The most bytes of a body.
pub const BODY_MAX: usize = 8 << 20;
/// The most rows of a body: it bounds what their refusals take.
pub const ROWS_MAX: usize = 20_000;
/// From this size on a body is read on a thread of its own, so that it delays nobody.
const ASIDE_BYTES: usize = 64 << 10;

/// The routes of the gateway, without an answer to other addresses: so it can be merged with
/// other routers. See [`closed`].
pub fn router(gateway: Gateway) -> Router {
    let doors = Router::new().route("/v1/events", post(report));
    let doors = Amend::ALL.into_iter().fold(doors, |doors, way| {
        let address = format!("/v1/events/{{id}}/{}", way.door());
        doors.route(
            &address,
            post(move |gateway, id, headers, body| amend(way, gateway, id, headers, body)),
        )
    });
    doors
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(gateway)
}

/// Adds what answers wrong addresses and methods, to a router that is complete.
pub fn closed(router: Router) -> Router {
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_so)
}

async fn report(State(gateway): State<Gateway>, headers: HeaderMap, body: Body) -> Response {
    take(gateway, headers, body, admit).await
}

/// An amendment of the record that the address names.
async fn amend(
    amend: Amend,
    State(gateway): State<Gateway>,
    Path(given): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let target = Uuid::try_parse(&given).ok();
    let Some(target) = target.filter(|id| !id.is_nil() && !id.is_max()) else {
        let refusal = Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max");
        return reply::refusal(refusal.field("id").given(&given));
    };
    let read = move |gateway: &Gateway, body: &[u8], form: Option<Form>| {
        let form = form.unwrap_or(Form::Json);
        let read = single(body, form).and_then(|value| amendment(amend, target, &value));
        Ok(gateway.admit([(1, read.map(Entry::Amendment))]))
    };
    take(gateway, headers, body, read).await
}

/// Reads a body whole, admits what it says, and answers when that is on disk.
async fn take(
    gateway: Gateway,
    headers: HeaderMap,
    body: Body,
    read: impl FnOnce(&Gateway, &[u8], Option<Form>) -> Result<Admitted, Refusal> + Send + 'static,
) -> Response {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.to_str());
    let form = match content_type {
        Some(name) => match Form::parse(name.unwrap_or_default()) {
            Ok(form) => Some(form),
            Err(refusal) => return reply::refusal(refusal),
        },
        None => None,
    };
    let traceparent = headers
        .get(TRACEPARENT)
        .and_then(|value| value.to_str().ok());
    let traceparent = traceparent.map(str::to_owned);
    let whole = match body::read(body, &headers, gateway.bodies()).await {
        Ok(whole) => whole,
        Err(Unread::Refused(refusal)) => return reply::refusal(refusal),
        Err(Unread::Failed(failure)) => {
            metrics::failed(&failure);
            return reply::failure(&failure);
        }
    };
    let bytes = whole.bytes.clone();
    let admitted = if bytes.len() < ASIDE_BYTES {
        read(&gateway, &bytes, form)
    } else {
        let gateway = gateway.clone();
        let aside = tokio::task::spawn_blocking(move || read(&gateway, &bytes, form));
        match aside.await {
            Ok(admitted) => admitted,
            Err(_) => return reply::failure(&Failure::internal()),
        }
    };
    match admitted {
        Err(refusal) => reply::refusal(refusal),
        Ok(admitted) => match gateway.commit(admitted, traceparent).await {
            Ok(answer) => reply::answer(answer),
            Err(failure) => reply::failure(&failure),
        },
    }
}

fn admit(gateway: &Gateway, body: &[u8], form: Option<Form>) -> Result<Admitted, Refusal> {
    let form = form.unwrap_or_else(|| Form::guess(body));
    let mut read = Vec::new();
    for (row, entry) in entries(body, form) {
        if read.len() == ROWS_MAX {
            let message = format!("there are more than {ROWS_MAX} rows in it");
            return Err(Refusal::new(Code::TooManyRecords, message));
        }
        read.push((row, entry));
    }
    Ok(gateway.admit(read))
}

async fn nothing_here(uri: Uri) -> Response {
    let message = format!("there is nothing at {:?}", uri.path());
    reply::refusal(Refusal::new(Code::NotFound, message).given(uri.path()))
}

async fn not_so(method: Method, uri: Uri) -> Response {
    let message = format!("{method} is not for {:?}", uri.path());
    reply::refusal(Refusal::new(Code::MethodNotAllowed, message).given(method.as_str()))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives the panic away"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(
        panic = words.unwrap_or("unknown"),
        "a request made the gateway panic"
    );
    let failure = Failure::internal();
    metrics::failed(&failure);
    reply::failure(&failure)
}
