//! The course of an index, with warmth and strain apart.

use std::fmt::Write as _;

use detente_api::view::Decimal1;
use detente_domain::day::Day;
use maud::{Markup, html};

use super::{Axis, LINE, figure, picture, text_at_start, unit};
use crate::text::Texts;

/// The height of the index, from 10 to -10.
const INDEX: f64 = 120.0;
/// The height of warmth, and of strain.
const MASS: f64 = 50.0;
/// The thousandths of the end of the scale of an index.
const END: f64 = 10_000.0;

/// The numbers of a day, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// The day.
    pub(crate) day: Day,
    /// The index; `None` if it is unknown, or for threat, which has none.
    pub(crate) index: Option<i64>,
    /// Warmth and strain; `None` if they are unknown.
    pub(crate) masses: Option<(i64, i64)>,
}

/// Draws the course of an index as a line, and warmth and strain as areas.
pub(crate) fn course(texts: Texts, name: &str, axis: Axis, samples: &[Sample]) -> Markup {
    let lang = texts.lang;
    let has_index = samples.iter().any(|sample| sample.index.is_some());
    let top = LINE + 12.0;
    let masses = if has_index {
        top + INDEX + LINE + 8.0
    } else {
        top
    };
    let middle = masses + MASS;
    let bottom = middle + MASS + 4.0;
    let most = samples.iter().filter_map(|sample| sample.masses);
    let most = most.map(|(warmth, strain)| warmth.max(strain)).max();
    let most = most.unwrap_or_default().max(1_000);
    let scale = Decimal1::from_thousandths(most).to_string();
    let content = html! {
        (axis.render(texts, top, bottom))
        @if has_index {
            (text_at_start(lang, 12.0, &texts.say("picture-index")))
            @for value in [10_i32, 5, 0, -5, -10] {
                @let y = top + (1.0 - f64::from(value) / 10.0) * INDEX / 2.0;
                line.grid.zero[value == 0] x1="6" x2="954" y1=(unit(y)) y2=(unit(y)) {}
                (figure(8.0, y - 2.0, &value.to_string()))
            }
            path.course d=(line(axis, samples, top)) {}
        }
        (text_at_start(lang, masses - 4.0, &texts.with("picture-masses", [("most", scale.into())])))
        line.zero x1="6" x2="954" y1=(unit(middle)) y2=(unit(middle)) {}
        path.warmth d=(area(axis, samples, middle, |(warmth, _)| -share(warmth, most))) {}
        path.strain d=(area(axis, samples, middle, |(_, strain)| share(strain, most))) {}
    };
    picture(
        lang,
        name,
        bottom + LINE + 4.0,
        &Markup::default(),
        &content,
    )
}

/// Returns thousandths as a number.
fn number(thousandths: i64) -> f64 {
    let limit = i64::from(i32::MAX);
    let within = thousandths.clamp(-limit, limit);
    f64::from(i32::try_from(within).unwrap_or_default())
}

/// Returns the height of a mass.
fn share(mass: i64, most: i64) -> f64 {
    number(mass) / number(most) * MASS
}

/// Draws the index: it breaks where it is unknown.
fn line(axis: Axis, samples: &[Sample], top: f64) -> String {
    let mut path = String::new();
    let mut command = 'M';
    for sample in samples {
        let Some(index) = sample.index else {
            command = 'M';
            continue;
        };
        let y = top + (1.0 - number(index) / END) * INDEX / 2.0;
        let _ = write!(path, "{command}{} {}", unit(axis.x(sample.day)), unit(y));
        command = 'L';
    }
    path
}

/// Draws a mass as an area along a line, for each run of days on which it is known.
fn area(axis: Axis, samples: &[Sample], middle: f64, height: impl Fn((i64, i64)) -> f64) -> String {
    let mut path = String::new();
    for run in samples.chunk_by(|one, other| one.masses.is_some() == other.masses.is_some()) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        if first.masses.is_none() {
            continue;
        }
        let _ = write!(path, "M{} {}", unit(axis.x(first.day)), unit(middle));
        for sample in run {
            let y = middle + sample.masses.map_or(0.0, &height);
            let _ = write!(path, "L{} {}", unit(axis.x(sample.day)), unit(y));
        }
        let _ = write!(path, "L{} {}Z", unit(axis.x(last.day)), unit(middle));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_domain::party::Lang;

    fn samples() -> Vec<Sample> {
        let day = |ordinal| Day::new(20_000 + ordinal);
        let sample = |ordinal, index, masses| Sample {
            day: day(ordinal),
            index,
            masses,
        };
        vec![
            sample(0, Some(5_000), Some((2_000, 0))),
            sample(10, Some(-5_000), Some((0, 4_000))),
            sample(20, None, None),
            sample(30, Some(0), Some((1_000, 1_000))),
        ]
    }

    fn axis() -> Axis {
        Axis {
            first: Day::new(20_000),
            last: Day::new(20_030),
        }
    }

    #[test]
    fn the_line_and_the_areas_break_where_nothing_is_known() {
        let line = line(axis(), &samples(), 0.0);
        assert_eq!(line, "M6 30L322 90M954 60");
        let warmth = area(axis(), &samples(), 100.0, |(warmth, _)| {
            -share(warmth, 4_000)
        });
        assert_eq!(warmth.matches('M').count(), 2);
        assert!(
            warmth.starts_with("M6 100L6 75L322 100L322 100Z"),
            "{warmth}"
        );
    }

    #[test]
    fn a_course_without_an_index_has_the_masses_alone() {
        let texts = Texts { lang: Lang::En };
        let mut samples = samples();
        assert!(
            course(texts, "n", axis(), &samples)
                .0
                .contains("class=\"course\"")
        );
        samples.iter_mut().for_each(|sample| sample.index = None);
        assert!(
            !course(texts, "n", axis(), &samples)
                .0
                .contains("class=\"course\"")
        );
        assert!(course(texts, "n", axis(), &[]).0.contains("<svg"));
    }
}
