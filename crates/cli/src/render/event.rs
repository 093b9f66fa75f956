//! One event with all records about it.

use std::fmt::Write as _;

use detente_api::view::labels::{self, Label};
use detente_api::view::{EventView, PendingView, RecordKind, RecordView, StandingView};
use detente_domain::party::Lang;
use unicode_width::UnicodeWidthStr as _;

use super::comma;
use super::events::kind;
use super::table::{clean, padded, wrap};
use crate::output::Output;

/// Renders an event with all records about it.
pub(crate) fn event(out: &Output, view: &EventView, lang: Lang) -> String {
    let event = &view.event;
    let id = event.id.map(|id| id.to_string()).unwrap_or_default();
    let name = Label::new("event", "الحدث", "событие").text(lang);
    let mut facts = vec![(name.to_owned(), id)];
    titles_and_act(&mut facts, view, lang);
    publication(&mut facts, view, lang);
    let mut add = |name: Label, value: String| facts.push((name.text(lang).to_owned(), value));
    let standing = &view.standing;
    match &view.retracted {
        Some(by) => {
            let nothing = Label::new("nothing; taken back", "لا شيء؛ سُحب", "ничего; отозвано");
            let reason = by.reason.as_deref().unwrap_or_default();
            add(
                Label::new("counts for", "قيمته", "значит"),
                format!("{}: {reason}", nothing.text(lang)),
            );
        }
        None => add(
            Label::new("counts as", "درجته المحتسَبة", "учитывается как"),
            counts_as(standing, lang),
        ),
    }
    if !standing.same_as.is_empty() {
        let ids: Vec<String> = standing.same_as.iter().map(ToString::to_string).collect();
        add(Label::new("one with", "هو نفسه", "одно с"), ids.join(" "));
    }
    if view.disputed {
        let yes = Label::new("yes: see below", "نعم: انظر أدناه", "да: см. ниже");
        add(labels::DISPUTED, yes.text(lang).to_owned());
    }
    add(
        Label::new("position", "الموضع", "позиция"),
        view.position.to_string(),
    );
    add(
        Label::new("entered by", "أدخله", "внесено"),
        match &view.recorded {
            Some(recorded) => format!("{}{}{recorded}", view.author, comma(lang)),
            None => view.author.clone(),
        },
    );
    let about = [
        &view.reports,
        &view.disputes,
        &view.corrections,
        &view.links,
        &view.retractions,
    ];
    for record in about.into_iter().flatten() {
        let name = record_kind(record.kind.0, lang).to_owned();
        facts.push((name, summary(record, lang)));
    }
    facts.extend(more(view.next.as_deref(), lang));
    paired(out, &facts)
}

/// Returns how older records are asked for, if there are any.
fn more(next: Option<&str>, lang: Lang) -> Option<(String, String)> {
    let name = Label::new("more", "المزيد", "далее").text(lang);
    next.map(|next| (name.to_owned(), format!("--from {next}")))
}

/// Lists the titles, the kind, the parties, the date and the details of an event. Details have the
/// names that reports give them.
fn titles_and_act(facts: &mut Vec<(String, String)>, view: &EventView, lang: Lang) {
    let event = &view.event;
    let title = Label::new("title", "العنوان", "заголовок").text(lang);
    for (language, text) in &event.title {
        facts.push((format!("{title} ({})", clean(language)), text.clone()));
    }
    for (name, value) in [
        (Label::new("kind", "النوع", "вид"), kind(&event.kind, lang)),
        (Label::new("who", "الأطراف", "кто"), who(view)),
        (
            Label::new("occurred", "التاريخ", "дата"),
            event.occurred.clone(),
        ),
    ] {
        facts.push((name.text(lang).to_owned(), value));
    }
    for (field, value) in &event.details {
        let value = match lang {
            Lang::En => value.to_string(),
            Lang::Ar | Lang::Ru => labels::detail(field, value, lang),
        };
        facts.push((clean(field), value));
    }
}

