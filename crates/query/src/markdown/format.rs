//! Formats names, numbers and texts for Markdown.

use detente_api::text::markdown;
use detente_api::view::labels::{self, Label};
use detente_api::view::localized::{self, figure};
use detente_api::view::{Decimal1, DisputeView};
use detente_domain::party::Lang;

/// Returns the name of a party, by its code.
pub(super) fn name(code: &str, lang: Lang) -> String {
    markdown(&localized::name(code, lang))
}

/// Returns the names of parties, by their codes, which commas separate.
fn names(codes: &str, lang: Lang) -> String {
    let names: Vec<String> = codes.split(',').map(|code| name(code, lang)).collect();
    names.join(Label::new(", ", "، ", ", ").text(lang))
}

/// Writes the first letter of a text in upper case.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

pub(super) fn number(number: Option<Decimal1>, lang: Lang) -> String {
    number.map_or_else(String::new, |number| figure(&number.to_string(), lang))
}

/// Returns a date.
pub(super) fn date(text: Option<&str>, lang: Lang) -> String {
    text.map_or_else(String::new, |text| figure(&markdown(text), lang))
}

/// Returns the reservations that are set, in parentheses.
pub(super) fn marks<const N: usize>(marks: [(bool, Label); N], lang: Lang) -> String {
    let marks = marks.into_iter().filter(|(is_set, _)| *is_set);
    let marks: Vec<&str> = marks.map(|(_, label)| label.text(lang)).collect();
    if marks.is_empty() {
        String::new()
    } else {
        format!(" ({})", marks.join(Label::new(", ", "، ", ", ").text(lang)))
    }
}

/// Returns the line below the title: the day, the position and the projection.
pub(super) fn as_of(at: &str, known_at: u64, projection: &str, lang: Lang) -> String {
    let at = figure(at, lang);
    match lang {
        Lang::En => format!(
            "As of {at}, by what was known at position {known_at}, under the rulebook of \
             projection {projection}."
        ),
        Lang::Ar => format!(
            "كما في {at}، وفق ما كان معلوماً عند الموضع {known_at}، بقواعد الإسقاط {}.",
            figure(projection, lang)
        ),
        Lang::Ru => format!(
            "По состоянию на {at}, по сведениям на позиции {known_at}, по правилам проекции \
             {projection}."
        ),
    }
}

/// Writes the heading of a section.
pub(super) fn section(page: &mut String, title: &str) {
    page.push_str(&format!("\n## {}\n\n", capital(title)));
}

/// Writes the heads of a table; those of numbers are aligned to the right.
pub(super) fn heads(page: &mut String, heads: &[(Label, bool)], lang: Lang) {
    let titles = heads.iter().map(|(label, _)| capital(label.text(lang)));
    let rules = heads.iter().map(|(_, is_number)| match is_number {
        true => "---:",
        false => "---",
    });
    let (titles, rules): (Vec<String>, Vec<&str>) = (titles.collect(), rules.collect());
    page.push_str(&format!(
        "| {} |\n|{}|\n",
        titles.join(" | "),
        rules.join("|")
    ));
}

pub(super) fn disputes<'v>(
    page: &mut String,
    disputes: impl IntoIterator<Item = &'v DisputeView>,
    lang: Lang,
) {
    let mut disputes = disputes.into_iter().peekable();
    if disputes.peek().is_none() {
        return;
    }
    section(page, labels::DISPUTED.text(lang));
    for dispute in disputes {
        let claimed = dispute.claimed_by.as_deref();
        let claimed = claimed.map_or_else(
            || {
                Label::new("a report", "تقرير", "сообщение")
                    .text(lang)
                    .to_owned()
            },
            |by| names(by, lang),
        );
        let denied = dispute.denied_by.as_deref().map(|by| names(by, lang));
        let line = match (denied, lang) {
            (Some(denied), Lang::En) => format!("said by {claimed}; denied by {denied}"),
            (Some(denied), Lang::Ar) => format!("يقوله: {claimed}؛ وينفيه: {denied}"),
            (Some(denied), Lang::Ru) => format!("утверждает: {claimed}; отрицает: {denied}"),
            (None, Lang::En) => format!("said by {claimed}; contradicted by another source"),
            (None, Lang::Ar) => format!("يقوله: {claimed}؛ ويناقضه مصدر آخر"),
            (None, Lang::Ru) => format!("утверждает: {claimed}; другой источник противоречит"),
        };
        let event = dispute.event;
        page.push_str(&format!("- [{event}](/v1/events/{event}): {line}\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_begins_with_a_capital_in_each_alphabet() {
        assert_eq!(capital("missions"), "Missions");
        assert_eq!(capital("границы"), "Границы");
        assert_eq!(capital("الحدود"), "الحدود");
    }
}
