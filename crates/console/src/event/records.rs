//! The records about an event, in order of arrival.

use detente_api::submission::{Amend, PatchDto};
use detente_api::view::{EventView, RecordKind, RecordView};
use detente_auth::Role;
use maud::{Markup, html};
use uuid::Uuid;

use crate::ask::Ask;
use crate::report::fields::said;
use crate::{cite, dates};

/// Returns all records of a view, the newest first.
pub(super) fn all(view: &EventView) -> impl Iterator<Item = &RecordView> {
    let lists = [
        &view.reports,
        &view.disputes,
        &view.corrections,
        &view.links,
        &view.retractions,
    ];
    let mut all: Vec<&RecordView> = lists.into_iter().flatten().collect();
    all.sort_by_key(|record| std::cmp::Reverse((record.position, record.id)));
    all.into_iter()
}

/// Writes records, with links to the forms that retract them.
pub(super) fn table<'v>(
    ask: &Ask,
    event: Uuid,
    records: impl Iterator<Item = &'v RecordView>,
) -> Markup {
    let texts = ask.texts;
    let mut records = records.peekable();
    let may_retract = ask.site.gateway.is_some()
        && ask
            .caller
            .as_ref()
            .is_ok_and(|caller| caller.require(Role::Editor).is_ok());
    html! {
        @if records.peek().is_none() { p.empty { (texts.say("event-no-records")) } }
        @else {
            ol.records {
                @for record in records {
                    li.struck[record.retracted] id={ "r-" (record.id) } {
                        p.count {
                            (when(record)) (ask.texts.say("list-comma")) bdi { (record.author) } (ask.texts.say("list-comma"))
                            (texts.with("event-position", [("position", record.position.to_string().into())]))
                        }
                        p {
                            strong { (texts.say(key(record.kind.0))) }
                            @if !record.counts { " " span.flag { (texts.say("record-no-effect")) } }
                        }
                        (content(ask, event, record))
                        @if let Some(by) = &record.retracted_by {
                            p.warning { (texts.say("event-retracted")) (ask.texts.say("list-comma")) bdi { (by.author) } ": " bdi { (by.reason) } }
                        } @else if may_retract {
                            p.noprint { a href=(retraction(ask, event, record.id)) { (texts.say("record-retract")) } }
                        }
                    }
                }
            }
        }
    }
}

/// Links to older records, if these are not all.
pub(super) fn older(ask: &Ask, total: Option<usize>, next: Option<&str>) -> Markup {
    html! {
        @if let Some(total) = total {
            p.count { (ask.texts.with("event-records-total", [("count", total.into())])) }
        }
        @if let Some(next) = next {
            p.parts { a href=(ask.here(&[("from", next)])) { (ask.texts.say("list-older")) } }
        }
    }
}

/// Writes when a record was admitted.
pub(super) fn when(record: &RecordView) -> Markup {
    moment(record.recorded.as_deref())
}

/// Writes a moment: its day and minute, in UTC.
pub(super) fn moment(recorded: Option<&str>) -> Markup {
    html! {
        @match recorded {
            Some(recorded) => time datetime=(recorded) dir="ltr" { (short(recorded)) },
            None => "—",
        }
    }
}

/// Shortens an RFC 3339 time to its minute.
fn short(moment: &str) -> String {
    match moment.get(..16) {
        Some(minute) => format!("{} UTC", minute.replace('T', " ")),
        None => moment.to_owned(),
    }
}

fn retraction(ask: &Ask, event: Uuid, record: Uuid) -> String {
    let segment = Amend::Retract.path_segment();
    format!(
        "/{}/events/{event}/{segment}?record={record}",
        ask.lang.as_str()
    )
}

const fn key(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Reported => "record-reported",
        RecordKind::Corroborated => "record-corroborated",
        RecordKind::Disputed => "record-disputed",
        RecordKind::Corrected => "record-corrected",
        RecordKind::Retracted => "record-retracted",
        RecordKind::Linked => "record-linked",
        RecordKind::Unlinked => "record-unlinked",
        RecordKind::Tick => "record-tick",
    }
}

fn content(ask: &Ask, event: Uuid, record: &RecordView) -> Markup {
    let texts = ask.texts;
    html! {
        @if let Some(by) = &record.by { p { (texts.say("record-by")) " " bdi { (ask.name_of(by)) } } }
        @if let Some(claim) = &record.claim { blockquote dir="auto" { (claim) } }
        @if let Some(patch) = &record.patch { (self::patch(ask, patch)) }
        @if let Some(reason) = &record.reason { blockquote dir="auto" { (reason) } }
        @if let Some(of) = record.record.filter(|of| *of != event) {
            p { (texts.say("record-of")) " " a href={ "#r-" (of) } { code dir="ltr" { (of) } } }
        }
        @if let Some(other) = record.other {
            p { a href=(ask.href(&format!("events/{other}"), &[])) { code dir="ltr" { (other) } } }
        }
        @if let Some(report) = &record.report {
            p {
                (cite::publisher(&report.publisher, report.url.as_deref()))
                @if let Some(published) = &report.published { (ask.texts.say("list-comma")) (dates::words(published, texts)) }
                (ask.texts.say("list-comma")) (cite::grade(ask, &report.grade))
            }
            @if let Some(quote) = &report.quote {
                blockquote lang=[report.language.as_deref()] dir="auto" { (quote) }
            }
        }
    }
}

/// Writes new values, each with the field that it is of.
pub(super) fn patch(ask: &Ask, patch: &PatchDto) -> Markup {
    let texts = ask.texts;
    let names = |codes: &[String]| {
        let names: Vec<&str> = codes.iter().map(|code| ask.name_of(code)).collect();
        names.join(&texts.say("list-comma"))
    };
    html! {
        dl.facts {
            @if let Some(kind) = &patch.kind { dt { (texts.say("report-kind")) } dd { (cite::kind_label(ask, kind)) } }
            @if let Some(actors) = &patch.actors { dt { (texts.say("report-actors")) } dd { (names(actors)) } }
            @if let Some(recipients) = &patch.recipients { dt { (texts.say("report-recipients")) } dd { (names(recipients)) } }
            @if let Some(occurred) = &patch.occurred { dt { (texts.say("event-when")) } dd { (dates::words(occurred, texts)) } }
            @for (field, value) in &patch.details {
                dt { code { (field) } }
                dd {
                    @match value {
                        Some(value) => bdi { (said(field, value, ask.lang)) },
                        None => (texts.say("record-cleared")),
                    }
                }
            }
            @for (lang, title) in &patch.title { dt { (texts.say("report-titles")) } dd lang=(lang) dir="auto" { (title) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_to_its_minute() {
        assert_eq!(short("2026-01-02T03:04:05.678Z"), "2026-01-02 03:04 UTC");
        assert_eq!(short("soon"), "soon");
    }
}
