//! Stored rulebooks, and the comparison of two.

use std::fmt::Write as _;

use detente_api::view::{
    CandidateState, ComparisonView, DifferingSpanView, RulebooksView, StoredRulebookView,
};
use detente_rulebook::Origin;

use super::table::{Cell, Column, Table, clean};
use super::{conduct, further_short, plain};
use crate::output::Output;

/// Renders the stored rulebooks.
pub(crate) fn rulebooks(out: &Output, view: &RulebooksView) -> String {
    let columns = [
        Column::new("projection"),
        Column::new("version").min_width(8),
        Column::new("from").optional(0),
        Column::new("state").min_width(30),
    ];
    let rows = view.kept.iter().map(|kept| {
        let origin = match kept.origin {
            Some(Origin::Shipped) => "the program",
            Some(Origin::Adopted) => "a file",
            None => "",
        };
        [
            Cell::from(&kept.projection),
            kept.version.as_deref().unwrap_or_default().into(),
            origin.into(),
            state(view, kept).into(),
        ]
    });
    format!("{}\n", Table::new(columns, rows).render(out))
}

fn state(view: &RulebooksView, kept: &StoredRulebookView) -> String {
    let is = |projection: &Option<String>| projection.as_ref() == Some(&kept.projection);
    let candidate = view.candidate.as_ref();
    let candidate = candidate.filter(|candidate| candidate.projection == kept.projection);
    let mut state = if is(&view.active) {
        "in force".to_owned()
    } else if let Some(candidate) = candidate {
        let published = candidate.published.unwrap_or(0);
        let word = match candidate.state {
            CandidateState::Building => "to follow",
            CandidateState::Failed => "to follow, and failing",
        };
        format!("{word}: {published} of {} commits", candidate.head)
    } else if is(&view.previous) {
        "kept; in force before".to_owned()
    } else {
        "kept".to_owned()
    };
    if !kept.is_followed {
        state.push_str("; not followed by this version");
    }
    if let Some(reason) = &kept.reason {
        let _ = write!(state, "; {reason}");
    }
    state
}

/// Renders the comparison of two rulebooks, counts first.
pub(crate) fn comparison(out: &Output, view: &ComparisonView) -> String {
    let mut text = String::new();
    for (word, side) in [("in force", &view.active), ("given", &view.given)] {
        let _ = writeln!(
            text,
            "{word:<10}{}, version {}",
            side.projection,
            clean(&side.version)
        );
    }
    let days = match (view.since.as_str(), view.to.as_str()) {
        ("..", to) => format!("up to {to}"),
        (since, to) if since == to => format!("on {to}"),
        (since, to) => format!("from {since} to {to}"),
    };
    let _ = writeln!(
        text,
        "{} of {} relations would read differently {days}, in {} spans, as known at {}",
        view.relations_differing, view.relations, view.spans, view.known_at
    );
    if !view.rules.is_empty() {
        let columns = [
            Column::new("rule").min_width(30),
            Column::new("in force"),
            Column::new("given"),
        ];
        let rows = view.rules.iter().map(|rule| {
            let side = |value: &Option<String>| value.as_deref().unwrap_or("·").to_owned();
            [rule.at.clone(), side(&rule.from), side(&rule.to)]
        });
        let _ = writeln!(text, "\n{}", Table::new(columns, rows).render(out));
    }
    if !view.by_dimension.is_empty() {
        let columns = ["what", "conducts", "spans", "days"].map(Column::new);
        let rows = view.by_dimension.iter().map(|count| {
            [
                Cell::from(plain(count.dimension.as_str())),
                count.subjects.into(),
                count.spans.into(),
                count.days.into(),
            ]
        });
        let _ = writeln!(text, "\n{}", Table::new(columns, rows).render(out));
    }
    if !view.items.is_empty() {
        let _ = writeln!(text, "\n{}", readings(out, &view.items));
    }
    if view.left_out > 0 {
        let _ = writeln!(text, "and {} more; --limit shows them", view.left_out);
    }
    text
}

fn readings(out: &Output, items: &[DifferingSpanView]) -> String {
    let columns = [
        Column::new("conduct"),
        Column::new("what").min_width(10),
        Column::new("from day"),
        Column::new("until"),
        Column::new("in force"),
        Column::new("given"),
        Column::new("rules").min_width(14),
        Column::new("on the word of").min_width(14),
    ];
    let rows = items.iter().map(|item| {
        let event = item.evidence.first();
        let event = event.map(|event| format!("{} {} {}", event.kind, event.day, event.grade));
        let rule = item.rules.first().map_or("", String::as_str);
        [
            Cell::from(conduct(item.direction.as_ref(), &item.relation)),
            plain(item.dimension.as_str()).into(),
            Cell::from(&item.day),
            item.until.as_deref().unwrap_or_default().into(),
            plain(&item.from).into(),
            plain(&item.to).into(),
            Cell::with_tail(rule, further_short(item.rules.len())),
            Cell::with_tail(
                &event.unwrap_or_default(),
                further_short(item.evidence_count),
            ),
        ]
    });
    Table::new(columns, rows).render(out)
}
