//! What a kind counts for.

use std::collections::BTreeMap;

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::{KindView, Named, Text};
use detente_domain::dimension::Dimension;
use detente_domain::level::Level;
use detente_domain::party::Lang;

use super::super::comma;
use super::{topic, wrapped};
use crate::output::Output;

const WHEN: Label = Label::new("when", "عندما", "когда");
const ALWAYS: Label = Label::new("always", "دائماً", "всегда");
const NOTHING: Label = Label::new(
    "no weights or limits",
    "لا أوزان ولا حدود",
    "без весов и пределов",
);
const WEIGHTS: Label = Label::new("weights", "الأوزان", "веса");
const BACK: Label = Label::new(
    "ceiling back",
    "سقف الاتجاه المعاكس",
    "потолок в обратном направлении",
);
const DAYS: Label = Label::new("days", "الأيام", "дни");

/// Returns the version of the rulebook, as a line.
pub(super) fn rulebook(view: &KindView, lang: Lang) -> String {
    let of = Label::new("by rulebook", "بحسب القواعد", "по своду правил").text(lang);
    format!("{of} {}", view.rulebook)
}

/// Renders the weights and limits, and the facts beside them.
pub(super) fn rule(out: &Output, view: &KindView, lang: Lang) -> String {
    let rule = &view.rule;
    let base = [
        ALWAYS.text(lang).to_owned(),
        weights(&rule.weights, lang),
        levels(&rule.ceiling, lang),
        levels(&rule.floor, lang),
        levels(&rule.ceiling_back, lang),
        days(rule.days),
    ];
    let variants = rule.variants.iter().map(|variant| {
        [
            format!("{} = {}", variant.detail, variant.word),
            weights(&variant.weights, lang),
            levels(&variant.ceiling, lang),
            levels(&variant.floor, lang),
            levels(&variant.ceiling_back, lang),
            days(variant.days),
        ]
    });
    let all = std::iter::once(base).chain(variants);
    let moves = |row: &[String; 6]| row.iter().skip(1).any(|cell| !cell.is_empty());
    let rows: Vec<[String; 6]> = all.filter(moves).collect();
    let heads = [WHEN, WEIGHTS, labels::CEILING, labels::FLOOR, BACK, DAYS];
    let table = if rows.is_empty() {
        NOTHING.text(lang).to_owned()
    } else {
        wrapped::table(out, heads, 1, &rows, lang)
    };
    format!(
        "{}:\n{table}\n{}",
        rulebook(view, lang),
        notes(view, lang).join("\n")
    )
}

/// Returns what the table does not say, a line each.
fn notes(view: &KindView, lang: Lang) -> Vec<String> {
    let rule = &view.rule;
    let half_life = rule.memory.half_life_days;
    let class = match rule.memory.class.as_ref() {
        "words" => Label::new("words", "الأقوال", "слова").text(lang),
        "acts" => Label::new("acts", "الأفعال", "действия").text(lang),
        "force" => Label::new("force", "القوة", "сила").text(lang),
        other => other,
    };
    let mut lines = vec![match lang {
        Lang::En => format!("memory: {class}; half is left after {half_life} days"),
        Lang::Ar => format!("الذاكرة: {class}؛ عمر النصف بالأيام: {half_life}"),
        Lang::Ru => format!("память: {class}; половина остаётся через {half_life} дн."),
    }];
    if rule.mutual > 0.0 {
        let share = Label::new(
            "share that counts in the opposite direction too:",
            "الحصة المحتسبة في الاتجاه المعاكس أيضاً:",
            "доля, учитываемая и в обратном направлении:",
        );
        lines.push(format!("{} {}", share.text(lang), rule.mutual));
    }
    let until = rule.until.as_deref().and_then(|word| match word {
        "closed" => Some(Label::new(
            "limits hold until the entry is closed",
            "تسري الحدود حتى إغلاق القيد",
            "пределы действуют до закрытия записи",
        )),
        "revoked" => Some(Label::new(
            "limits hold until the contrary act",
            "تسري الحدود حتى صدور نقيضه",
            "пределы действуют до обратного акта",
        )),
        _ => None,
    });
    let contact = Label::new(
        "official contact: raises recognition to dealings",
        "اتصال رسمي: يرفع الاعتراف إلى التعامل",
        "официальный контакт: поднимает признание до контактов",
    );
    let signal = Label::new(
        "read as implicit recognition",
        "يُقرأ اعترافاً ضمنياً",
        "читается как косвенное признание",
    );
    let named = [
        until,
        rule.contact.then_some(contact),
        rule.signal.then_some(signal),
    ];
    lines.extend(
        named
            .into_iter()
            .flatten()
            .map(|label| label.text(lang).to_owned()),
    );
    lines
}

fn weights(weights: &BTreeMap<Text, f64>, lang: Lang) -> String {
    let weight = |(word, weight): (&Text, &f64)| format!("{} {weight:+}", topic(word, lang));
    let weights: Vec<String> = weights.iter().map(weight).collect();
    weights.join(comma(lang))
}

fn levels(levels: &BTreeMap<Text, Named<Level>>, lang: Lang) -> String {
    let of = Topic::Dimension(Dimension::Posture);
    let level = |(word, level): (&Text, &Named<Level>)| {
        let level = labels::word(of, level.as_str(), lang);
        format!("{} {level}", topic(word, lang))
    };
    let levels: Vec<String> = levels.iter().map(level).collect();
    levels.join(comma(lang))
}

fn days(days: Option<u32>) -> String {
    days.map_or_else(String::new, |days| days.to_string())
}
