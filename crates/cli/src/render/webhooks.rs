//! Webhooks and their deliveries.

use std::fmt::Write as _;

use detente_webhooks::view::{DeliveriesView, WebhookView};

use super::table::{Cell, Column, Table};
use crate::output::Output;

/// Renders a list of webhooks.
pub(crate) fn webhooks(out: &Output, list: &[WebhookView]) -> String {
    if list.is_empty() {
        return "no webhooks\n".to_owned();
    }
    let columns = [
        Column::new("id").min_width(24),
        Column::new("status"),
        Column::new("delivered"),
        Column::new("waiting"),
        Column::new("parked"),
        Column::new("url").min_width(30),
    ];
    let rows = list.iter().map(|webhook| {
        [
            Cell::from(&webhook.id),
            webhook.status.as_str().into(),
            webhook.delivered.into(),
            webhook.waiting.into(),
            webhook.parked.into(),
            Cell::from(&webhook.url),
        ]
    });
    format!("{}\n", Table::new(columns, rows).render(out))
}

/// Renders one webhook.
pub(crate) fn webhook(view: &WebhookView) -> String {
    let (id, status, url) = (&view.id, view.status.as_str(), &view.url);
    let mut text = format!("{id}  {status}\n  to         {url}\n");
    let _ = writeln!(text, "  progress   delivered through {}", view.cursor);
    let _ = writeln!(
        text,
        "  deliveries {} delivered, {} pending, {} abandoned",
        view.delivered, view.waiting, view.parked
    );
    if let Some(secret) = &view.secret {
        let _ = writeln!(text, "  secret     {secret}");
        let _ = writeln!(text, "  The secret is not shown again.");
    }
    text
}

/// Renders pending and abandoned deliveries.
pub(crate) fn deliveries(out: &Output, view: &DeliveriesView) -> String {
    let mut text = String::new();
    if view.waiting.is_empty() {
        text.push_str("no pending deliveries\n");
    } else {
        let columns = [
            Column::new("pending"),
            Column::new("tries"),
            Column::new("again at").min_width(20),
            Column::new("because").min_width(20),
        ];
        let rows = view.waiting.iter().map(|queue| {
            [
                Cell::from(&queue.relation),
                queue.attempts.into(),
                queue.next_at.as_deref().unwrap_or("now").into(),
                queue.error.as_deref().unwrap_or_default().into(),
            ]
        });
        let _ = writeln!(text, "{}", Table::new(columns, rows).render(out));
    }
    if !view.parked.is_empty() {
        let columns = [
            Column::new("abandoned"),
            Column::new("tries"),
            Column::new("at").min_width(20),
            Column::new("replay from"),
            Column::new("because").min_width(20),
        ];
        let rows = view.parked.iter().map(|delivery| {
            [
                Cell::from(&delivery.relation),
                delivery.attempts.into(),
                delivery.parked_at.as_deref().unwrap_or_default().into(),
                Cell::from(&delivery.replay_from),
                Cell::from(&delivery.error),
            ]
        });
        let _ = writeln!(text, "\n{}", Table::new(columns, rows).render(out));
        let shown = view.parked.len() as u64;
        if view.parked_total > shown {
            let _ = writeln!(text, "the last {shown} of {}", view.parked_total);
        }
    }
    text
}
