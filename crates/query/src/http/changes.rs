//! `GET /v1/changes`: the change feed, as server-sent events or in pages.

use axum::Extension;
use axum::response::Response;
use axum::response::sse::Event;
use detente_api::request::{ChangesRequest, Envelope};
use detente_api::view::{Lost, Page};
use detente_api::{Code, Refusal};
use detente_feed::{CloudEvent, Filter, Frame, StartAt};
use detente_http::{CallerStreams, Format, StreamPermit, list};
use detente_read_model::watcher::{WatchEvent, Watcher};
use futures_util::stream;

use super::error::Reply;
use super::extract::{Address, Current, LAST_EVENT_ID, refuse_params};
use super::sse::{self, RETRY, event, log_error};

/// The forms of the feed.
pub(super) const FORMATS: [Format; 4] = [
    Format::Json,
    Format::Ndjson,
    Format::Csv,
    Format::EventStream,
];

pub(super) async fn changes(
    Current(model): Current,
    Extension(streams): Extension<CallerStreams>,
    address: Address,
) -> Reply {
    let (request, negotiated) = address.list_or_stream::<ChangesRequest>(&FORMATS)?;
    let filter = Filter::parse(&request.filter)?;
    let is_stream = negotiated.format == Format::EventStream;
    let envelope = request.form.unwrap_or_default();
    if envelope == Envelope::CloudEvents && !is_stream {
        let message = "frames of an event stream are plain, or CloudEvents; a page is plain";
        let refusal = Refusal::new(Code::BadQuery, message).field("form");
        let allowed = Envelope::ALL.map(Envelope::as_str);
        return Err(refusal.value(envelope.as_str()).allowed(allowed).into());
    }
    if is_stream {
        // A client that was disconnected sends its first address again, with its last event id.
        let last = address.last_event_id()?;
        let from = last.or(request.from.as_deref());
        let from = from.map_or(Ok(StartAt::Now), StartAt::parse)?;
        let permit = streams.open()?;
        return match model.watch(&from, filter).await {
            Ok(watcher) => Ok(follow(watcher, envelope, permit)),
            Err(error) => sse::refused(error, last),
        };
    }
    let message = "a page begins at the parameter from";
    refuse_params(&address.params, &LAST_EVENT_ID, message)?;
    let from = request.from.as_deref().map(StartAt::parse).transpose()?;
    let limit = request.limit.unwrap_or_default().get();
    let from = from.unwrap_or(StartAt::Start);
    let page = model.changes(&from, filter, limit).await?;
    let page: Page<&Frame> = Page {
        items: page.items.iter().map(|frame| &**frame).collect(),
        next: page.next,
        known_at: None,
        total: None,
    };
    let frames = page.items.iter();
    let rows = frames.flat_map(|frame| frame.changes_with_cursor());
    Ok(list::list(&address.uri, negotiated, &page, rows))
}

fn follow(watcher: Watcher, envelope: Envelope, permit: StreamPermit) -> Response {
    let events = stream::unfold((watcher, true), move |(mut watcher, is_first)| async move {
        let next = watcher.next().await.ok()?;
        let event = to_event(&watcher, &next, envelope)?;
        let event = if is_first { event.retry(RETRY) } else { event };
        Some((event, (watcher, false)))
    });
    sse::stream(events, permit)
}

/// Returns a server-sent event, whose id is the cursor from which a client resumes by itself, also
/// after a switch.
fn to_event(watcher: &Watcher, next: &WatchEvent, envelope: Envelope) -> Option<Event> {
    match next {
        WatchEvent::Frame(frame) if envelope == Envelope::CloudEvents => {
            event("changes", &frame.cursor, &CloudEvent::new(frame))
        }
        WatchEvent::Frame(frame) => {
            let text = watcher.text(frame).inspect_err(log_error).ok()?;
            let event = Event::default().event("changes").id(&frame.cursor);
            Some(event.data(&*text))
        }
        WatchEvent::Heartbeat(heartbeat) => event("heartbeat", &heartbeat.cursor, heartbeat),
        WatchEvent::Lost(refusal) => {
            let lost = Lost::from(refusal.clone());
            event("lost", &lost.cursor, &lost)
        }
        WatchEvent::Switched(switched) => {
            let id = switched.cursor.clone();
            let id = id.unwrap_or_else(|| watcher.cursor().to_string());
            event("switched", &id, switched)
        }
    }
}
