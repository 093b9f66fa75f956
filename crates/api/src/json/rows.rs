//! The rows of a body: one event, an array, a line each, or CloudEvents.

use serde_json::Value;

use super::split::{Slice, Slices};
use super::{Amendment, Draft, amendment, cloud, event};
use crate::refusal::{Code, Refusal};

/// How a body holds its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One object, or an array of objects.
    Json,
    /// An object a line; blank lines and lines that begin with `#` are skipped.
    Ndjson,
    /// One CloudEvent in structured JSON.
    CloudEvent,
    /// An array of CloudEvents in structured JSON.
    CloudEvents,
}

/// A row that may be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A new event.
    Event(Draft),
    /// Something about one that was reported before.
    Amendment(Amendment),
}

/// Media types that are read, and their forms.
pub const MEDIA_TYPES: [(&str, Form); 7] = [
    ("application/json", Form::Json),
    ("application/x-ndjson", Form::Ndjson),
    ("application/ndjson", Form::Ndjson),
    ("application/jsonl", Form::Ndjson),
    ("application/x-jsonlines", Form::Ndjson),
    ("application/cloudevents+json", Form::CloudEvent),
    ("application/cloudevents-batch+json", Form::CloudEvents),
];

const BOM: &[u8] = b"\xEF\xBB\xBF";

impl Form {
    /// The form of a media type, as the header `Content-Type` has it.
    ///
    /// # Errors
    /// `unsupported_media_type` for types that are not read, and for charsets other than UTF-8.
    pub fn parse(content_type: &str) -> Result<Self, Refusal> {
        let refused = |message: &str| {
            Refusal::new(Code::UnsupportedMediaType, message)
                .given(content_type)
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
                return Err(refused("text is read as UTF-8"));
            }
        }
        MEDIA_TYPES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, form)| *form)
            .ok_or_else(|| refused("events are read as JSON"))
    }

    /// The form that a body without a media type has, such as a file's: lines where the first that
    /// is neither blank nor a comment is a whole JSON value, else JSON.
    #[must_use]
    pub fn guess(body: &[u8]) -> Self {
        let body = body.strip_prefix(BOM).unwrap_or(body);
        if body.trim_ascii_start().starts_with(b"[") {
            return Self::Json;
        }
        let has_comment = body.trim_ascii_start().starts_with(b"#");
        let first = Slices::lines(body).find_map(|(_, slice)| slice.ok());
        let is_whole = |line| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
        if has_comment || first.is_some_and(is_whole) {
            Self::Ndjson
        } else {
            Self::Json
        }
    }
}

/// Reads the rows of a body, lazily, each with its row number: its place in the array, or its
/// line in NDJSON, from 1. A row is an event, or an amendment that names its target: `{"dispute":
/// "<event>", …}` and so on for every [`super::Amend`]. A body without any row is one refused row.
/// No bad row spoils another.
pub fn entries(
    body: &[u8],
    form: Form,
) -> impl Iterator<Item = (usize, Result<Entry, Vec<Refusal>>)> + '_ {
    values(body, form).map(move |(row, value)| (row, value.and_then(|value| entry(&value))))
}

/// What a row says.
fn entry(value: &Value) -> Result<Entry, Vec<Refusal>> {
    match amendment::row(value) {
        Some(read) => read.map(Entry::Amendment),
        None => event(value).map(Entry::Event),
    }
}

/// Reads a CloudEvent in binary mode: the body is the data, and `attributes` are the headers
/// without their prefix `ce-`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn binary(attributes: &[(String, String)], body: &[u8]) -> Result<Entry, Vec<Refusal>> {
    let envelope = cloud::envelope(attributes).map_err(|refusal| vec![refusal]);
    let (mut envelope, data) = (envelope?, single(body, Form::Json)?);
    envelope.insert("data".to_owned(), data);
    entry(&cloud::unwrap(Value::Object(envelope))?)
}

/// Reads a body that is one row.
///
/// # Errors
/// What is wrong with the row, or that there are several.
pub fn single(body: &[u8], form: Form) -> Result<Value, Vec<Refusal>> {
    let mut values = values(body, form);
    let first = values.next().map(|(_, value)| value);
    if values.next().is_some() {
        let message = "one is sent here at a time; several go to /v1/events as rows";
        return Err(vec![Refusal::new(Code::TooManyRecords, message)]);
    }
    first.unwrap_or_else(|| Err(Vec::new()))
}

fn values(
    body: &[u8],
    form: Form,
) -> impl Iterator<Item = (usize, Result<Value, Vec<Refusal>>)> + '_ {
    let body = body.strip_prefix(BOM).unwrap_or(body);
    let slices = match form {
        Form::Json | Form::CloudEvent | Form::CloudEvents => Slices::json(body),
        Form::Ndjson => Slices::lines(body),
    };
    let begins_array = body.trim_ascii_start().starts_with(b"[");
    let misplaced = match form {
        Form::CloudEvent if begins_array => Some("several CloudEvents are a batch"),
        Form::CloudEvents if !begins_array && !body.trim_ascii().is_empty() => {
            Some("a batch of CloudEvents is an array")
        }
        Form::Json | Form::Ndjson | Form::CloudEvent | Form::CloudEvents => None,
    };
    let misplaced = misplaced.map(|message| {
        let names = MEDIA_TYPES.iter().filter(|(_, other)| {
            matches!(other, Form::CloudEvent | Form::CloudEvents) && *other != form
        });
        let refusal = Refusal::new(Code::UnsupportedMediaType, message).field("Content-Type");
        (1, Err(vec![refusal.allowed(names.map(|(name, _)| *name))]))
    });
    let slices = if misplaced.is_some() {
        Slices::lines(b"")
    } else {
        slices
    };
    let is_empty = slices.clone().next().is_none();
    let nothing = (is_empty && misplaced.is_none()).then(|| {
        let refusal = Refusal::new(Code::EmptyBody, "there is nothing in it");
        (1, Err(vec![refusal]))
    });
    let read = move |slice: Slice<'_>| {
        let value = parse(slice).map_err(|refusal| vec![refusal])?;
        match form {
            Form::CloudEvent | Form::CloudEvents => cloud::unwrap(value),
            Form::Json | Form::Ndjson => Ok(value),
        }
    };
    slices
        .map(move |(row, slice)| (row, read(slice)))
        .chain(nothing)
        .chain(misplaced)
}

fn parse(slice: Slice<'_>) -> Result<Value, Refusal> {
    let bytes = slice.map_err(|message| Refusal::new(Code::BadJson, message))?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("byte {} of the row is not UTF-8", error.valid_up_to() + 1);
        Refusal::new(Code::BadUtf8, message)
    })?;
    serde_json::from_str(text).map_err(|error| {
        let hint = "; several events go in an array, or as application/x-ndjson a line each";
        let hint = if error.to_string().starts_with("trailing characters") {
            hint
        } else {
            ""
        };
        Refusal::new(Code::BadJson, format!("{error}{hint}")).given(text)
    })
}
