//! The pace of a replay: when each day is due. Time is an argument.

use std::time::Duration;

use detente_api::request::Speed;
use detente_domain::day::Day;

const MILLIS_IN_SECOND: u64 = 1_000;

/// The pace of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    speed: Option<Speed>,
    /// The hour since 1970 of the valid clock at `since`.
    hour: i64,
    since: Duration,
    paused: bool,
}

impl Pace {
    /// Starts a replay with a day, now. Without a speed, every day is due at once.
    #[must_use]
    pub fn start(speed: Option<Speed>, day: Day, now: Duration) -> Self {
        Self {
            speed,
            hour: hour(day),
            since: now,
            paused: false,
        }
    }

    /// Returns the time until a day is due: zero is at once; `None` while the replay is paused.
    #[must_use]
    pub fn due(&self, day: Day, now: Duration) -> Option<Duration> {
        if self.paused {
            return None;
        }
        let Some(speed) = self.speed else {
            return Some(Duration::ZERO);
        };
        let ahead = u64::try_from(hour(day).saturating_sub(self.hour)).unwrap_or(0);
        let millis = ahead.saturating_mul(MILLIS_IN_SECOND) / speed.hours();
        let due = self.since.saturating_add(Duration::from_millis(millis));
        Some(due.saturating_sub(now))
    }

    /// Returns true if the replay is paused.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.paused
    }

    /// Returns the speed.
    #[must_use]
    pub const fn speed(&self) -> Option<Speed> {
        self.speed
    }

    /// Pauses or resumes.
    pub fn toggle(&mut self, now: Duration) {
        if !self.paused {
            self.advance(now);
        }
        self.since = now;
        self.paused = !self.paused;
    }

    /// Changes the speed from now on.
    pub fn set_speed(&mut self, speed: Speed, now: Duration) {
        if !self.paused {
            self.advance(now);
        }
        self.speed = Some(speed);
    }

    /// Sets the present day, which was shown before it was due or just now.
    pub fn set_day(&mut self, day: Day, now: Duration) {
        self.hour = hour(day);
        self.since = now;
    }

    /// Moves the hour to the present.
    fn advance(&mut self, now: Duration) {
        let elapsed = now.saturating_sub(self.since);
        let hours = self.speed.map_or(0, |speed| {
            let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            millis.saturating_mul(speed.hours()) / MILLIS_IN_SECOND
        });
        let hours = i64::try_from(hours).unwrap_or(i64::MAX);
        self.hour = self.hour.saturating_add(hours);
        self.since = now;
    }
}

fn hour(day: Day) -> i64 {
    i64::from(day.ordinal()) * 24
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn pace(speed: &str) -> Pace {
        Pace::start(Some(Speed::parse(speed).unwrap()), Day::new(100), S)
    }

    fn due(pace: &Pace, day: i32, now: Duration) -> Option<Duration> {
        pace.due(Day::new(day), now)
    }

    #[test]
    fn a_day_is_due_when_the_valid_clock_reaches_it() {
        let pace = pace("10d/s");
        assert_eq!(due(&pace, 100, S), Some(Duration::ZERO));
        assert_eq!(due(&pace, 130, S), Some(3 * S));
        assert_eq!(due(&pace, 130, 3 * S), Some(S));
        // A late day does not delay those that follow.
        assert_eq!(due(&pace, 130, 9 * S), Some(Duration::ZERO));
        assert_eq!(due(&pace, 200, 9 * S), Some(2 * S));
    }

    #[test]
    fn without_a_speed_every_day_is_due_at_once() {
        let pace = Pace::start(None, Day::new(100), S);
        assert_eq!(due(&pace, 9_999, S), Some(Duration::ZERO));
    }

    #[test]
    fn a_pause_stops_the_valid_clock() {
        let mut pace = pace("10d/s");
        pace.toggle(2 * S);
        assert_eq!(due(&pace, 100, 3 * S), None);
        pace.toggle(60 * S);
        // Ten days had passed before the pause.
        assert_eq!(due(&pace, 130, 60 * S), Some(2 * S));
    }

    #[test]
    fn a_new_speed_applies_from_now_on_and_a_step_jumps() {
        let mut pace = pace("10d/s");
        pace.set_speed(Speed::parse("20d/s").unwrap(), 2 * S);
        assert_eq!(due(&pace, 150, 2 * S), Some(2 * S));
        pace.set_day(Day::new(150), 2 * S);
        assert_eq!(due(&pace, 170, 2 * S), Some(S));
        pace.toggle(2 * S);
        pace.set_speed(Speed::parse("5d/s").unwrap(), 7 * S);
        pace.toggle(8 * S);
        assert_eq!(due(&pace, 170, 8 * S), Some(4 * S));
    }
}
