//! Whole UTC days: the unit of the valid clock.

use std::fmt;

use time::{Date, Month, OffsetDateTime, UtcOffset};

/// The Julian day number of 1970-01-01, ordinal 0.
const JULIAN_OF_EPOCH: i32 = 2_440_588;
/// The ordinal of 0001-01-01, the first civil day.
const FIRST: i32 = -719_162;
/// The ordinal of 9999-12-31, the last civil day.
const LAST: i32 = 2_932_896;

/// A whole UTC day of the proleptic Gregorian calendar, counted from 1970-01-01.
///
/// It is either a civil day of the years 1 to 9999, or one of the two open ends [`Day::MIN`] and
/// [`Day::MAX`]. Days order by time: `MIN` is before every civil day and `MAX` after.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The open beginning: before every civil day. Displayed as `..`.
    pub const MIN: Day = Day(i32::MIN);
    /// The open end: after every civil day. Displayed as `..`.
    pub const MAX: Day = Day(i32::MAX);
    /// 0001-01-01, the first civil day.
    pub const FIRST: Day = Day(FIRST);
    /// 9999-12-31, the last civil day.
    pub const LAST: Day = Day(LAST);

    /// Returns the day `ordinal` days after 1970-01-01 (before it, if negative); [`Day::MIN`]
    /// before 0001-01-01, and [`Day::MAX`] after 9999-12-31.
    #[must_use]
    pub const fn new(ordinal: i32) -> Day {
        if ordinal < FIRST {
            Day::MIN
        } else if ordinal > LAST {
            Day::MAX
        } else {
            Day(ordinal)
        }
    }

    /// Days since 1970-01-01; `i32::MIN` and `i32::MAX` for the open ends.
    #[must_use]
    pub const fn ordinal(self) -> i32 {
        self.0
    }

    /// Returns the day of a year (1 to 9999), month (1 to 12) and day of the month (from 1); `None`
    /// if the calendar has no such day.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
        Some(Day(date.to_julian_day() - JULIAN_OF_EPOCH))
    }

    /// Year, month and day of the month; `None` for the open ends.
    #[must_use]
    pub fn ymd(self) -> Option<(i32, u32, u32)> {
        if self.is_open() {
            return None;
        }
        let date = Date::from_julian_day(self.0 + JULIAN_OF_EPOCH).ok()?;
        let month = u8::from(date.month());
        Some((date.year(), month.into(), date.day().into()))
    }

    /// Returns the UTC day of a moment; [`Day::MAX`] after the year 9999, [`Day::MIN`] before the
    /// year 1.
    #[must_use]
    pub fn of_utc(moment: OffsetDateTime) -> Day {
        let date = moment.to_offset(UtcOffset::UTC).date();
        Day::new(date.to_julian_day() - JULIAN_OF_EPOCH)
    }

    /// Parses `YYYY-MM-DD`, and nothing else: ten ASCII bytes, a real day, no white space.
    #[must_use]
    pub fn parse(text: &str) -> Option<Day> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return None;
        };
        let year = digits(&[y1, y2, y3, y4])?;
        Day::from_ymd(year.cast_signed(), digits(&[m1, m2])?, digits(&[d1, d2])?)
    }

    /// The next day. An open end is unchanged; 9999-12-31 is followed by [`Day::MAX`].
    #[must_use]
    pub const fn next(self) -> Day {
        self.plus(1)
    }

    /// The previous day. An open end is unchanged; 0001-01-01 is preceded by [`Day::MIN`].
    #[must_use]
    pub const fn prev(self) -> Day {
        self.plus(-1)
    }

    /// Returns the day that many days later (earlier, if negative), saturating at the open ends. An
    /// open end is unchanged.
    #[must_use]
    pub const fn plus(self, days: i32) -> Day {
        if self.is_open() {
            self
        } else {
            Day::new(self.0.saturating_add(days))
        }
    }

    /// The number of days from `other` to this day, negative if this day is earlier. The distance
    /// from a civil day to an open end is `i32::MAX` or `i32::MIN`.
    #[must_use]
    pub const fn since(self, other: Day) -> i32 {
        match (self.is_open(), other.is_open()) {
            (true, true) | (false, false) => self.0.saturating_sub(other.0),
            (true, false) => self.0,
            (false, true) if other.0 == i32::MIN => i32::MAX,
            (false, true) => i32::MIN,
        }
    }

    /// Returns true if this is [`Day::MIN`] or [`Day::MAX`].
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.0 == i32::MIN || self.0 == i32::MAX
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ymd() {
            Some((year, month, day)) => write!(f, "{year:04}-{month:02}-{day:02}"),
            None => f.write_str(".."),
        }
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Day::MIN => f.write_str("Day(MIN)"),
            Day::MAX => f.write_str("Day(MAX)"),
            _ => write!(f, "Day({self})"),
        }
    }
}

