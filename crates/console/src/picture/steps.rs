//! The steps of dimensions over time: a row for each, with the limits and the events behind them.

use detente_api::view::labels;
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::party::Lang;
use maud::{Markup, html};

use super::{Axis, EDGE, LINE, WIDTH, hatches, picture, text_at_start, text_from_left, unit};
use crate::level;
use crate::text::Texts;

/// The height of the levels of a row.
const BODY: f64 = 56.0;
/// The height of a row: a line of text, the levels, the ticks of events, and a space.
const ROW: f64 = LINE + BODY + 20.0;
/// The width that a letter takes, at most.
const LETTER: f64 = 7.5;

/// A row: a dimension over time.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The dimension; `None` for events alone.
    pub(crate) dimension: Option<Dimension>,
    /// The level on the last day.
    pub(crate) level: String,
    /// The steps, in order of days.
    pub(crate) segments: Vec<Segment>,
    /// The limits.
    pub(crate) barred: Vec<Barred>,
    /// The events.
    pub(crate) marks: Vec<Mark>,
    /// The address of the reasons.
    pub(crate) href: Option<String>,
}

/// A level that holds for some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The first day.
    pub(crate) from: Day,
    /// The first day after it.
    pub(crate) until: Day,
    /// The level.
    pub(crate) word: String,
    /// True within the bounds of an imprecise date.
    pub(crate) uncertain: bool,
    /// True without new evidence for long.
    pub(crate) stale: bool,
    /// True if it was recorded late.
    pub(crate) late: bool,
    /// The step in words.
    pub(crate) title: String,
}

/// Levels that a limit bars for some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Barred {
    /// The first day.
    pub(crate) from: Day,
    /// The first day after it.
    pub(crate) until: Day,
    /// The level of the limit.
    pub(crate) word: String,
    /// True for a ceiling, which bars what is above it; false for a floor.
    pub(crate) is_ceiling: bool,
    /// The limit in words.
    pub(crate) title: String,
}

/// An event on the axis of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The day.
    pub(crate) day: Day,
    /// The address of the event.
    pub(crate) href: String,
    /// The event in words.
    pub(crate) title: String,
    /// True if it is disputed.
    pub(crate) disputed: bool,
}

/// Draws the steps of dimensions. `id` is that of the picture in its page.
pub(crate) fn timeline(texts: Texts, id: &str, name: &str, axis: Axis, rows: &[Row]) -> Markup {
    let mut tops = Vec::with_capacity(rows.len());
    let mut bottom = 4.0;
    for row in rows {
        tops.push(bottom);
        bottom += row.height();
    }
    let content = html! {
        (axis.render(texts, 4.0, bottom))
        @for (row, top) in rows.iter().zip(tops) { (row.render(texts, id, axis, top)) }
    };
    picture(
        texts.lang,
        name,
        bottom + LINE + 4.0,
        &hatches(id),
        &content,
    )
}

impl Row {
    /// Returns the height: a row of events alone has no levels.
    const fn height(&self) -> f64 {
        if self.dimension.is_some() {
            ROW
        } else {
            ROW - BODY
        }
    }

    fn render(&self, texts: Texts, id: &str, axis: Axis, top: f64) -> Markup {
        let lang = texts.lang;
        let body = top + LINE;
        let Some(dimension) = self.dimension else {
            return html! {
                (text_at_start(lang, top + 12.0, &texts.say("picture-events")))
                (self.ticks(axis, body))
            };
        };
        let name = labels::dimension(dimension).text(lang);
        let level = level::word(dimension, &self.level, lang);
        // The level is that of the last day, which is at the right; so is the name in Arabic.
        let is_joined = lang == Lang::Ar;
        let name = if is_joined {
            format!("{name}: {level}")
        } else {
            name.to_owned()
        };
        html! {
            @match &self.href {
                Some(href) => a href=(href) { (text_at_start(lang, top + 12.0, &name)) },
                None => (text_at_start(lang, top + 12.0, &name)),
            }
            @if !is_joined {
                // A narrow window begins with the last day, where the name would not be seen.
                text.name x=(unit(WIDTH - EDGE)) y=(unit(top + 12.0)) direction="ltr" text-anchor="end" {
                    tspan.again { (name) ": " } (level)
                }
            }
            @for segment in self.segments.iter().filter(|segment| segment.is_within(axis)) {
                (segment.render(dimension, lang, id, axis, body))
            }
            @for barred in self.barred.iter().filter(|barred| barred.until > axis.first && barred.from <= axis.last) {
                (barred.render(dimension, id, axis, body))
            }
            (self.line(dimension, axis, body))
            (self.late(axis, body))
            (self.ticks(axis, body + BODY))
        }
    }

