//! A country as a matrix: two rows for each other state, a column for each dimension.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::{CountryView, Levels, UNKNOWN};
use detente_domain::dimension::Dimension;
use detente_domain::party::Lang;

use super::table::{Column, Table};
use super::{DISPUTED, PRESUMED, STALE, as_of, legend, moving, party, sides};
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
pub(crate) fn country(out: &Output, view: &CountryView, lang: Lang) -> String {
    let whole = matrix(view, false, lang);
    let table = if whole.fits(out.width()) {
        whole
    } else {
        matrix(view, true, lang)
    };
    let table = table.render(out);
    let governed = Label::new(", governed by", "، تحكمه:", ", у власти:").text(lang);
    let mut text = format!(
        "{}{governed} {}{}\n{table}\n{NOTHING} {}",
        party(&view.country, lang),
        party(&view.governed_by, lang),
        as_of(&view.at, view.known_at, lang),
        labels::UNKNOWN.text(lang),
    );
    let legend = legend(&table, lang);
    if legend.is_empty() {
        text.push('\n');
    } else {
        let _ = write!(text, "   {legend}");
    }
    for relation in &view.relations {
        let sides: BTreeSet<String> = relation
            .disputes
            .iter()
            .map(|dispute| self::sides(dispute, lang))
            .collect();
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

fn matrix(view: &CountryView, short: bool, lang: Lang) -> Table {
    let first = [
        Column::new(Label::new("with", "مع", "с кем").text(lang))
            .min_width(12)
            .optional(2),
        Column::new(Label::new("conduct", "السلوك", "поведение").text(lang)),
        Column::new(labels::dimension(Dimension::Posture).text(lang)),
        Column::new(Label::new("index", "المؤشر", "индекс").text(lang)).optional(1),
    ];
    let levels = || {
        let relations = view.relations.iter();
        relations.flat_map(|relation| [&relation.outgoing, &relation.incoming])
    };
    let dimensions = COLUMNS
        .iter()
        .enumerate()
        .map(|(place, (name, short_name, order))| {
            let column = Column::new(match lang {
                Lang::En if short => short_name,
                Lang::En => name,
                Lang::Ar | Lang::Ru => head(name, lang),
            });
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
        let name = match lang {
            Lang::En => &relation.names.en,
            Lang::Ar => &relation.names.ar,
            Lang::Ru => &relation.names.ru,
        };
        [
            row(
                name,
                format!("{own}→{other}"),
                &relation.outgoing,
                short,
                lang,
            ),
            row(
                "",
                format!("{other}→{own}"),
                &relation.incoming,
                short,
                lang,
            ),
        ]
    });
    Table::new(columns, rows).lang(lang)
}

/// Returns the head of a column of a dimension.
fn head(word: &str, lang: Lang) -> &'static str {
    let dimension = Dimension::parse(word);
    dimension.map_or("", |dimension| labels::heading(dimension).text(lang))
}

fn row(name: &str, conduct: String, levels: &Levels, short: bool, lang: Lang) -> Vec<String> {
    let index = levels.index.map(|index| index.to_string());
    let posture = cell(levels, "posture", levels.posture.as_str(), false, lang);
    let first = [
        name.to_owned(),
        conduct,
        moving(&posture, levels.trajectory.0),
        index.unwrap_or_default(),
    ];
    let words = levels.words();
    let words = words.map(|(dimension, word)| cell(levels, dimension, word, short, lang));
    let mark = if levels.disputed { DISPUTED } else { "" };
    first
        .into_iter()
        .chain(words)
        .chain([mark.to_owned()])
        .collect()
}

/// Returns a level, with its marks.
fn cell(levels: &Levels, name: &str, word: &str, short: bool, lang: Lang) -> String {
    let mut stale = levels.stale_dimensions.iter();
    let mark = if stale.any(|stale| stale.as_str() == name) {
        STALE
    } else if name == "recognition" && levels.presumed {
        PRESUMED
    } else {
        ""
    };
    let text = match (word, lang) {
        (UNKNOWN, _) => NOTHING.to_owned(),
        ("cooperative", Lang::En) if short => "coop.".to_owned(),
        ("ambassador", Lang::En) if short => "ambass.".to_owned(),
        ("recognises", Lang::En) if short => "recogn.".to_owned(),
        ("withholds", Lang::En) if short => "withh.".to_owned(),
        ("interests_section", Lang::En) if short => "int. sect.".to_owned(),
        (word, _) => Dimension::parse(name).map_or_else(
            || word.to_owned(),
            |dimension| labels::word(Topic::Dimension(dimension), word, lang),
        ),
    };
    text + mark
}
