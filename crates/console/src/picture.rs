//! Pictures of a conduct over time, as SVG: the steps of each dimension, and the course of an index.
//!
//! Time runs from left to right in every language; texts have the direction of theirs.

mod axis;
mod course;
mod file;
mod sheet;
mod steps;

use detente_domain::party::Lang;
use maud::{Markup, html};

use crate::lang::direction;

pub(crate) use axis::{Axis, Span};
pub(crate) use course::{Sample, course};
pub(crate) use file::{light, response};
pub(crate) use sheet::{BOLD, Face, LEVEL, MARGIN, PLAIN, SOFT, Sheet, isolate};
pub(crate) use steps::{Barred, Mark, Row, Segment, timeline};

/// The width of a picture, in its own units.
const WIDTH: f64 = 960.0;
/// The space between texts and the edge.
const EDGE: f64 = 6.0;
/// The height of a line of text.
const LINE: f64 = 16.0;

/// Writes a coordinate.
fn unit(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// Writes a text that begins at the left and runs to the right, in any language: in Arabic its end
/// is there.
fn text_from_left(lang: Lang, x: f64, y: f64, class: &str, text: &str) -> Markup {
    let anchor = if lang == Lang::Ar { "end" } else { "start" };
    html! {
        text class=(class) x=(unit(x)) y=(unit(y)) direction=(direction(lang)) text-anchor=(anchor) { (text) }
    }
}

/// Writes a text where the lines of its language begin: in Arabic at the right.
fn text_at_start(lang: Lang, y: f64, text: &str) -> Markup {
    let x = if lang == Lang::Ar { WIDTH - EDGE } else { EDGE };
    html! { text.name x=(unit(x)) y=(unit(y)) direction=(direction(lang)) text-anchor="start" { (text) } }
}

/// Writes a figure, such as `-5.2`, which runs from left to right in every language.
fn figure(x: f64, y: f64, text: &str) -> Markup {
    html! { text.soft x=(unit(x)) y=(unit(y)) direction="ltr" text-anchor="start" { (text) } }
}

/// Writes the outermost element. `defs` has the patterns that the content refers to.
fn picture(lang: Lang, name: &str, height: f64, defs: &Markup, content: &Markup) -> Markup {
    html! {
        svg.picture xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (unit(WIDTH)) " " (unit(height)) }
            role="group" aria-label=(name) lang=(lang.as_str()) direction="ltr" {
            (defs)
            (content)
        }
    }
}

/// Defines the hatching of what is stale, and of what a limit bars. Ids are those of a page, so each
/// picture has its own.
fn hatches(id: &str) -> Markup {
    html! {
        defs {
            pattern id={ "stale-" (id) } width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)" {
                line.hatch x1="0" y1="0" x2="0" y2="6" {}
            }
            pattern id={ "barred-" (id) } width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(90)" {
                line.bar x1="0" y1="0" x2="0" y2="4" {}
            }
        }
    }
}
