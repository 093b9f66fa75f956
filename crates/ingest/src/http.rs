//! The doors: `POST /v1/events`, and one under each event for every way to amend it.

mod body;
mod cloud;
mod described;

use std::any::Any;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use detente_guard::Caller;
use detente_http::{Doors, reply as answers};
use detente_stream::commit::TRACEPARENT;
use detente_wire::json::{Amend, Entry, Form, amendment, binary, entries, single};
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

/// The routes of the gateway.
pub fn router(gateway: Gateway) -> Doors {
    let doors = Doors::new().door(described::report(), report);
    let doors = Amend::ALL.into_iter().fold(doors, |doors, way| {
        let address = format!("/v1/events/{{id}}/{}", way.door());
        doors.door(
            described::amend(way, &address),
            move |caller, gateway, id, headers, body| {
                amend(way, caller, gateway, id, headers, body)
            },
        )
    });
    doors
        .around(|router| router.layer(CatchPanicLayer::custom(panicked)))
        .with_state(gateway)
}

async fn report(
    Extension(caller): Extension<Caller>,
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match cloud::attributes(&headers) {
        Err(refusal) => answers::refusal(refusal),
        Ok(None) => {
            let read =
                move |gateway: &Gateway, body: &[u8], form| admit(&caller, gateway, body, form);
            take(gateway, headers, body, read).await
        }
        Ok(Some(attributes)) => {
            let read = move |gateway: &Gateway, body: &[u8], _: Option<Form>| {
                Ok(gateway.admit(&caller, [(1, binary(&attributes, body))]))
            };
            take(gateway, headers, body, read).await
        }
    }
}

/// An amendment of the record that the address names.
async fn amend(
    amend: Amend,
    Extension(caller): Extension<Caller>,
    State(gateway): State<Gateway>,
    Path(given): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let target = Uuid::try_parse(&given).ok();
    let Some(target) = target.filter(|id| !id.is_nil() && !id.is_max()) else {
        let refusal = Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max");
        return answers::refusal(refusal.field("id").given(&given));
    };
    let read = move |gateway: &Gateway, body: &[u8], form: Option<Form>| {
        let form = form.unwrap_or(Form::Json);
        let read = single(body, form).and_then(|value| amendment(amend, target, &value));
        Ok(gateway.admit(&caller, [(1, read.map(Entry::Amendment))]))
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
            Err(refusal) => return answers::refusal(refusal),
        },
        None => None,
    };
    let traceparent = headers
        .get(TRACEPARENT)
        .and_then(|value| value.to_str().ok());
    let traceparent = traceparent.map(str::to_owned);
    let whole = match body::read(body, &headers, gateway.bodies()).await {
        Ok(whole) => whole,
        Err(Unread::Refused(refusal)) => return answers::refusal(refusal),
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
        Err(refusal) => answers::refusal(refusal),
        Ok(admitted) => match gateway.commit(admitted, traceparent).await {
            Ok(answer) => reply::answer(answer),
            Err(failure) => reply::failure(&failure),
        },
    }
}

fn admit(
    caller: &Caller,
    gateway: &Gateway,
    body: &[u8],
    form: Option<Form>,
) -> Result<Admitted, Refusal> {
    let form = form.unwrap_or_else(|| Form::guess(body));
    let mut read = Vec::new();
    for (row, entry) in entries(body, form) {
        if read.len() == ROWS_MAX {
            let message = format!("there are more than {ROWS_MAX} rows in it");
            return Err(Refusal::new(Code::TooManyRecords, message));
        }
        read.push((row, entry));
    }
    Ok(gateway.admit(caller, read))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives the panic away"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    detente_http::note_panic("gateway", panic.as_ref());
    let failure = Failure::internal();
    metrics::failed(&failure);
    reply::failure(&failure)
}
