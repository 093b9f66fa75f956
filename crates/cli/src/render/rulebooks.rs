//! Stored rulebooks, and the comparison of two.

use std::fmt::Write as _;

use detente_api::view::{
    CandidateState, ComparisonView, DifferingSpanView, RulebooksView, StoredRulebookView,
};
use detente_rulebook::Origin;

use super::table::{Cell, Column, Table};
use super::{conduct, further, plain};
use crate::output::Output;

/// Renders the stored rulebooks.
pub(crate) fn rulebooks(out: &Output, view: &RulebooksView) -> String {
    let mut list = Table::new([
        Column::new("projection"),
        Column::new("version").min_width(8),
        Column::new("from").optional(0),
        Column::new("state").min_width(30),
    ]);
    for kept in &view.kept {
        list.add([
            Cell::from(&kept.projection),
            Cell::from(kept.version.as_deref().unwrap_or_default()),
            Cell::from(match kept.origin {
                Some(Origin::Shipped) => "the program",
                Some(Origin::Given) => "a file",
                None => "",
            }),
            state(view, kept).into(),
        ]);
    }
    format!("{}\n", list.render(out))
}

fn state(view: &RulebooksView, kept: &StoredRulebookView) -> String {
    let is = |one: &Option<String>| one.as_ref() == Some(&kept.projection);
    let candidate = view.candidate.as_ref();
    let candidate = candidate.filter(|one| one.projection == kept.projection);
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
            side.projection, side.version
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
        let mut rules = Table::new([
            Column::new("rule").min_width(30),
            Column::new("in force"),
            Column::new("given"),
        ]);
        for rule in &view.rules {
            rules.add([
                Cell::from(&rule.at),
                Cell::from(rule.from.as_deref().unwrap_or("·")),
                Cell::from(rule.to.as_deref().unwrap_or("·")),
            ]);
        }
        let _ = writeln!(text, "\n{}", rules.render(out));
    }
    if !view.by_dimension.is_empty() {
        let mut counts = Table::new([
            Column::new("what"),
            Column::new("conducts"),
            Column::new("spans"),
            Column::new("days"),
        ]);
        for count in &view.by_dimension {
            counts.add([
                Cell::from(&plain(count.dimension.as_str())),
                count.subjects.to_string().into(),
                count.spans.to_string().into(),
                count.days.to_string().into(),
            ]);
        }
        let _ = writeln!(text, "\n{}", counts.render(out));
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
    let mut list = Table::new([
        Column::new("conduct"),
        Column::new("what").min_width(10),
        Column::new("from day"),
        Column::new("until"),
        Column::new("in force"),
        Column::new("given"),
        Column::new("rules").min_width(14),
        Column::new("on the word of").min_width(14),
    ]);
    for item in items {
        let who = conduct(item.direction.as_ref(), &item.relation);
        let evidence = item.evidence.first();
        let evidence = evidence.map(|one| format!("{} {} {}", one.kind, one.day, one.grade));
        let rules = item.rules.first().cloned().unwrap_or_default();
        list.add([
            who.into(),
            Cell::from(&plain(item.dimension.as_str())),
            Cell::from(&item.day),
            Cell::from(item.until.as_deref().unwrap_or_default()),
            Cell::from(&plain(&item.from)),
            Cell::from(&plain(&item.to)),
            Cell::with_tail(&rules, further(item.rules.len(), "")),
            Cell::with_tail(
                &evidence.unwrap_or_default(),
                further(item.evidence_count, ""),
            ),
        ]);
    }
    list.render(out)
}
