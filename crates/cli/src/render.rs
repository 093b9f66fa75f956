//! Tables and text for a terminal.

mod changes;
mod country;
mod diff;
mod event;
mod events;
mod rulebooks;
mod state;
mod table;
mod tokens;
mod webhooks;
mod why;

pub(crate) use changes::{change, history};
pub(crate) use country::country;
pub(crate) use diff::diff;
pub(crate) use event::{event, pending};
pub(crate) use events::{all_pending, events};
pub(crate) use rulebooks::{comparison, rulebooks};
pub(crate) use state::{cited, state};
pub(crate) use tokens::tokens;
pub(crate) use webhooks::{deliveries, webhook, webhooks};
pub(crate) use why::why;

use std::collections::BTreeMap;

use detente_api::submission::DetailDto;
use detente_api::view::{DirectionView, DisputeView};
use detente_domain::party::{Lang, Party};
use uuid::Uuid;

use crate::source::Titles;

/// Marks of values, which the legend explains.
const UNCERTAIN: &str = "?";
const DISPUTED: &str = "!";
const MIXED: &str = "±";
const RETRACTED: &str = "×";
const WARMING: &str = "↑";
const COOLING: &str = "↓";

const LEGEND: [(&str, &str); 6] = [
    (WARMING, "warming"),
    (COOLING, "cooling"),
    (UNCERTAIN, "within an imprecise date"),
    (DISPUTED, "rests on a disputed event"),
    (MIXED, "both sides are heavy"),
    (RETRACTED, "taken back"),
];

fn marks(uncertain: bool, disputed: bool, mixed: bool) -> String {
    let marks = [(uncertain, UNCERTAIN), (disputed, DISPUTED), (mixed, MIXED)];
    marks
        .into_iter()
        .filter_map(|(set, mark)| set.then_some(mark))
        .collect()
}

/// Returns the level of a posture, with an arrow if it is moving.
fn moving(level: &str, trajectory: &str) -> String {
    let level = plain(level);
    match trajectory {
        "warming" => format!("{level} {WARMING}"),
        "cooling" => format!("{level} {COOLING}"),
        _ => level,
    }
}

/// Returns the title in a language, else in English, else in any.
fn title_in(titles: &BTreeMap<String, String>, lang: Lang) -> Option<&String> {
    let first = titles.get(lang.as_str()).or_else(|| titles.get("en"));
    first.or_else(|| titles.values().next())
}

/// Returns the title of an event, or its id.
fn title_or_id(titles: &Titles, event: Uuid) -> String {
    let label = titles.get(&event);
    label.map_or_else(|| event.to_string(), |label| label.title.clone())
}

/// Replaces the underscores of a code by spaces.
fn plain(code: &str) -> String {
    code.replace('_', " ")
}

/// Explains the marks in a text, on one line; empty without marks.
fn legend(used: &str) -> String {
    let marks = LEGEND.into_iter().filter(|(mark, _)| used.contains(mark));
    let marks: Vec<String> = marks
        .map(|(mark, meaning)| format!("{mark} {meaning}"))
        .collect();
    if marks.is_empty() {
        String::new()
    } else {
        marks.join("   ") + "\n"
    }
}

/// Returns the name of a party with its code; an unknown code as it is.
fn party(code: &str) -> String {
    Party::find(code).map_or_else(
        || code.to_owned(),
        |party| format!("{} ({code})", party.name(Lang::En)),
    )
}

/// Returns a dimension, or a register with its entry.
fn subject<K>(dimension: &str, key: Option<&BTreeMap<K, DetailDto>>) -> String {
    let key: Vec<String> = key
        .into_iter()
        .flat_map(BTreeMap::values)
        .map(ToString::to_string)
        .collect();
    if key.is_empty() {
        dimension.to_owned()
    } else {
        format!("{dimension} ({})", key.join(", "))
    }
}

/// Returns the two states of a conduct, or the relation.
fn conduct(direction: Option<&DirectionView>, relation: &str) -> String {
    match direction {
        Some(direction) => format!("{}→{}", direction.from, direction.to),
        None => relation.to_owned(),
    }
}

/// Describes both sides of a dispute.
fn sides(dispute: &DisputeView) -> String {
    let claimed = dispute.claimed_by.as_deref().unwrap_or("an unnamed party");
    let denied = dispute.denied_by.as_deref().unwrap_or("another source");
    format!("said by {claimed}, denied by {denied}")
}

/// Counts the items after the first, such as ` (+2 more)`; empty without any.
fn further(count: usize, unit: &str) -> String {
    match count {
        0 | 1 => String::new(),
        count => format!(" (+{}{unit})", count - 1),
    }
}

/// Returns a lag in days.
fn lag(days: Option<i32>) -> String {
    days.map_or_else(String::new, |days| format!("{days} d"))
}
