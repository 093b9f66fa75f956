//! Descriptions of the gateway's routes.

use detente_api::refusal::{Code, Problem};
use detente_api::submission::schema::{self, CloudEvent, NewEvents};
use detente_api::submission::{Amend, ReportOutcome};
use detente_auth::Role;
use detente_http::Operation;
use detente_http::describe::{Shape, Source, shape};
use detente_http::reply::{Failure, JSON};
use serde_json::{Value, json};

const TAG: &str = "Reports";

/// The event of a path, from the first row of an answer.
const EVENT: Source = ("path.id", "$response.body#/accepted/0/id");
/// The position that a read waits for, so that it knows of that row.
const POSITION: Source = ("query.min_position", "$response.body#/accepted/0/position");

/// The refusals of a report.
const REFUSALS: [Code; 32] = [
    // Of a body as a whole.
    Code::EmptyBody,
    Code::BodyTooLarge,
    Code::TooManyRecords,
    Code::UnsupportedMediaType,
    Code::BadUtf8,
    Code::BadJson,
    Code::DuplicateKey,
    // Of the idempotency key.
    Code::BadIdempotencyKey,
    Code::IdempotencyConflict,
    // Of a field of any row.
    Code::WrongType,
    Code::MissingField,
    Code::UnknownField,
    Code::TextTooLong,
    Code::BadText,
    Code::BadId,
    Code::BadDate,
    Code::BadGrade,
    Code::BadUrl,
    Code::BadLanguage,
    // Of the content of a row.
    Code::UnknownKind,
    Code::UnknownParty,
    Code::PartyDidNotExist,
    Code::MissingActor,
    Code::TooManyParties,
    Code::SelfRelation,
    Code::UnknownDetail,
    Code::MissingDetail,
    Code::BadDetail,
    Code::EmptyCorrection,
    Code::EmptiedField,
    Code::IdConflict,
    Code::BackgroundEvent,
];

pub(super) fn report() -> Operation {
    let description = "The answer comes once the log has the rows on disk. Good rows are stored, and \
        bad ones are refused with their numbers; if none is accepted, the answer is a problem. A \
        row may also be an amendment that names its target, such as `{\"dispute\": \"<event>\", \
        …}`; where tokens are in force, that requires the role `editor`. An event without an id \
        gets one; with one, sending it again is answered as a repeat. CloudEvents 1.0 are accepted \
        in structured, batch and binary mode: an event without an id gets one that is derived from \
        the source and the id of the envelope.";
    let operation = Operation::post("/v1/events", "report", TAG, "Report events");
    let operation = operation
        .description(description)
        .needs(Role::Reporter)
        .takes(JSON, shape::<NewEvents>())
        .takes("application/x-ndjson", Shape::Text)
        .takes("application/cloudevents+json", shape::<CloudEvent>())
        .takes(
            "application/cloudevents-batch+json",
            shape::<Vec<CloudEvent>>(),
        )
        .header(
            "ce-specversion",
            "`1.0`: the body is the data of a CloudEvent in binary mode.",
        )
        .header("ce-id", "The CloudEvent's id, in binary mode.")
        .header("ce-source", "Its source, in binary mode.")
        .header("ce-type", "Its type, in binary mode; any is accepted.");
    answers(operation).links(&[
        ("event", &[EVENT, POSITION]),
        ("corroborate", &[EVENT]),
        ("dispute", &[EVENT]),
        ("correct", &[EVENT]),
        ("retract", &[EVENT]),
        ("link", &[EVENT]),
        ("unlink", &[EVENT]),
    ])
}

pub(super) fn amend(amend: Amend, path: &str) -> Operation {
    let (id, summary) = match amend {
        Amend::Corroborate => ("corroborate", "Add a further publication about an event"),
        Amend::Dispute => ("dispute", "Deny or contradict an event"),
        Amend::Correct => ("correct", "Give fields of an event new values"),
        Amend::Retract => ("retract", "Take back an event, or any record"),
        Amend::Link => ("link", "Link two events that are one"),
        Amend::Unlink => ("unlink", "Unlink two events that are not one"),
    };
    let description = "Nothing is overwritten: this is a further record. The event is not looked up; \
        an amendment that arrives before it is pending. An event of the background data cannot be \
        amended: report an event that says otherwise.";
    let operation = Operation::post(path, id, TAG, summary)
        .description(description)
        .needs(Role::Editor)
        .path_parameter(
            "id",
            "The event.",
            json!({"type": "string", "format": "uuid"}),
        )
        .takes(JSON, Shape::Schema(amendment_body(amend)));
    answers(operation).links(&[("event", &[("path.id", "$request.path.id"), POSITION])])
}

fn answers(operation: Operation) -> Operation {
    let repeat = "Every accepted row was in the log before.";
    let key = "A string of 1 to 255 printable ASCII characters, quoted or bare, that identifies \
        retries of a request: draft-ietf-httpapi-idempotency-key-header. The same request of the \
        same caller with the same key gets the first answer, even while the first is in flight, \
        and after a restart. Records without an id get one that is derived from the key; a row with \
        an id is answered as a repeat. A different request with the key is refused with \
        `idempotency_conflict`. A request that stored nothing leaves no key. Keys are known for the \
        last 200,000 records; an older request stores nothing new when it is repeated, but is \
        answered as if it did, and a different one counts as new.";
    operation
        .answers(
            201,
            "Rows that are in the log now.",
            JSON,
            shape::<ReportOutcome>(),
        )
        .answers(200, repeat, JSON, shape::<ReportOutcome>())
        .answers(
            507,
            "There is no room for more records (`log_full`); `Retry-After` says when to try again.",
            Problem::MEDIA_TYPE,
            shape::<Failure<'static>>(),
        )
        .header("Idempotency-Key", key)
        .header(
            "traceparent",
            "W3C trace context, which is kept with the commit.",
        )
        .refuses(&REFUSALS)
        .problem(shape::<crate::answer::Rejected>())
}

fn amendment_body(amend: Amend) -> Value {
    let id = json!({"type": "string", "format": "uuid"});
    let by = json!({"type": "string"});
    let (properties, required) = match amend {
        Amend::Corroborate => (
            json!({"id": id, "report": schema::publication()}),
            vec!["report"],
        ),
        Amend::Dispute => (
            json!({
                "id": id,
                "by": by,
                "claim": schema::statement(),
                "report": schema::publication(),
            }),
            vec!["report"],
        ),
        Amend::Correct => {
            let mut properties = schema::correction();
            properties["id"] = id;
            (properties, vec!["report"])
        }
        Amend::Retract => {
            let reason = schema::statement();
            (json!({"id": id, "reason": reason}), vec!["reason"])
        }
        Amend::Link | Amend::Unlink => (json!({"id": id, "other": id}), vec!["other"]),
    };
    json!({
        "type": "object",
        "description": "The amendment; its own id may be left out.",
        "properties": properties,
        "required": required,
    })
}
