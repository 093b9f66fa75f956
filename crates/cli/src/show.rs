//! How answers look in a terminal.

mod changes;
mod country;
mod diff;
mod event;
mod events;
mod grid;
mod rulebooks;
mod state;
mod tokens;
mod webhooks;
mod why;

pub use changes::{change, history};
pub use country::country;
pub use diff::diff;
pub use event::{event, pending};
pub use events::{all_pending, events};
pub use rulebooks::{comparison, shelf};
pub(crate) use state::asked;
pub use state::state;
pub use tokens::tokens;
pub use webhooks::{DeliveriesShown, WebhookShown, deliveries, webhook, webhooks};
pub use why::why;

use std::collections::BTreeMap;

use crate::args::Tongue;

/// Marks of values, and what they mean.
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

/// The level of a posture with an arrow where it moves.
fn moving(level: &str, trajectory: &str) -> String {
    let level = plain(level);
    match trajectory {
        "warming" => format!("{level} {WARMING}"),
        "cooling" => format!("{level} {COOLING}"),
        _ => level,
    }
}

/// A title in the language asked for, else in English, else in any.
fn titled(titles: &BTreeMap<String, String>, tongue: Tongue) -> Option<&String> {
    let wanted = match tongue {
        Tongue::En => "en",
        Tongue::Ar => "ar",
    };
    let first = titles.get(wanted).or_else(|| titles.get("en"));
    first.or_else(|| titles.values().next())
}

/// A stable word as people write it.
fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// Explains the marks that a text has; nothing where it has none.
fn legend(used: &str) -> Option<String> {
    let told = LEGEND.into_iter().filter(|(mark, _)| used.contains(mark));
    let told: Vec<String> = told
        .map(|(mark, meaning)| format!("{mark} {meaning}"))
        .collect();
    (!told.is_empty()).then(|| told.join("   "))
}

/// The name of a party with its code; the word itself where it is no party.
fn named(code: &str) -> String {
    let party = detente_domain::party::Party::find(code);
    party.map_or_else(
        || code.to_owned(),
        |party| format!("{} ({code})", party.name(detente_domain::party::Lang::En)),
    )
}
