//! Lists of events.

use std::fmt::Write as _;

use detente_api::view::labels::Label;
use detente_api::view::{EventView, Page, PendingView};
use detente_domain::kind::Kind;
use detente_domain::party::Lang;

use super::event::{record_kind, summary, who};
use super::table::{Column, Table};
use super::{DISPUTED, RETRACTED, legend, marks};
use crate::output::Output;
use crate::source::title;

/// Renders a page of events.
pub(crate) fn events(out: &Output, page: &Page<EventView>, lang: Lang) -> String {
    // The title is last, since text after Arabic on a line would be reordered.
    let columns = [
        Column::new(Label::new("at", "الموضع", "позиция").text(lang)),
        Column::new(Label::new("occurred", "التاريخ", "дата").text(lang)),
        Column::new(Label::new("kind", "النوع", "вид").text(lang)),
        Column::new(Label::new("who", "الأطراف", "кто").text(lang)).min_width(12),
        Column::new(Label::new("grade", "الدرجة", "оценка").text(lang)).optional(1),
        Column::new(""),
        Column::new("id").optional(0),
        Column::new(Label::new("title", "العنوان", "заголовок").text(lang)).min_width(20),
    ];
    let mut used = String::new();
    let rows = page.items.iter().map(|view| {
        let event = &view.event;
        let marks = marks([
            (view.disputed, DISPUTED),
            (view.retracted.is_some(), RETRACTED),
        ]);
        used.push_str(&marks);
        [
            view.position.to_string(),
            event.occurred.clone(),
            kind(&event.kind, lang),
            who(view),
            grade(view),
            marks,
            event.id.map(|id| id.to_string()).unwrap_or_default(),
            title(view, lang),
        ]
    });
    let list = Table::new(columns, rows).lang(lang);
    let legend = legend(&used, lang);
    paged(&list, out, &legend, page.next.as_deref(), lang)
}

/// Returns a kind: in English its code, which commands take.
pub(super) fn kind(code: &str, lang: Lang) -> String {
    match (lang, Kind::parse(code)) {
        (Lang::Ar | Lang::Ru, Some(kind)) => kind.label(lang).to_owned(),
        (_, _) => code.to_owned(),
    }
}

/// Returns the grade that counts, and the number of independent publishers, if there are several.
fn grade(view: &EventView) -> String {
    match view.standing.publishers {
        0 | 1 => view.standing.grade.clone(),
        many => format!("{} ({many})", view.standing.grade),
    }
}

/// Renders a page of records about events that have not been reported yet.
pub(crate) fn all_pending(out: &Output, page: &Page<PendingView>, lang: Lang) -> String {
    let columns = [
        Column::new(Label::new("at", "الموضع", "позиция").text(lang)),
        Column::new(Label::new("about", "عن", "о событии").text(lang)),
        Column::new(Label::new("record", "القيد", "запись").text(lang)),
        Column::new(Label::new("says", "المضمون", "содержание").text(lang)).min_width(20),
    ];
    let rows = page.items.iter().flat_map(|view| {
        view.records.iter().map(|record| {
            [
                record.position.to_string(),
                view.id.to_string(),
                record_kind(record.kind.0, lang).to_owned(),
                summary(record, lang),
            ]
        })
    });
    let list = Table::new(columns, rows).lang(lang);
    paged(&list, out, "", page.next.as_deref(), lang)
}

/// Renders a list with its legend, and how to read the next page.
pub(super) fn paged(
    list: &Table,
    out: &Output,
    legend: &str,
    next: Option<&str>,
    lang: Lang,
) -> String {
    let mut text = format!("{}\n{legend}", list.render(out));
    if let Some(next) = next {
        let more = Label::new("more", "المزيد", "далее").text(lang);
        let _ = writeln!(text, "{more}: --from {next}");
    }
    text
}