    /// Draws the line of the levels: it breaks where they are unknown, and is dashed where a date is
    /// imprecise.
    fn line(&self, dimension: Dimension, axis: Axis, body: f64) -> Markup {
        let (mut firm, mut soft) = (String::new(), String::new());
        let mut last: Option<f64> = None;
        for segment in self
            .segments
            .iter()
            .filter(|segment| segment.is_within(axis))
        {
            let Some(y) = height_of(dimension, &segment.word).map(|y| body + y) else {
                last = None;
                continue;
            };
            let (from, to) = segment.ends(axis);
            let path = if segment.uncertain {
                &mut soft
            } else {
                &mut firm
            };
            let begin = last.map_or_else(
                || format!("M{} {}", unit(from), unit(y)),
                |before| format!("M{} {}V{}", unit(from), unit(before), unit(y)),
            );
            path.push_str(&begin);
            path.push_str(&format!("H{}", unit(to)));
            last = Some(y);
        }
        html! {
            @if !firm.is_empty() { path.step d=(firm) {} }
            @if !soft.is_empty() { path.step.soft-step d=(soft) {} }
        }
    }

    /// Marks the steps that were recorded late.
    fn late(&self, axis: Axis, body: f64) -> Markup {
        let late = self.segments.iter().filter(|segment| segment.late);
        html! {
            @for segment in late.filter(|segment| segment.from >= axis.first && segment.from <= axis.last) {
                circle.late cx=(unit(axis.x(segment.from))) cy=(unit(body + 4.0)) r="2.5" {}
            }
        }
    }

    fn ticks(&self, axis: Axis, y: f64) -> Markup {
        let marks = self.marks.iter();
        html! {
            @for mark in marks.filter(|mark| mark.day >= axis.first && mark.day <= axis.last) {
                @let x = unit(axis.x(mark.day));
                a href=(mark.href) {
                    title { (mark.title) }
                    rect.target x=(unit(axis.x(mark.day) - 3.0)) y=(unit(y)) width="6" height="14" {}
                    line.tick.disputed-tick[mark.disputed] x1=(x) x2=(x) y1=(unit(y + 2.0)) y2=(unit(y + 12.0)) {}
                }
            }
        }
    }
}

impl Segment {
    fn is_within(&self, axis: Axis) -> bool {
        self.until > axis.first && self.from <= axis.last
    }

    /// Returns the places of both ends.
    fn ends(&self, axis: Axis) -> (f64, f64) {
        let (from, to) = (axis.x(self.from), axis.x(self.until));
        // A step of a day is seen too.
        (from, to.max(from + 1.0))
    }

    fn render(&self, dimension: Dimension, lang: Lang, id: &str, axis: Axis, body: f64) -> Markup {
        let (from, to) = self.ends(axis);
        let width = to - from;
        let classes = level::classes(dimension, &self.word);
        let word = level::word(dimension, &self.word, lang);
        let letters = f64::from(u32::try_from(word.chars().count()).unwrap_or(u32::MAX));
        let text = if width > letters * LETTER + 6.0 {
            Some(word.as_str())
        } else {
            Some(level::mark(dimension, &self.word)).filter(|_| width > 18.0)
        };
        html! {
            g {
                title { (self.title) }
                rect class={ (classes) @if self.uncertain { " soft-level" } }
                    x=(unit(from)) y=(unit(body)) width=(unit(width)) height=(unit(BODY)) {}
                @if self.stale {
                    rect x=(unit(from)) y=(unit(body)) width=(unit(width)) height=(unit(BODY)) fill={ "url(#stale-" (id) ")" } {}
                }
                @if let Some(text) = text {
                    @let y = self.text_height(dimension);
                    (text_from_left(lang, from + 3.0, body + y, "level", text))
                }
            }
        }
    }

    /// Returns the height of the text in the row, away from the line.
    fn text_height(&self, dimension: Dimension) -> f64 {
        match height_of(dimension, &self.word) {
            Some(y) if y + 13.0 > BODY => y - 5.0,
            Some(y) => y + 12.0,
            None => BODY / 2.0 + 4.0,
        }
    }
}

