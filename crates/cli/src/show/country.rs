//! A country as a matrix: a row for every other, a column for every dimension.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use detente_api::view::{CountryView, Levels, UNKNOWN};

use super::changes::sides;
use super::grid::{Cell, Column, Grid};
use super::{DISPUTED, legend, marks, moving, named, plain};
use crate::Out;

/// Nothing is known, which is not zero.
const NOTHING: &str = "·";

/// A dimension: its word, a short form, and when it may be left out; lower orders go first.
const COLUMNS: [(&str, &str, Option<u8>); 9] = [
    ("recognition", "recogn.", None),
    ("declared", "declared", Some(4)),
    ("representation", "repr.", Some(6)),
    ("political", "polit.", Some(9)),
    ("security", "secur.", Some(8)),
    ("economic", "econ.", Some(7)),
    ("humanitarian", "human.", Some(5)),
    ("societal", "soc.", Some(3)),
    ("threat", "threat", None),
];

/// A country, for people.
#[must_use]
pub fn country(out: &Out, view: &CountryView) -> String {
    let whole = matrix(view, false);
    let table = if whole.fits(out.width()) {
        whole
    } else {
        matrix(view, true)
    };
    let table = table.text(out.width());
    let mut text = format!(
        "{}, governed by {}, on {}, as known at {}\n{table}\n{NOTHING} unknown",
        named(&view.country),
        named(&view.governed_by),
        view.at,
        view.known_at,
    );
    if let Some(legend) = legend(&table) {
        text.push_str("   ");
        text.push_str(&legend);
    }
    text.push('\n');
    for relation in &view.relations {
        let sides: BTreeSet<String> = relation.disputes.iter().map(sides).collect();
        for sides in sides {
            let _ = writeln!(
                text,
                "{DISPUTED} {}–{}: {sides}",
                view.country, relation.with
            );
        }
    }
    text
}

fn matrix(view: &CountryView, short: bool) -> Grid {
    let first = [
        Column::new("with").cut(12).spare(2),
        Column::new("conduct"),
        Column::new("posture"),
        Column::new("index").spare(1),
    ];
    let levels = || {
        let relations = view.relations.iter();
        relations.flat_map(|relation| [&relation.outgoing, &relation.incoming])
    };
    let dimensions = COLUMNS
        .iter()
        .enumerate()
        .map(|(place, (head, brief, spare))| {
            let column = Column::new(if short { brief } else { head });
            let tells = levels().any(|levels| words(levels).get(place) != Some(&UNKNOWN));
            match spare {
                Some(order) if tells => column.spare(*order),
                Some(_) => column.spare(0),
                None => column,
            }
        });
    let mut grid = Grid::new(first.into_iter().chain(dimensions).chain([Column::new("")]));
    for relation in &view.relations {
        let (one, other) = (&view.country, &relation.with);
        for (name, conduct, levels) in [
            (
                &*relation.names.en,
                format!("{one}→{other}"),
                &relation.outgoing,
            ),
            ("", format!("{other}→{one}"), &relation.incoming),
        ] {
            let index = levels.index.map(|index| index.to_string());
            let posture = moving(&levels.posture, &levels.trajectory);
            let first = [
                name.to_owned(),
                conduct,
                posture.replace(UNKNOWN, NOTHING),
                index.unwrap_or_default(),
            ];
            let words = words(levels).map(|word| cell(word, short));
            let marks = marks(false, levels.disputed, false);
            grid.add(
                first
                    .into_iter()
                    .chain(words)
                    .chain([marks])
                    .map(Cell::from),
            );
        }
    }
    grid
}

fn words(levels: &Levels) -> [&str; 9] {
    [
        &levels.recognition,
        &levels.declared,
        &levels.representation,
        &levels.political,
        &levels.security,
        &levels.economic,
        &levels.humanitarian,
        &levels.societal,
        &levels.threat,
    ]
}

fn cell(word: &str, short: bool) -> String {
    match word {
        UNKNOWN => NOTHING.to_owned(),
        "cooperative" if short => "coop.".to_owned(),
        "ambassador" if short => "ambass.".to_owned(),
        "recognises" if short => "recogn.".to_owned(),
        "withholds" if short => "withh.".to_owned(),
        word => plain(word),
    }
}
