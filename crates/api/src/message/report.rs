//! Reports in protobuf: the JSON that they stand for, read as that is.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::json::{Amend, Entry, amendment, event};
use crate::proto::amendment::Amend as Said;
use crate::proto::detail_value::Value as Held;
use crate::proto::report_row::Row;
use crate::proto::{Amendment, Correction, DetailValue, EventDraft, Publication, ReportRow};
use crate::refusal::{Code, Refusal};

/// Reads a row.
///
/// # Errors
/// Everything that is wrong with it, in the words of JSON; `missing_field` for an empty row.
pub fn entry(row: Option<ReportRow>) -> Result<Entry, Vec<Refusal>> {
    match row.and_then(|row| row.row) {
        Some(Row::Event(draft)) => event(&of_event(draft)).map(Entry::Event),
        Some(Row::Amendment(amendment)) => of_amendment(amendment),
        None => {
            let message = "an event or an amendment is needed";
            let refusal = Refusal::new(Code::MissingField, message).field("row");
            Err(vec![refusal.allowed(["event", "amendment"])])
        }
    }
}

/// An object in the making. What is empty or absent is left out: protobuf does not tell the two
/// apart.
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

fn of_event(draft: EventDraft) -> Value {
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

fn of_amendment(given: Amendment) -> Result<Entry, Vec<Refusal>> {
    let target = Uuid::try_parse(&given.target).ok();
    let Some(target) = target.filter(|id| !id.is_nil() && !id.is_max()) else {
        let refusal = Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max");
        return Err(vec![refusal.field("target").given(&given.target)]);
    };
    let Some(said) = given.amend else {
        let refusal = Refusal::new(Code::MissingField, "what is said is needed").field("amend");
        return Err(vec![refusal.allowed(Amend::ALL.map(Amend::as_str))]);
    };
    let object = Object::default().text("id", given.id);
    let (amend, object) = match said {
        Said::Corroborate(said) => {
            // Without a publication, an empty one says what it needs.
            let report = said.report.unwrap_or_default();
            (Amend::Corroborate, object.report(Some(report)))
        }
        Said::Dispute(said) => {
            let object = object.some("by", said.by).some("claim", said.claim);
            (Amend::Dispute, object.report(said.report))
        }
        Said::Correct(said) => (Amend::Correct, correction(object, said)),
        Said::Retract(said) => (Amend::Retract, object.text("reason", said.reason)),
        Said::Link(said) => (Amend::Link, object.text("other", said.other)),
        Said::Unlink(said) => (Amend::Unlink, object.text("other", said.other)),
    };
    amendment(amend, target, &object.value()).map(Entry::Amendment)
}

fn correction(object: Object, said: Correction) -> Object {
    object
        .some("kind", said.kind)
        .some("actors", said.actors.map(|list| list.codes))
        .some("recipients", said.recipients.map(|list| list.codes))
        .some("occurred", said.occurred)
        .details(said.details)
        .titles(said.title)
        .report(said.report)
}