impl Barred {
    fn render(&self, dimension: Dimension, id: &str, axis: Axis, body: f64) -> Markup {
        let Some(level) = height_of(dimension, &self.word) else {
            return Markup::default();
        };
        let (from, to) = (axis.x(self.from), axis.x(self.until));
        // Half a level beyond the limit, which itself is not barred.
        let half = step_of(dimension, &self.word) / 2.0;
        let (y, top, height) = if self.is_ceiling {
            let y = (level - half).max(0.0);
            (y, body, y)
        } else {
            let y = (level + half).min(BODY);
            (y, body + y, BODY - y)
        };
        html! {
            g {
                title { (self.title) }
                rect x=(unit(from)) y=(unit(top)) width=(unit(to - from)) height=(unit(height)) fill={ "url(#barred-" (id) ")" } {}
                line.limit x1=(unit(from)) x2=(unit(to)) y1=(unit(body + y)) y2=(unit(body + y)) {}
            }
        }
    }
}

/// Returns the height between two levels.
fn step_of(dimension: Dimension, word: &str) -> f64 {
    let of = level::place(dimension, word).map_or(2, |place| place.of);
    let gaps = u32::try_from(of).unwrap_or(2).saturating_sub(1).max(1);
    (BODY - 8.0) / f64::from(gaps)
}

/// Returns the height of a level within a row, from its top; `None` if it is unknown.
fn height_of(dimension: Dimension, word: &str) -> Option<f64> {
    let place = level::place(dimension, word)?;
    let [at, of] = [place.place, place.of - 1]
        .map(|number| f64::from(u32::try_from(number).unwrap_or_default()));
    Some(4.0 + (1.0 - at / of.max(1.0)) * (BODY - 8.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn segment(from: &str, until: &str, word: &str) -> Segment {
        Segment {
            from: day(from),
            until: day(until),
            word: word.to_owned(),
            uncertain: false,
            stale: false,
            late: false,
            title: "<step>".to_owned(),
        }
    }

    fn row() -> Row {
        Row {
            dimension: Some(Dimension::Posture),
            level: "close".to_owned(),
            segments: vec![
                segment("2020-01-01", "2021-01-01", "unknown"),
                segment("2021-01-01", "2022-01-01", "hostile"),
                segment("2022-01-01", "2024-01-01", "close"),
            ],
            barred: vec![Barred {
                from: day("2021-01-01"),
                until: day("2022-01-01"),
                word: "hostile".to_owned(),
                is_ceiling: true,
                title: "ceiling".to_owned(),
            }],
            marks: vec![Mark {
                day: day("2022-01-01"),
                href: "/en/events/1".to_owned(),
                title: "A \"title\"".to_owned(),
                disputed: true,
            }],
            href: None,
        }
    }

    fn drawn(lang: Lang, row: Row) -> String {
        let axis = Axis {
            first: day("2020-01-01"),
            last: day("2023-12-31"),
        };
        timeline(Texts { lang }, "t", "name", axis, &[row]).into_string()
    }

    #[test]
    fn a_level_is_higher_the_friendlier_it_is_and_unknown_has_no_line() {
        let high = height_of(Dimension::Posture, "close");
        assert!(high < height_of(Dimension::Posture, "hostile"));
        assert_eq!(height_of(Dimension::Posture, "unknown"), None);
        let drawn = drawn(Lang::En, row());
        assert!(drawn.contains("d=\"M243"), "{drawn}");
        assert!(drawn.contains("&lt;step&gt;") && !drawn.contains("<step>"));
        assert!(drawn.contains("disputed-tick"));
    }

    #[test]
    fn an_imprecise_date_is_drawn_softly() {
        let mut row = row();
        row.segments
            .iter_mut()
            .for_each(|segment| segment.uncertain = true);
        assert!(drawn(Lang::En, row).contains("soft-step"));
        assert!(!drawn(Lang::En, self::row()).contains("soft-step"));
    }

    #[test]
    fn every_text_has_a_direction() {
        let drawn = drawn(Lang::Ar, row());
        let texts = drawn.matches("<text").count();
        assert!(texts > 3);
        let directed = drawn.split("<text").skip(1).filter(|text| {
            let element = text.split('>').next().unwrap_or_default();
            element.contains("direction=\"rtl\"") || element.contains("direction=\"ltr\"")
        });
        assert_eq!(directed.count(), texts);
    }
}
