//! Submitted rows: JSON, NDJSON and CloudEvents.

use detente_api::Refusal;
use detente_api::submission::{
    BodyFormat, Draft, EventDto, Submission, binary, event, header_attributes, submissions,
};
use detente_domain::event::{Authorship, EventId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::records::reads_back;
use crate::text;

/// The most rows of a body that are looked at.
const ROWS_MAX: usize = 1_000;
/// The most refusals of a row.
const REFUSALS_MAX: usize = 24;
/// The id of a row without one.
const ID: Uuid = Uuid::from_u128(7);

/// Checks a body as JSON and as lines.
pub(crate) fn json(body: &[u8]) {
    rows(body, BodyFormat::Json);
    rows(body, BodyFormat::Ndjson);
    let _ = BodyFormat::guess(body);
}

/// Checks a body as a CloudEvent and as a batch; and as one in binary mode, with lines of headers,
/// an empty line, and the data.
pub(crate) fn cloud_event(body: &[u8]) {
    rows(body, BodyFormat::CloudEvent);
    rows(body, BodyFormat::CloudEvents);
    let end = body.windows(2).position(|pair| pair == b"\n\n");
    let Some((head, data)) = end.and_then(|end| body.split_at_checked(end)) else {
        return;
    };
    let header = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let name = text(name)?.to_ascii_lowercase();
        Some((name, value.get(1..)?.to_owned()))
    };
    let headers = head.split(|byte| *byte == b'\n').filter_map(header);
    let headers: Vec<(String, Vec<u8>)> = headers.collect();
    let headers: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect();
    let _ = BodyFormat::of(&headers);
    if let Ok(Some(attributes)) = header_attributes(&headers) {
        row(binary(&attributes, data));
    }
}

fn rows(body: &[u8], format: BodyFormat) {
    for (_, parsed) in submissions(body, format).take(ROWS_MAX) {
        row(parsed);
    }
}

/// Checks that a row can be stored, or has a reason for its refusal. The JSON of an event is a row
/// that gives the event.
pub(crate) fn row(parsed: Result<Submission, Vec<Refusal>>) {
    let submission = match parsed {
        Ok(submission) => submission,
        Err(refusals) => {
            assert!((1..=REFUSALS_MAX).contains(&refusals.len()), "{refusals:?}");
            return;
        }
    };
    let id = submission.id().unwrap_or(ID);
    if let Submission::Event(draft) = &submission {
        let draft = Draft {
            id: Some(id),
            ..draft.clone()
        };
        let dto = EventDto::from(&draft.clone().into_event(EventId(id)));
        let again = serde_json::to_value(dto).map(|json| event(&json));
        assert_eq!(again.ok(), Some(Ok(draft)));
    }
    let authorship = Authorship {
        author: "local".to_owned(),
        recorded: OffsetDateTime::UNIX_EPOCH,
    };
    reads_back(submission.into_record(id, authorship));
}
