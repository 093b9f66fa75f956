//! The state of one conduct as tables: dimensions, limits, registers, disputes.

use std::fmt::Write as _;

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::{BandView, BasisView, RelationView};
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use uuid::Uuid;

use super::registers::registers;
use super::table::{Column, Table};
use super::{
    DISPUTED, MIXED, PRESUMED, STALE, UNCERTAIN, another_source, as_of, legend, marked, marks,
    moving, title_or_id, topic, towards,
};
use crate::output::Output;
use crate::source::Titles;

/// A row of the table of dimensions.
struct Row<'v> {
    name: String,
    level: String,
    index: String,
    since: Option<&'v str>,
    mixed: bool,
    stale: bool,
    presumed: bool,
    leads: usize,
    /// True if a part of it rests on a disputed event; used without a basis.
    disputed: bool,
    basis: Option<&'v BasisView>,
}

/// Renders one conduct. `titles` holds the titles of the events that `cited` returns.
pub(crate) fn state(out: &Output, view: &RelationView, titles: &Titles, lang: Lang) -> String {
    let mut text = towards(&view.from, &view.to, lang);
    let _ = writeln!(text, "{}", as_of(&view.at, view.known_at, lang));
    let mut used = String::new();
    let tables = [
        dimensions(view, titles, &mut used, lang),
        limits(view, titles, lang),
        registers(view, &mut used, lang),
        disputes(view, titles, lang),
    ];
    let tables = tables.iter().filter(|table| !table.is_empty());
    let tables: Vec<String> = tables.map(|table| table.render(out)).collect();
    let _ = writeln!(text, "{}", tables.join("\n\n"));
    text + &legend(&used, lang)
}

/// Returns the events whose titles are shown: the first of each row, those that limit levels, and
/// the disputed ones.
pub(crate) fn cited(view: &RelationView) -> impl Iterator<Item = Uuid> {
    let first = |row: Row<'_>| row.basis?.evidence.first().copied();
    let disputed = view.disputes.iter().map(|dispute| dispute.event);
    let limits = bands(view).flat_map(|(_, band)| [&band.ceiling, &band.floor]);
    let limits = limits.flatten().map(|limit| limit.event);
    let rows = rows(view, Lang::En).into_iter().filter_map(first);
    rows.chain(limits).chain(disputed)
}

fn dimensions(view: &RelationView, titles: &Titles, used: &mut String, lang: Lang) -> Table {
    let columns = [
        Column::new(""),
        Column::new(Label::new("level", "المستوى", "уровень").text(lang)),
        Column::new(Label::new("index", "المؤشر", "индекс").text(lang)),
        Column::new(Label::new("since", "منذ", "с").text(lang)),
        Column::new(Label::new("events", "الأحداث", "события").text(lang)).optional(0),
        Column::new(Label::new("above all", "الأبرز", "прежде всего").text(lang)).min_width(20),
    ];
    let rows = rows(view, lang).into_iter().map(|row| {
        let basis = row.basis;
        let marks = marks([
            (row.stale, STALE),
            (row.presumed, PRESUMED),
            (basis.is_some_and(|basis| basis.uncertain), UNCERTAIN),
            (basis.map_or(row.disputed, |basis| basis.disputed), DISPUTED),
            (row.mixed, MIXED),
        ]);
        used.push_str(&marks);
        used.push_str(&row.level);
        let label = basis.and_then(|basis| basis.evidence.first());
        let label = label.and_then(|event| titles.get(event));
        let count = basis.map(|basis| basis.evidence_count.to_string());
        let leads = match row.leads {
            0 => String::new(),
            leads => format!(" ({}: {leads})", labels::LEADS.text(lang)),
        };
        [
            row.name,
            row.level + &leads,
            row.index,
            marked(row.since.unwrap_or_default(), &marks),
            count.unwrap_or_default(),
            label.map(|label| label.title.clone()).unwrap_or_default(),
        ]
    });
    Table::new(columns, rows).lang(lang)
}

