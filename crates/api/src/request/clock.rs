//! Values of the two clocks: days, what was known, and the pace of a replay.

use std::fmt;

use detente_domain::day::Day;
use schemars::{Schema, json_schema};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::Value;
use super::value::{bad, number};
use crate::refusal::Refusal;

/// The most hours of the world in a second of a replay.
const HOURS_MAX: u64 = 24 * 365 * 1_000;

/// What the log held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// Up to a position.
    Position(u64),
    /// At a time. Whoever answers refuses one that is yet to come.
    Time(OffsetDateTime),
}

/// How many hours of the world go by in a second: 1 to a thousand years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(u64);

impl Value for Day {
    /// Reads a date, or the UTC day of an RFC 3339 time.
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        let of_time = || {
            let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
            let date = time.to_offset(UtcOffset::UTC).date();
            Self::from_ymd(date.year(), u8::from(date.month()), date.day())
        };
        let day = Self::parse(text).or_else(of_time);
        day.ok_or_else(|| bad(field, text, "a day is YYYY-MM-DD, or an RFC 3339 time"))
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "examples": ["2023-04-18"]})
    }
}

// === impl Speed ===

impl Speed {
    /// Returns the hours of the world that go by in a second.
    #[must_use]
    pub const fn hours(self) -> u64 {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let amount = text.strip_suffix("/s")?;
        let (amount, unit) = amount.split_at_checked(amount.len().checked_sub(1)?)?;
        let hours: u64 = match unit {
            "h" => 1,
            "d" => 24,
            "w" => 24 * 7,
            "y" => 24 * 365,
            _ => return None,
        };
        let hours = number(amount)?.checked_mul(hours)?;
        (1..=HOURS_MAX).contains(&hours).then_some(Self(hours))
    }
}

impl Value for Speed {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        Self::parse(text).ok_or_else(|| {
            let message = "a speed is a number of hours, days, weeks or years a second, up to \
                           1000y/s";
            bad(field, text, message).allowed(["12h/s", "30d/s", "2w/s", "1y/s"])
        })
    }

    fn write(&self) -> String {
        format!("{}h/s", self.0)
    }
}

// === impl KnownAt ===

impl fmt::Display for KnownAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position(position) => write!(f, "{position}"),
            Self::Time(time) => f.write_str(&time.format(&Rfc3339).map_err(|_| fmt::Error)?),
        }
    }
}

impl Value for KnownAt {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        let time = || OffsetDateTime::parse(text, &Rfc3339).ok().map(Self::Time);
        let known = number(text).map(Self::Position).or_else(time);
        let message = || format!("{field} is a position of the log, or an RFC 3339 time");
        known.ok_or_else(|| bad(field, text, &message()))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}
