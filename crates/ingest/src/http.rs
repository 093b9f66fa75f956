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
use detente_api::json::{
    Amend, Entry, Form, IDEMPOTENCY_KEY, Key, Keyed, amendment, binary, entries, single,
};
use detente_api::refusal::{Code, Refusal};
use detente_auth::Caller;
use detente_http::{Doors, reply as answers};
use detente_jetstream::commit::TRACEPARENT;
use tower_http::catch_panic::CatchPanicLayer;
use uuid::Uuid;

use crate::admit::Row;
use crate::error::Failure;
use crate::gateway::Gateway;
use crate::{metrics, reply};
use body::Unread;
pub(crate) use body::busy;

/// The most bytes of a body.
pub const BODY_MAX: usize = 8 << 20;
/// The most rows of a body: it bounds what their refusals take.
pub const ROWS_MAX: usize = 20_000;
/// From this size on a body is read on a thread of its own, so that it delays nobody.
const ASIDE_BYTES: usize = 64 << 10;

/// Who reports, and to whom.
struct To {
    caller: Caller,
    gateway: Gateway,
}

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
    reported(caller, gateway, headers, body, ROWS_MAX).await
}

/// Takes events from any door that has headers and a body, and answers as HTTP does.
pub(crate) async fn reported(
    caller: Caller,
    gateway: Gateway,
    headers: HeaderMap,
    body: Body,
    rows_max: usize,
) -> Response {
    let to = To { caller, gateway };
    let rows = move |body: &[u8], form| rows(body, form, rows_max);
    match cloud::attributes(&headers) {
        Err(refusal) => answers::refusal(refusal),
        Ok(None) => take(to, headers, body, vec!["events".to_owned()], rows).await,
        Ok(Some(attributes)) => {
            let mut told = vec!["event".to_owned()];
            for (name, value) in &attributes {
                told.extend([name.clone(), value.clone()]);
            }
            let read = move |body: &[u8], _: Option<Form>| Ok(vec![(1, binary(&attributes, body))]);
            take(to, headers, body, told, read).await
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
    let to = To { caller, gateway };
    let told = vec![amend.door().to_owned(), target.to_string()];
    let read = move |body: &[u8], form: Option<Form>| {
        let form = form.unwrap_or(Form::Json);
        let read = single(body, form).and_then(|value| amendment(amend, target, &value));
        Ok(vec![(1, read.map(Entry::Amendment))])
    };
    take(to, headers, body, told, read).await
}

/// Reads a body whole, admits what it says, and answers when that is on disk. `told` is what the
/// request says beside its body: with another of these it is another request.
async fn take(
    To { caller, gateway }: To,
    headers: HeaderMap,
    body: Body,
    told: Vec<String>,
    read: impl FnOnce(&[u8], Option<Form>) -> Result<Vec<Row>, Refusal> + Send + 'static,
) -> Response {
    let (form, key) = match (form(&headers), key(&headers)) {
        (Ok(form), Ok(key)) => (form, key),
        (Err(refusal), _) | (_, Err(refusal)) => return answers::refusal(refusal),
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
    let admit = move |gateway: &Gateway| {
        let rows = read(&bytes, form)?;
        let Some(key) = key else {
            return Ok(gateway.admit(&caller, rows));
        };
        let form = format!("{form:?}");
        let mut parts: Vec<&[u8]> = told.iter().map(String::as_bytes).collect();
        parts.extend([form.as_bytes(), &bytes]);
        let request = Keyed::new(caller.name(), &key, &parts);
        gateway.admit_keyed(&caller, rows, request)
    };
    let admitted = if whole.bytes.len() < ASIDE_BYTES {
        admit(&gateway)
    } else {
        let gateway = gateway.clone();
        match tokio::task::spawn_blocking(move || admit(&gateway)).await {
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

/// The form that the header names, if there is one.
fn form(headers: &HeaderMap) -> Result<Option<Form>, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.map(|value| value.to_str().unwrap_or_default());
    content_type.map(Form::parse).transpose()
}

/// The idempotency key, if the request has one.
fn key(headers: &HeaderMap) -> Result<Option<Key>, Refusal> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let key = keys.next().map(|value| Key::parse(value.as_bytes()));
    if keys.next().is_some() {
        let refusal = Refusal::new(Code::BadIdempotencyKey, "a request has one key");
        return Err(refusal.field("Idempotency-Key"));
    }
    key.transpose()
}

fn rows(body: &[u8], form: Option<Form>, rows_max: usize) -> Result<Vec<Row>, Refusal> {
    let form = form.unwrap_or_else(|| Form::guess(body));
    let mut rows = Vec::new();
    for row in entries(body, form) {
        if rows.len() == rows_max {
            let message = format!("there are more than {rows_max} rows in it");
            return Err(Refusal::new(Code::TooManyRecords, message));
        }
        rows.push(row);
    }
    Ok(rows)
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
