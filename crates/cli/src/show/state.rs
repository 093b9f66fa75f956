//! A conduct as tables: dimensions, registers, disputes.

use std::collections::HashMap;
use std::fmt::Write as _;

use detente_domain::dimension::{Register, Weighed};
use detente_wire::json::DetailForm;
use detente_wire::view::{BasisView, EntryView, RelationView};
use uuid::Uuid;

use super::{legend, marks, named, table};
use crate::Out;

/// A row of the dimensions' table.
struct Row<'v> {
    name: &'static str,
    level: String,
    index: String,
    since: Option<&'v str>,
    mixed: bool,
    basis: Option<&'v BasisView>,
}

/// One conduct, for people. `titles` names the events that they ask for.
#[must_use]
pub fn state(out: &Out, view: &RelationView, titles: &HashMap<Uuid, String>) -> String {
    let mut text = format!(
        "{} towards {}, on {}, as known at {}\n",
        named(&view.from),
        named(&view.to),
        view.at,
        view.known_at
    );
    let heads = ["", "level", "index", "since", "", "evidence", "above all"];
    let mut dimensions = table(out, &heads);
    let mut used = String::new();
    for row in rows(view) {
        let marks = row
            .basis
            .map(|b| marks(b.uncertain, b.disputed, row.mixed))
            .unwrap_or_default();
        used.push_str(&marks);
        let title = row.basis.and_then(|basis| basis.evidence.first());
        let title = title.and_then(|event| titles.get(event));
        dimensions.add_row([
            row.name.to_owned(),
            row.level,
            row.index,
            row.since.unwrap_or_default().to_owned(),
            marks,
            row.basis
                .map(|basis| basis.evidence_count.to_string())
                .unwrap_or_default(),
            title.cloned().unwrap_or_default(),
        ]);
    }
    let _ = writeln!(text, "{}", super::text(&dimensions));
    if let Some(registers) = registers(out, view, &mut used) {
        let _ = writeln!(text, "\n{}", super::text(&registers));
    }
    if let Some(disputes) = disputes(out, view, titles) {
        let _ = writeln!(text, "\n{}", super::text(&disputes));
    }
    if let Some(legend) = legend(&used) {
        let _ = writeln!(text, "{legend}");
    }
    text
}

fn rows(view: &RelationView) -> Vec<Row<'_>> {
    let posture = &view.posture;
    let recognition = &view.recognition;
    let representation = &view.representation;
    let mut rows = vec![
        Row {
            name: "posture",
            level: format!("{}, {}", posture.level, posture.trajectory),
            index: posture
                .index
                .map(|index| index.to_string())
                .unwrap_or_default(),
            since: posture.since.as_deref(),
            mixed: false,
            basis: None,
        },
        Row {
            name: "recognition",
            level: format!("{}, declared: {}", recognition.level, recognition.declared),
            index: String::new(),
            since: recognition.since.as_deref(),
            mixed: false,
            basis: Some(&recognition.basis),
        },
        Row {
            name: "representation",
            level: format!("{}, sends: {}", representation.level, representation.sends),
            index: String::new(),
            since: representation.since.as_deref(),
            mixed: false,
            basis: Some(&representation.basis),
        },
    ];
    for weighed in Weighed::ALL {
        let Some(held) = view.weighed(weighed) else {
            continue;
        };
        rows.push(Row {
            name: weighed.word(),
            level: held.level.to_string(),
            index: held
                .index
                .map(|index| index.to_string())
                .unwrap_or_default(),
            since: held.since.as_deref(),
            mixed: held.mixed,
            basis: Some(&held.basis),
        });
    }
    rows.push(Row {
        name: "threat",
        level: view.threat.level.to_string(),
        index: view
            .threat
            .strain
            .map(|strain| strain.to_string())
            .unwrap_or_default(),
        since: view.threat.since.as_deref(),
        mixed: false,
        basis: Some(&view.threat.basis),
    });
    rows
}

fn registers(out: &Out, view: &RelationView, used: &mut String) -> Option<comfy_table::Table> {
    let mut registers = table(out, &["register", "entry", "status", "since", "", "events"]);
    for register in Register::ALL {
        for (place, entry) in view.register(register).iter().enumerate() {
            let marks = marks(entry.uncertain, entry.disputed, false);
            used.push_str(&marks);
            registers.add_row([
                if place == 0 { register.word() } else { "" }.to_owned(),
                words(register, entry),
                entry.status.to_string(),
                entry.since.clone(),
                marks,
                entry.evidence_count.to_string(),
            ]);
        }
    }
    (registers.row_count() > 0).then_some(registers)
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

fn disputes(
    out: &Out,
    view: &RelationView,
    titles: &HashMap<Uuid, String>,
) -> Option<comfy_table::Table> {
    let mut disputes = table(out, &["disputed", "said by", "denied by"]);
    for dispute in &view.disputes {
        let title = titles.get(&dispute.event).cloned();
        disputes.add_row([
            title.unwrap_or_else(|| dispute.event.to_string()),
            dispute.claimed_by.clone().unwrap_or_default(),
            dispute
                .denied_by
                .clone()
                .unwrap_or_else(|| "another source".to_owned()),
        ]);
    }
    (disputes.row_count() > 0).then_some(disputes)
}
