//! `GET /v1/changes`: the change feed, as server-sent events or in pages.

use std::convert::Infallible;
use std::time::Duration;

use super::Current;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use detente_api::{Code, Refusal};
use detente_http::{Form, list};
use futures_util::stream;
use serde::Serialize;

use super::params::{LIST, Params};
use super::reply::Reply;
use detente_feed::cursor::From;
use detente_feed::{CloudEvent, Filter, Frame, Wanted};
use detente_read_model::queries::Page;
use detente_read_model::read_model::Query;
use detente_read_model::watcher::{Live, Told};

/// When a client that was cut may come back.
const RETRY: Duration = Duration::from_secs(1);

/// The parameter that says whether frames are CloudEvents.
const ENVELOPE: &str = "form";

/// The forms of the feed.
pub(super) const FORMS: [Form; 4] = [Form::Json, Form::Ndjson, Form::Csv, Form::EventStream];

pub(super) async fn changes(
    State(Current(query)): State<Current>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&LIST, &Wanted::PARTS, &[ENVELOPE]])?;
    let filter = filter(&params)?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let live = wanted.form == Form::EventStream;
    let enveloped = enveloped(&params, live)?;
    let last = headers
        .get("last-event-id")
        .and_then(|last| last.to_str().ok());
    // A client that was cut sends its first address again, with the id of what it saw last.
    let from = last
        .filter(|last| live && !last.is_empty())
        .or(params.one("from")?);
    let from = from.map(From::parse).transpose()?;
    if live {
        let live = query.watch(&from.unwrap_or(From::Now), filter).await?;
        return Ok(follow(live, enveloped));
    }
    let limit = params.limit()?;
    let from = from.unwrap_or(From::Start);
    let page = query.changes(&from, filter, limit).await?;
    let items: Vec<&Frame> = page.items.iter().map(|frame| &**frame).collect();
    let whole = Page {
        items,
        next: page.next,
        known_at: None,
    };
    let (items, next) = (&whole.items, whole.next.as_deref());
    let rows = items.iter().flat_map(|frame| frame.told());
    Ok(list::list(&uri, wanted, &whole, items, rows, next))
}

/// The filter that an address asks for.
pub(super) fn filter(params: &Params) -> Result<Filter, Refusal> {
    wanted(params)?.read()
}

/// The parts of a filter that an address has.
pub(super) fn wanted(params: &Params) -> Result<Wanted, Refusal> {
    let many = |name| params.many(name).map(str::to_owned).collect();
    Ok(Wanted {
        country: many("country"),
        party: many("party"),
        pair: many("pair"),
        dimension: many("dimension"),
        register: many("register"),
        direction: many("direction"),
        occasion: many("occasion"),
        filter: params.one("filter")?.map(str::to_owned),
    })
}

/// Whether the frames of a stream are CloudEvents.
fn enveloped(params: &Params, live: bool) -> Result<bool, Refusal> {
    match params.one(ENVELOPE)? {
        None | Some("plain") => Ok(false),
        Some("cloudevents") if live => Ok(true),
        Some(given) => {
            let message = "frames of an event stream are plain, or CloudEvents; a page is plain";
            let refusal = Refusal::new(Code::BadQuery, message).field(ENVELOPE);
            Err(refusal.given(given).allowed(["plain", "cloudevents"]))
        }
    }
}

fn follow(live: Live, enveloped: bool) -> Response {
    let frames = stream::unfold((live, true), move |(mut live, is_first)| async move {
        let told = live.next().await.ok()?;
        let event = sent(&live, &told, enveloped)?;
        let event = if is_first { event.retry(RETRY) } else { event };
        Some((Ok::<_, Infallible>(event), (live, false)))
    });
    Sse::new(frames).into_response()
}

/// What is told, as an event whose id is the place where a client that resumes by itself goes on:
/// after a switch too, with no commit missed.
fn sent(live: &Live, told: &Told, enveloped: bool) -> Option<Event> {
    match told {
        Told::Frame(frame) if enveloped => event("changes", &frame.cursor, &CloudEvent::of(frame)),
        Told::Frame(frame) => {
            let text = live.text(frame);
            let text = text.inspect_err(unwritten).ok()?;
            Some(
                Event::default()
                    .event("changes")
                    .id(&frame.cursor)
                    .data(&*text),
            )
        }
        Told::Heartbeat(heartbeat) => event("heartbeat", &heartbeat.cursor, heartbeat),
        Told::Switched(switched) => {
            let id = switched.cursor.clone();
            let id = id.unwrap_or_else(|| live.cursor().to_string());
            event("switched", &id, switched)
        }
    }
}

pub(super) fn event(name: &str, id: &str, data: &impl Serialize) -> Option<Event> {
    let event = Event::default().event(name).id(id).json_data(data);
    event.inspect_err(unwritten).ok()
}

/// No event of ours fails to be written; if one does, its reader is cut.
fn unwritten(error: &impl std::fmt::Display) {
    tracing::error!(%error, "a frame could not be written");
}
