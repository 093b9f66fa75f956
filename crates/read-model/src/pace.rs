//! The pace of a replay: days of the world in seconds of the reader. Time is an argument.

use std::time::Duration;

use detente_api::{Code, Refusal};
use detente_domain::day::Day;

/// The slowest speed and the fastest one, in hours of the world for each second.
const HOURS_MAX: u64 = 24 * 365 * 1_000;
const MILLIS_IN_SECOND: u64 = 1_000;

/// How much of the world goes by in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    hours: u64,
}

/// Where a replay is, and when its next day is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    speed: Option<Speed>,
    /// The hour of the world, counted from 1970, that it was at `since`.
    hour: i64,
    since: Duration,
    paused: bool,
}

/// When a day is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// At once, or after so long.
    In(Duration),
    /// Not while it is paused.
    Paused,
}

impl Speed {
    /// Reads `30d/s`, `12h/s`, `2w/s` or `1y/s`; a year is 365 days.
    ///
    /// # Errors
    /// `bad_query` for anything else.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let read = || {
            let amount = text.strip_suffix("/s")?;
            let (number, unit) = amount.split_at_checked(amount.len().checked_sub(1)?)?;
            let hours: u64 = match unit {
                "h" => 1,
                "d" => 24,
                "w" => 24 * 7,
                "y" => 24 * 365,
                _ => return None,
            };
            let plain = number.bytes().all(|byte| byte.is_ascii_digit());
            let number: u64 = number.parse().ok().filter(|_| plain)?;
            let hours = number.checked_mul(hours)?;
            (1..=HOURS_MAX).contains(&hours).then_some(Self { hours })
        };
        read().ok_or_else(|| {
            let message = "a speed is a number of hours, days, weeks or years a second, up to \
                           1000y/s";
            let refusal = Refusal::new(Code::BadQuery, message).field("speed");
            refusal
                .given(text)
                .allowed(["12h/s", "30d/s", "2w/s", "1y/s"])
        })
    }

    /// Twice as fast, within the limit.
    #[must_use]
    pub const fn faster(self) -> Self {
        let hours = self.hours * 2;
        Self {
            hours: if hours > HOURS_MAX { HOURS_MAX } else { hours },
        }
    }

    /// Half as fast, within the limit.
    #[must_use]
    pub const fn slower(self) -> Self {
        let hours = self.hours / 2;
        Self {
            hours: if hours == 0 { 1 } else { hours },
        }
    }
}

impl std::fmt::Display for Speed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.hours.is_multiple_of(24) {
            write!(f, "{}d/s", self.hours / 24)
        } else {
            write!(f, "{}h/s", self.hours)
        }
    }
}

impl Pace {
    /// A replay that begins with a day, now. Without a speed every day is due at once.
    #[must_use]
    pub fn begin(speed: Option<Speed>, day: Day, now: Duration) -> Self {
        Self {
            speed,
            hour: hour(day),
            since: now,
            paused: false,
        }
    }

    /// When a day is due. One that is past is due at once.
    #[must_use]
    pub fn due(&self, day: Day, now: Duration) -> Due {
        if self.paused {
            return Due::Paused;
        }
        let Some(speed) = self.speed else {
            return Due::In(Duration::ZERO);
        };
        let ahead = u64::try_from(hour(day).saturating_sub(self.hour)).unwrap_or(0);
        let millis = ahead.saturating_mul(MILLIS_IN_SECOND) / speed.hours;
        let due = self.since.saturating_add(Duration::from_millis(millis));
        Due::In(due.saturating_sub(now))
    }

