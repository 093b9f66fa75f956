//! `GET /v1/changes`: the change feed, as server-sent events or in pages.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use detente_http::{Form, list};
use detente_wire::view::{Heartbeat, Switched};
use detente_wire::{Code, Refusal};
use futures_util::{Stream, stream};
use serde::Serialize;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::params::{LIST, Params};
use super::reply::Reply;
use crate::answers::Page;
use crate::cursor::{Cursor, From};
use crate::failure::Failure;
use crate::feed::{CloudEvent, Filter, Frame, Step, Subscription, Wanted};
use crate::service::Query;

/// A sign of life, with the cursor, at least this often.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// When a client that was cut may come back.
const RETRY: Duration = Duration::from_secs(1);
/// The most messages that are looked at for one page; the cursor says how far it came.
const LOOKED_AT_MAX: u64 = 20_000;
/// How long a page waits for a feed that is a little behind its stream.
const PAGE_WAITS: Duration = Duration::from_secs(2);

/// The parameter that says whether frames are CloudEvents.
const ENVELOPE: &str = "form";

/// The forms of the feed.
pub(super) const FORMS: [Form; 4] = [Form::Json, Form::Ndjson, Form::Csv, Form::EventStream];

pub(super) async fn changes(State(query): State<Query>, uri: Uri, headers: HeaderMap) -> Reply {
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
    let feed = &query.parts().feed;
    if live {
        let subscription = feed.subscribe(&from.unwrap_or(From::Now), filter).await?;
        return Ok(follow(subscription, query, enveloped));
    }
    let limit = params.limit()?;
    let head = feed.head().await?;
    let subscription = feed.subscribe(&from.unwrap_or(From::Start), filter).await?;
    let page = page(subscription, head, limit).await?;
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

/// A page of frames: as many as are asked for, up to the head as it was.
async fn page(
    mut subscription: Subscription,
    head: u64,
    limit: usize,
) -> Result<Page<Arc<Frame>>, Failure> {
    let mut items = Vec::new();
    let last_looked_at = subscription.last().saturating_add(LOOKED_AT_MAX).min(head);
    while items.len() < limit && subscription.last() < last_looked_at {
        match subscription.step().await? {
            Step::Frame(frame) => items.push(frame),
            Step::Passed => {}
            Step::Head => {
                if tokio::time::timeout(PAGE_WAITS, subscription.wait())
                    .await
                    .is_err()
                {
                    break;
                }
            }
        }
    }
    // A feed goes on: its cursor is always given.
    Ok(Page {
        items,
        next: Some(subscription.cursor().to_string()),
        known_at: None,
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

fn follow(subscription: Subscription, query: Query, enveloped: bool) -> Response {
    let mut heartbeat = tokio::time::interval_at(Instant::now(), HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let live = Live {
        subscription,
        heartbeat,
        query,
        enveloped,
        greeted: false,
        ended: false,
    };
    Sse::new(frames(live)).into_response()
}

/// A subscriber who is connected. It is polled when the socket can take more, so a slow reader
/// holds nothing but its place.
struct Live {
    subscription: Subscription,
    heartbeat: Interval,
    query: Query,
    enveloped: bool,
    greeted: bool,
    ended: bool,
}

fn frames(live: Live) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(live, async |mut live| {
        let event = live.next().await?;
        Some((Ok(event), live))
    })
}

impl Live {
    /// What is sent next; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            // Whoever is cut before the first frame has a cursor all the same.
            self.greeted = true;
            self.heartbeat.reset();
            return self.sign_of_life().map(|event| event.retry(RETRY));
        }
        if self.ended {
            return None;
        }
        tokio::select! {
            biased;
            () = self.query.parts().stop.cancelled() => None,
            next = self.query.superseded() => {
                self.ended = true;
                switched(self.subscription.cursor(), &next).await
            }
            frame = self.subscription.next() => match frame {
                Ok(frame) => {
                    self.heartbeat.reset();
                    if self.enveloped {
                        return event("changes", &frame.cursor, &CloudEvent::of(&frame));
                    }
                    let text = self.subscription.text(&frame);
                    let text = text
                        .inspect_err(|error| tracing::error!(%error, "a frame could not be written"))
                        .ok()?;
                    Some(Event::default().event("changes").id(&frame.cursor).data(&*text))
                }
                Err(error) => {
                    tracing::error!(%error, "a subscriber is cut: the feed cannot be read");
                    None
                }
            },
            _ = self.heartbeat.tick() => self.sign_of_life(),
        }
    }

    /// The cursor after all that was looked at, also what the filter has kept back: a client that
    /// resumes there misses nothing.
    fn sign_of_life(&self) -> Option<Event> {
        let cursor = self.subscription.cursor().to_string();
        event(
            "heartbeat",
            &cursor,
            &Heartbeat {
                cursor: cursor.clone(),
                head: self.subscription.head().to_string(),
            },
        )
    }
}

/// Says that another rulebook is in force, and where the reader goes on. The event's id is
/// that place, so a client that resumes by itself crosses over with no commit missed.
async fn switched(last: Cursor, next: &Query) -> Option<Event> {
    let crossing = match next.parts().feed.crossing(&last).await {
        Ok(crossing) => crossing,
        Err(failure) => {
            tracing::warn!(%failure, "a subscriber is cut: where it goes on is not known");
            return None;
        }
    };
    let cursor = crossing
        .as_ref()
        .map(|crossing| crossing.cursor.to_string());
    let id = cursor.clone().unwrap_or_else(|| last.to_string());
    let switched = Switched {
        projection: next.projection().to_string(),
        previous: last.projection.to_string(),
        position: crossing.map(|crossing| crossing.position),
        cursor,
    };
    event("switched", &id, &switched)
}

pub(super) fn event(name: &str, id: &str, data: &impl Serialize) -> Option<Event> {
    let event = Event::default().event(name).id(id).json_data(data);
    event
        .inspect_err(|error| tracing::error!(%error, "a frame could not be written"))
        .ok()
}