/// Lists the publication of the first report.
fn publication(facts: &mut Vec<(String, String)>, view: &EventView, lang: Lang) {
    let report = &view.event.report;
    for (name, value) in [
        (
            Label::new("publisher", "الناشر", "издатель"),
            Some(&report.publisher),
        ),
        (Label::new("url", "الرابط", "адрес"), report.url.as_ref()),
        (
            Label::new("language", "اللغة", "язык"),
            report.language.as_ref(),
        ),
        (
            Label::new("published", "تاريخ النشر", "опубликовано"),
            report.published.as_ref(),
        ),
        (
            Label::new("quote", "الاقتباس", "цитата"),
            report.quote.as_ref(),
        ),
        (Label::new("grade", "الدرجة", "оценка"), Some(&report.grade)),
    ] {
        facts.extend(value.map(|value| (name.text(lang).to_owned(), value.clone())));
    }
}

/// Returns the grade that counts, and the publishers behind it.
fn counts_as(standing: &StandingView, lang: Lang) -> String {
    let StandingView {
        grade,
        publishers,
        vouching,
        ..
    } = standing;
    match (lang, publishers) {
        (Lang::En, 1) => format!("{grade}, by 1 publisher"),
        (Lang::En, many) => {
            format!("{grade}, by {many} independent publishers, {vouching} of them counted")
        }
        (Lang::Ar, many) => {
            format!("{grade}، الناشرون المستقلون: {many}، المحتسَب منهم: {vouching}")
        }
        (Lang::Ru, many) => {
            format!("{grade}, независимых издателей: {many}, из них учтено: {vouching}")
        }
    }
}

/// Returns the type of a record: in English the word of the API.
pub(super) fn record_kind(kind: RecordKind, lang: Lang) -> &'static str {
    let label = match kind {
        RecordKind::Reported => Label::new("reported", "إبلاغ", "сообщение"),
        RecordKind::Corroborated => Label::new("corroborated", "تأييد", "подтверждение"),
        RecordKind::Disputed => Label::new("disputed", "نفي", "опровержение"),
        RecordKind::Corrected => Label::new("corrected", "تصحيح", "исправление"),
        RecordKind::Retracted => Label::new("retracted", "سحب", "отзыв"),
        RecordKind::Linked => Label::new("linked", "ربط", "объединение"),
        RecordKind::Unlinked => Label::new("unlinked", "فكّ الربط", "разъединение"),
        RecordKind::Tick => Label::new("tick", "بداية يوم", "начало дня"),
    };
    label.text(lang)
}

/// Renders the records about an event that has not been reported yet.
pub(crate) fn pending(out: &Output, view: &PendingView, lang: Lang) -> String {
    let pending = Label::new("pending", "بانتظار الحدث", "ожидает события");
    let note = Label::new(
        "not reported yet; these records take effect when it is",
        "لم يُبلَّغ عنه بعد؛ يسري مفعول هذه القيود عند الإبلاغ عنه",
        "ещё не сообщено; эти записи вступят в силу, когда о нём сообщат",
    );
    let mut facts = vec![
        (pending.text(lang).to_owned(), view.id.to_string()),
        (String::new(), note.text(lang).to_owned()),
    ];
    let records = view.records.iter();
    facts.extend(records.map(|record| {
        let name = record_kind(record.kind.0, lang).to_owned();
        (name, summary(record, lang))
    }));
    facts.extend(more(view.next.as_deref(), lang));
    paired(out, &facts)
}

