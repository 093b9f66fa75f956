//! The missions between the chosen country and others.

use detente_api::request::Topic;
use detente_api::view::{EntryView, UNKNOWN, labels};
use detente_domain::dimension::Register;
use detente_read_model::board::Board;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::{dates, order};

/// The most missions that are listed; the pages of relations have all.
const LISTED_MAX: usize = 400;

/// Writes the missions as tables: those that are open, then those that are closed.
pub(super) fn table(ask: &Ask, board: &Board) -> Markup {
    let texts = ask.texts;
    let missions = board.rows.iter().flat_map(|row| &row.view.missions);
    let (mut open, mut closed): (Vec<&EntryView>, Vec<&EntryView>) =
        missions.partition(|mission| mission.open);
    for missions in [&mut open, &mut closed] {
        missions.sort_by_cached_key(|mission| {
            let name = |word| order::key(ask.name_of(mission.detail(word).unwrap_or_default()));
            (name("host"), name("sender"), mission.since.clone())
        });
    }
    html! {
        h2 { (texts.say("map-missions")) }
        @if open.is_empty() && closed.is_empty() { p.empty { (texts.say("map-no-missions")) } }
        @if !open.is_empty() { (rows(ask, &open, "map-missions-open")) }
        @if !closed.is_empty() {
            details {
                summary { (texts.with("map-missions-closed", [("count", closed.len().into())])) }
                (rows(ask, &closed, "map-missions"))
            }
        }
    }
}

fn rows(ask: &Ask, missions: &[&EntryView], label: &str) -> Markup {
    let texts = ask.texts;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(texts.say(label)) {
            table.list {
                thead {
                    tr {
                        @for key in ["mission-host", "mission-sender", "mission-type", "mission-city", "mission-status", "mission-since", "mission-held"] {
                            th scope="col" { (texts.say(key)) }
                        }
                    }
                }
                tbody { @for mission in missions.iter().take(LISTED_MAX) { (line(ask, mission)) } }
            }
        }
        @if let Some(more) = missions.len().checked_sub(LISTED_MAX).filter(|more| *more > 0) {
            p.count { (labels::more(more, ask.lang)) }
        }
    }
}

fn line(ask: &Ask, mission: &EntryView) -> Markup {
    let [host, sender] = ["host", "sender"].map(|word| mission.detail(word).unwrap_or_default());
    let page = format!("relations/{sender}/{host}");
    let kind = mission.key.get("type");
    let kind = kind.map(|kind| labels::detail("type", kind, ask.lang));
    let held = mission.controlled_by.as_deref().unwrap_or(UNKNOWN);
    html! {
        tr {
            th scope="row" { (ask.name_of(host)) }
            td { (ask.name_of(sender)) }
            td { a href=(ask.href(&page, &[])) { (kind.unwrap_or_default()) } }
            td { bdi { (mission.detail("city").unwrap_or_default()) } }
            td {
                (labels::word(Topic::Register(Register::Missions), &mission.status, ask.lang))
                @if mission.disputed { " " span.flag { (labels::DISPUTED.text(ask.lang)) } }
                @if mission.uncertain { " " span.flag { (labels::UNCERTAIN.text(ask.lang)) } }
            }
            td { (dates::words(&mission.since, ask.texts)) }
            td { @if held == UNKNOWN { span.soft { (labels::UNKNOWN.text(ask.lang)) } } @else { (ask.name_of(held)) } }
        }
    }
}
