//! What the doors of the gateway take and answer.

use detente_api::json::{Amend, Answer, EventForm, PatchForm, ReportForm};
use detente_api::refusal::Code;
use detente_auth::Role;
use detente_http::Operation;
use detente_http::describe::{Shape, shape};
use detente_http::reply::JSON;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

const TAG: &str = "Reports";

/// What is wrong with a body as a whole.
const BODY: [Code; 6] = [
    Code::EmptyBody,
    Code::BodyTooLarge,
    Code::TooManyRecords,
    Code::UnsupportedMediaType,
    Code::BadUtf8,
    Code::BadJson,
];
/// What is wrong with the idempotency key.
const KEY: [Code; 2] = [Code::BadIdempotencyKey, Code::IdempotencyConflict];
/// What is wrong with a field of any row.
const FIELDS: [Code; 10] = [
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
];
/// What is wrong with what a row says.
const SAID: [Code; 11] = [
    Code::UnknownKind,
    Code::UnknownParty,
    Code::MissingActor,
    Code::TooManyParties,
    Code::SelfRelation,
    Code::UnknownDetail,
    Code::MissingDetail,
    Code::BadDetail,
    Code::EmptyCorrection,
    Code::EmptiedField,
    Code::IdConflict,
];

pub(super) fn report() -> Operation {
    let told = "The answer comes when the log has it on disk. Good rows land, and bad ones come \
        back with their numbers; where nothing was accepted, the answer is a problem. A row may \
        also be an amendment that names its target, such as `{\"dispute\": \"<event>\", …}`; where tokens \
        are in force, that takes the role `editor`. An \
        event without an id gets one; with one, sending it again is answered as a repeat. \
        CloudEvents 1.0 are taken in structured, batch and binary mode: an event without an id has \
        the envelope's, or one that is made from its source and id.";
    let row = row();
    let rows = json!({
        "description": "One row, or an array of rows.",
        "anyOf": [row, {"type": "array", "items": row}],
    });
    let operation = Operation::post("/v1/events", "report", TAG, "Report events").told(told);
    let operation = operation.needs(Role::Reporter);
    let operation = operation
        .takes(JSON, Shape::As(rows))
        .takes("application/x-ndjson", Shape::Text);
    let cloud = cloud_event(&row);
    let batch = json!({
        "type": "array", "items": cloud, "description": "CloudEvents in batch mode."
    });
    let operation = operation
        .takes("application/cloudevents+json", Shape::As(cloud))
        .takes("application/cloudevents-batch+json", Shape::As(batch))
        .header(
            "ce-specversion",
            "`1.0`: the body is the data of a CloudEvent in binary mode.",
        )
        .header("ce-id", "The CloudEvent's id, in binary mode.")
        .header("ce-source", "Its source, in binary mode.")
        .header("ce-type", "Its type, in binary mode; any is taken.");
    answered(operation)
}

pub(super) fn amend(way: Amend, path: &str) -> Operation {
    let (id, summary) = match way {
        Amend::Corroborate => ("corroborate", "Add a further publication about an event"),
        Amend::Dispute => ("dispute", "Deny or contradict an event"),
        Amend::Correct => ("correct", "Give fields of an event new values"),
        Amend::Retract => ("retract", "Take back an event, or any record"),
        Amend::Link => ("link", "Say that two events are one"),
        Amend::Unlink => ("unlink", "Say that two events are not one after all"),
    };
    let told = "Nothing is overwritten: this is a further record. The event is not looked up; what \
        comes before it is pending until it comes.";
    let operation = Operation::post(path, id, TAG, summary)
        .told(told)
        .needs(Role::Editor)
        .part(
            "id",
            "The event.",
            json!({"type": "string", "format": "uuid"}),
        )
        .takes(JSON, Shape::As(amendment(way)));
    answered(operation)
}

fn answered(operation: Operation) -> Operation {
    let repeat = "Every row that was accepted was there before.";
    let key = "A string of 1 to 255 printable ASCII characters, in quotation marks or bare, by \
        which a request that is sent again is known: draft-ietf-httpapi-idempotency-key-header. The \
        same request of the same caller with the same key gets the first answer, also while the \
        first is under way, and after a restart. Records without an id get one that is derived from \
        the key, so the log remembers the request; a row that has an id is known by that, and is \
        answered as a repeat. Another request with the key is refused with `idempotency_conflict`. \
        A request that left nothing in the log is not remembered. The last 200,000 records are; \
        of what is older, the same request stores nothing new, but is answered as if it did, and \
        another one is a new request.";
    operation
        .answers(
            201,
            "Rows that are in the log now.",
            JSON,
            shape::<Answer>(),
        )
        .answers(200, repeat, JSON, shape::<Answer>())
        .header("Idempotency-Key", key)
        .header(
            "traceparent",
            "W3C trace context; it is kept with the commit.",
        )
        .refuses(&BODY)
        .refuses(&KEY)
        .refuses(&FIELDS)
        .refuses(&SAID)
        .rejects(shape::<crate::reply::Rejected>())
}

/// The schema of a form as it is read, without references.
fn read<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = json!(settings.into_generator().into_root_schema_for::<T>());
    if let Some(object) = schema.as_object_mut() {
        object.remove("title");
    }
    schema
}

/// A publication; without a grade it is `F6`.
fn publication() -> Value {
    let mut schema = read::<ReportForm>();
    schema["required"] = json!(["publisher"]);
    schema
}

fn row() -> Value {
    let mut schema = read::<EventForm>();
    schema["properties"]["report"] = publication();
    schema["description"] = json!("An event.");
    schema
}

fn amendment(way: Amend) -> Value {
    let id = json!({"type": "string", "format": "uuid"});
    let text = json!({"type": "string"});
    let (properties, required) = match way {
        Amend::Corroborate => (json!({"id": id, "report": publication()}), vec!["report"]),
        Amend::Dispute => (
            json!({"id": id, "by": text, "claim": text, "report": publication()}),
            vec!["report"],
        ),
        Amend::Correct => {
            let mut properties = read::<PatchForm>()["properties"].clone();
            properties["id"] = id;
            properties["report"] = publication();
            (properties, vec!["report"])
        }
        Amend::Retract => (json!({"id": id, "reason": text}), vec!["reason"]),
        Amend::Link | Amend::Unlink => (json!({"id": id, "other": id}), vec!["other"]),
    };
    json!({
        "type": "object",
        "description": "The amendment; its own id may be left out.",
        "properties": properties,
        "required": required,
    })
}

fn cloud_event(row: &Value) -> Value {
    json!({
        "type": "object",
        "description": "A CloudEvent in structured mode.",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "minLength": 1},
            "source": {"type": "string", "minLength": 1},
            "type": {"type": "string", "minLength": 1},
            "datacontenttype": {"type": "string"},
            "data": row,
        },
        "required": ["specversion", "id", "source", "type", "data"],
    })
}
