//! Webhooks and their deliveries.

use std::fmt::Write as _;

use serde::Deserialize;

use super::table::{Cell, Column, Table};
use crate::output::Output;

/// The status of a webhook, as in the API.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct WebhookStatus {
    id: String,
    url: String,
    status: String,
    cursor: String,
    waiting: u64,
    delivered: u64,
    parked: u64,
    secret: Option<String>,
}

/// The pending and abandoned deliveries of a webhook, as in the API.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DeliveryList {
    waiting: Vec<Waiting>,
    parked: Vec<Parked>,
    parked_total: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct Waiting {
    relation: String,
    attempts: u32,
    next_at: Option<String>,
    error: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Parked {
    relation: String,
    replay_from: String,
    attempts: u32,
    parked_at: Option<String>,
    error: String,
}

/// Renders a list of webhooks.
pub(crate) fn webhooks(out: &Output, list: &[WebhookStatus]) -> String {
    if list.is_empty() {
        return "no webhooks\n".to_owned();
    }
    let mut table = Table::new([
        Column::new("id").min_width(24),
        Column::new("status"),
        Column::new("delivered"),
        Column::new("waiting"),
        Column::new("parked"),
        Column::new("url").min_width(30),
    ]);
    for one in list {
        table.add([
            Cell::from(&one.id),
            Cell::from(&one.status),
            one.delivered.to_string().into(),
            one.waiting.to_string().into(),
            one.parked.to_string().into(),
            Cell::from(&one.url),
        ]);
    }
    format!("{}\n", table.render(out))
}

/// Renders one webhook.
pub(crate) fn webhook(one: &WebhookStatus) -> String {
    let mut text = format!("{}  {}\n  to         {}\n", one.id, one.status, one.url);
    let _ = writeln!(text, "  progress   delivered through {}", one.cursor);
    let _ = writeln!(
        text,
        "  deliveries {} delivered, {} pending, {} abandoned",
        one.delivered, one.waiting, one.parked
    );
    if let Some(secret) = &one.secret {
        let _ = writeln!(text, "  secret     {secret}");
        let _ = writeln!(text, "  The secret is not shown again.");
    }
    text
}

/// Renders pending and abandoned deliveries.
pub(crate) fn deliveries(out: &Output, found: &DeliveryList) -> String {
    let mut text = String::new();
    if found.waiting.is_empty() {
        text.push_str("no pending deliveries\n");
    } else {
        let mut table = Table::new([
            Column::new("pending"),
            Column::new("tries"),
            Column::new("again at").min_width(20),
            Column::new("because").min_width(20),
        ]);
        for one in &found.waiting {
            table.add([
                Cell::from(&one.relation),
                one.attempts.to_string().into(),
                Cell::from(one.next_at.as_deref().unwrap_or("now")),
                Cell::from(one.error.as_deref().unwrap_or_default()),
            ]);
        }
        let _ = writeln!(text, "{}", table.render(out));
    }
    if !found.parked.is_empty() {
        let mut table = Table::new([
            Column::new("abandoned"),
            Column::new("tries"),
            Column::new("at").min_width(20),
            Column::new("replay from"),
            Column::new("because").min_width(20),
        ]);
        for one in &found.parked {
            table.add([
                Cell::from(&one.relation),
                one.attempts.to_string().into(),
                Cell::from(one.parked_at.as_deref().unwrap_or_default()),
                Cell::from(&one.replay_from),
                Cell::from(&one.error),
            ]);
        }
        let _ = writeln!(text, "\n{}", table.render(out));
        let shown = found.parked.len() as u64;
        if found.parked_total > shown {
            let _ = writeln!(text, "the last {shown} of {}", found.parked_total);
        }
    }
    text
}
