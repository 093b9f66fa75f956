//! Entries of registers as tables: those of a view, and a page of one register.

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::{EntryView, Page, RelationView};
use detente_domain::dimension::Register;
use detente_domain::party::Lang;

use super::events::paged;
use super::table::{Column, Table};
use super::{DISPUTED, UNCERTAIN, comma, details, held_by, legend, marked, marks, topic, via};
use crate::output::Output;

/// Returns the table of all registers of a view. Adds the marks that it has to those used.
pub(super) fn registers(view: &RelationView, used: &mut String, lang: Lang) -> Table {
    table(
        Register::ALL.map(|register| (register, view.register(register))),
        used,
        lang,
    )
}

/// Renders a page of the entries of a register.
pub(crate) fn register(
    out: &Output,
    register: Register,
    page: &Page<EntryView>,
    lang: Lang,
) -> String {
    let mut used = String::new();
    let list = table([(register, &*page.items)], &mut used, lang);
    let mut legend = legend(&used, lang);
    if let Some(total) = page.total {
        let all = Label::new("entries in all", "مجموع القيود", "всего записей").text(lang);
        legend += &format!("{all}: {total}\n");
    }
    paged(&list, out, &legend, page.next.as_deref(), lang)
}

fn table<'v>(
    registers: impl IntoIterator<Item = (Register, &'v [EntryView])>,
    used: &mut String,
    lang: Lang,
) -> Table {
    let columns = [
        Column::new(Label::new("register", "السجل", "реестр").text(lang)),
        Column::new(Label::new("entry", "القيد", "запись").text(lang)).min_width(20),
        Column::new(Label::new("status", "الحالة", "статус").text(lang)),
        Column::new(Label::new("since", "منذ", "с").text(lang)),
        Column::new(Label::new("events", "الأحداث", "события").text(lang)).optional(0),
    ];
    let entries = registers.into_iter().flat_map(|(register, entries)| {
        let entries = entries.iter().enumerate();
        entries.map(move |(place, entry)| (register, place, entry))
    });
    let rows = entries.map(|(register, place, entry)| {
        let of = Topic::Register(register);
        let marks = marks([(entry.uncertain, UNCERTAIN), (entry.disputed, DISPUTED)]);
        used.push_str(&marks);
        [
            if place == 0 { topic(of, lang) } else { "" }.to_owned(),
            describe(register, entry, lang),
            labels::word(of, &entry.status, lang),
            marked(&entry.since, &marks),
            entry.evidence_count.to_string(),
        ]
    });
    Table::new(columns, rows).lang(lang)
}

/// Describes an entry of a register.
fn describe(register: Register, entry: &EntryView, lang: Lang) -> String {
    let by = entry.via.as_deref();
    let by = by.map_or_else(String::new, |by| format!(" ({})", via(by, lang)));
    let english = match register {
        Register::Missions if lang == Lang::En => Some(mission(entry)),
        Register::Envoys if lang == Lang::En => Some(envoy(entry)),
        Register::Groups if lang == Lang::En => Some(group(entry)),
        _ => None,
    };
    english.unwrap_or_else(|| key(entry, lang)) + &by
}

fn mission(entry: &EntryView) -> String {
    let of = |field| entry.detail(field).unwrap_or_default();
    let (kind, sender, host) = (of("type").replace('_', " "), of("sender"), of("host"));
    let city = entry.detail("city").map(|city| format!(", {city}"));
    let holder = entry.controlled_by.as_deref().unwrap_or("unknown");
    let holder = held_by(holder, Lang::En);
    format!(
        "{kind} of {sender} in {host}{}{holder}",
        city.unwrap_or_default()
    )
}

fn envoy(entry: &EntryView) -> String {
    let of = |field| entry.detail(field).unwrap_or_default();
    let (rank, sender, host) = (of("rank").replace('_', " "), of("sender"), of("host"));
    let name = entry.detail("name").map(|name| format!(" {name}"));
    format!("{rank}{} of {sender} in {host}", name.unwrap_or_default())
}

fn group(entry: &EntryView) -> String {
    let of = |field| entry.detail(field).unwrap_or_default();
    let by = entry.by.as_deref().map(|by| format!(" (felt in {by})"));
    format!(
        "{} out of {}{}",
        of("group"),
        of("from"),
        by.unwrap_or_default()
    )
}

/// Lists the state whose act an entry is, and the details that name it.
fn key(entry: &EntryView, lang: Lang) -> String {
    let by = entry.by.as_deref();
    let by = by.map_or_else(String::new, |by| format!("{by}: "));
    let holder = entry.controlled_by.as_deref();
    let holder = holder.map_or_else(String::new, |holder| held_by(holder, lang));
    let mut key = details(&entry.key, lang);
    if key.is_empty() {
        key.push("–".to_owned());
    }
    by + &key.join(comma(lang)) + &holder
}
