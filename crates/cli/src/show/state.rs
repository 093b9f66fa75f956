//! A conduct as tables: dimensions, registers, disputes.

use std::fmt::Write as _;

use detente_api::json::DetailForm;
use detente_api::view::{BasisView, EntryView, RelationView};
use detente_domain::dimension::{Register, Weighed};
use uuid::Uuid;

use super::grid::{Cell, Column, Grid};
use super::{legend, marks, moving, named, plain};
use crate::Out;
use crate::source::Titles;

/// A row of the dimensions' table.
struct Row<'v> {
    name: &'static str,
    level: String,
    index: String,
    since: Option<&'v str>,
    mixed: bool,
    /// Of what has no basis of its own: what it is made of rests on a disputed event.
    disputed: bool,
    basis: Option<&'v BasisView>,
}

/// One conduct, for people. `titles` names the events that they ask for.
#[must_use]
pub fn state(out: &Out, view: &RelationView, titles: &Titles) -> String {
    let mut text = format!(
        "{} towards {}, on {}, as known at {}\n",
        named(&view.from),
        named(&view.to),
        view.at,
        view.known_at
    );
    let mut dimensions = Grid::new([
        Column::new(""),
        Column::new("level"),
        Column::new("index"),
        Column::new("since"),
        Column::new("events").spare(0),
        Column::new("above all").cut(20),
    ]);
    let mut used = String::new();
    for row in rows(view) {
        let marks = match row.basis {
            Some(basis) => marks(basis.uncertain, basis.disputed, row.mixed),
            None => marks(false, row.disputed, false),
        };
        used.push_str(&marks);
        used.push_str(&row.level);
        let title = row.basis.and_then(|basis| basis.evidence.first());
        let title = title.and_then(|event| titles.get(event));
        let count = row.basis.map(|basis| basis.evidence_count.to_string());
        let row = [
            row.name.to_owned(),
            row.level,
            row.index,
            marked(row.since.unwrap_or_default(), &marks),
            count.unwrap_or_default(),
            title.map(|named| named.title.clone()).unwrap_or_default(),
        ];
        dimensions.add(row.map(Cell::from));
    }
    let tables = [
        dimensions,
        registers(view, &mut used),
        disputes(view, titles),
    ];
    let tables = tables.iter().filter(|table| !table.is_empty());
    let tables: Vec<String> = tables.map(|table| table.text(out.width())).collect();
    let _ = writeln!(text, "{}", tables.join("\n\n"));
    if let Some(legend) = legend(&used) {
        let _ = writeln!(text, "{legend}");
    }
    text
}

/// What asks for events by their titles: the first that each row rests on, and disputes.
pub(crate) fn asked(view: &RelationView) -> impl Iterator<Item = Uuid> {
    let first = |row: Row<'_>| row.basis?.evidence.first().copied();
    let disputed = view.disputes.iter().map(|dispute| dispute.event);
    rows(view).into_iter().filter_map(first).chain(disputed)
}

/// A day with its marks.
fn marked(since: &str, marks: &str) -> String {
    if marks.is_empty() {
        since.to_owned()
    } else {
        format!("{since} {marks}").trim_start().to_owned()
    }
}

fn rows(view: &RelationView) -> Vec<Row<'_>> {
    let posture = &view.posture;
    let recognition = &view.recognition;
    let representation = &view.representation;
    let mut rows = vec![
        Row {
            name: "posture",
            level: moving(&posture.level, &posture.trajectory),
            index: posture
                .index
                .map(|index| index.to_string())
                .unwrap_or_default(),
            since: posture.since.as_deref(),
            mixed: false,
            disputed: posture.disputed,
            basis: None,
        },
        Row {
            name: "recognition",
            level: plain(&recognition.level),
            index: String::new(),
            since: recognition.since.as_deref(),
            mixed: false,
            disputed: false,
            basis: Some(&recognition.basis),
        },
        Row::bare("  declares", &recognition.declared),
        Row {
            name: "representation",
            level: plain(&representation.level),
            index: String::new(),
            since: representation.since.as_deref(),
            mixed: false,
            disputed: false,
            basis: Some(&representation.basis),
        },
        Row::bare("  sends", &representation.sends),
    ];
    for weighed in Weighed::ALL {
        let Some(held) = view.weighed(weighed) else {
            continue;
        };
        rows.push(Row {
            name: weighed.as_str(),
            level: plain(&held.level),
            index: held
                .index
                .map(|index| index.to_string())
                .unwrap_or_default(),
            since: held.since.as_deref(),
            mixed: held.mixed,
            disputed: false,
            basis: Some(&held.basis),
        });
    }
    rows.push(Row {
        name: "threat",
        level: plain(&view.threat.level),
        index: view
            .threat
            .strain
            .map(|strain| strain.to_string())
            .unwrap_or_default(),
        since: view.threat.since.as_deref(),
        mixed: false,
        disputed: false,
        basis: Some(&view.threat.basis),
    });
    rows
}

