//! Parameter values of the two clocks: days, positions, and the speed of a replay.

use std::fmt;

use detente_domain::day::Day;
use detente_domain::edtf::{EdtfError, extended};
use schemars::{Schema, json_schema};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ParamValue;
use super::value::{bad_query, number};
use crate::refusal::Refusal;

/// The highest speed: a thousand years a second, in hours.
const HOURS_MAX: u64 = 24 * 365 * 1_000;

/// A point of the known clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// A position of the log.
    Position(u64),
    /// A time, which the server resolves to a position.
    Time(OffsetDateTime),
}

/// The speed of a replay, in hours of the valid clock per second: from 1 hour to 1,000 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(u64);

/// Parses a day: a date, or the UTC day of an RFC 3339 time.
#[must_use]
pub fn parse_day(text: &str) -> Option<Day> {
    Day::parse(text).or_else(|| {
        let day = Day::of_utc(parse_time(text)?);
        Some(day).filter(|day| !day.is_open())
    })
}

fn parse_time(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// Refuses a day or a time. A text that was meant as one is allowed in its right form.
fn refused(name: &str, text: &str, message: &str) -> Refusal {
    if let Some(encoded) = with_plus(text) {
        let message = "the offset has a blank for its sign; in a query, write + as %2B";
        return bad_query(name, text, message).allowed([encoded]);
    }
    let Some(extended) = extended(text).filter(|extended| parse_day(extended).is_some()) else {
        return bad_query(name, text, message);
    };
    let given = text.to_owned();
    let basic = EdtfError::Basic {
        given,
        extended: extended.clone(),
    };
    bad_query(name, text, basic.to_string()).allowed([extended])
}

/// Returns a time whose `+` was decoded to a blank with the encoded `+`, as it stands in a query.
fn with_plus(text: &str) -> Option<String> {
    let (time, offset) = text.rsplit_once(' ')?;
    parse_time(&format!("{time}+{offset}"))?;
    Some(format!("{time}%2B{offset}"))
}

impl ParamValue for Day {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        let message = "a day is YYYY-MM-DD, or an RFC 3339 time";
        parse_day(text).ok_or_else(|| refused(name, text, message))
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "examples": ["2023-04-18"]})
    }
}

// === impl KnownAt ===

impl ParamValue for KnownAt {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        let time = || parse_time(text).map(Self::Time);
        let known = number(text).map(Self::Position).or_else(time);
        let message = || format!("{name} is a position of the log, or an RFC 3339 time");
        known.ok_or_else(|| refused(name, text, &message()))
    }
}

impl fmt::Display for KnownAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position(position) => write!(f, "{position}"),
            Self::Time(time) => f.write_str(&time.format(&Rfc3339).map_err(|_| fmt::Error)?),
        }
    }
}

// === impl Speed ===

impl Speed {
    /// Parses `30d/s`, `12h/s`, `2w/s` or `1y/s`; a year is 365 days.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
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

    /// Returns the hours per second.
    #[must_use]
    pub const fn hours(self) -> u64 {
        self.0
    }

    /// Returns twice the speed, up to the highest.
    #[must_use]
    pub fn faster(self) -> Self {
        Self((self.0 * 2).min(HOURS_MAX))
    }

    /// Returns half the speed, down to the lowest.
    #[must_use]
    pub fn slower(self) -> Self {
        Self((self.0 / 2).max(1))
    }
}

impl ParamValue for Speed {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        Self::parse(text).ok_or_else(|| {
            let message = "a speed is a number of hours, days, weeks or years a second, up to \
                           1000y/s";
            bad_query(name, text, message).allowed(["12h/s", "30d/s", "2w/s", "1y/s"])
        })
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(24) {
            write!(f, "{}d/s", self.0 / 24)
        } else {
            write!(f, "{}h/s", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;

    #[test]
    fn speeds_are_parsed_formatted_and_bounded() {
        for (text, formatted) in [
            ("30d/s", "30d/s"),
            ("12h/s", "12h/s"),
            ("1y/s", "365d/s"),
            ("2w/s", "14d/s"),
        ] {
            assert_eq!(Speed::parse(text).unwrap().to_string(), formatted);
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
                Speed::parse_param("speed", bad).map_err(|refusal| refusal.code),
                Err(Code::BadQuery),
                "{bad}"
            );
        }
        let slowest = Speed::parse("1h/s").unwrap();
        assert_eq!(slowest.slower(), slowest);
        let fastest = Speed::parse("1000y/s").unwrap();
        assert_eq!(fastest.faster(), fastest);
    }
}
