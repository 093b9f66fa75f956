//! The rows of a body: one event, an array, lines, or CloudEvents.

use detente_domain::details::Details;
use detente_domain::event::{Act, Authorship, EventId};
use detente_domain::kind::Kind;
use detente_domain::record::{Body, Patch, Record, RecordId};
use detente_domain::relations::affected_at_most;
use serde_json::Value;
use uuid::Uuid;

use super::body::empty_body;
use super::json::{check_encoding, parse_json};
use super::rows_splitter::{Slice, Slices, json, lines};
use super::validator::Suggestions;
use super::{Amendment, Draft, amendment, cloud_event, event};
use crate::refusal::{Code, Refusal};

/// The format of a body with rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// One object, or an array of objects.
    Json,
    /// One object per line; blank lines and lines that begin with `#` are skipped.
    Ndjson,
    /// One CloudEvent in structured JSON.
    CloudEvent,
    /// An array of CloudEvents in structured JSON.
    CloudEvents,
}

/// A valid row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// A new event.
    Event(Draft),
    /// An amendment of an event.
    Amendment(Amendment),
}

impl Submission {
    /// Returns a bound of the number of relations that the row affects by the parties that it names;
    /// at least 1.
    #[must_use]
    pub fn relations(&self) -> usize {
        let relations = match self {
            Self::Event(draft) => affected_at_most(&draft.act),
            Self::Amendment(amendment) => match &amendment.body {
                Body::Corrected { patch, .. } => patch_relations(patch),
                _ => 0,
            },
        };
        relations.max(1)
    }

    /// Returns the id, if the client gave one.
    #[must_use]
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::Event(draft) => draft.id,
            Self::Amendment(amendment) => amendment.id,
        }
    }

    /// Returns the record with an id and an author.
    #[must_use]
    pub fn into_record(self, id: Uuid, authorship: Authorship) -> Record {
        let body = match self {
            Self::Event(draft) => Body::Reported(Box::new(draft.into_event(EventId(id)))),
            Self::Amendment(amendment) => amendment.body,
        };
        Record {
            id: RecordId(id),
            authorship,
            body,
        }
    }
}

/// Bounds the relations of a correction by the parties that it names: those of its event are in the
/// log alone.
fn patch_relations(patch: &Patch) -> usize {
    let act = Act {
        // Any kind whose actors act on its recipients.
        kind: patch.kind.unwrap_or(Kind::VisitMade),
        actors: patch.actors.clone().unwrap_or_default(),
        recipients: patch.recipients.clone().unwrap_or_default(),
        details: Details::none(),
    };
    affected_at_most(&act).max(act.recipients.len())
}

/// The accepted media types, with their formats.
const MEDIA_TYPES: [(&str, BodyFormat); 7] = [
    ("application/json", BodyFormat::Json),
    ("application/x-ndjson", BodyFormat::Ndjson),
    ("application/ndjson", BodyFormat::Ndjson),
    ("application/jsonl", BodyFormat::Ndjson),
    ("application/x-jsonlines", BodyFormat::Ndjson),
    ("application/cloudevents+json", BodyFormat::CloudEvent),
    (
        "application/cloudevents-batch+json",
        BodyFormat::CloudEvents,
    ),
];

const BOM: &[u8] = b"\xEF\xBB\xBF";

impl BodyFormat {
    /// Parses the value of the header `Content-Type`.
    ///
    /// # Errors
    /// `unsupported_media_type` for other types, and for charsets other than UTF-8.
    pub fn parse(content_type: &str) -> Result<Self, Refusal> {
        let refused = |message: &str| {
            Refusal::new(Code::UnsupportedMediaType, message)
                .value(content_type)
                .allowed(MEDIA_TYPES.map(|(name, _)| name))
        };
        let mut parts = content_type
            .split(';')
            .map(|part| part.trim().to_ascii_lowercase());
        let name = parts.next().unwrap_or_default();
        for part in parts {
            if let Some(charset) = part.strip_prefix("charset=")
                && !matches!(charset.trim_matches('"'), "utf-8" | "utf8" | "us-ascii")
            {
                return Err(refused("the charset must be UTF-8"));
            }
        }
        MEDIA_TYPES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, format)| *format)
            .ok_or_else(|| refused("events are JSON"))
    }

    /// Guesses the format of a body without a media type, such as a file: lines if the first that
    /// is neither blank nor a comment is a complete JSON value, else JSON.
    #[must_use]
    pub fn guess(body: &[u8]) -> Self {
        let body = body.strip_prefix(BOM).unwrap_or(body);
        if body.trim_ascii_start().starts_with(b"[") {
            return Self::Json;
        }
        let has_comment = body.trim_ascii_start().starts_with(b"#");
        let first = lines(body).next();
        let is_whole = |(_, line)| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
        if has_comment || first.is_some_and(is_whole) {
            Self::Ndjson
        } else {
            Self::Json
        }
    }
}

