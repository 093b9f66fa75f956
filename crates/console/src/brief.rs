//! Briefs: a page to print for a relation or a country, with its citation.

mod citation;
mod country;
mod relation;

use axum::response::Response;
use detente_api::request::Topic;
use detente_api::view::{ChangeView, EntryView, UNKNOWN, labels};
use detente_domain::day::Day;
use detente_domain::dimension::Register;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::dates;
use crate::relation::registers::describe;
use citation::Citation;

/// The most changes that a brief lists.
const CHANGES_MAX: usize = 40;
/// The most entries of a register that a brief lists.
const ENTRIES_MAX: usize = 12;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = if ask.params.segment("country").is_empty() {
        Box::pin(relation::view(&ask)).await
    } else {
        Box::pin(country::view(&ask)).await
    };
    ask.answer(page)
}

/// Says of which point the brief is, and by which rules.
fn point(ask: &Ask, citation: &Citation<'_>) -> Markup {
    html! {
        p.point { (citation.point(ask)) }
        p.noprint { (ask.texts.say("brief-print")) }
    }
}

/// Returns the last day before the changes that a brief lists: a year before its own.
fn year_before(at: &str) -> Day {
    let at = Day::parse(at).unwrap_or(Day::MAX);
    crate::picture::Span::One.first(at).unwrap_or(Day::MIN)
}

/// Keeps the changes of the year before a day, the newest first.
fn last_year(changes: &[ChangeView], at: &str) -> Vec<ChangeView> {
    let begin = year_before(at).to_string();
    let mut changes: Vec<ChangeView> = changes
        .iter()
        .filter(|change| *change.day > *begin)
        .cloned()
        .collect();
    changes.sort_by(|one, other| other.day.cmp(&one.day));
    changes
}

/// Writes what changed within the year before, the newest first.
fn changes(ask: &Ask, changes: &[ChangeView]) -> Markup {
    let texts = ask.texts;
    let left = changes.len().saturating_sub(CHANGES_MAX);
    html! {
        section {
            h2 { (texts.say("brief-changes")) }
            @if changes.is_empty() { p.empty { (texts.say("brief-no-changes")) } }
            ul.history {
                @for change in changes.iter().take(CHANGES_MAX) {
                    li {
                        time datetime=(change.day) { (dates::words(&change.day, texts)) }
                        ": " (dates::in_words(change.sentence().text(ask.lang), texts))
                        " · " (labels::occasion(change.occasion.0).text(ask.lang))
                        @if change.disputed { " · " span.flag { (labels::DISPUTED.text(ask.lang)) } }
                        @if let Some(cause) = change.causes.first() {
                            " " a.noprint href=(ask.href(&format!("events/{cause}"), &[])) { (texts.say("brief-cause")) }
                        }
                    }
                }
            }
            @if left > 0 { p.count { (labels::more(left, ask.lang)) } }
        }
    }
}

/// Writes the open entries of registers, in short.
fn registers<'v>(
    ask: &Ask,
    registers: impl Iterator<Item = (Register, &'v [EntryView])>,
) -> Markup {
    let open = registers.filter_map(|(register, entries)| {
        let open: Vec<&EntryView> = entries.iter().filter(|entry| entry.open).collect();
        (!open.is_empty()).then_some((register, open))
    });
    let open: Vec<_> = open.collect();
    html! {
        @if !open.is_empty() {
            section {
                h2 { (ask.texts.say("brief-registers")) }
                dl.facts {
                    @for (register, entries) in open {
                        dt { (labels::register(register).text(ask.lang)) }
                        dd {
                            @for entry in entries.iter().take(ENTRIES_MAX) { div { (self::entry(ask, register, entry)) } }
                            (labels::more(entries.len().saturating_sub(ENTRIES_MAX), ask.lang))
                        }
                    }
                }
            }
        }
    }
}

fn entry(ask: &Ask, register: Register, entry: &EntryView) -> Markup {
    let holder = entry.controlled_by.as_deref().map(|code| match code {
        UNKNOWN => labels::UNKNOWN.text(ask.lang),
        code => ask.name_of(code),
    });
    html! {
        bdi { (describe(ask, entry)) } ": "
        (labels::word(Topic::Register(register), &entry.status, ask.lang))
        @if let Some(holder) = holder { " (" (labels::HELD_BY.text(ask.lang)) " " (holder) ")" }
    }
}

/// Writes publishers, each with the number of events that it reports.
fn sources<'v>(ask: &Ask, publishers: impl Iterator<Item = &'v str>) -> Markup {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for publisher in publishers {
        *counts.entry(publisher).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    html! {
        @if !counts.is_empty() {
            section {
                h2 { (ask.texts.say("brief-sources")) }
                ul.publishers { @for (name, count) in counts { li { bdi { (name) } " (" (count) ")" } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(day: &str) -> ChangeView {
        serde_json::from_value(serde_json::json!({
            "relation": "AFG-TJK", "direction": {"from": "TJK", "to": "AFG"},
            "dimension": "political", "key": null, "from": "hostile", "to": "strained",
            "was_uncertain": false, "uncertain": false, "day": day, "until": null,
            "occasion": "happened", "causes": [], "lag_days": null, "position": 57
        }))
        .expect("a change")
    }

    #[test]
    fn the_changes_of_a_brief_are_those_of_the_year_before() {
        let all = ["..", "2022-06-30", "2022-07-01", "2023-05-01"].map(change);
        let kept = last_year(&all, "2023-06-30");
        let days: Vec<&str> = kept.iter().map(|change| &*change.day).collect();
        assert_eq!(days, ["2023-05-01", "2022-07-01"]);
    }
}
