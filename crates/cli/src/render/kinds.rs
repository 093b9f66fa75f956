//! Kinds of events: the list, and one kind with all that it takes and counts for.

mod rule;
mod wrapped;

use std::fmt::Write as _;

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::{DetailView, KindView, SeverityView};
use detente_domain::party::Lang;

use super::comma;
use super::table::wrap;
use crate::output::Output;

const KIND: Label = Label::new("kind", "النوع", "вид");
const LABEL: Label = Label::new("label", "التسمية", "название");
const COUNTS_IN: Label = Label::new("counts in", "يُحتسب في", "учитывается в");
const CLASS: Label = Label::new("in effect", "سريانه", "действует");
const REGISTER: Label = Label::new("register", "السجل", "реестр");
const DETAIL: Label = Label::new("detail", "التفصيل", "деталь");
const NEEDED: Label = Label::new("needed", "إلزامي", "обязательна");
const VALUE: Label = Label::new("value", "القيمة", "значение");
const HOLDS: Label = Label::new("what it holds", "محتواه", "содержание");
const YES: Label = Label::new("yes", "نعم", "да");
const SEVERITY: Label = Label::new("severity", "الشدة", "тяжесть");
const FACTOR: Label = Label::new("factor", "المعامل", "множитель");
const FROM: Label = Label::new("from", "ابتداءً من", "от");
const MEANS: Label = Label::new("what it means", "معناها", "что означает");
const EXAMPLE: Label = Label::new(
    "an example, which `detente report -` accepts as it is:",
    "مثال يقبله `detente report -` كما هو:",
    "пример, который `detente report -` принимает как есть:",
);

/// Renders the list of kinds, by family.
pub(crate) fn kinds(out: &Output, kinds: &[KindView]) -> String {
    let lang = kinds.first().map_or(Lang::En, language);
    let family = |view: &&KindView| kinds.iter().position(|first| first.family == view.family);
    let mut grouped: Vec<&KindView> = kinds.iter().collect();
    grouped.sort_by_key(family);
    let rows = grouped.into_iter().map(|view| {
        let (code, label) = (view.kind.to_string(), view.label.to_string());
        [code, label, counts_in(view, lang)]
    });
    let rows: Vec<[String; 3]> = rows.collect();
    let hint = Label::new(
        "`detente kinds KIND` shows what a kind takes and counts for, with an example",
        "يعرض `detente kinds KIND` تفاصيل النوع وأثره مع مثال",
        "`detente kinds KIND` показывает детали вида, его учёт и пример",
    );
    let table = wrapped::table(out, [KIND, LABEL, COUNTS_IN], 1, &rows, lang);
    let rulebook = kinds.first().map(|view| rule::rulebook(view, lang));
    let rulebook = rulebook.unwrap_or_default();
    format!("{table}\n\n{rulebook}\n{}\n", hint.text(lang))
}

/// Renders all about a kind, and last the example.
pub(crate) fn kind(out: &Output, view: &KindView) -> String {
    let lang = language(view);
    let mut text = format!("{}: {}\n", view.kind, view.label);
    for line in wrap(&view.description, out.width()) {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "\n{}", facts(view, lang));
    let _ = writeln!(text, "\n{}", details(out, view, lang));
    if let Some(severity) = &view.severity {
        let _ = writeln!(text, "\n{}", self::severity(out, severity, lang));
    }
    let _ = writeln!(text, "\n{}", rule::rule(out, view, lang));
    // Serialising an event cannot fail.
    let example = serde_json::to_string(&view.example).unwrap_or_default();
    let _ = writeln!(text, "\n{}\n{example}", EXAMPLE.text(lang));
    text
}

fn language(view: &KindView) -> Lang {
    Lang::parse(&view.lang).unwrap_or_default()
}

/// Returns the topic of a word: that of a newer server may be unknown.
fn topic(word: &str, lang: Lang) -> String {
    let topic = Topic::all().find(|topic| topic.as_str() == word);
    topic
        .map_or(word, |topic| super::topic(topic, lang))
        .to_owned()
}

fn counts_in(view: &KindView, lang: Lang) -> String {
    let topics: Vec<String> = view
        .counts_in
        .iter()
        .map(|word| topic(word, lang))
        .collect();
    topics.join(comma(lang))
}

