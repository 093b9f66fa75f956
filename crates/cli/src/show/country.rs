//! A country as a matrix: a row for every other, a column for every dimension.

use detente_wire::view::{CountryView, Levels};

use super::{legend, marks, named, table};
use crate::Out;

/// A country, for people.
#[must_use]
pub fn country(out: &Out, view: &CountryView) -> String {
    let heads = [
        "with",
        "conduct",
        "posture",
        "index",
        "recognition",
        "declared",
        "represent.",
        "political",
        "security",
        "economic",
        "humanit.",
        "societal",
        "threat",
        "",
    ];
    let mut matrix = table(out, &heads);
    let mut used = String::new();
    for relation in &view.relations {
        let mut add = |name: &str, conduct: String, levels: &Levels| {
            let marks = marks(false, levels.disputed, false);
            used.push_str(&marks);
            let index = levels
                .index
                .map(|index| index.to_string())
                .unwrap_or_default();
            let posture = match &*levels.trajectory {
                "warming" => format!("{} ↑", levels.posture),
                "cooling" => format!("{} ↓", levels.posture),
                _ => levels.posture.to_string(),
            };
            let words = [
                &levels.recognition,
                &levels.declared,
                &levels.representation,
                &levels.political,
                &levels.security,
                &levels.economic,
                &levels.humanitarian,
                &levels.societal,
                &levels.threat,
            ];
            let unknown = detente_wire::view::UNKNOWN;
            let words = words.into_iter().map(|word| word.replace(unknown, "·"));
            let first = [
                name.to_owned(),
                conduct,
                posture.replace(unknown, "·"),
                index,
            ];
            matrix.add_row(first.into_iter().chain(words).chain([marks]));
        };
        let (one, other) = (&view.country, &relation.with);
        add(
            &relation.names.en,
            format!("{one}→{other}"),
            &relation.outgoing,
        );
        add("", format!("{other}→{one}"), &relation.incoming);
    }
    let mut text = format!(
        "{}, governed by {}, on {}, as known at {}\n{}\n· unknown",
        named(&view.country),
        named(&view.governed_by),
        view.at,
        view.known_at,
        super::text(&matrix)
    );
    if let Some(legend) = legend(&used) {
        text.push_str("   ");
        text.push_str(&legend);
    }
    text.push('\n');
    text
}
