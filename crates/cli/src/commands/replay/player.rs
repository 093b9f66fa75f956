//! The player: shows each frame when it is due, or when a person asks for it.

use std::time::Duration;

use detente_domain::day::Day;
use detente_read_model::pace::{Due, Pace, Speed};
use detente_read_model::queries::Replayed;
use tokio::time::Instant;

use super::Frames;
use super::keys::{Key, Keys};
use crate::{Out, show};

/// What a person is told at the beginning.
const HELP: &str = "space pauses, → or n steps, + and - change the speed, q ends";
/// The speed that + and - begin with where none was given.
const SPEED: &str = "30d/s";

/// Shows frames.
pub(super) struct Player {
    frames: Frames,
    speed: Option<Speed>,
    pace: Option<Pace>,
    began: Instant,
    as_json: bool,
    /// The terminal does not go to the beginning of a line by itself.
    raw: bool,
}

impl Player {
    pub(super) fn new(frames: Frames, speed: Option<Speed>, as_json: bool) -> Self {
        Self {
            frames,
            speed,
            pace: None,
            began: Instant::now(),
            as_json,
            raw: false,
        }
    }

    /// Plays to the end, or until a person ends it.
    pub(super) async fn play(
        mut self,
        mut keys: Option<Keys>,
        out: &mut Out,
    ) -> anyhow::Result<()> {
        self.raw = keys.is_some();
        if self.raw {
            self.note(out, HELP);
        }
        while let Some(frame) = self.frames.recv().await {
            let frame = frame?;
            if !self.wait(frame.paced(), keys.as_mut(), out).await {
                return Ok(());
            }
            self.show(&frame, out)?;
        }
        Ok(())
    }

    /// Waits until a day is due. Says whether to go on at all.
    async fn wait(&mut self, day: Day, mut keys: Option<&mut Keys>, out: &mut Out) -> bool {
        loop {
            let now = self.began.elapsed();
            let speed = self.speed;
            let pace = self
                .pace
                .get_or_insert_with(|| Pace::begin(speed, day, now));
            let due = pace.due(day, now);
            let wait = match due {
                Due::In(wait) => wait,
                Due::Paused => Duration::MAX,
            };
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
            let now = self.began.elapsed();
            match key {
                Key::Quit => return false,
                Key::Step => {
                    pace.stand_at(day, now);
                    return true;
                }
                Key::Pause => pace.toggle(now),
                Key::Faster | Key::Slower => {
                    let next = match (pace.speed(), key) {
                        (Some(speed), Key::Faster) => Some(speed.faster()),
                        (Some(speed), _) => Some(speed.slower()),
                        (None, _) => Speed::parse(SPEED).ok(),
                    };
                    if let Some(next) = next {
                        pace.set_speed(next, now);
                    }
                }
            }
            let said = match (pace.is_paused(), pace.speed()) {
                (true, _) => "paused".to_owned(),
                (false, Some(speed)) => format!("at {speed}"),
                (false, None) => "as fast as it goes".to_owned(),
            };
            self.note(out, &said);
        }
    }

    fn show(&self, replayed: &Replayed, out: &mut Out) -> anyhow::Result<()> {
        for change in &replayed.frame.changes {
            if self.as_json {
                let mut change = change.clone();
                change.cursor = Some(replayed.frame.cursor.clone());
                out.json_line(&change)?;
            } else {
                let end = if self.raw { "\r\n" } else { "\n" };
                out.text(&format!("{}{end}", show::change(change)))?;
            }
        }
        Ok(())
    }

    fn note(&self, out: &mut Out, line: &str) {
        let end = if self.raw { "\r" } else { "" };
        out.note(&format!("{line}{end}"));
    }
}