    /// Whether it is paused.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.paused
    }

    /// The speed.
    #[must_use]
    pub const fn speed(&self) -> Option<Speed> {
        self.speed
    }

    /// Pauses, or goes on from where it was paused.
    pub fn toggle(&mut self, now: Duration) {
        if !self.paused {
            self.settle(now);
        }
        self.since = now;
        self.paused = !self.paused;
    }

    /// Takes another speed from now on.
    pub fn set_speed(&mut self, speed: Speed, now: Duration) {
        if !self.paused {
            self.settle(now);
        }
        self.speed = Some(speed);
    }

    /// Stands at a day that was shown before it was due, or just now.
    pub fn stand_at(&mut self, day: Day, now: Duration) {
        self.hour = hour(day);
        self.since = now;
    }

    /// Moves the hour to where it is now.
    fn settle(&mut self, now: Duration) {
        let gone = now.saturating_sub(self.since);
        let hours = self.speed.map_or(0, |speed| {
            let millis = u64::try_from(gone.as_millis()).unwrap_or(u64::MAX);
            millis.saturating_mul(speed.hours) / MILLIS_IN_SECOND
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
        Pace::begin(Some(Speed::parse(speed).unwrap()), Day::new(100), S)
    }

    fn due(pace: &Pace, day: i32, now: Duration) -> Due {
        pace.due(Day::new(day), now)
    }

    #[test]
    fn speeds_are_read_shown_and_bounded() {
        for (text, shown) in [
            ("30d/s", "30d/s"),
            ("12h/s", "12h/s"),
            ("1y/s", "365d/s"),
            ("2w/s", "14d/s"),
        ] {
            assert_eq!(Speed::parse(text).unwrap().to_string(), shown);
        }
        for bad in [
            "",
            "d/s",
            "0d/s",
            "-1d/s",
            "+1d/s",
            "30d",
            "30",
            "1m/s",
            "1001y/s",
            "1.5d/s",
            "٣d/s",
            "99999999999999999999y/s",
        ] {
            assert_eq!(
                Speed::parse(bad).map_err(|refusal| refusal.code),
                Err(Code::BadQuery),
                "{bad}"
            );
        }
        let slowest = Speed::parse("1h/s").unwrap();
        assert_eq!(slowest.slower(), slowest);
        let fastest = Speed::parse("1000y/s").unwrap();
        assert_eq!(fastest.faster(), fastest);
    }

    #[test]
    fn a_day_is_due_when_the_world_has_come_to_it() {
        let pace = pace("10d/s");
        assert_eq!(due(&pace, 100, S), Due::In(Duration::ZERO));
        assert_eq!(due(&pace, 130, S), Due::In(3 * S));
        assert_eq!(due(&pace, 130, 3 * S), Due::In(S));
        // What is late does not shift what follows.
        assert_eq!(due(&pace, 130, 9 * S), Due::In(Duration::ZERO));
        assert_eq!(due(&pace, 200, 9 * S), Due::In(2 * S));
    }

    #[test]
    fn without_a_speed_all_is_due_at_once() {
        let pace = Pace::begin(None, Day::new(100), S);
        assert_eq!(due(&pace, 9_999, S), Due::In(Duration::ZERO));
    }

    #[test]
    fn a_pause_takes_no_time_of_the_world() {
        let mut pace = pace("10d/s");
        pace.toggle(2 * S);
        assert_eq!(due(&pace, 100, 3 * S), Due::Paused);
        pace.toggle(60 * S);
        // Ten days went by before the pause.
        assert_eq!(due(&pace, 130, 60 * S), Due::In(2 * S));
    }

    #[test]
    fn another_speed_counts_from_now_on_and_a_step_jumps() {
        let mut pace = pace("10d/s");
        pace.set_speed(Speed::parse("20d/s").unwrap(), 2 * S);
        assert_eq!(due(&pace, 150, 2 * S), Due::In(2 * S));
        pace.stand_at(Day::new(150), 2 * S);
        assert_eq!(due(&pace, 170, 2 * S), Due::In(S));
        pace.toggle(2 * S);
        pace.set_speed(Speed::parse("5d/s").unwrap(), 7 * S);
        pace.toggle(8 * S);
        assert_eq!(due(&pace, 170, 8 * S), Due::In(4 * S));
    }
}
