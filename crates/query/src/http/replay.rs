//! `GET /v1/replay`: changes once more, at a pace, as server-sent events that can be resumed.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use super::Current;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use detente_api::{Code, Refusal};
use detente_domain::day::Day;
use detente_jetstream::reader::ReadError;
use futures_util::{Stream, stream};
use serde::Serialize;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::changes::{event, filter};
use super::params::Params;
use super::reply::Reply;
use detente_feed::cursor::{Cursor, From};
use detente_feed::{Filter, Step, Subscription, Wanted};
use detente_read_model::pace::{Due, Pace, Speed};
use detente_read_model::queries::{self, ReplayClock, Replayed, Span};
use detente_read_model::read_model::Query;

/// A sign of life, with the cursor, at least this often.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// When a client that was cut may come back.
const RETRY: Duration = Duration::from_secs(1);

const OWN: [&str; 6] = ["from", "to", "speed", "clock", "known_at", "min_position"];

/// What is sent when there is nothing to show: where to resume.
#[derive(Serialize)]
struct Place {
    cursor: String,
    known_at: u64,
}

pub(super) async fn replay(
    State(Current(query)): State<Current>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&OWN, &Wanted::PARTS])?;
    let filter = filter(&params)?;
    let span = span(&params)?;
    let speed = params.one("speed")?.map(Speed::parse).transpose()?;
    let clock = params.one("clock")?.map(ReplayClock::parse).transpose()?;
    let last = headers
        .get("last-event-id")
        .and_then(|last| last.to_str().ok())
        .filter(|last| !last.is_empty());
    let head = params.head(&query).await?;
    let known = params
        .known(&query, "known_at", head)
        .await?
        .unwrap_or(head);
    let source = match clock.unwrap_or_default() {
        ReplayClock::Valid => {
            let resumed = last.map(|last| resumed(&query, last, head)).transpose()?;
            let (known, place) = resumed.unwrap_or((known, 0));
            let frames = frames(&query, &filter, span, known).await;
            let count = frames.len();
            if place > count {
                let message = "this replay gave no such cursor";
                let refusal = Refusal::new(Code::BadCursor, message).field("last-event-id");
                return Err(refusal.given(last.unwrap_or_default()).into());
            }
            let cursor = |place: usize| format!("{}-{known}-{place}", query.projection());
            let is_over = last.is_some() && place == count;
            (
                Source::Valid(frames.into_iter().skip(place).collect()),
                cursor(place),
                known,
                is_over,
            )
        }
        ReplayClock::Known => {
            let from = match last {
                Some(last) => From::parse(last)?,
                None => From::Start,
            };
            let feed = &query.parts().feed;
            let end = feed.head().await?;
            let subscription = feed.subscribe(&from, filter).await?;
            let cursor = subscription.cursor().to_string();
            let is_over = last.is_some() && subscription.last() >= end;
            let source = Source::Known {
                subscription: Box::new(subscription),
                end,
                span,
                known,
            };
            (source, cursor, known, is_over)
        }
    };
    let (source, cursor, known, is_over) = source;
    if is_over {
        // Whoever comes back after the end is told to stay away, as the standard has it.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(play(query, source, speed, cursor, known))
}

fn span(params: &Params) -> Result<Span, Refusal> {
    Span::new(params.day("from")?, params.day("to")?)
}

/// The position and the place that a cursor of a replay in valid order holds.
fn resumed(query: &Query, last: &str, head: u64) -> Result<(u64, usize), Refusal> {
    let refused = |code, message: String| {
        let refusal = Refusal::new(code, message).field("last-event-id");
        refusal.given(last)
    };
    let read = || {
        let (rest, place) = last.rsplit_once('-')?;
        let cursor = Cursor::parse(rest)?;
        let plain = place.bytes().all(|byte| byte.is_ascii_digit());
        Some((cursor, place.parse().ok().filter(|_| plain)?))
    };
    let Some((cursor, place)) = read() else {
        let message = "a cursor of this replay is a projection, a position and a place".to_owned();
        return Err(refused(Code::BadCursor, message));
    };
    let served = query.projection();
    if cursor.projection != *served {
        let message = format!(
            "the cursor is of projection {}, and {served} is served: replay from the start",
            cursor.projection
        );
        return Err(refused(Code::StaleCursor, message));
    }
    if cursor.sequence > head {
        let message = format!("the log ends at {head}, as far as it was folded");
        return Err(refused(Code::BadCursor, message));
    }
    Ok((cursor.sequence, place))
}

