//! What differs: what was learned, then what happened.

use std::fmt::Write as _;

use detente_api::json::DetailForm;
use detente_api::view::{DiffView, DifferenceView, StandsView};

use super::grid::{Cell, Column, Grid, clean};
use super::{DISPUTED, UNCERTAIN, legend, named, plain, titled};
use crate::Out;
use crate::args::Tongue;

/// What differs, for people.
#[must_use]
pub fn diff(out: &Out, view: &DiffView, tongue: Tongue) -> String {
    let (before, after) = (&view.before, &view.after);
    let mut text = format!(
        "{} towards {}: from {} as known at {}, to {} as known at {}\n",
        named(&view.from),
        named(&view.to),
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
            let table = table(list, tongue, &mut used).text(out.width());
            let _ = writeln!(text, "\n{title}\n{table}");
            for one in list.iter().filter(|one| one.is_of_level()) {
                let _ = writeln!(text, "- {}", clean(one.line.text(tongue.into())));
            }
        }
    }
    if view.learned.is_empty() && view.happened.is_empty() {
        let _ = writeln!(text, "\nnothing differs");
    }
    if let Some(legend) = legend(&used) {
        let _ = writeln!(text, "{legend}");
    }
    text
}

fn table(list: &[DifferenceView], tongue: Tongue, used: &mut String) -> Grid {
    let mut grid = Grid::new([
        Column::new("what").cut(14),
        Column::new("from"),
        Column::new("to"),
        Column::new("since").spare(0),
        Column::new("occasion"),
        Column::new("because of").cut(26),
    ]);
    for one in list {
        let (from, to) = (standing(&one.from), standing(&one.to));
        used.push_str(&from);
        used.push_str(&to);
        grid.add([
            Cell::from(what(one)),
            from.into(),
            to.into(),
            one.since.clone().unwrap_or_default().into(),
            Cell::from(&*one.occasion),
            cause(one, tongue),
        ]);
    }
    grid
}

fn what(one: &DifferenceView) -> String {
    let Some(key) = &one.key else {
        return one.dimension.to_string();
    };
    let value = |value: &DetailForm| match value {
        DetailForm::Text(text) => text.clone(),
        DetailForm::Count(count) => count.to_string(),
    };
    let key: Vec<String> = key.values().map(value).collect();
    if key.is_empty() {
        return one.dimension.to_string();
    }
    format!("{} ({})", one.dimension, key.join(", "))
}

/// A level with its number and its marks.
fn standing(standing: &StandsView) -> String {
    let mut text = plain(&standing.level);
    if let Some(number) = standing.number {
        let _ = write!(text, " {number}");
    }
    if let Some(holder) = &standing.controlled_by {
        let _ = write!(text, " (held by {holder})");
    }
    if standing.uncertain {
        text.push_str(UNCERTAIN);
    }
    if standing.disputed {
        text.push_str(DISPUTED);
    }
    text
}

fn cause(one: &DifferenceView, tongue: Tongue) -> Cell {
    let Some(first) = one.causes.first() else {
        return Cell::default();
    };
    let label = first.label.text(tongue.into());
    let title = titled(&first.title, tongue).map_or(label, String::as_str);
    let tail = match one.cause_count {
        0 | 1 => String::new(),
        count => format!(" (+{} more)", count - 1),
    };
    Cell::with_tail(title, tail)
}
