//! Events, and what was said about them.

use super::{all, count, details, id, ids, text};
use crate::json::{PatchForm, ReportForm};
use crate::proto;
use crate::view::{EventView, PendingView, RecordView, TakenBackView};

impl From<&EventView> for proto::Event {
    fn from(view: &EventView) -> Self {
        let (event, standing) = (&view.event, &view.standing);
        Self {
            id: id(event.id).unwrap_or_default(),
            kind: event.kind.clone(),
            actors: event.actors.clone(),
            recipients: event.recipients.clone(),
            occurred: event.occurred.clone(),
            details: details(&event.details),
            title: event.title.clone(),
            report: Some((&event.report).into()),
            pending: view.pending,
            grade: standing.grade.clone(),
            reported_grade: standing.reported_grade.clone(),
            publishers: count(standing.publishers),
            vouching: count(standing.vouching),
            same_as: ids(&standing.same_as),
            position: view.position,
            author: view.author.clone(),
            recorded: view.recorded.clone(),
            retracted: view.retracted.as_ref().map(Into::into),
            disputed: view.disputed,
            reports: all(&view.reports),
            disputes: all(&view.disputes),
            corrections: all(&view.corrections),
            links: all(&view.links),
            retractions: all(&view.retractions),
        }
    }
}

impl From<&RecordView> for proto::EventRecord {
    fn from(view: &RecordView) -> Self {
        Self {
            id: view.id.to_string(),
            r#type: view.kind.to_string(),
            position: view.position,
            author: view.author.clone(),
            recorded: view.recorded.clone(),
            counts: view.counts,
            retracted: view.retracted,
            retracted_by: view.retracted_by.as_ref().map(Into::into),
            report: view.report.as_ref().map(Into::into),
            by: text(view.by.as_ref()),
            claim: view.claim.clone(),
            patch: view.patch.as_ref().map(Into::into),
            reason: view.reason.clone(),
            record: id(view.record),
            other: id(view.other),
        }
    }
}

impl From<&TakenBackView> for proto::TakenBack {
    fn from(view: &TakenBackView) -> Self {
        Self {
            id: view.id.to_string(),
            reason: view.reason.clone(),
            position: view.position,
            author: view.author.clone(),
        }
    }
}

impl From<&ReportForm> for proto::Publication {
    fn from(form: &ReportForm) -> Self {
        Self {
            publisher: form.publisher.clone(),
            url: form.url.clone(),
            language: form.language.clone(),
            published: form.published.clone(),
            quote: form.quote.clone(),
            grade: form.grade.clone(),
        }
    }
}

impl From<&PatchForm> for proto::Patch {
    fn from(form: &PatchForm) -> Self {
        let list = |codes: &Vec<String>| proto::PartyList {
            codes: codes.clone(),
        };
        let cleared = proto::DetailValue { value: None };
        let value = |value: &Option<_>| value.as_ref().map_or(cleared.clone(), Into::into);
        let details = form.details.iter();
        Self {
            kind: form.kind.clone(),
            actors: form.actors.as_ref().map(list),
            recipients: form.recipients.as_ref().map(list),
            occurred: form.occurred.clone(),
            details: details
                .map(|(word, given)| (word.clone(), value(given)))
                .collect(),
            title: form.title.clone(),
        }
    }
}

impl From<&PendingView> for proto::PendingEvent {
    fn from(view: &PendingView) -> Self {
        Self {
            id: view.id.to_string(),
            pending: view.pending,
            records: all(&view.records),
        }
    }
}
