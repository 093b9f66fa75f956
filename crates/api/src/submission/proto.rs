//! Rows in protobuf.

use std::collections::BTreeMap;

use super::amendment::{self, Amend, Amendment};
use super::body::within_relations;
use super::input::{Input, Object};
use super::validator::{Suggestions, Validator, validated};
use super::{Submission, background, event};
use crate::proto::amendment::Amend as Content;
use crate::proto::detail_value::Value as Detail;
use crate::proto::report_row::Row;
use crate::proto::{self, DetailValue, PartyList, Publication, ReportRow};
use crate::refusal::{Code, Refusal};

/// Parses a row in protobuf by the rules of JSON. Empty and absent fields are the same.
///
/// # Errors
/// Returns all refusals, with the field names of JSON; `missing_field` for an empty row.
pub fn from_message(row: Option<ReportRow>) -> Result<Submission, Vec<Refusal>> {
    read(row, &mut Suggestions::default())
}

/// Parses rows in protobuf, numbered from `first`, by the rules of a body; stops when they are no
/// longer wanted.
pub fn from_messages(
    first: usize,
    rows: Vec<Option<ReportRow>>,
    is_wanted: &dyn Fn() -> bool,
) -> Vec<super::Row> {
    let mut suggestions = Suggestions::default();
    let rows = (first..).zip(rows).take_while(|_| is_wanted());
    let rows = rows.map(|(number, row)| (number, read(row, &mut suggestions)));
    within_relations(rows).collect()
}

fn read(row: Option<ReportRow>, suggestions: &mut Suggestions) -> Result<Submission, Vec<Refusal>> {
    match row.and_then(|row| row.row) {
        Some(Row::Event(draft)) => {
            let event = validated(suggestions, |validator| event::parse(validator, &draft));
            event.map(Submission::Event)
        }
        Some(Row::Amendment(message)) => {
            let amendment = validated(suggestions, |validator| parse(validator, message));
            amendment.map(Submission::Amendment)
        }
        None => {
            let message = "an event or an amendment is needed";
            let refusal = Refusal::new(Code::MissingField, message).field("row");
            Err(vec![refusal.allowed(["event", "amendment"])])
        }
    }
}

fn parse(validator: &mut Validator, message: proto::Amendment) -> Option<Amendment> {
    let target = validator.id("target", Input::Text(&message.target))?;
    background::refuse_target(validator, "target", target);
    let Some(mut content) = message.amend else {
        let refusal = Refusal::new(Code::MissingField, "an amendment is needed").field("amend");
        validator.add(refusal.allowed(Amend::ALL.map(Amend::as_str)));
        return None;
    };
    if let Content::Corroborate(corroboration) = &mut content {
        // Without a publication, an empty one is refused with its mandatory fields.
        corroboration.report.get_or_insert_default();
    }
    let (amend, fields) = Amend::of(&content);
    amendment::parse(validator, amend, target, text(&message.id), fields)
}

/// Reads messages as objects, whose keys are the names of the fields, each with its function below.
macro_rules! objects {
    ($($message:ident { $($field:ident: $read:ident),+ $(,)? })+) => {$(
        impl Object for proto::$message {
            fn raw(&self, key: &str) -> Option<Input<'_>> {
                match key {
                    $(stringify!($field) => $read(&self.$field),)+
                    _ => None,
                }
            }
        }
    )+};
}

objects! {
    EventDraft {
        id: text, kind: text, actors: list, recipients: list, occurred: text, details: map,
        title: map, report: publication,
    }
    Publication {
        publisher: text, url: optional, language: optional, published: optional, quote: optional,
        grade: text,
    }
    Corroboration { report: publication }
    Denial { by: optional, claim: optional, report: publication }
    Correction {
        kind: optional, actors: optional_list, recipients: optional_list, occurred: optional,
        details: map, title: map, report: publication,
    }
    Retraction { reason: text }
    Link { other: text }
}

fn text(text: &str) -> Option<Input<'_>> {
    (!text.is_empty()).then_some(Input::Text(text))
}

fn optional(text: &Option<String>) -> Option<Input<'_>> {
    text.as_deref().map(Input::Text)
}

fn list(items: &[String]) -> Option<Input<'_>> {
    Some(Input::Texts(items))
}

fn optional_list(list: &Option<PartyList>) -> Option<Input<'_>> {
    list.as_ref().map(|list| Input::Texts(&list.codes))
}

fn map<T>(map: &BTreeMap<String, T>) -> Option<Input<'_>>
where
    BTreeMap<String, T>: Object,
{
    (!map.is_empty()).then_some(Input::Object(map))
}

fn publication(report: &Option<Publication>) -> Option<Input<'_>> {
    report.as_ref().map(|report| Input::Object(report))
}

impl<'v> From<&'v DetailValue> for Input<'v> {
    fn from(detail: &'v DetailValue) -> Self {
        match &detail.value {
            Some(Detail::Text(text)) => Self::Text(text),
            Some(Detail::Count(count)) => Self::Count(*count),
            None => Self::Json(&serde_json::Value::Null),
        }
    }
}
