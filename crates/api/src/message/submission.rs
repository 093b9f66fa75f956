//! Submissions from protobuf, parsed like their JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::json::{Amend, Submission, amendment, event};
use crate::proto::amendment::Amend as Given;
use crate::proto::detail_value::Value as Held;
use crate::proto::report_row::Row;
use crate::proto::{Amendment, Correction, DetailValue, EventDraft, Publication, ReportRow};
use crate::refusal::{Code, Refusal};

/// Parses a row.
///
/// # Errors
/// Returns all refusals, with the field names of JSON; `missing_field` for an empty row.
pub fn submission(row: Option<ReportRow>) -> Result<Submission, Vec<Refusal>> {
    match row.and_then(|row| row.row) {
        Some(Row::Event(draft)) => event(&event_json(draft)).map(Submission::Event),
        Some(Row::Amendment(amendment)) => amend(amendment),
        None => {
            let message = "an event or an amendment is needed";
            let refusal = Refusal::new(Code::MissingField, message).field("row");
            Err(vec![refusal.allowed(["event", "amendment"])])
        }
    }
}

/// Builds an object. Empty and absent values are left out: protobuf does not distinguish them.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn put(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    fn some(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    fn text(self, key: &str, value: String) -> Self {
        self.some(key, (!value.is_empty()).then_some(value))
    }

    fn titles(self, title: BTreeMap<String, String>) -> Self {
        let given = title.into_iter();
        let title: Map<_, _> = given.map(|(lang, text)| (lang, text.into())).collect();
        self.some("title", (!title.is_empty()).then_some(title))
    }

    fn details(self, details: BTreeMap<String, DetailValue>) -> Self {
        let value = |detail: DetailValue| match detail.value {
            Some(Held::Text(text)) => Value::from(text),
            Some(Held::Count(count)) => Value::from(count),
            None => Value::Null,
        };
        let details = details.into_iter();
        let details: Map<_, _> = details.map(|(word, held)| (word, value(held))).collect();
        self.some("details", (!details.is_empty()).then_some(details))
    }

    fn report(self, report: Option<Publication>) -> Self {
        self.some("report", report.map(publication))
    }

    fn value(self) -> Value {
        Value::Object(self.0)
    }
}

fn event_json(draft: EventDraft) -> Value {
    Object::default()
        .text("id", draft.id)
        .text("kind", draft.kind)
        .put("actors", draft.actors)
        .put("recipients", draft.recipients)
        .text("occurred", draft.occurred)
        .details(draft.details)
        .titles(draft.title)
        .report(draft.report)
        .value()
}

fn publication(report: Publication) -> Value {
    Object::default()
        .text("publisher", report.publisher)
        .some("url", report.url)
        .some("language", report.language)
        .some("published", report.published)
        .some("quote", report.quote)
        .text("grade", report.grade)
        .value()
}

fn amend(message: Amendment) -> Result<Submission, Vec<Refusal>> {
    let target = Uuid::try_parse(&message.target).ok();
    let Some(target) = target.filter(|id| !id.is_nil() && !id.is_max()) else {
        let refusal = Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max");
        return Err(vec![refusal.field("target").value(&message.target)]);
    };
    let Some(given) = message.amend else {
        let refusal = Refusal::new(Code::MissingField, "an amendment is needed").field("amend");
        return Err(vec![refusal.allowed(Amend::ALL.map(Amend::as_str))]);
    };
    let object = Object::default().text("id", message.id);
    let (amend, object) = match given {
        Given::Corroborate(given) => {
            // Without a publication, an empty one is refused with its mandatory fields.
            let report = given.report.unwrap_or_default();
            (Amend::Corroborate, object.report(Some(report)))
        }
        Given::Dispute(given) => {
            let object = object.some("by", given.by).some("claim", given.claim);
            (Amend::Dispute, object.report(given.report))
        }
        Given::Correct(given) => (Amend::Correct, correction(object, given)),
        Given::Retract(given) => (Amend::Retract, object.text("reason", given.reason)),
        Given::Link(given) => (Amend::Link, object.text("other", given.other)),
        Given::Unlink(given) => (Amend::Unlink, object.text("other", given.other)),
    };
    amendment(amend, target, &object.value()).map(Submission::Amendment)
}

fn correction(object: Object, given: Correction) -> Object {
    object
        .some("kind", given.kind)
        .some("actors", given.actors.map(|list| list.codes))
        .some("recipients", given.recipients.map(|list| list.codes))
        .some("occurred", given.occurred)
        .details(given.details)
        .titles(given.title)
        .report(given.report)
}
