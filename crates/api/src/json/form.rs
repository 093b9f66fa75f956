//! Events as JSON, on the way out; and in, for clients that read answers.

use std::collections::BTreeMap;

use detente_domain::details::Value;
use detente_domain::event::{Event, Report};
use detente_domain::party::Party;
use detente_domain::record::Patch;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Draft;

/// An event as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EventForm {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The kind's code.
    pub kind: String,
    /// Codes of those who did it.
    pub actors: Vec<String>,
    /// Codes of those to whom it was done.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// When it was so: EDTF, as it was written.
    pub occurred: String,
    /// What the kind asks for, by field.
    #[serde(default)]
    pub details: BTreeMap<String, DetailForm>,
    /// Titles by language.
    pub title: BTreeMap<String, String>,
    /// The publication that it rests on.
    pub report: ReportForm,
}

/// A detail's value as JSON.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(untagged)]
pub enum DetailForm {
    /// A party's code, a word or free text.
    Text(String),
    /// A number.
    Count(u64),
}

/// A publication as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportForm {
    /// Who published it.
    pub publisher: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// BCP 47 tag of the language it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// When: EDTF, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// The words that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The Admiralty grade.
    pub grade: String,
}

/// New values of an event's fields as JSON; a detail that is null is cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PatchForm {
    /// New kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// New actors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actors: Option<Vec<String>>,
    /// New recipients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
    /// New date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<String>,
    /// New details.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, Option<DetailForm>>,
    /// New titles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub title: BTreeMap<String, String>,
}

// === impl EventForm ===

impl From<&Event> for EventForm {
    fn from(event: &Event) -> Self {
        Self {
            id: Some(event.id.0),
            kind: event.act.kind.code().to_owned(),
            actors: codes(&event.act.actors),
            recipients: codes(&event.act.recipients),
            occurred: event.occurred.text().to_owned(),
            details: event
                .act
                .details
                .iter()
                .map(|(field, value)| (field.as_str().to_owned(), value.into()))
                .collect(),
            title: event
                .title
                .iter()
                .map(|(l, text)| (l.as_str().to_owned(), text.clone()))
                .collect(),
            report: (&event.report).into(),
        }
    }
}

impl From<&Draft> for EventForm {
    fn from(draft: &Draft) -> Self {
        let id = draft.id;
        let event = draft
            .clone()
            .into_event(detente_domain::event::EventId(id.unwrap_or_default()));
        Self {
            id,
            ..Self::from(&event)
        }
    }
}

// === impl DetailForm ===

impl From<&Value> for DetailForm {
    fn from(value: &Value) -> Self {
        match value {
            Value::Party(party) => Self::Text(party.code().to_owned()),
            Value::Choice(word) => Self::Text((*word).to_owned()),
            Value::Text(text) => Self::Text(text.to_string()),
            Value::Count(count) => Self::Count(*count),
        }
    }
}

// === impl ReportForm ===

impl From<&Report> for ReportForm {
    fn from(report: &Report) -> Self {
        Self {
            publisher: report.publisher.clone(),
            url: report.url.clone(),
            language: report.language.clone(),
            published: report.published.as_ref().map(|date| date.text().to_owned()),
            quote: report.quote.clone(),
            grade: report.grade.to_string(),
        }
    }
}

// === impl PatchForm ===

impl From<&Patch> for PatchForm {
    fn from(patch: &Patch) -> Self {
        let details = patch.details.iter();
        Self {
            kind: patch.kind.map(|kind| kind.code().to_owned()),
            actors: patch.actors.as_deref().map(codes),
            recipients: patch.recipients.as_deref().map(codes),
            occurred: patch.occurred.as_ref().map(|date| date.text().to_owned()),
            details: details
                .map(|(field, value)| {
                    (
                        field.as_str().to_owned(),
                        value.as_ref().map(DetailForm::from),
                    )
                })
                .collect(),
            title: patch
                .title
                .iter()
                .map(|(l, text)| (l.as_str().to_owned(), text.clone()))
                .collect(),
        }
    }
}

pub(crate) fn codes(parties: &[Party]) -> Vec<String> {
    parties
        .iter()
        .map(|party| party.code().to_owned())
        .collect()
}
