//! The player: shows each frame when it is due, or when a person steps.

use std::time::Duration;

use detente_api::request::Speed;
use detente_api::view::ReplayFrame;
use detente_client::ReplayEvent;
use detente_domain::day::Day;
use detente_domain::party::Lang;
use detente_read_model::pace::Pace;
use tokio::time::Instant;

use super::Events;
use super::keys::{Key, Keys};
use crate::output::Output;
use crate::render;

/// The help at the start.
const HELP: &str = "space pauses, → or n steps, + and - change the speed, q quits";
/// The first speed of + and -, if none was given.
const SPEED: &str = "30d/s";

/// Shows frames.
pub(super) struct Player {
    events: Events,
    speed: Option<Speed>,
    pace: Option<Pace>,
    started: Instant,
    as_json: bool,
    lang: Lang,
    /// True if the terminal is in raw mode, where a line ends with a carriage return.
    raw: bool,
}

impl Player {
    pub(super) fn new(events: Events, speed: Option<Speed>, as_json: bool, lang: Lang) -> Self {
        Self {
            events,
            speed,
            pace: None,
            started: Instant::now(),
            as_json,
            lang,
            raw: false,
        }
    }

    /// Plays to the end, or until a person quits.
    pub(super) async fn play(
        mut self,
        mut keys: Option<Keys>,
        out: &mut Output,
    ) -> anyhow::Result<()> {
        self.raw = keys.is_some();
        if self.raw {
            self.note(out, HELP);
        }
        while let Some(event) = self.events.recv().await {
            let frame = match event? {
                ReplayEvent::Changes(frame) => frame,
                ReplayEvent::Lost(lost) => {
                    self.note(out, &lost.message);
                    continue;
                }
            };
            if !self.wait(frame.day(), keys.as_mut(), out).await {
                return Ok(());
            }
            self.show(&frame, out)?;
        }
        Ok(())
    }

    /// Waits until a day is due, and returns false if a person quits.
    async fn wait(&mut self, day: Day, mut keys: Option<&mut Keys>, out: &mut Output) -> bool {
        loop {
            let now = self.started.elapsed();
            let speed = self.speed;
            let pace = self
                .pace
                .get_or_insert_with(|| Pace::start(speed, day, now));
            let wait = pace.due(day, now).unwrap_or(Duration::MAX);
            let key = async {
                match &mut keys {
                    Some(keys) => keys.next().await,
                    None => std::future::pending().await,
                }
            };
            let key = tokio::select! {
                biased;
                key = key => key,
                () = tokio::time::sleep(wait) => return true,
            };
            let now = self.started.elapsed();
            match key {
                Key::Quit => return false,
                Key::Step => {
                    pace.set_day(day, now);
                    return true;
                }
                Key::Pause => pace.toggle(now),
                Key::Faster | Key::Slower => {
                    let next = match (pace.speed(), key) {
                        (Some(speed), Key::Faster) => Some(speed.faster()),
                        (Some(speed), _) => Some(speed.slower()),
                        (None, _) => Speed::parse(SPEED),
                    };
                    if let Some(next) = next {
                        pace.set_speed(next, now);
                    }
                }
            }
            let status = match (pace.is_paused(), pace.speed()) {
                (true, _) => "paused".to_owned(),
                (false, Some(speed)) => format!("at {speed}"),
                (false, None) => "without pauses".to_owned(),
            };
            self.note(out, &status);
        }
    }

    fn show(&self, replayed: &ReplayFrame, out: &mut Output) -> anyhow::Result<()> {
        for change in &replayed.frame.changes {
            if self.as_json {
                let mut change = change.clone();
                change.cursor = Some(replayed.frame.cursor.clone());
                out.json_line(&change)?;
            } else {
                let end = if self.raw { "\r\n" } else { "\n" };
                out.text(&format!("{}{end}", render::change(change, self.lang)))?;
            }
        }
        Ok(())
    }

    fn note(&self, out: &mut Output, line: &str) {
        let end = if self.raw { "\r" } else { "" };
        out.note(&format!("{line}{end}"));
    }
}
