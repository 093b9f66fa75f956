//! One event with all records about it.

use std::fmt::Write as _;

use detente_api::view::{EventView, PendingView, RecordView};

use super::table::{clean, wrap};
use crate::output::Output;

/// Renders an event with all records about it.
pub(crate) fn event(out: &Output, view: &EventView) -> String {
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
        add(field, value.to_string());
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
    let standing = &view.standing;
    let publishers = match standing.publishers {
        1 => "1 publisher".to_owned(),
        many => format!(
            "{many} independent publishers, {} of them counted",
            standing.vouching
        ),
    };
    match &view.retracted {
        Some(by) => add(
            "counts for",
            format!(
                "nothing; taken back: {}",
                by.reason.as_deref().unwrap_or_default()
            ),
        ),
        None => add("counts as", format!("{}, by {publishers}", standing.grade)),
    }
    if !standing.same_as.is_empty() {
        let ids: Vec<String> = standing.same_as.iter().map(ToString::to_string).collect();
        add("one with", ids.join(" "));
    }
    if view.disputed {
        add("disputed", "yes: see below".to_owned());
    }
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
        &view.retractions,
    ];
    for record in about.into_iter().flatten() {
        add(record.kind.as_str(), summary(record));
    }
    paired(out, &facts)
}

/// Renders the records about an event that has not been reported yet.
pub(crate) fn pending(out: &Output, view: &PendingView) -> String {
    let mut facts = vec![
        ("pending".to_owned(), view.id.to_string()),
        (
            String::new(),
            "not reported yet; these records take effect when it is".to_owned(),
        ),
    ];
    let records = view.records.iter();
    facts.extend(records.map(|record| (clean(record.kind.as_str()), summary(record))));
    paired(out, &facts)
}

/// Renders names with their values, which are wrapped.
fn paired(out: &Output, facts: &[(String, String)]) -> String {
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

pub(super) fn who(view: &EventView) -> String {
    parties(&view.event.actors, &view.event.recipients)
}

/// Returns both sides of an event.
pub(super) fn parties(actors: &[String], recipients: &[String]) -> String {
    let actors = actors.join(" ");
    if recipients.is_empty() {
        actors
    } else {
        format!("{actors} → {}", recipients.join(" "))
    }
}

/// Summarises a record about an event in one line.
pub(super) fn summary(record: &RecordView) -> String {
    let mut parts = Vec::new();
    if let Some(by) = &record.retracted_by {
        parts.push(format!("(taken back by {}: {})", by.id, by.reason));
    }
    parts.extend(record.record.map(|target| format!("takes back {target}")));
    parts.extend(record.by.as_ref().map(|by| format!("by {by}")));
    parts.extend(record.claim.clone());
    parts.extend(record.reason.clone());
    parts.extend(record.other.map(|other| other.to_string()));
    if let Some(patch) = &record.patch {
        parts.extend(serde_json::to_string(patch));
    }
    if let Some(report) = &record.report {
        parts.push(format!("{}, {}", report.publisher, report.grade));
    }
    parts.push(format!("at {}, by {}", record.position, record.author));
    parts.push(record.id.to_string());
    parts.join("; ")
}