/// Parses up to four ASCII digits.
fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |number, &byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        Some(number * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_count_from_1970() {
        assert_eq!(Day::from_ymd(1970, 1, 1), Some(Day::new(0)));
        assert_eq!(Day::from_ymd(1, 1, 1), Some(Day::new(FIRST)));
        assert_eq!(Day::from_ymd(9999, 12, 31), Some(Day::new(LAST)));
        assert_eq!(Day::from_ymd(2023, 3, 23).map(Day::ordinal), Some(19_439));
    }

    #[test]
    fn civil_days_round_trip_through_text() {
        let step = 97;
        let mut day = Day::new(FIRST);
        while day != Day::MAX {
            assert_eq!(Day::parse(&day.to_string()), Some(day));
            let (y, m, d) = day.ymd().unwrap();
            assert_eq!(Day::from_ymd(y, m, d), Some(day));
            day = day.plus(step);
        }
    }

    #[test]
    fn only_real_days_in_the_strict_form_are_parsed() {
        assert_eq!(Day::parse("2024-02-29"), Day::from_ymd(2024, 2, 29));
        for text in [
            "",
            "2023-02-29",
            "2023-13-01",
            "2023-00-01",
            "2023-01-00",
            "0000-01-01",
            "2023-1-1",
            "2023/01/01",
            " 2023-01-01",
            "2023-01-01 ",
            "+023-01-01",
            "٢٠٢٣-٠١-٠١",
            "..",
            "99999-01-01",
            "2023-01-011",
        ] {
            assert_eq!(Day::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn open_ends_stay_and_display_as_dots() {
        for end in [Day::MIN, Day::MAX] {
            assert_eq!(end.plus(5), end);
            assert_eq!(end.plus(-5), end);
            assert_eq!(end.next(), end);
            assert_eq!(end.prev(), end);
            assert_eq!(end.ymd(), None);
            assert_eq!(end.to_string(), "..");
        }
        assert_eq!(Day::new(LAST).next(), Day::MAX);
        assert_eq!(Day::new(FIRST).prev(), Day::MIN);
        assert_eq!(Day::new(0).plus(i32::MAX), Day::MAX);
        assert_eq!(Day::new(-1).plus(i32::MIN), Day::MIN);
        assert_eq!(
            format!("{:?} {:?}", Day::MIN, Day::new(0)),
            "Day(MIN) Day(1970-01-01)"
        );
    }

    #[test]
    fn distances_saturate() {
        let day = Day::new(100);
        assert_eq!(day.since(Day::new(40)), 60);
        assert_eq!(Day::new(40).since(day), -60);
        assert_eq!(Day::MAX.since(day), i32::MAX);
        assert_eq!(Day::MIN.since(day), i32::MIN);
        assert_eq!(day.since(Day::MIN), i32::MAX);
        assert_eq!(day.since(Day::MAX), i32::MIN);
        assert_eq!(Day::MAX.since(Day::MIN), i32::MAX);
        assert_eq!(Day::MIN.since(Day::MAX), i32::MIN);
        assert_eq!(Day::MAX.since(Day::MAX), 0);
    }
}
