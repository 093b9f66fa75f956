//! Changes: the steps of a history, and those that come live.

use std::collections::HashMap;

use detente_wire::json::DetailForm;
use detente_wire::view::ChangeView;
use uuid::Uuid;

use super::{UNCERTAIN, table};
use crate::Out;

/// The steps of a history, for people.
#[must_use]
pub fn history(out: &Out, steps: &[ChangeView], titles: &HashMap<Uuid, String>) -> String {
    let heads = [
        "day",
        "what",
        "from",
        "to",
        "occasion",
        "late by",
        "because of",
    ];
    let mut list = table(out, &heads);
    for step in steps {
        let (from, to) = ends(step);
        let cause = step.causes.first().map(|event| {
            titles
                .get(event)
                .cloned()
                .unwrap_or_else(|| event.to_string())
        });
        let more = match step.causes.len() {
            0 | 1 => String::new(),
            count => format!(" (and {})", count - 1),
        };
        list.add_row([
            step.day.clone(),
            what(step),
            from,
            to,
            step.occasion.to_string(),
            step.lag_days
                .map(|days| format!("{days} d"))
                .unwrap_or_default(),
            cause.map(|cause| cause + &more).unwrap_or_default(),
        ]);
    }
    format!("{}\n", super::text(&list))
}

/// A change, in one line.
#[must_use]
pub fn change(change: &ChangeView) -> String {
    let (from, to) = ends(change);
    let who = match &change.direction {
        Some(direction) => format!("{}→{}", direction.from, direction.to),
        None => change.relation.clone(),
    };
    let until = change
        .until
        .as_ref()
        .map(|until| format!(" until {until}"))
        .unwrap_or_default();
    format!(
        "{who:<8}  {}{until}  {:<8}  {}: {from} → {to}",
        change.day,
        change.occasion,
        what(change),
    )
}

/// The dimension, or the register with its entry.
fn what(change: &ChangeView) -> String {
    let Some(key) = &change.key else {
        return change.dimension.to_string();
    };
    let value = |value: &DetailForm| match value {
        DetailForm::Text(text) => text.clone(),
        DetailForm::Count(count) => count.to_string(),
    };
    let key: Vec<String> = key.values().map(value).collect();
    if key.is_empty() {
        return change.dimension.to_string();
    }
    format!("{} ({})", change.dimension, key.join(", "))
}

fn ends(change: &ChangeView) -> (String, String) {
    let end = |word: &str, holder: Option<&str>, uncertain: bool| {
        let holder = holder
            .map(|holder| format!(" ({holder})"))
            .unwrap_or_default();
        format!("{word}{holder}{}", if uncertain { UNCERTAIN } else { "" })
    };
    (
        end(
            &change.from,
            change.controlled_by_from.as_deref(),
            change.was_uncertain,
        ),
        end(
            &change.to,
            change.controlled_by_to.as_deref(),
            change.uncertain,
        ),
    )
}
