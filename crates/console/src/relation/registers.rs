//! The registers of a relation as tables, and its disputes.

use std::collections::BTreeMap;

use detente_api::request::Topic;
use detente_api::view::{EntryView, RelationView, UNKNOWN, labels};
use detente_domain::dimension::Register;
use maud::{Markup, html};
use uuid::Uuid;

use crate::ask::Ask;
use crate::dates;

/// The most events of an entry that are linked.
const EVENTS_LINKED: usize = 5;

/// The titles of events, by id.
pub(crate) type Titles<'v> = BTreeMap<Uuid, &'v str>;

/// Writes the registers that have entries, the open ones first.
pub(crate) fn section(ask: &Ask, view: &RelationView, titles: &Titles<'_>) -> Markup {
    let texts = ask.texts;
    let registers = view.registers();
    let filled: Vec<_> = registers
        .filter(|(_, entries)| !entries.is_empty())
        .collect();
    if filled.is_empty() {
        return Markup::default();
    }
    let title = texts.say("registers");
    let has_holders = filled.iter().any(|(_, entries)| {
        let holder = |entry: &EntryView| entry.controlled_by.is_some();
        entries.iter().any(holder)
    });
    html! {
        section {
            h2 { (title) }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table.registers {
                    thead {
                        tr {
                            th scope="col" { (texts.say("registers-entry")) }
                            th scope="col" { (texts.say("registers-status")) }
                            th scope="col" { (texts.say("levels-since")) }
                            @if has_holders { th scope="col" { (labels::HELD_BY.text(ask.lang).trim_end_matches(':')) } }
                            th scope="col" { (texts.say("levels-events")) }
                        }
                    }
                    @for (register, entries) in filled {
                        tbody {
                            tr { th scope="rowgroup" colspan=(if has_holders { 5 } else { 4 }) { (labels::register(register).text(ask.lang)) } }
                            @for entry in open_first(entries) { (row(ask, register, entry, has_holders, titles)) }
                        }
                    }
                }
            }
            (cut(ask, view))
        }
    }
}

/// Returns the entries, those that are open first; each part newest first.
fn open_first(entries: &[EntryView]) -> Vec<&EntryView> {
    let mut entries: Vec<&EntryView> = entries.iter().collect();
    entries.sort_by(|one, other| {
        other
            .open
            .cmp(&one.open)
            .then_with(|| one.newest_first(other))
    });
    entries
}

fn row(
    ask: &Ask,
    register: Register,
    entry: &EntryView,
    has_holders: bool,
    titles: &Titles<'_>,
) -> Markup {
    let holder = entry.controlled_by.as_deref();
    let holder = holder.map(|code| match code {
        UNKNOWN => labels::UNKNOWN.text(ask.lang),
        code => ask.name_of(code),
    });
    html! {
        tr.closed[!entry.open] {
            th scope="row" { bdi { (describe(ask, entry)) } }
            td {
                (labels::word(Topic::Register(register), &entry.status, ask.lang))
                @if entry.uncertain { " " span.flag { (labels::UNCERTAIN.text(ask.lang)) } }
                @if entry.disputed { " " span.flag { (labels::DISPUTED.text(ask.lang)) } }
            }
            td { (dates::words(&entry.since, ask.texts)) }
            @if has_holders { td { (holder.unwrap_or_default()) } }
            td { (events(ask, &entry.evidence, entry.evidence_count, titles)) }
        }
    }
}

/// Describes an entry: whose act it is, the details that name it, and the organisation.
pub(crate) fn describe(ask: &Ask, entry: &EntryView) -> String {
    let mut details = labels::key(&entry.key, ask.lang);
    if let Some(via) = &entry.via {
        details.push(format!(
            "{} {}",
            labels::VIA.text(ask.lang),
            ask.name_of(via)
        ));
    }
    let details = details.join(if ask.lang.as_str() == "ar" {
        "، "
    } else {
        ", "
    });
    match (entry.by.as_deref(), details.is_empty()) {
        (Some(by), false) => format!("{}: {details}", ask.name_of(by)),
        (Some(by), true) => ask.name_of(by).to_owned(),
        (None, true) => "–".to_owned(),
        (None, false) => details,
    }
}

/// Links events by their numbers in a list, with their titles where they are known.
fn events(ask: &Ask, events: &[Uuid], count: usize, titles: &Titles<'_>) -> Markup {
    let shown = events.len().min(EVENTS_LINKED);
    html! {
        span.numbered {
            @for (place, event) in events.iter().take(EVENTS_LINKED).enumerate() {
                @let title = titles.get(event).copied();
                @let label = title.map_or_else(|| event.to_string(), str::to_owned);
                a href=(ask.href(&format!("events/{event}"), &[])) title=(label) aria-label=(label) { (place + 1) }
            }
            (labels::more(count.saturating_sub(shown), ask.lang))
        }
    }
}

/// Says which lists hold their newest entries only, and where all are.
fn cut(ask: &Ask, view: &RelationView) -> Markup {
    let Some(cut) = &view.cut else {
        return Markup::default();
    };
    html! {
        p.count { (ask.texts.say("registers-cut")) }
        ul {
            @for (name, total) in &cut.entries_total {
                @let register = Register::parse(name).map(|register| labels::register(register).text(ask.lang));
                li {
                    @match cut.pages.get(name) {
                        Some(page) => a href=(page) { (register.unwrap_or(name)) },
                        None => (register.unwrap_or(name)),
                    }
                    ": " (total)
                }
            }
        }
    }
}

/// Writes the disputed events of a relation, with both sides.
pub(crate) fn disputes(ask: &Ask, view: &RelationView, titles: &Titles<'_>) -> Markup {
    let texts = ask.texts;
    if view.disputes.is_empty() {
        return Markup::default();
    }
    let parties = |codes: &str| {
        let names: Vec<&str> = codes.split(',').map(|code| ask.name_of(code)).collect();
        names.join(if ask.lang.as_str() == "ar" {
            "، "
        } else {
            ", "
        })
    };
    html! {
        section {
            h2 { (texts.say("disputes")) }
            ul.disputes {
                @for dispute in &view.disputes {
                    li {
                        a href=(ask.href(&format!("events/{}", dispute.event), &[])) {
                            bdi { (titles.get(&dispute.event).copied().map_or_else(|| dispute.event.to_string(), str::to_owned)) }
                        }
                        @if let Some(by) = &dispute.claimed_by { " · " (texts.say("disputes-claimed")) ": " (parties(by)) }
                        " · "
                        @match &dispute.denied_by {
                            Some(by) => { (texts.say("disputes-denied")) ": " (parties(by)) },
                            None => (texts.say("disputes-source")),
                        }
                    }
                }
            }
        }
    }
}
