//! The levels of all dimensions of a conduct, each leading to its reasons.

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::{Decimal1, LimitView, RelationView};
use detente_domain::dimension::Dimension;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::board::COLUMNS;
use crate::facts::Facts;
use crate::{cite, dates, level};

/// Writes a limit: its level, and the event that sets it.
pub(crate) fn limit(ask: &Ask, dimension: Dimension, label: Label, limit: &LimitView) -> Markup {
    let level = labels::word(Topic::Dimension(dimension), limit.level.as_str(), ask.lang);
    let until = limit.until.as_deref();
    let until = until.map(|until| dates::words(until, ask.texts));
    html! {
        (label.text(ask.lang)) ": " (level) " ("
        a href=(ask.href(&format!("events/{}", limit.event), &[])) { (cite::kind_label(ask, &limit.kind)) }
        @if let Some(until) = until {
            " · " (ask.texts.with("date-until", [("to", until.into())]))
        }
        ")"
    }
}

/// Writes the level of a dimension as a cell.
pub(crate) fn cell(ask: &Ask, dimension: Dimension, word: &str, stale_days: Option<i32>) -> Markup {
    let mut classes = level::classes(dimension, word);
    if let Some(age) = level::age(stale_days) {
        classes.push(' ');
        classes.push_str(age);
    }
    html! {
        td class=(classes) {
            span.mark aria-hidden="true" { (level::mark(dimension, word)) }
            " " (level::word(dimension, word, ask.lang))
        }
    }
}

fn number(number: Option<Decimal1>) -> Markup {
    html! { td.number { @if let Some(number) = number { bdi { (number) } } @else { "–" } } }
}

/// Writes all that is known of each dimension of a conduct, and beside it the levels of the other
/// one. Each conduct is given with its path and its name.
pub(crate) fn table(
    ask: &Ask,
    (path, name, view): (&str, &str, &RelationView),
    other: Option<(&str, &str, &RelationView)>,
) -> Markup {
    let texts = ask.texts;
    let heads = [
        "level", "index", "warmth", "strain", "since", "last", "events", "notes",
    ];
    html! {
        div.scroll tabindex="0" role="region" aria-label={ (texts.say("relation-levels")) ": " (name) } {
            table.levels {
                thead {
                    @if let Some((path, other, _)) = other {
                        tr {
                            td {}
                            th scope="colgroup" colspan=(heads.len()) { (name) }
                            th.other scope="colgroup" colspan="3" { a href=(ask.href(path, &[])) { (other) } }
                        }
                    }
                    tr {
                        th scope="col" { (texts.say("levels-dimension")) }
                        @for head in heads { th scope="col" { (texts.say(&format!("levels-{head}"))) } }
                        @if other.is_some() {
                            th.other scope="col" { (texts.say("levels-level")) }
                            @for head in ["index", "since"] { th scope="col" { (texts.say(&format!("levels-{head}"))) } }
                        }
                    }
                }
                tbody {
                    @for dimension in COLUMNS {
                        tr {
                            (heading(ask, path, dimension))
                            (facts(ask, view, dimension))
                            @if let Some((path, _, view)) = other { (short(ask, path, view, dimension)) }
                        }
                    }
                }
            }
        }
    }
}

fn facts(ask: &Ask, view: &RelationView, dimension: Dimension) -> Markup {
    let facts = Facts::new(view, dimension);
    html! {
        (cell(ask, dimension, facts.level, facts.stale_days))
        (number(facts.index)) (number(facts.warmth)) (number(facts.strain))
        (date(ask, facts.since))
        (date(ask, facts.last_evidence))
        td.number { @if let Some(events) = facts.events { (events) } }
        td.notes { (notes(ask, view, dimension, facts)) }
    }
}

/// The level of the other conduct, which leads to its reasons.
fn short(ask: &Ask, path: &str, view: &RelationView, dimension: Dimension) -> Markup {
    let facts = Facts::new(view, dimension);
    let why = ask.href(&format!("{path}/why/{}", dimension.as_str()), &[]);
    html! {
        td class={ "other " (level::classes(dimension, facts.level)) } {
            span.mark aria-hidden="true" { (level::mark(dimension, facts.level)) }
            " " a href=(why) { (level::word(dimension, facts.level, ask.lang)) }
        }
        (number(facts.figure()))
        (date(ask, facts.since))
    }
}

fn date(ask: &Ask, date: Option<&str>) -> Markup {
    html! { td { (date.map(|date| dates::words(date, ask.texts)).unwrap_or_default()) } }
}

fn heading(ask: &Ask, path: &str, dimension: Dimension) -> Markup {
    let why = ask.href(&format!("{path}/why/{}", dimension.as_str()), &[]);
    let label = labels::dimension(dimension).text(ask.lang);
    html! { th scope="row" { a href=(why) { (label) } } }
}

/// What is to be said of a level beside its numbers.
fn notes(ask: &Ask, view: &RelationView, dimension: Dimension, facts: Facts<'_>) -> Markup {
    let texts = ask.texts;
    html! {
        @for flag in facts.flags() { span.flag { (flag.text(ask.lang)) } " " }
        @if facts.leads > 0 {
            span { (labels::LEADS.text(ask.lang)) ": " (facts.leads) } " "
        }
        @for (label, binding) in facts.binding() { span { (limit(ask, dimension, label, binding)) } " " }
        @if dimension == Dimension::Posture && view.posture.trajectory.0.is_some() {
            span { (texts.say("levels-trend")) ": " (labels::trajectory(view.posture.trajectory.0).text(ask.lang)) }
        }
        @if dimension == Dimension::Representation && view.representation.sends.0.is_some() {
            span { (texts.say("levels-sends")) ": " (level::word(dimension, view.representation.sends.as_str(), ask.lang)) }
        }
    }
}
