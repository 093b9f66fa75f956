//! The state of one conduct as tables: dimensions, registers, disputes.

use std::fmt::Write as _;

use detente_api::view::{BasisView, EntryView, RelationView};
use detente_domain::dimension::{Register, Weighed};
use uuid::Uuid;

use super::table::{Column, Table};
use super::{legend, marks, moving, party, plain, title_or_id};
use crate::output::Output;
use crate::source::Titles;

/// A row of the table of dimensions.
struct Row<'v> {
    name: &'static str,
    level: String,
    index: String,
    since: Option<&'v str>,
    mixed: bool,
    /// True if a part of it rests on a disputed event; used without a basis.
    disputed: bool,
    basis: Option<&'v BasisView>,
}

/// Renders one conduct. `titles` holds the titles of the events that `cited` returns.
pub(crate) fn state(out: &Output, view: &RelationView, titles: &Titles) -> String {
    let mut text = format!(
        "{} towards {}, on {}, as known at {}\n",
        party(&view.from),
        party(&view.to),
        view.at,
        view.known_at
    );
    let columns = [
        Column::new(""),
        Column::new("level"),
        Column::new("index"),
        Column::new("since"),
        Column::new("events").optional(0),
        Column::new("above all").min_width(20),
    ];
    let mut used = String::new();
    let dimensions = rows(view).into_iter().map(|row| {
        let marks = match row.basis {
            Some(basis) => marks(basis.uncertain, basis.disputed, row.mixed),
            None => marks(false, row.disputed, false),
        };
        used.push_str(&marks);
        used.push_str(&row.level);
        let label = row.basis.and_then(|basis| basis.evidence.first());
        let label = label.and_then(|event| titles.get(event));
        let count = row.basis.map(|basis| basis.evidence_count.to_string());
        [
            row.name.to_owned(),
            row.level,
            row.index,
            marked(row.since.unwrap_or_default(), &marks),
            count.unwrap_or_default(),
            label.map(|label| label.title.clone()).unwrap_or_default(),
        ]
    });
    let tables = [
        Table::new(columns, dimensions),
        registers(view, &mut used),
        disputes(view, titles),
    ];
    let tables = tables.iter().filter(|table| !table.is_empty());
    let tables: Vec<String> = tables.map(|table| table.render(out)).collect();
    let _ = writeln!(text, "{}", tables.join("\n\n"));
    text + &legend(&used)
}

/// Returns the events whose titles are shown: the first of each row, and the disputed ones.
pub(crate) fn cited(view: &RelationView) -> impl Iterator<Item = Uuid> {
    let first = |row: Row<'_>| row.basis?.evidence.first().copied();
    let disputed = view.disputes.iter().map(|dispute| dispute.event);
    rows(view).into_iter().filter_map(first).chain(disputed)
}

/// Appends marks to a day.
fn marked(since: &str, marks: &str) -> String {
    if marks.is_empty() {
        since.to_owned()
    } else {
        format!("{since} {marks}").trim_start().to_owned()
    }
}

fn rows(view: &RelationView) -> Vec<Row<'_>> {
    let (posture, threat) = (&view.posture, &view.threat);
    let (recognition, representation) = (&view.recognition, &view.representation);
    let mut rows = vec![
        Row {
            level: moving(posture.level.as_str(), posture.trajectory.as_str()),
            index: text(posture.index),
            since: posture.since.as_deref(),
            disputed: posture.disputed,
            ..Row::new("posture", posture.level.as_str())
        },
        Row {
            since: recognition.since.as_deref(),
            basis: Some(&recognition.basis),
            ..Row::new("recognition", recognition.level.as_str())
        },
        Row::new("  declares", recognition.declared.as_str()),
        Row {
            since: representation.since.as_deref(),
            basis: Some(&representation.basis),
            ..Row::new("representation", representation.level.as_str())
        },
        Row::new("  sends", representation.sends.as_str()),
    ];
    for weighed in Weighed::ALL {
        rows.extend(view.weighed(weighed).map(|view| Row {
            index: text(view.index),
            since: view.since.as_deref(),
            mixed: view.mixed,
            basis: Some(&view.basis),
            ..Row::new(weighed.as_str(), view.level.as_str())
        }));
    }
    rows.push(Row {
        index: text(threat.strain),
        since: threat.since.as_deref(),
        basis: Some(&threat.basis),
        ..Row::new("threat", threat.level.as_str())
    });
    rows
}

fn text(number: Option<impl ToString>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

impl Row<'_> {
    fn new(name: &'static str, level: &str) -> Self {
        Self {
            name,
            level: plain(level),
            index: String::new(),
            since: None,
            mixed: false,
            disputed: false,
            basis: None,
        }
    }
}

fn registers(view: &RelationView, used: &mut String) -> Table {
    let columns = [
        Column::new("register"),
        Column::new("entry").min_width(20),
        Column::new("status"),
        Column::new("since"),
        Column::new("events").optional(0),
    ];
    let entries = Register::ALL.into_iter().flat_map(|register| {
        let entries = view.register(register).iter().enumerate();
        entries.map(move |(place, entry)| (register, place, entry))
    });
    let rows = entries.map(|(register, place, entry)| {
        let marks = marks(entry.uncertain, entry.disputed, false);
        used.push_str(&marks);
        [
            if place == 0 { register.as_str() } else { "" }.to_owned(),
            describe(register, entry),
            plain(&entry.status),
            marked(&entry.since, &marks),
            entry.evidence_count.to_string(),
        ]
    });
    Table::new(columns, rows)
}

/// Describes an entry of a register.
fn describe(register: Register, entry: &EntryView) -> String {
    let detail = |field| entry.detail(field).unwrap_or_default();
    let optional = |text: Option<&str>, before: &str, after: &str| {
        text.map_or_else(String::new, |text| format!("{before}{text}{after}"))
    };
    match register {
        Register::Missions => {
            let (kind, sender, host) = (plain(detail("type")), detail("sender"), detail("host"));
            let city = optional(entry.detail("city"), ", ", "");
            let holder = entry.controlled_by.as_deref().unwrap_or("unknown");
            format!("{kind} of {sender} in {host}{city} (held by {holder})")
        }
        Register::Envoys => {
            let (rank, sender, host) = (detail("rank"), detail("sender"), detail("host"));
            let name = optional(entry.detail("name"), " ", "");
            format!("{rank}{name} of {sender} in {host}")
        }
        Register::Groups => {
            let by = optional(entry.by.as_deref(), " (felt in ", ")");
            format!("{} out of {}{by}", detail("group"), detail("from"))
        }
        _ => {
            let by = optional(entry.by.as_deref(), "", ": ");
            let key: Vec<String> = entry.key.values().map(ToString::to_string).collect();
            let key = if key.is_empty() {
                "–".to_owned()
            } else {
                key.join(", ")
            };
            by + &key
        }
    }
}

fn disputes(view: &RelationView, titles: &Titles) -> Table {
    let columns = [
        Column::new("said by"),
        Column::new("denied by"),
        Column::new("disputed").min_width(20),
    ];
    let rows = view.disputes.iter().map(|dispute| {
        let denied = dispute.denied_by.clone();
        [
            dispute.claimed_by.clone().unwrap_or_default(),
            denied.unwrap_or_else(|| "another source".to_owned()),
            title_or_id(titles, dispute.event),
        ]
    });
    Table::new(columns, rows)
}