impl Row<'_> {
    /// A row of a word alone.
    fn bare(name: &'static str, word: &str) -> Self {
        Self {
            name,
            level: plain(word),
            index: String::new(),
            since: None,
            mixed: false,
            disputed: false,
            basis: None,
        }
    }
}

fn registers(view: &RelationView, used: &mut String) -> Grid {
    let mut registers = Grid::new([
        Column::new("register"),
        Column::new("entry").cut(20),
        Column::new("status"),
        Column::new("since"),
        Column::new("events").spare(0),
    ]);
    for register in Register::ALL {
        for (place, entry) in view.register(register).iter().enumerate() {
            let marks = marks(entry.uncertain, entry.disputed, false);
            used.push_str(&marks);
            let row = [
                if place == 0 { register.as_str() } else { "" }.to_owned(),
                words(register, entry),
                plain(&entry.status),
                marked(&entry.since, &marks),
                entry.evidence_count.to_string(),
            ];
            registers.add(row.map(Cell::from));
        }
    }
    registers
}

/// What an entry is, in words.
fn words(register: Register, entry: &EntryView) -> String {
    let detail = |word| entry.detail(word).unwrap_or_default();
    match register {
        Register::Missions => {
            let (kind, sender, host) = (detail("type"), detail("sender"), detail("host"));
            let city = entry
                .detail("city")
                .map(|city| format!(", {city}"))
                .unwrap_or_default();
            let holder = entry.controlled_by.as_deref().unwrap_or("unknown");
            format!(
                "{} of {sender} in {host}{city} (held by {holder})",
                kind.replace('_', " ")
            )
        }
        Register::Envoys => {
            let (rank, sender, host) = (detail("rank"), detail("sender"), detail("host"));
            let name = entry
                .detail("name")
                .map(|name| format!(" {name}"))
                .unwrap_or_default();
            format!("{rank}{name} of {sender} in {host}")
        }
        Register::Groups => {
            let by = entry
                .by
                .as_ref()
                .map(|by| format!(" (felt in {by})"))
                .unwrap_or_default();
            format!("{} out of {}{by}", detail("group"), detail("from"))
        }
        _ => {
            let by = entry
                .by
                .as_ref()
                .map(|by| format!("{by}: "))
                .unwrap_or_default();
            let value = |value: &DetailForm| match value {
                DetailForm::Text(text) => text.clone(),
                DetailForm::Count(count) => count.to_string(),
            };
            let key: Vec<String> = entry.key.values().map(value).collect();
            format!(
                "{by}{}",
                if key.is_empty() {
                    "–".to_owned()
                } else {
                    key.join(", ")
                }
            )
        }
    }
}

fn disputes(view: &RelationView, titles: &Titles) -> Grid {
    let mut disputes = Grid::new([
        Column::new("said by"),
        Column::new("denied by"),
        Column::new("disputed").cut(20),
    ]);
    for dispute in &view.disputes {
        let title = titles.get(&dispute.event).map(|named| named.title.clone());
        let denied = dispute.denied_by.clone();
        let row = [
            dispute.claimed_by.clone().unwrap_or_default(),
            denied.unwrap_or_else(|| "another source".to_owned()),
            title.unwrap_or_else(|| dispute.event.to_string()),
        ];
        disputes.add(row.map(Cell::from));
    }
    disputes
}