/// All frames in valid order. The archive is held for one relation at a time.
async fn frames(query: &Query, filter: &Filter, span: Span, known: u64) -> Vec<Replayed> {
    let pairs: Vec<_> = query.archive().chronicle().pairs().collect();
    let mut frames = Vec::new();
    for pair in pairs {
        frames.extend(queries::replay_steps(
            &mut query.archive(),
            pair,
            filter,
            span,
            known,
        ));
        tokio::task::yield_now().await;
    }
    queries::replay_ordered(frames, query.projection().as_str(), known)
}

/// Where frames come from.
enum Source {
    Valid(VecDeque<Replayed>),
    Known {
        subscription: Box<Subscription>,
        end: u64,
        span: Span,
        known: u64,
    },
}

impl Source {
    /// The next frame; dropping the wait loses nothing.
    async fn next(&mut self, query: &Query) -> Result<Option<Replayed>, ReadError> {
        let (subscription, end, span, known) = match self {
            Self::Valid(frames) => return Ok(frames.pop_front()),
            Self::Known {
                subscription,
                end,
                span,
                known,
            } => (subscription, *end, *span, *known),
        };
        while subscription.last() < end {
            match subscription.step().await? {
                Step::Passed => {}
                Step::Head => subscription.wait().await,
                Step::Frame(frame) => {
                    let day = query.archive().recorded(frame.position);
                    let day = day.unwrap_or(Day::MIN);
                    if frame.position <= known && span.has(day) && subscription.last() <= end {
                        return Ok(Some(Replayed {
                            day: day.to_string(),
                            frame: (*frame).clone(),
                        }));
                    }
                }
            }
        }
        Ok(None)
    }
}

fn play(
    query: Query,
    source: Source,
    speed: Option<Speed>,
    cursor: String,
    known: u64,
) -> Response {
    let mut heartbeat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let play = Play {
        query,
        source,
        speed,
        pace: None,
        began: Instant::now(),
        held: None,
        cursor,
        known,
        heartbeat,
        stage: Stage::Greeting,
    };
    Sse::new(events(play)).into_response()
}

/// A replay that is under way. It is polled when the socket can take more.
struct Play {
    query: Query,
    source: Source,
    speed: Option<Speed>,
    pace: Option<Pace>,
    began: Instant,
    held: Option<Replayed>,
    cursor: String,
    known: u64,
    heartbeat: Interval,
    stage: Stage,
}

enum Stage {
    Greeting,
    Playing,
    Ended,
}

fn events(play: Play) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(play, async |mut play| {
        let event = play.next().await?;
        Some((Ok(event), play))
    })
}

impl Play {
    async fn next(&mut self) -> Option<Event> {
        match self.stage {
            Stage::Greeting => {
                // Whoever is cut before the first frame has a cursor all the same.
                self.stage = Stage::Playing;
                return self.place("heartbeat").map(|event| event.retry(RETRY));
            }
            Stage::Ended => return None,
            Stage::Playing => {}
        }
        let stop = self.query.parts().stop.clone();
        if self.held.is_none() {
            self.held = tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                next = self.source.next(&self.query) => match next {
                    Ok(next) => next,
                    Err(error) => {
                        tracing::error!(%error, "a replay is cut: the feed cannot be read");
                        return None;
                    }
                },
                _ = self.heartbeat.tick() => return self.place("heartbeat"),
            };
        }
        let Some(held) = &self.held else {
            self.stage = Stage::Ended;
            return self.place("end");
        };
        let day = held.paced();
        let now = self.began.elapsed();
        let pace = self
            .pace
            .get_or_insert_with(|| Pace::begin(self.speed, day, now));
        let wait = match pace.due(day, now) {
            Due::In(wait) => wait,
            Due::Paused => Duration::MAX,
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => None,
            () = tokio::time::sleep(wait) => {
                let held = self.held.take()?;
                self.heartbeat.reset();
                self.cursor.clone_from(&held.frame.cursor);
                event("changes", &self.cursor, &held)
            }
            _ = self.heartbeat.tick() => self.place("heartbeat"),
        }
    }

    fn place(&self, name: &str) -> Option<Event> {
        let place = Place {
            cursor: self.cursor.clone(),
            known_at: self.known,
        };
        event(name, &self.cursor, &place)
    }
}
