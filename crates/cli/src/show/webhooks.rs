//! Webhooks, and what waits of their deliveries.

use std::fmt::Write as _;

use serde::Deserialize;

use super::grid::{Cell, Column, Grid};
use crate::Out;

/// What is shown of a webhook.
#[derive(Clone, Debug, Deserialize)]
pub struct WebhookShown {
    id: String,
    url: String,
    status: String,
    cursor: String,
    waiting: u64,
    delivered: u64,
    parked: u64,
    secret: Option<String>,
}

/// What is shown of a webhook's deliveries.
#[derive(Clone, Debug, Deserialize)]
pub struct DeliveriesShown {
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

/// A list of webhooks, for people.
#[must_use]
pub fn webhooks(out: &Out, list: &[WebhookShown]) -> String {
    if list.is_empty() {
        return "no webhooks\n".to_owned();
    }
    let mut grid = Grid::new([
        Column::new("id").cut(24),
        Column::new("status"),
        Column::new("delivered"),
        Column::new("waiting"),
        Column::new("parked"),
        Column::new("url").cut(30),
    ]);
    for one in list {
        grid.add([
            Cell::from(&one.id),
            Cell::from(&one.status),
            one.delivered.to_string().into(),
            one.waiting.to_string().into(),
            one.parked.to_string().into(),
            Cell::from(&one.url),
        ]);
    }
    format!("{}\n", grid.text(out.width()))
}

/// One webhook, for people.
#[must_use]
pub fn webhook(one: &WebhookShown) -> String {
    let mut text = format!("{}  {}\n  to         {}\n", one.id, one.status, one.url);
    let _ = writeln!(text, "  told up to {}", one.cursor);
    let _ = writeln!(
        text,
        "  deliveries {} taken, {} relations wait, {} given up",
        one.delivered, one.waiting, one.parked
    );
    if let Some(secret) = &one.secret {
        let _ = writeln!(text, "  secret     {secret}");
        let _ = writeln!(text, "  The secret is not shown again.");
    }
    text
}

/// What waits, and what was given up, for people.
#[must_use]
pub fn deliveries(out: &Out, found: &DeliveriesShown) -> String {
    let mut text = String::new();
    if found.waiting.is_empty() {
        text.push_str("nothing waits\n");
    } else {
        let mut grid = Grid::new([
            Column::new("waits"),
            Column::new("tries"),
            Column::new("again at").cut(20),
            Column::new("because").cut(20),
        ]);
        for one in &found.waiting {
            grid.add([
                Cell::from(&one.relation),
                one.attempts.to_string().into(),
                Cell::from(one.next_at.as_deref().unwrap_or("now")),
                Cell::from(one.error.as_deref().unwrap_or_default()),
            ]);
        }
        let _ = writeln!(text, "{}", grid.text(out.width()));
    }
    if !found.parked.is_empty() {
        let mut grid = Grid::new([
            Column::new("given up"),
            Column::new("tries"),
            Column::new("at").cut(20),
            Column::new("replay from"),
            Column::new("because").cut(20),
        ]);
        for one in &found.parked {
            grid.add([
                Cell::from(&one.relation),
                one.attempts.to_string().into(),
                Cell::from(one.parked_at.as_deref().unwrap_or_default()),
                Cell::from(&one.replay_from),
                Cell::from(&one.error),
            ]);
        }
        let _ = writeln!(text, "\n{}", grid.text(out.width()));
        let shown = found.parked.len() as u64;
        if found.parked_total > shown {
            let _ = writeln!(text, "the last {shown} of {}", found.parked_total);
        }
    }
    text
}
