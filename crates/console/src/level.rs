//! How a level looks: a place on its scale, which gives lightness, and a mark and a word, so that
//! nothing is told by colour alone.

use detente_api::request::Topic;
use detente_api::view::{UNKNOWN, labels};
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::level::{Declared, Level, Recognition, Representation, Threat};
use detente_domain::party::Lang;

/// The days without evidence after which a value is drawn paler, in three steps.
const AGES: [i32; 3] = [90, 365, 1_095];

/// The place of a level on its scale, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The scale: `index`, `threat`, `ladder` or `stance`.
    pub(crate) scale: &'static str,
    /// The place.
    pub(crate) place: usize,
    /// The number of places.
    pub(crate) of: usize,
}

/// Returns the levels of a dimension, from the lowest.
pub(crate) fn words(dimension: Dimension) -> Vec<&'static str> {
    match dimension {
        Dimension::Recognition => Recognition::ALL.map(Recognition::as_str).into(),
        Dimension::Declared => Declared::ALL.map(Declared::as_str).into(),
        Dimension::Representation => Representation::ALL.map(Representation::as_str).into(),
        Dimension::Weighed(Weighed::Threat) => Threat::ALL.map(Threat::as_str).into(),
        Dimension::Weighed(_) | Dimension::Posture => Level::ALL.map(Level::as_str).into(),
    }
}

/// Returns the place of a level; `None` if it is unknown.
pub(crate) fn place(dimension: Dimension, word: &str) -> Option<Place> {
    let scale = match dimension {
        Dimension::Recognition | Dimension::Representation => "ladder",
        Dimension::Declared => "stance",
        Dimension::Weighed(Weighed::Threat) => "threat",
        Dimension::Weighed(_) | Dimension::Posture => "index",
    };
    let words = words(dimension);
    let place = words.iter().position(|level| *level == word)?;
    let of = words.len();
    Some(Place { scale, place, of })
}

/// Returns the classes of a level: its scale and place, such as `index index-3`; `unknown` for what
/// is not known.
pub(crate) fn classes(dimension: Dimension, word: &str) -> String {
    place(dimension, word).map_or_else(
        || UNKNOWN.to_owned(),
        |Place { scale, place, of }| {
            // Ladders have four and seven rungs, and seven shades.
            let shade = if scale == "ladder" {
                place * 6 / (of - 1)
            } else {
                place
            };
            format!("{scale} {scale}-{shade}")
        },
    )
}

/// Returns the mark of a level: a sign of its place.
pub(crate) fn mark(dimension: Dimension, word: &str) -> &'static str {
    let Some(Place { scale, place, of }) = place(dimension, word) else {
        return "?";
    };
    let marks: &[&str] = match scale {
        "index" => &["−−", "−", "=", "+", "++"],
        "threat" => &["0", "!", "!!", "!!!"],
        "stance" => &["✕", "○", "✓"],
        _ if of == Recognition::ALL.len() => &["0", "¼", "¾", "1"],
        _ => &["0", "1", "2", "3", "4", "5", "6"],
    };
    marks.get(place).copied().unwrap_or("?")
}

/// Returns the word of a level in a language.
pub(crate) fn word(dimension: Dimension, word: &str, lang: Lang) -> String {
    labels::word(Topic::Dimension(dimension), word, lang)
}

/// Returns the class of a value whose last evidence is some days old.
pub(crate) fn age(days: Option<i32>) -> Option<&'static str> {
    let steps = AGES
        .iter()
        .filter(|age| days.is_some_and(|days| days >= **age));
    match steps.count() {
        0 => None,
        1 => Some("age-1"),
        2 => Some("age-2"),
        _ => Some("age-3"),
    }
}

/// Returns how opaque a level is in a picture whose last evidence is some days old.
pub(crate) fn opacity(days: Option<i32>) -> Option<&'static str> {
    age(days).map(|age| match age {
        "age-1" => ".8",
        "age-2" => ".6",
        _ => ".4",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_a_place_and_a_mark_of_its_own() {
        for dimension in Dimension::ALL {
            let words = words(dimension);
            let mut marks: Vec<&str> = words.iter().map(|word| mark(dimension, word)).collect();
            assert!(!marks.contains(&"?"), "{dimension:?}");
            marks.dedup();
            assert_eq!(marks.len(), words.len(), "{dimension:?}");
            assert_eq!(mark(dimension, UNKNOWN), "?");
            assert_eq!(classes(dimension, UNKNOWN), UNKNOWN);
        }
        assert_eq!(classes(Dimension::Posture, "hostile"), "index index-0");
        assert_eq!(
            classes(Dimension::Representation, "ambassador"),
            "ladder ladder-6"
        );
        assert_eq!(
            classes(Dimension::Recognition, "de_facto"),
            "ladder ladder-4"
        );
    }

    #[test]
    fn old_evidence_fades_in_steps() {
        assert_eq!([None, Some(0), Some(89)].map(age), [None; 3]);
        assert_eq!(
            [Some(90), Some(400), Some(5_000)].map(age),
            [Some("age-1"), Some("age-2"), Some("age-3")]
        );
    }
}
