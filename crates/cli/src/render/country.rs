//! A country as a matrix: two rows for each other state, a column for each dimension.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use detente_api::view::{CountryView, Levels, UNKNOWN};

use super::table::{Column, Table};
use super::{DISPUTED, legend, marks, moving, party, plain, sides};
use crate::output::Output;

/// Shown for a level that is unknown.
const NOTHING: &str = "·";

/// The dimensions: name, short name, and the order in which columns are left out.
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

/// Renders the relations of a country.
pub(crate) fn country(out: &Output, view: &CountryView) -> String {
    let whole = matrix(view, false);
    let table = if whole.fits(out.width()) {
        whole
    } else {
        matrix(view, true)
    };
    let table = table.render(out);
    let mut text = format!(
        "{}, governed by {}, on {}, as known at {}\n{table}\n{NOTHING} unknown",
        party(&view.country),
        party(&view.governed_by),
        view.at,
        view.known_at,
    );
    let legend = legend(&table);
    if legend.is_empty() {
        text.push('\n');
    } else {
        let _ = write!(text, "   {legend}");
    }
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

fn matrix(view: &CountryView, short: bool) -> Table {
    let first = [
        Column::new("with").min_width(12).optional(2),
        Column::new("conduct"),
        Column::new("posture"),
        Column::new("index").optional(1),
    ];
    let levels = || {
        let relations = view.relations.iter();
        relations.flat_map(|relation| [&relation.outgoing, &relation.incoming])
    };
    let dimensions = COLUMNS
        .iter()
        .enumerate()
        .map(|(place, (name, short_name, order))| {
            let column = Column::new(if short { short_name } else { name });
            let mut words = levels().filter_map(|levels| levels.words().into_iter().nth(place));
            let is_known = words.any(|(_, word)| word != UNKNOWN);
            match order {
                Some(order) if is_known => column.optional(*order),
                Some(_) => column.optional(0),
                None => column,
            }
        });
    let columns = first.into_iter().chain(dimensions).chain([Column::new("")]);
    let rows = view.relations.iter().flat_map(|relation| {
        let (own, other) = (&view.country, &relation.with);
        let name = relation.names.en.to_string();
        [
            row(name, format!("{own}→{other}"), &relation.outgoing, short),
            row(
                String::new(),
                format!("{other}→{own}"),
                &relation.incoming,
                short,
            ),
        ]
    });
    Table::new(columns, rows)
}

fn row(name: String, conduct: String, levels: &Levels, short: bool) -> Vec<String> {
    let index = levels.index.map(|index| index.to_string());
    let posture = moving(levels.posture.as_str(), levels.trajectory.as_str());
    let first = [
        name,
        conduct,
        posture.replace(UNKNOWN, NOTHING),
        index.unwrap_or_default(),
    ];
    let words = levels.words().map(|(_, word)| cell(word, short));
    let marks = marks(false, levels.disputed, false);
    first.into_iter().chain(words).chain([marks]).collect()
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