fn rows(view: &RelationView, lang: Lang) -> Vec<Row<'_>> {
    let (posture, threat) = (&view.posture, &view.threat);
    let (recognition, representation) = (&view.recognition, &view.representation);
    let row = |dimension, word: &str| Row::new(dimension, word, lang);
    let second = |name: Label, dimension, word: &str| Row {
        name: format!("  {}", name.text(lang)),
        ..row(dimension, word)
    };
    let first = row(Dimension::Posture, posture.level.as_str());
    let mut rows = vec![
        Row {
            level: moving(&first.level, posture.trajectory.0),
            index: text(posture.index),
            since: posture.since.as_deref(),
            stale: posture.stale,
            disputed: posture.disputed,
            ..first
        },
        Row {
            since: recognition.since.as_deref(),
            presumed: recognition.presumed,
            basis: Some(&recognition.basis),
            ..row(Dimension::Recognition, recognition.level.as_str())
        },
        second(
            Label::new("declares", "المعلن", "заявляет"),
            Dimension::Declared,
            recognition.declared.as_str(),
        ),
        Row {
            since: representation.since.as_deref(),
            basis: Some(&representation.basis),
            ..row(Dimension::Representation, representation.level.as_str())
        },
        second(
            Label::new("sends", "يوفد", "направляет"),
            Dimension::Representation,
            representation.sends.as_str(),
        ),
    ];
    for weighed in Weighed::ALL {
        rows.extend(view.weighed(weighed).map(|view| Row {
            index: text(view.index),
            since: view.since.as_deref(),
            mixed: view.mixed,
            stale: view.stale,
            leads: view.leads,
            basis: Some(&view.basis),
            ..row(Dimension::Weighed(weighed), view.level.as_str())
        }));
    }
    rows.push(Row {
        index: text(threat.strain),
        since: threat.since.as_deref(),
        stale: threat.stale,
        leads: threat.leads,
        basis: Some(&threat.basis),
        ..row(Dimension::Weighed(Weighed::Threat), threat.level.as_str())
    });
    rows
}

fn text(number: Option<impl ToString>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

impl Row<'_> {
    fn new(dimension: Dimension, level: &str, lang: Lang) -> Self {
        let of = Topic::Dimension(dimension);
        Self {
            name: topic(of, lang).to_owned(),
            level: labels::word(of, level, lang),
            index: String::new(),
            since: None,
            mixed: false,
            stale: false,
            presumed: false,
            leads: 0,
            disputed: false,
            basis: None,
        }
    }
}

/// Returns the limits of each dimension that can have them.
fn bands(view: &RelationView) -> impl Iterator<Item = (Dimension, &BandView)> {
    let weighed = Weighed::ALL.into_iter().filter_map(|weighed| {
        let band = &view.weighed(weighed)?.band;
        Some((Dimension::Weighed(weighed), band))
    });
    [(Dimension::Posture, &view.posture.band)]
        .into_iter()
        .chain(weighed)
}

fn limits(view: &RelationView, titles: &Titles, lang: Lang) -> Table {
    let columns = [
        Column::new(Label::new("limit", "الحد", "предел").text(lang)),
        Column::new(""),
        Column::new(Label::new("level", "المستوى", "уровень").text(lang)),
        Column::new(Label::new("until", "حتى", "до").text(lang)).optional(0),
        Column::new(Label::new("because of", "بسبب", "из-за").text(lang)).min_width(20),
    ];
    let limits = bands(view).flat_map(|(dimension, band)| {
        let limits = [
            (labels::CEILING, &band.ceiling),
            (labels::FLOOR, &band.floor),
        ];
        let limits = limits.into_iter();
        limits.filter_map(move |(label, limit)| Some((dimension, label, limit.as_ref()?)))
    });
    let rows = limits.map(|(dimension, label, limit)| {
        let of = Topic::Dimension(dimension);
        let title = titles.get(&limit.event).map(|label| label.title.clone());
        let kind = Kind::parse(&limit.kind).map(|kind| kind.label(lang).to_owned());
        [
            topic(of, lang).to_owned(),
            label.text(lang).to_owned(),
            labels::word(of, limit.level.as_str(), lang),
            limit.until.clone().unwrap_or_default(),
            title.or(kind).unwrap_or_else(|| limit.kind.to_string()),
        ]
    });
    Table::new(columns, rows).lang(lang)
}

fn disputes(view: &RelationView, titles: &Titles, lang: Lang) -> Table {
    let columns = [
        Column::new(Label::new("said by", "يقوله", "утверждает").text(lang)),
        Column::new(Label::new("denied by", "ينفيه", "отрицает").text(lang)),
        Column::new(labels::DISPUTED.text(lang)).min_width(20),
    ];
    let rows = view.disputes.iter().map(|dispute| {
        let denied = dispute.denied_by.clone();
        [
            dispute.claimed_by.clone().unwrap_or_default(),
            denied.unwrap_or_else(|| another_source(lang).to_owned()),
            title_or_id(titles, dispute.event),
        ]
    });
    Table::new(columns, rows).lang(lang)
}
