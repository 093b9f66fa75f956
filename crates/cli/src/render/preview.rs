//! Previews: rows, the changes that they would cause, events that they may repeat, and warnings.

use std::fmt::Write as _;

use detente_api::view::labels::Label;
use detente_api::view::localized::title_in;
use detente_api::view::{PreviewView, SimilarView};
use detente_domain::party::Lang;

use super::change;
use super::event::parties;
use super::events::kind;
use super::table::{Column, Table, clean, wrap};
use crate::output::Output;

/// Renders a preview.
pub(crate) fn preview(out: &Output, view: &PreviewView, lang: Lang) -> String {
    let mut text = String::new();
    let rows = rows(view, lang);
    if !rows.is_empty() {
        let _ = writeln!(text, "{}\n", rows.render(out));
    }
    let heading = Label::new("changes:", "التغيرات:", "изменения:").text(lang);
    let _ = writeln!(text, "{heading}");
    if view.changes.is_empty() {
        let none = Label::new("none", "لا شيء", "нет").text(lang);
        let _ = writeln!(text, "  {none}");
    }
    for one in &view.changes {
        let _ = writeln!(text, "  {}", change(one, lang));
    }
    left_out(&mut text, view, lang);
    if !view.similar.is_empty() {
        let heading = Label::new(
            "perhaps reported already:",
            "ربما سبق الإبلاغ عنها:",
            "возможно, уже есть:",
        );
        let _ = writeln!(text, "\n{}", heading.text(lang));
        let _ = writeln!(text, "{}", similar(&view.similar, lang).render(out));
        let hint = Label::new(
            "add a publication: detente corroborate ID; one event: detente link ID OTHER",
            "لإضافة مصدر: detente corroborate ID؛ وإن كان حدثًا واحدًا: detente link ID OTHER",
            "добавить публикацию: detente corroborate ID; одно событие: detente link ID OTHER",
        );
        let _ = writeln!(text, "{}", hint.text(lang));
    }
    if !view.warnings.is_empty() {
        text.push('\n');
    }
    for warning in &view.warnings {
        let row = Label::new("row", "السطر", "строка").text(lang);
        let line = format!("{row} {}: {}", warning.row, warning.message);
        for line in wrap(&line, out.width()) {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

/// Returns the table of the valid rows.
fn rows(view: &PreviewView, lang: Lang) -> Table {
    let columns = [
        Column::new(Label::new("row", "السطر", "строка").text(lang)),
        Column::new(Label::new("occurred", "التاريخ", "дата").text(lang)),
        Column::new(Label::new("kind", "النوع", "вид").text(lang)),
        Column::new(Label::new("who", "الأطراف", "кто").text(lang)).min_width(12),
        Column::new(Label::new("grade", "الدرجة", "оценка").text(lang)).optional(1),
        Column::new("id").optional(0),
    ];
    let rows = view.rows.iter().filter_map(|row| {
        let event = row.event.as_ref()?;
        Some([
            row.row.to_string(),
            event.occurred.clone(),
            kind(&event.kind, lang),
            parties(&event.actors, &event.recipients),
            event.report.grade.clone(),
            event.id.map(|id| id.to_string()).unwrap_or_default(),
        ])
    });
    Table::new(columns, rows).lang(lang)
}

/// Returns the table of the events that rows may repeat.
fn similar(similar: &[SimilarView], lang: Lang) -> Table {
    let columns = [
        Column::new(Label::new("row", "السطر", "строка").text(lang)),
        Column::new("id"),
        Column::new(Label::new("occurred", "التاريخ", "дата").text(lang)),
        Column::new(Label::new("kind", "النوع", "вид").text(lang)).optional(1),
        Column::new(Label::new("who", "الأطراف", "кто").text(lang)).min_width(8),
        Column::new(Label::new("grade", "الدرجة", "оценка").text(lang)).optional(0),
        Column::new(Label::new("title", "العنوان", "заголовок").text(lang)).min_width(12),
    ];
    let rows = similar.iter().map(|similar| {
        let title = title_in(&similar.title, lang);
        [
            similar.row.to_string(),
            similar.id.to_string(),
            similar.occurred.clone(),
            kind(&similar.kind, lang),
            parties(&similar.actors, &similar.recipients),
            similar.grade.clone(),
            title.map(clean).unwrap_or_default(),
        ]
    });
    Table::new(columns, rows).lang(lang)
}

fn left_out(text: &mut String, view: &PreviewView, lang: Lang) {
    if view.changes_left_out > 0 {
        let label = Label::new("further changes", "تغيرات أخرى", "другие изменения").text(lang);
        let _ = writeln!(text, "  {label}: {}", view.changes_left_out);
    }
    if view.relations_left_out > 0 {
        let label = Label::new(
            "relations not looked at",
            "علاقات لم تُحسب",
            "отношения, которые не рассмотрены",
        );
        let label = label.text(lang);
        let _ = writeln!(text, "  {label}: {}", view.relations_left_out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn example() -> PreviewView {
        let id = "00000000-0000-0000-0000-000000000001";
        let hint = json!({"path": "/v1/events", "body": {}});
        serde_json::from_value(json!({
            "known_at": 3, "projection": "p", "changes": [], "changes_left_out": 0,
            "relations_left_out": 2,
            "rows": [
                {"row": 1, "refusals": [], "event": {
                    "id": id, "kind": "visit.made", "actors": ["TJK"], "recipients": ["AFG"],
                    "occurred": "2023-03-23", "title": {"en": "A visit"},
                    "report": {"publisher": "A paper", "grade": "B2"},
                }},
                {"row": 2, "event": null, "refusals": [{"code": "bad_date", "message": "no"}]},
            ],
            "similar": [{
                "row": 1, "id": id, "kind": "visit.made", "actors": ["TJK"], "recipients": ["AFG"],
                "occurred": "2023-03-24", "title": {"en": "The visit", "ar": "الزيارة"},
                "publisher": "P", "grade": "A1", "publishers": 2, "days_apart": 1,
                "corroborate": hint, "link": hint,
            }],
            "warnings": [{"row": 1, "code": "unchanged", "message": "Nothing changes."}],
        }))
        .unwrap()
    }

    #[test]
    fn a_preview_has_rows_changes_similar_events_and_warnings() {
        let id = "00000000-0000-0000-0000-000000000001";
        let [short, long] = [83, 94].map(|width| "─".repeat(width));
        let expected = format!(
            "row  occurred    kind        who        grade  id\n\
             {short}\n\
             1    2023-03-23  visit.made  TJK → AFG  B2     {id}\n\
             \n\
             changes:\n\
             \x20 none\n\
             \x20 relations not looked at: 2\n\
             \n\
             perhaps reported already:\n\
             row  id                                    occurred    kind        who        grade  title\n\
             {long}\n\
             1    {id}  2023-03-24  visit.made  TJK → AFG  A1     The visit\n\
             add a publication: detente corroborate ID; one event: detente link ID OTHER\n\
             \n\
             row 1: Nothing changes.\n"
        );
        assert_eq!(preview(&Output::sink(), &example(), Lang::En), expected);
    }

    #[test]
    fn a_preview_has_arabic_words() {
        let text = preview(&Output::sink(), &example(), Lang::Ar);
        assert!(
            text.contains("التغيرات:") && text.contains("الزيارة"),
            "{text}"
        );
        assert!(text.contains("لإضافة مصدر:"), "{text}");
    }
}