/// Lists the class, the register, the PLOVER event and what it counts in, a line each.
fn facts(view: &KindView, lang: Lang) -> String {
    let class = match view.class.as_ref() {
        "point" => Label::new(
            "on its date, and fades from then on",
            "في تاريخه ثم يتلاشى",
            "в свою дату, затем слабеет",
        ),
        "condition" => Label::new(
            "over the span of its date, and fades after it",
            "طوال مدته ثم يتلاشى",
            "весь период даты, затем слабеет",
        ),
        _ => Label::new(
            "until another event closes what it opens",
            "حتى يُغلق حدث آخر ما فتحه",
            "пока другое событие не закроет открытое им",
        ),
    };
    let mut lines = vec![
        (CLASS, class.text(lang).to_owned()),
        (COUNTS_IN, counts_in(view, lang)),
    ];
    if let Some((register, effect)) = view.register.as_ref().zip(view.effect.as_ref()) {
        let of = Topic::all().find(|topic| topic.as_str() == *register);
        let status = of.map_or_else(
            || effect.status.to_string(),
            |of| labels::word(of, &effect.status, lang),
        );
        let does = match effect.does.as_ref() {
            "sets" => Label::new("sets", "يضبط", "устанавливает"),
            "closes" => Label::new("closes as", "يُغلق بحالة", "закрывает как"),
            _ => Label::new("notes as", "يُدوَّن بحالة", "отмечает как"),
        };
        let does = format!("{} ({}: {status})", topic(register, lang), does.text(lang));
        lines.push((REGISTER, does));
    }
    if let Some(plover) = &view.plover {
        lines.push((Label::new("PLOVER", "PLOVER", "PLOVER"), plover.to_string()));
    }
    let line = |(label, text): (Label, String)| format!("{}: {text}", label.text(lang));
    let lines: Vec<String> = lines.into_iter().map(line).collect();
    lines.join("\n")
}

fn details(out: &Output, view: &KindView, lang: Lang) -> String {
    let needs = view.needs.iter().map(|detail| (detail, YES.text(lang)));
    // What every kind takes is not repeated for each.
    let own = view.takes.iter().filter(|detail| !detail.common);
    let all = needs.chain(own.map(|detail| (detail, "")));
    let rows = all.map(|(detail, needed)| {
        let (name, holds) = (detail.detail.to_string(), detail.description.to_string());
        [name, needed.to_owned(), values(detail, lang), holds]
    });
    let rows: Vec<[String; 4]> = rows.collect();
    let common = view.takes.iter().filter(|detail| detail.common);
    let common: Vec<&str> = common.map(|detail| detail.detail.as_ref()).collect();
    let every = Label::new(
        "every kind also takes:",
        "ويقبل كل نوع أيضاً:",
        "любой вид принимает также:",
    );
    let every = format!("{} {}", every.text(lang), common.join(", "));
    if rows.is_empty() {
        return every;
    }
    let table = wrapped::table(out, [DETAIL, NEEDED, VALUE, HOLDS], 2, &rows, lang);
    format!("{table}\n{every}")
}

fn values(detail: &DetailView, lang: Lang) -> String {
    let label = match detail.value.as_ref() {
        "choice" => return detail.words.join(" | "),
        "party" => return detail.parties.join(" | "),
        "count" => Label::new("a number", "عدد", "число"),
        _ => Label::new("text", "نص", "текст"),
    };
    label.text(lang).to_owned()
}

fn severity(out: &Output, view: &SeverityView, lang: Lang) -> String {
    let rows = view.words.iter().map(|word| {
        let counted = word.from.zip(view.counted_by.as_ref());
        let from = counted.map(|(from, field)| format!("{field} {from}"));
        let (name, means) = (word.word.to_string(), word.description.to_string());
        [
            name,
            word.factor.to_string(),
            from.unwrap_or_default(),
            means,
        ]
    });
    let rows: Vec<[String; 4]> = rows.collect();
    let table = wrapped::table(out, [SEVERITY, FACTOR, FROM, MEANS], 3, &rows, lang);
    let otherwise = Label::new(
        "without a word and a number:",
        "من دون كلمة أو عدد:",
        "без слова и числа:",
    );
    format!("{table}\n{} {}", otherwise.text(lang), view.otherwise)
}
