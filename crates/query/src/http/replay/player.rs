//! Plays the frames of a replay at its pace.

use std::time::Duration;

use axum::response::Response;
use axum::response::sse::Event;
use detente_api::request::Speed;
use detente_api::view::ReplayFrame;
use detente_http::StreamPermit;
use detente_read_model::ReadModel;
use detente_read_model::pace::Pace;
use futures_util::stream;
use serde::Serialize;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::frames::{Frames, Next, Replay};
use crate::http::sse::{self, RETRY, event};

/// The longest time between two events.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A replay in progress. It is polled when the client can take more.
pub(super) struct Player {
    model: ReadModel,
    frames: Frames,
    speed: Option<Speed>,
    pace: Option<Pace>,
    started: Instant,
    /// The next frame, until it is due.
    upcoming: Option<ReplayFrame>,
    cursor: String,
    known: u64,
    heartbeat: Interval,
    stage: Stage,
}

enum Stage {
    Starting,
    Playing,
    Ended,
}

/// The data of an event without changes: the cursor to resume from.
#[derive(Serialize)]
struct ResumePoint {
    cursor: String,
    known_at: u64,
}

impl Player {
    pub(super) fn new(model: ReadModel, replay: Replay, speed: Option<Speed>) -> Self {
        let mut heartbeat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            model,
            frames: replay.frames,
            speed,
            pace: None,
            started: Instant::now(),
            upcoming: None,
            cursor: replay.cursor,
            known: replay.known,
            heartbeat,
            stage: Stage::Starting,
        }
    }

    async fn next(&mut self) -> Option<Event> {
        match self.stage {
            Stage::Starting => {
                // A client that is disconnected before the first frame has a cursor, too.
                self.stage = Stage::Playing;
                return self.position("heartbeat").map(|event| event.retry(RETRY));
            }
            Stage::Ended => return None,
            Stage::Playing => {}
        }
        let stop = self.model.stop_token().clone();
        if self.upcoming.is_none() {
            self.upcoming = tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                next = self.frames.next(&self.model) => match next {
                    Ok(Some(Next::Frame(frame))) => Some(frame),
                    Ok(Some(Next::Lost(lost))) => {
                        self.heartbeat.reset();
                        self.cursor.clone_from(&lost.cursor);
                        return event("lost", &self.cursor, &lost);
                    }
                    Ok(None) => None,
                    Err(error) => {
                        tracing::error!(%error, "ending a replay: the feed cannot be read");
                        return None;
                    }
                },
                _ = self.heartbeat.tick() => return self.position("heartbeat"),
            };
        }
        let Some(frame) = &self.upcoming else {
            self.stage = Stage::Ended;
            return self.position("end");
        };
        let (day, now) = (frame.day(), self.started.elapsed());
        let start = || Pace::start(self.speed, day, now);
        let due = self.pace.get_or_insert_with(start).due(day, now);
        tokio::select! {
            biased;
            () = stop.cancelled() => None,
            () = tokio::time::sleep(due.unwrap_or(Duration::MAX)) => {
                let upcoming = self.upcoming.take()?;
                self.heartbeat.reset();
                self.cursor.clone_from(&upcoming.frame.cursor);
                event("changes", &self.cursor, &upcoming)
            }
            _ = self.heartbeat.tick() => self.position("heartbeat"),
        }
    }

    /// Returns an event with the cursor to resume from.
    fn position(&self, name: &str) -> Option<Event> {
        let position = ResumePoint {
            cursor: self.cursor.clone(),
            known_at: self.known,
        };
        event(name, &self.cursor, &position)
    }

    /// Answers with the frames, until the client has them all or is gone.
    pub(super) fn into_response(self, permit: StreamPermit) -> Response {
        let events = stream::unfold(self, async |mut player| {
            let event = player.next().await?;
            Some((event, player))
        });
        sse::stream(events, permit)
    }
}