/// Parses the rows of a body lazily, each with its number from 1: its index in the array, or its
/// line in NDJSON. A row is an event, or an amendment with its target under the key of its
/// [`super::Amend`]: `{"dispute": "<event>", …}`. An empty body is one refused row. A bad row does
/// not affect the others.
pub fn submissions(
    body: &[u8],
    format: BodyFormat,
) -> impl Iterator<Item = (usize, Result<Submission, Vec<Refusal>>)> + '_ {
    let mut suggestions = Suggestions::default();
    json_rows(body, format).map(move |(row, value)| {
        let parsed = value.and_then(|value| submission(value, &mut suggestions));
        (row, parsed)
    })
}

/// Parses a row.
fn submission(mut value: Value, suggestions: &mut Suggestions) -> Result<Submission, Vec<Refusal>> {
    match amendment::row(&mut value, suggestions) {
        Some(amendment) => amendment.map(Submission::Amendment),
        None => event::row(&value, suggestions).map(Submission::Event),
    }
}

/// Parses a CloudEvent in binary mode: the body is the data, and `attributes` are the headers
/// without their prefix `ce-`.
///
/// # Errors
/// Returns all refusals, not only the first.
pub fn binary(attributes: &[(String, String)], body: &[u8]) -> Result<Submission, Vec<Refusal>> {
    let envelope = cloud_event::envelope(attributes).map_err(|refusal| vec![refusal]);
    let (mut envelope, data) = (envelope?, single(body, BodyFormat::Json)?);
    envelope.insert("data".to_owned(), data);
    let value = cloud_event::unwrap(Value::Object(envelope))?;
    submission(value, &mut Suggestions::default())
}

/// Parses a body of one row as JSON.
///
/// # Errors
/// The refusals of the row, or `too_many_records` for several rows.
pub fn single(body: &[u8], format: BodyFormat) -> Result<Value, Vec<Refusal>> {
    let mut values = json_rows(body, format);
    let first = values.next().map(|(_, value)| value);
    if values.next().is_some() {
        let message = "this endpoint takes one row; send several to /v1/events";
        return Err(vec![Refusal::new(Code::TooManyRecords, message)]);
    }
    first.unwrap_or_else(|| Err(Vec::new()))
}

/// Parses the rows of a body as JSON, numbered as [`submissions`] does. What cannot be told apart into
/// rows is one refused row: a body in another encoding, and an empty one.
pub fn json_rows(
    body: &[u8],
    format: BodyFormat,
) -> impl Iterator<Item = (usize, Result<Value, Vec<Refusal>>)> + '_ {
    let body = body.strip_prefix(BOM).unwrap_or(body);
    let slices: Slices<'_> = match format {
        BodyFormat::Json | BodyFormat::CloudEvent | BodyFormat::CloudEvents => json(body),
        BodyFormat::Ndjson => Box::new(lines(body).map(|(row, line)| (row, Ok(line)))),
    };
    let mut slices = slices.peekable();
    let refusal = check_encoding(body).err();
    let refusal = refusal.or_else(|| misplaced(body, format));
    let refusal = refusal.or_else(|| slices.peek().is_none().then(empty_body));
    let rows_max = if refusal.is_some() { 0 } else { usize::MAX };
    let read = move |slice: Slice<'_>| {
        let value = parse(slice).map_err(|refusal| vec![refusal])?;
        match format {
            BodyFormat::CloudEvent | BodyFormat::CloudEvents => cloud_event::unwrap(value),
            BodyFormat::Json | BodyFormat::Ndjson => Ok(value),
        }
    };
    slices
        .take(rows_max)
        .map(move |(row, slice)| (row, read(slice)))
        .chain(refusal.map(|refusal| (1, Err(vec![refusal]))))
}

/// Refuses a batch of CloudEvents as one, and one as a batch.
fn misplaced(body: &[u8], format: BodyFormat) -> Option<Refusal> {
    let is_array = body.trim_ascii_start().starts_with(b"[");
    let (message, other) = match format {
        BodyFormat::CloudEvent if is_array => (
            "several CloudEvents must be sent as a batch",
            "application/cloudevents-batch+json",
        ),
        BodyFormat::CloudEvents if !is_array && !body.trim_ascii().is_empty() => (
            "a batch of CloudEvents must be an array",
            "application/cloudevents+json",
        ),
        _ => return None,
    };
    let refusal = Refusal::new(Code::UnsupportedMediaType, message);
    Some(refusal.field("Content-Type").allowed([other]))
}

fn parse(slice: Slice<'_>) -> Result<Value, Refusal> {
    let bytes = slice.map_err(|message| Refusal::new(Code::BadJson, message))?;
    parse_json(bytes).map_err(|mut refusal| {
        if refusal.message.starts_with("trailing characters") {
            refusal.message +=
                "; send several events as an array, or one per line as application/x-ndjson";
        }
        refusal
    })
}
