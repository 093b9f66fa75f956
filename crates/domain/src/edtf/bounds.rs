//! Conversion of a text to its first and last day, and back to the shortest text.

use super::{EdtfError, MAX_BYTES};
use crate::day::Day;
use edtf::ParseError;
use edtf::level_1::{Date, Edtf as Parsed, Precision, Season};

/// The characters of a date. Texts with others are not passed to the parser.
const ALPHABET: &[u8] = b"0123456789X-/.?~%";

type Bounds = (Day, Day);

/// Returns the shortest text with exactly these bounds.
///
/// A whole year is `2022`, a whole month `2022-03`, a day `2023-03-23`. Other spans are `a/b`, with
/// years or months if both ends are whole ones, else with days. Ends at [`Day::MIN`] or
/// [`Day::MAX`] are open (`../b`, `a/..`, `../..`). Bounds in the wrong order are swapped.
#[must_use]
pub fn canonical(earliest: Day, latest: Day) -> String {
    let (earliest, latest) = (earliest.min(latest), earliest.max(latest));
    let (Some((y1, m1, d1)), Some((y2, m2, d2))) = (earliest.ymd(), latest.ymd()) else {
        return format!("{earliest}/{latest}");
    };
    let whole_months = d1 == 1 && month(y2, m2).is_some_and(|(_, end)| end == latest);
    let whole_years = whole_months && m1 == 1 && m2 == 12;
    let (from, to) = if whole_years {
        (format!("{y1:04}"), format!("{y2:04}"))
    } else if whole_months {
        (format!("{y1:04}-{m1:02}"), format!("{y2:04}-{m2:02}"))
    } else {
        (
            format!("{y1:04}-{m1:02}-{d1:02}"),
            format!("{y2:04}-{m2:02}-{d2:02}"),
        )
    };
    if from == to {
        from
    } else {
        format!("{from}/{to}")
    }
}

/// Writes a date of the basic form of ISO 8601, such as `20210815`, or an interval of such dates,
/// with its hyphens. `None` for any other text, and for a day that does not exist.
#[must_use]
pub fn extended(text: &str) -> Option<String> {
    let hyphenated = |end: &str| {
        let (day, mark) = end.split_at_checked(8)?;
        let is_basic = day.bytes().all(|byte| byte.is_ascii_digit());
        let (year, (month, day)) = (day.get(..4)?, day.get(4..)?.split_at_checked(2)?);
        is_basic.then(|| format!("{year}-{month}-{day}{mark}"))
    };
    let ends = text.split('/');
    let ends: Vec<String> = ends
        .map(|end| hyphenated(end).unwrap_or_else(|| end.to_owned()))
        .collect();
    let extended = ends.join("/");
    (extended != text && resolve(&extended).is_ok()).then_some(extended)
}

/// Parses a text into its bounds.
pub(super) fn resolve(text: &str) -> Result<Bounds, EdtfError> {
    if text.len() > MAX_BYTES {
        return Err(EdtfError::TooLong { bytes: text.len() });
    }
    if let Some(refusal) = foreign(text) {
        return Err(refusal);
    }
    let given = || text.to_owned();
    let parsed = Parsed::parse(text).map_err(|error| match error {
        ParseError::OutOfRange => EdtfError::NoSuchDay(given()),
        _ => EdtfError::Form(given()),
    })?;
    let (earliest, latest) = match parsed {
        Parsed::Date(date) => days(date, text)?,
        Parsed::Interval(from, to) => (days(from, text)?.0, days(to, text)?.1),
        Parsed::IntervalFrom(from, _) => (days(from, text)?.0, Day::MAX),
        Parsed::IntervalTo(_, to) => (Day::MIN, days(to, text)?.1),
        Parsed::DateTime(_) => return Err(EdtfError::TimeOfDay(given())),
        Parsed::YYear(_) => return Err(EdtfError::YearOutOfRange(given())),
    };
    if earliest > latest {
        return Err(EdtfError::Reversed(given()));
    }
    Ok((earliest, latest))
}

/// Refuses texts with other characters, times of day, dates without hyphens and years that are out
/// of range.
fn foreign(text: &str) -> Option<EdtfError> {
    let given = || text.to_owned();
    let bytes = text.as_bytes();
    let has_clock = bytes.contains(&b':')
        || bytes
            .windows(2)
            .any(|pair| pair[0].is_ascii_digit() && pair[1] == b'T');
    if has_clock {
        return Some(EdtfError::TimeOfDay(given()));
    }
    if let Some(extended) = extended(text) {
        let given = given();
        return Some(EdtfError::Basic { given, extended });
    }
    // A month, a day of the year, or a day that does not exist; no year has so many digits.
    let is_basic = |end: &str| {
        let date = end.trim_end_matches(['?', '~', '%']);
        (6..=8).contains(&date.len()) && date.bytes().all(|byte| byte.is_ascii_digit())
    };
    if text.split('/').any(is_basic) {
        return Some(EdtfError::Form(given()));
    }
    let has_far_year = text.split('/').any(|end| {
        let unsigned = end.trim_start_matches(['Y', '-', '+']);
        let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && (unsigned.len() < end.len() || digits > 4)
    });
    if has_far_year {
        return Some(EdtfError::YearOutOfRange(given()));
    }
    let is_ours = bytes.iter().all(|byte| ALPHABET.contains(byte));
    (!is_ours).then(|| EdtfError::Form(given()))
}

/// Returns the first and the last day of a date.
fn days(date: Date, text: &str) -> Result<Bounds, EdtfError> {
    let given = || text.to_owned();
    if !(1..=9999).contains(&date.year()) {
        return Err(EdtfError::YearOutOfRange(given()));
    }
    match date.precision() {
        Precision::Century(year) => years(year, year + 99),
        Precision::Decade(year) => years(year, year + 9),
        Precision::Year(year) | Precision::MonthOfYear(year) | Precision::DayOfYear(year) => {
            years(year, year)
        }
        Precision::Season(year, part) => season(year, part),
        // `2021-21-XX` gets past the parser: a season has no days of the month.
        Precision::Month(year, number) | Precision::DayOfMonth(year, number) => month(year, number),
        Precision::Day(year, number, day) => Day::from_ymd(year, number, day).map(|day| (day, day)),
    }
    .ok_or_else(|| EdtfError::NoSuchDay(given()))
}

fn years(first: i32, last: i32) -> Option<Bounds> {
    Some((Day::from_ymd(first, 1, 1)?, Day::from_ymd(last, 12, 31)?))
}

fn month(year: i32, number: u32) -> Option<Bounds> {
    let first = Day::from_ymd(year, number, 1)?;
    let last = match number {
        12 => Day::from_ymd(year, 12, 31)?,
        _ => Day::from_ymd(year, number + 1, 1)?.prev(),
    };
    Some((first, last))
}

/// Returns the three whole months of a season of the northern meteorological year. Winter begins
/// in December of its year.
fn season(year: i32, part: Season) -> Option<Bounds> {
    let (first, last) = match part {
        Season::Spring => (month(year, 3)?, month(year, 5)?),
        Season::Summer => (month(year, 6)?, month(year, 8)?),
        Season::Autumn => (month(year, 9)?, month(year, 11)?),
        // The last winter ends with the calendar.
        Season::Winter => (
            month(year, 12)?,
            month(year + 1, 2).or_else(|| month(year, 12))?,
        ),
    };
    Some((first.0, last.1))
}
