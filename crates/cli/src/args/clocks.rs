//! Both clocks, as they are given on the command line.

use detente_domain::day::Day;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point of the known clock, as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// A position of the log.
    Position(u64),
    /// A time, which the server resolves to a position.
    Time(OffsetDateTime),
}

/// The UTC day of a date or a time.
///
/// # Errors
/// A sentence for anything else.
pub fn day(text: &str) -> Result<Day, String> {
    detente_api::parse::day(text)
        .ok_or_else(|| "a day is YYYY-MM-DD, or an RFC 3339 time".to_owned())
}

/// The UTC day of a moment.
pub(crate) fn utc_day(moment: OffsetDateTime) -> Day {
    let date = moment.to_offset(time::UtcOffset::UTC).date();
    Day::from_ymd(date.year(), u8::from(date.month()), date.day()).unwrap_or(Day::MAX)
}

pub(super) fn known_at(text: &str) -> Result<KnownAt, String> {
    if let Ok(position) = text.parse() {
        return Ok(KnownAt::Position(position));
    }
    OffsetDateTime::parse(text, &Rfc3339)
        .map(KnownAt::Time)
        .map_err(|_| "known_at is a position of the log, or an RFC 3339 time".to_owned())
}

// === impl KnownAt ===

impl std::fmt::Display for KnownAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Position(position) => write!(f, "{position}"),
            Self::Time(time) => f.write_str(&time.format(&Rfc3339).map_err(|_| std::fmt::Error)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date_or_the_utc_day_of_a_time() {
        let at = |text: &str| day(text).map(|day| day.to_string());
        assert_eq!(at("2023-03-23").as_deref(), Ok("2023-03-23"));
        assert_eq!(at("2023-03-23T23:30:00-03:00").as_deref(), Ok("2023-03-24"));
        assert!(at("2023-02-29").is_err());
        assert!(at("yesterday").is_err());
    }
}
