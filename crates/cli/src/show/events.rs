//! A list of events.

use std::fmt::Write as _;

use detente_api::view::{EventView, PendingView};
use detente_read_model::queries::Page;

use super::event::{who, words};
use super::grid::{Cell, Column, Grid};
use super::{RETRACTED, legend, marks};
use crate::Out;
use crate::source::title;

/// A page of events, for people.
#[must_use]
pub fn events(out: &Out, page: &Page<EventView>) -> String {
    // The title stands last: what follows Arabic on a line would be moved.
    let mut list = Grid::new([
        Column::new("at"),
        Column::new("occurred"),
        Column::new("kind"),
        Column::new("who").cut(12),
        Column::new("grade").spare(1),
        Column::new(""),
        Column::new("id").spare(0),
        Column::new("title").cut(20),
    ]);
    let mut used = String::new();
    for view in &page.items {
        let event = &view.event;
        let mut marks = marks(false, view.disputed, false);
        if view.retracted.is_some() {
            marks.push_str(RETRACTED);
        }
        used.push_str(&marks);
        let row = [
            view.position.to_string(),
            event.occurred.clone(),
            event.kind.clone(),
            who(view),
            grade(view),
            marks,
            event.id.map(|id| id.to_string()).unwrap_or_default(),
            title(view),
        ];
        list.add(row.map(Cell::from));
    }
    let mut text = format!("{}\n", list.text(out.width()));
    if let Some(legend) = legend(&used) {
        let _ = writeln!(text, "{legend}");
    }
    if let Some(next) = &page.next {
        let _ = writeln!(text, "more: --from {next}");
    }
    text
}

/// The grade that it counts with, and how many independent publishers it has, where several.
fn grade(view: &EventView) -> String {
    match view.standing.publishers {
        0 | 1 => view.standing.grade.clone(),
        many => format!("{} ({many})", view.standing.grade),
    }
}

/// What is said about events that nobody has reported, for people.
#[must_use]
pub fn all_pending(out: &Out, page: &Page<PendingView>) -> String {
    let mut list = Grid::new([
        Column::new("at"),
        Column::new("about"),
        Column::new("record"),
        Column::new("says").cut(20),
    ]);
    for (view, record) in page
        .items
        .iter()
        .flat_map(|view| view.records.iter().map(move |record| (view, record)))
    {
        let row = [
            record.position.to_string(),
            view.id.to_string(),
            record.kind.to_string(),
            words(record),
        ];
        list.add(row.map(Cell::from));
    }
    let mut text = format!("{}\n", list.text(out.width()));
    if let Some(next) = &page.next {
        let _ = writeln!(text, "more: --from {next}");
    }
    text
}
