//! The axis of time.

use detente_domain::day::Day;
use detente_domain::string_enum;
use maud::{Markup, html};

use super::{LINE, WIDTH, text_from_left, unit};
use crate::dates;
use crate::text::Texts;

/// The space at either end, so that texts of the axis have room.
const MARGIN: f64 = 6.0;
/// The most labels of the axis.
const LABELS_MAX: i32 = 10;
/// The days up to which months are labelled, and not years.
const MONTHS_MAX: i32 = 900;

string_enum! {
    /// The years that pictures show.
    #[derive(Default)]
    Span {
        /// The last year.
        One "1y",
        /// The last five years.
        #[default]
        Five "5y",
        /// The last twenty years.
        Twenty "20y",
        /// All.
        All "all",
    }
}

impl Span {
    /// Returns the first day, of pictures that end on a day; `None` if they begin where history does.
    pub(crate) fn first(self, last: Day) -> Option<Day> {
        let years = match self {
            Self::One => 1,
            Self::Five => 5,
            Self::Twenty => 20,
            Self::All => return None,
        };
        let (year, month, day) = last.ymd()?;
        let day = if (month, day) == (2, 29) { 28 } else { day };
        Day::from_ymd(year - years, month, day)
    }
}

/// Days from left to right, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    /// The first day.
    pub(crate) first: Day,
    /// The last day.
    pub(crate) last: Day,
}

impl Axis {
    /// Returns the number of days.
    pub(crate) fn days(self) -> i32 {
        self.last.since(self.first).max(1)
    }

    /// Returns the place of the beginning of a day; days beyond the ends are at the ends.
    pub(crate) fn x(self, day: Day) -> f64 {
        let days = day.max(self.first).min(self.last).since(self.first);
        MARGIN + f64::from(days) / f64::from(self.days()) * (WIDTH - 2.0 * MARGIN)
    }

    /// Returns the first days of the months, or of the years, that are labelled, with their dates.
    fn labels(self) -> Vec<(Day, String)> {
        let (Some((first, month, _)), Some((last, ..))) = (self.first.ymd(), self.last.ymd())
        else {
            return Vec::new();
        };
        let first_of = |year, month| Some((year, Day::from_ymd(year, month, 1)?));
        if self.days() > MONTHS_MAX {
            let step = ((last - first) / LABELS_MAX).max(0) + 1;
            let years = (first + 1..=last).filter(|year| year % step == 0);
            let years = years.filter_map(|year| first_of(year, 1));
            return years
                .map(|(year, day)| (day, format!("{year:04}")))
                .collect();
        }
        let step = (self.days() / 30 / LABELS_MAX).max(0) + 1;
        let months = (first..=last).flat_map(|year| (1_u32..=12).map(move |month| (year, month)));
        let months = months.skip_while(|at| *at <= (first, month));
        let months = months.step_by(usize::try_from(step).unwrap_or(1));
        let months = months.filter_map(|(year, month)| Some((month, first_of(year, month)?)));
        let months = months.take_while(|(_, (_, day))| *day <= self.last);
        months
            .map(|(month, (year, day))| (day, format!("{year:04}-{month:02}")))
            .collect()
    }

    /// Writes the axis below a picture, with a line at each label from the top.
    pub(super) fn render(self, texts: Texts, top: f64, bottom: f64) -> Markup {
        html! {
            @for (day, date) in self.labels() {
                @let x = self.x(day);
                line.grid x1=(unit(x)) x2=(unit(x)) y1=(unit(top)) y2=(unit(bottom)) {}
                @if x < WIDTH - 60.0 {
                    (text_from_left(texts.lang, x + 3.0, bottom + LINE - 4.0, "soft", &dates::words(&date, texts)))
                }
            }
            line.axis x1=(unit(MARGIN)) x2=(unit(WIDTH - MARGIN)) y1=(unit(bottom)) y2=(unit(bottom)) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn axis(first: &str, last: &str) -> Axis {
        Axis {
            first: day(first),
            last: day(last),
        }
    }

    #[test]
    fn days_run_from_left_to_right_and_stay_within_the_picture() {
        let axis = axis("2021-01-01", "2025-12-31");
        assert!(axis.x(day("2022-01-01")) < axis.x(day("2023-01-01")));
        for (beyond, end) in [(Day::MIN, axis.first), (Day::MAX, axis.last)] {
            assert!((axis.x(beyond) - axis.x(end)).abs() < f64::EPSILON);
        }
        let one = self::axis("2021-01-01", "2021-01-01");
        assert!(one.x(one.first).is_finite());
    }

    #[test]
    fn few_labels_are_written_however_long_the_time() {
        for (first, last, begins) in [
            ("2021-08-15", "2021-12-31", "2021-09"),
            ("2023-06-30", "2025-10-01", "2023-07"),
            ("2021-08-15", "2026-05-01", "2022"),
            ("0001-01-01", "9999-12-31", "1000"),
        ] {
            let labels = axis(first, last).labels();
            assert!((3..=12).contains(&labels.len()), "{first}: {labels:?}");
            assert_eq!(labels.first().map(|(_, text)| &**text), Some(begins));
        }
    }

    #[test]
    fn a_span_begins_some_years_before_its_end() {
        assert_eq!(Span::Five.first(day("2024-02-29")), Some(day("2019-02-28")));
        assert_eq!(Span::One.first(day("0001-05-01")), None);
        assert_eq!(Span::All.first(day("2024-01-01")), None);
    }
}
