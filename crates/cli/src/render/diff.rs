//! Differences: first what was learned, then what happened.

use std::fmt::Write as _;

use detente_api::view::{DiffView, DifferenceView, ValueView};
use detente_domain::party::Lang;

use super::table::{Cell, Column, Table, clean};
use super::{DISPUTED, UNCERTAIN, further, legend, party, plain, subject, title_in};
use crate::output::Output;

/// Renders the differences between two points of the two clocks.
pub(crate) fn diff(out: &Output, view: &DiffView, lang: Lang) -> String {
    let (before, after) = (&view.before, &view.after);
    let mut text = format!(
        "{} towards {}: from {} as known at {}, to {} as known at {}\n",
        party(&view.from),
        party(&view.to),
        before.at,
        before.known_at,
        after.at,
        after.known_at
    );
    let learned = format!(
        "We learned, of {}, from {} to {}",
        before.at, before.known_at, after.known_at
    );
    let happened = format!("It happened, from {} to {}", before.at, after.at);
    let mut used = String::new();
    for (title, list) in [(learned, &view.learned), (happened, &view.happened)] {
        if !list.is_empty() {
            let table = table(list, lang, &mut used).render(out);
            let _ = writeln!(text, "\n{title}\n{table}");
            for difference in list.iter().filter(|difference| difference.changes_level()) {
                let _ = writeln!(text, "- {}", clean(difference.line.text(lang)));
            }
        }
    }
    if view.learned.is_empty() && view.happened.is_empty() {
        let _ = writeln!(text, "\nnothing differs");
    }
    text + &legend(&used)
}

fn table(list: &[DifferenceView], lang: Lang, used: &mut String) -> Table {
    let columns = [
        Column::new("what").min_width(14),
        Column::new("from"),
        Column::new("to"),
        Column::new("since").optional(0),
        Column::new("occasion"),
        Column::new("because of").min_width(26),
    ];
    let rows = list.iter().map(|difference| {
        let (from, to) = (value(&difference.from), value(&difference.to));
        used.extend([&*from, &*to]);
        [
            subject(difference.dimension.as_str(), difference.key.as_ref()).into(),
            from.into(),
            to.into(),
            difference.since.as_deref().unwrap_or_default().into(),
            difference.occasion.as_str().into(),
            cause(difference, lang),
        ]
    });
    Table::new(columns, rows)
}

/// Returns a level with its number and its marks.
fn value(value: &ValueView) -> String {
    let mut text = plain(&value.level);
    if let Some(number) = value.number {
        let _ = write!(text, " {number}");
    }
    if let Some(holder) = &value.controlled_by {
        let _ = write!(text, " (held by {holder})");
    }
    if value.uncertain {
        text.push_str(UNCERTAIN);
    }
    if value.disputed {
        text.push_str(DISPUTED);
    }
    text
}

fn cause(difference: &DifferenceView, lang: Lang) -> Cell {
    let Some(first) = difference.causes.first() else {
        return Cell::default();
    };
    let label = first.label.text(lang);
    let title = title_in(&first.title, lang).map_or(label, String::as_str);
    Cell::with_tail(title, further(difference.cause_count, " more"))
}
