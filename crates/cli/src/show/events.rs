//! Events: a list, and one in full.

use std::fmt::Write as _;

use detente_query::answers::Page;
use detente_wire::json::DetailForm;
use detente_wire::view::{EventView, RecordView};

use super::grid::{Cell, Column, Grid, clean, wrap};
use super::marks;
use crate::Out;
use crate::source::title;

/// A page of events, for people.
#[must_use]
pub fn events(out: &Out, page: &Page<EventView>) -> String {
    // The title stands last: what follows Arabic on a line would be moved.
    let mut list = Grid::new([
        Column::new("at"),
        Column::new("occurred"),
        Column::new("kind"),
        Column::new("who").cut(12),
        Column::new("grade").spare(1),
        Column::new(""),
        Column::new("id").spare(0),
        Column::new("title").cut(20),
    ]);
    for view in &page.items {
        let event = &view.event;
        let mut marks = marks(false, view.disputed, false);
        if view.retracted.is_some() {
            marks.push('×');
        }
        let row = [
            view.position.to_string(),
            event.occurred.clone(),
            event.kind.clone(),
            who(view),
            event.report.grade.clone(),
            marks,
            event.id.map(|id| id.to_string()).unwrap_or_default(),
            title(view),
        ];
        list.add(row.map(Cell::from));
    }
    let mut text = format!("{}\n", list.text(out.width()));
    if let Some(next) = &page.next {
        let _ = writeln!(text, "more: --from {next}");
    }
    text
}

/// An event with all that was said about it, for people.
#[must_use]
pub fn event(out: &Out, view: &EventView) -> String {
    let event = &view.event;
    let id = event.id.map(|id| id.to_string()).unwrap_or_default();
    let mut facts = vec![("event".to_owned(), id)];
    let mut add = |name: &str, value: String| facts.push((clean(name), value));
    for (language, text) in &event.title {
        add(&format!("title ({language})"), text.clone());
    }
    add("kind", event.kind.clone());
    add("who", who(view));
    add("occurred", event.occurred.clone());
    for (field, value) in &event.details {
        add(
            field,
            match value {
                DetailForm::Text(text) => text.clone(),
                DetailForm::Count(count) => count.to_string(),
            },
        );
    }
    let report = &event.report;
    add("publisher", report.publisher.clone());
    for (name, value) in [
        ("url", &report.url),
        ("language", &report.language),
        ("published", &report.published),
        ("quote", &report.quote),
    ] {
        if let Some(value) = value {
            add(name, value.clone());
        }
    }
    add("grade", report.grade.clone());
    add("position", view.position.to_string());
    add(
        "entered by",
        match &view.recorded {
            Some(recorded) => format!("{}, {recorded}", view.author),
            None => view.author.clone(),
        },
    );
    let about = [
        &view.reports,
        &view.disputes,
        &view.corrections,
        &view.links,
    ];
    for record in about.into_iter().flatten().chain(&view.retracted) {
        add(&record.kind, words(record));
    }
    paired(out, &facts)
}

/// Names with their values, which are broken where the room ends.
fn paired(out: &Out, facts: &[(String, String)]) -> String {
    let names = facts.iter().map(|(name, _)| name.chars().count());
    let indent = names.max().unwrap_or(0) + 2;
    let room = out.width().saturating_sub(indent);
    let mut text = String::new();
    for (name, value) in facts {
        for (place, line) in wrap(value, room).iter().enumerate() {
            let name = if place == 0 { name } else { "" };
            let line = format!("{name:<indent$}{line}");
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

fn who(view: &EventView) -> String {
    let event = &view.event;
    let actors = event.actors.join(" ");
    if event.recipients.is_empty() {
        actors
    } else {
        format!("{actors} → {}", event.recipients.join(" "))
    }
}

/// What a record about an event says, in a line.
fn words(record: &RecordView) -> String {
    let mut words = Vec::new();
    if record.retracted {
        words.push("(taken back)".to_owned());
    }
    words.extend(record.by.as_ref().map(|by| format!("by {by}")));
    words.extend(record.claim.clone());
    words.extend(record.reason.clone());
    words.extend(record.other.map(|other| other.to_string()));
    if let Some(patch) = &record.patch {
        words.extend(serde_json::to_string(patch));
    }
    if let Some(report) = &record.report {
        words.push(format!("{}, {}", report.publisher, report.grade));
    }
    words.push(format!("at {}", record.position));
    words.join("; ")
}
