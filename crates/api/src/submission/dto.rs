//! Events, reports and patches as JSON.

use std::collections::BTreeMap;
use std::fmt;

use detente_domain::details::Value;
use detente_domain::event::{Event, Report};
use detente_domain::party::{Lang, Party};
use detente_domain::record::Patch;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EventDto {
    /// The id of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The code of the kind, such as `visit.made`.
    pub kind: String,
    /// The codes of the actors.
    pub actors: Vec<String>,
    /// The codes of the recipients.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// The date of the event, in EDTF as given.
    pub occurred: String,
    /// The details that the kind takes, by field.
    #[serde(default)]
    pub details: BTreeMap<String, DetailDto>,
    /// The titles, by language.
    pub title: BTreeMap<String, String>,
    /// The publication that reports the event.
    pub report: ReportDto,
}

/// A detail's value as JSON.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(untagged)]
pub enum DetailDto {
    /// The code of a party, a word of a list, or free text.
    Text(String),
    /// A number.
    Count(u64),
}

/// A publication as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReportDto {
    /// The name of the publisher.
    pub publisher: String,
    /// The web address of the publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The language of the publication, as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The date of publication, in EDTF as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// The passage that reports the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The Admiralty grade, such as `B2`.
    pub grade: String,
}

/// New values for fields of an event, as JSON; null clears a detail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PatchDto {
    /// The code of the new kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The codes of the new actors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actors: Option<Vec<String>>,
    /// The codes of the new recipients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
    /// The new date, in EDTF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<String>,
    /// The new values of details, by field; null clears a detail.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, Option<DetailDto>>,
    /// The new titles, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub title: BTreeMap<String, String>,
}

// === impl EventDto ===

impl From<&Event> for EventDto {
    fn from(event: &Event) -> Self {
        Self {
            id: Some(event.id.0),
            kind: event.act.kind.as_str().to_owned(),
            actors: codes(&event.act.actors),
            recipients: codes(&event.act.recipients),
            occurred: event.occurred.text().to_owned(),
            details: event
                .act
                .details
                .iter()
                .map(|(field, value)| (field.as_str().to_owned(), value.into()))
                .collect(),
            title: titles(&event.title),
            report: (&event.report).into(),
        }
    }
}

// === impl DetailDto ===

impl fmt::Display for DetailDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Count(count) => count.fmt(f),
        }
    }
}

impl From<&Value> for DetailDto {
    fn from(value: &Value) -> Self {
        match value {
            Value::Party(party) => Self::Text(party.code().to_owned()),
            Value::Choice(word) => Self::Text((*word).to_owned()),
            Value::Text(text) => Self::Text(text.to_string()),
            Value::Count(count) => Self::Count(*count),
        }
    }
}

// === impl ReportDto ===

impl From<&Report> for ReportDto {
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

// === impl PatchDto ===

impl From<&Patch> for PatchDto {
    fn from(patch: &Patch) -> Self {
        let details = patch.details.iter();
        Self {
            kind: patch.kind.map(|kind| kind.as_str().to_owned()),
            actors: patch.actors.as_deref().map(codes),
            recipients: patch.recipients.as_deref().map(codes),
            occurred: patch.occurred.as_ref().map(|date| date.text().to_owned()),
            details: details
                .map(|(field, value)| (field.as_str().to_owned(), value.as_ref().map(Into::into)))
                .collect(),
            title: titles(patch.title.iter().map(|(lang, text)| (lang, text))),
        }
    }
}

fn titles<'t>(
    titles: impl IntoIterator<Item = (&'t Lang, &'t String)>,
) -> BTreeMap<String, String> {
    titles
        .into_iter()
        .map(|(lang, text)| (lang.as_str().to_owned(), text.clone()))
        .collect()
}

fn codes(parties: &[Party]) -> Vec<String> {
    parties
        .iter()
        .map(|party| party.code().to_owned())
        .collect()
}