/// Renders names with their values, which are wrapped.
fn paired(out: &Output, facts: &[(String, String)]) -> String {
    let names = facts.iter().map(|(name, _)| name.width());
    let indent = names.max().unwrap_or(0) + 2;
    let room = out.width().saturating_sub(indent);
    let mut text = String::new();
    for (name, value) in facts {
        for (place, line) in wrap(value, room).iter().enumerate() {
            let name = if place == 0 { name } else { "" };
            let line = format!("{}{line}", padded(name, indent));
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

pub(super) fn who(view: &EventView) -> String {
    parties(&view.event.actors, &view.event.recipients)
}

/// Returns both sides of an event.
pub(super) fn parties(actors: &[String], recipients: &[String]) -> String {
    let actors = actors.join(" ");
    if recipients.is_empty() {
        actors
    } else {
        format!("{actors} → {}", recipients.join(" "))
    }
}

/// Summarises a record about an event in one line.
pub(super) fn summary(record: &RecordView, lang: Lang) -> String {
    let mut parts = Vec::new();
    if let Some(by) = &record.retracted_by {
        let label = Label::new("taken back by", "سحبه", "отозвано записью").text(lang);
        parts.push(format!("({label} {}: {})", by.id, by.reason));
    }
    let takes_back = Label::new("takes back", "يسحب", "отзывает").text(lang);
    let target = record.record;
    parts.extend(target.map(|target| format!("{takes_back} {target}")));
    let denied_by = Label::new("by", "ينفيه:", "отрицает:").text(lang);
    parts.extend(record.by.as_ref().map(|by| format!("{denied_by} {by}")));
    parts.extend(record.claim.clone());
    parts.extend(record.reason.clone());
    parts.extend(record.other.map(|other| other.to_string()));
    if let Some(patch) = &record.patch {
        parts.extend(serde_json::to_string(patch));
    }
    if let Some(report) = &record.report {
        parts.push(format!(
            "{}{}{}",
            report.publisher,
            comma(lang),
            report.grade
        ));
    }
    let (position, author) = (record.position, &record.author);
    parts.push(match lang {
        Lang::En => format!("at {position}, by {author}"),
        Lang::Ar => format!("الموضع {position}، أدخله {author}"),
        Lang::Ru => format!("позиция {position}, внесено: {author}"),
    });
    parts.push(record.id.to_string());
    parts.join(Label::new("; ", "؛ ", "; ").text(lang))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "00000000-0000-0000-0000-000000000001";

    fn record() -> serde_json::Value {
        json!({
            "id": ID, "type": "disputed", "position": 4, "author": "desk", "recorded": null,
            "counts": true, "retracted": false, "by": "TALIBAN",
            "report": {"publisher": "P", "grade": "B2"},
        })
    }

    fn example() -> EventView {
        serde_json::from_value(json!({
            "id": ID, "kind": "visit.made", "actors": ["TJK"], "recipients": ["AFG"],
            "occurred": "2023-03-23", "details": {}, "title": {"en": "A visit"},
            "report": {"publisher": "A paper", "grade": "B2"}, "pending": false, "grade": "B2",
            "reported_grade": "B2", "publishers": 2, "vouching": 1, "same_as": [], "position": 3,
            "author": "desk", "recorded": null, "retracted": null, "disputed": true,
            "reports": [], "disputes": [record()], "corrections": [], "links": [],
            "retractions": [],
        }))
        .unwrap()
    }

    #[test]
    fn an_event_has_its_facts_and_the_records_about_it() {
        let expected = format!(
            "event       {ID}\n\
             title (en)  A visit\n\
             kind        visit.made\n\
             who         TJK → AFG\n\
             occurred    2023-03-23\n\
             publisher   A paper\n\
             grade       B2\n\
             counts as   B2, by 2 independent publishers, 1 of them counted\n\
             disputed    yes: see below\n\
             position    3\n\
             entered by  desk\n\
             disputed    by TALIBAN; P, B2; at 4, by desk; {ID}\n"
        );
        assert_eq!(event(&Output::sink(), &example(), Lang::En), expected);
    }

    #[test]
    fn every_name_of_a_fact_is_in_the_language() {
        for (lang, names) in [
            (Lang::Ar, ["الحدث", "العنوان (en)", "النوع", "الأطراف"]),
            (Lang::Ru, ["событие", "заголовок (en)", "вид", "кто"]),
        ] {
            let text = event(&Output::sink(), &example(), lang);
            for (line, name) in text.lines().zip(names) {
                assert!(line.starts_with(name), "{text}");
            }
            let is_english =
                |line: &str| line.starts_with(|letter: char| letter.is_ascii_alphabetic());
            assert!(!text.lines().any(is_english), "{text}");
        }
        let pending = json!({"id": ID, "pending": true, "records": [record()]});
        let view: PendingView = serde_json::from_value(pending).unwrap();
        let text = super::pending(&Output::sink(), &view, Lang::Ru);
        assert!(text.starts_with("ожидает события"), "{text}");
        assert!(text.contains("отрицает: TALIBAN"), "{text}");
    }
}
