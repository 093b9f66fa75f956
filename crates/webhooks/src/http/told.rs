//! What the doors of webhooks take and answer.

use detente_api::Code;
use detente_auth::Role;
use detente_http::Operation;
use detente_http::describe::{Shape, shape};
use detente_http::reply::JSON;
use detente_read_model::queries::Page;
use serde_json::{Value, json};

use crate::view::{DeliveriesView, WebhookView};

const TAG: &str = "Webhooks";

/// What is wrong with any body.
const BODY: [Code; 5] = [
    Code::BodyTooLarge,
    Code::BadJson,
    Code::WrongType,
    Code::UnknownField,
    Code::BadQuery,
];

/// Webhooks are an administrator's, reading about them too: their addresses may hold secrets.
fn admin(operation: Operation) -> Operation {
    operation.needs(Role::Admin)
}

fn texts(told: &str) -> Value {
    json!({"type": ["array", "string", "null"], "items": {"type": "string"}, "description": told})
}

fn text(told: &str) -> Value {
    json!({"type": ["string", "null"], "description": told})
}

fn secret() -> Value {
    text("`whsec_` and 24 to 64 bytes in base64; one is made where none is given.")
}

pub(super) fn create() -> Operation {
    let told = "Each change that is asked for is sent to the address as a CloudEvent, signed as \
        Standard Webhooks has it, and tried for three days. The changes of a relation come in \
        order; a delivery keeps its `webhook-id` however often it is sent, so whoever has seen the \
        id drops it. The secret is shown in this answer and never again. Without `from` it begins \
        with what comes.";
    let body = json!({
        "type": "object",
        "required": ["url"],
        "additionalProperties": false,
        "properties": {
            "id": text("Its id: 1 to 64 small letters, digits and dashes; one is made without it."),
            "url": {"type": "string", "description": "Where to: an address of https."},
            "secret": secret(),
            "from": text("Where it begins: a cursor, `start` or `now`."),
            "country": texts("Only relations of these states."),
            "party": texts("Only changes that these parties have a part in."),
            "pair": texts("Only these relations, such as `AFG-TJK`."),
            "dimension": texts("Only these dimensions or registers."),
            "register": texts("Only these registers."),
            "direction": texts("Only conduct of one towards another, such as `TJK-AFG`."),
            "occasion": texts("`happened`, `learned` or `lapsed`."),
            "filter": text("An expression of the Common Expression Language over the change."),
        },
    });
    let summary = "Make a webhook";
    let operation = Operation::post("/v1/webhooks", "createWebhook", TAG, summary);
    admin(operation)
        .told(told)
        .takes(JSON, Shape::As(body))
        .answers(201, "It is made.", JSON, shape::<WebhookView>())
        .refuses(&BODY)
        .refuses(&[
            Code::MissingField,
            Code::BadName,
            Code::BadUrl,
            Code::BadSecret,
            Code::PrivateAddress,
            Code::BadCursor,
            Code::StaleCursor,
            Code::UnknownParty,
            Code::UnknownRelation,
            Code::UnknownDimension,
            Code::BadFilter,
            Code::IdConflict,
            Code::TooManyWebhooks,
        ])
}

pub(super) fn list() -> Operation {
    let operation = Operation::get("/v1/webhooks", "webhooks", TAG, "All webhooks");
    admin(operation)
        .answers(200, "All of them.", JSON, shape::<Page<WebhookView>>())
        .refuses(&[Code::BadQuery])
}

/// Something about one webhook.
fn one(operation: Operation) -> Operation {
    let id = json!({"type": "string", "examples": ["tripwire"]});
    admin(operation)
        .part("id", "Its id.", id)
        .refuses(&[Code::UnknownWebhook, Code::BadQuery])
}

fn views(operation: Operation) -> Operation {
    one(operation).answers(200, "The webhook.", JSON, shape::<WebhookView>())
}

pub(super) fn show() -> Operation {
    let summary = "One webhook, and how far it came";
    views(Operation::get("/v1/webhooks/{id}", "webhook", TAG, summary))
}

pub(super) fn delete() -> Operation {
    let operation = Operation::delete(
        "/v1/webhooks/{id}",
        "deleteWebhook",
        TAG,
        "Delete a webhook",
    );
    one(operation).says_nothing(204, "It is deleted.")
}

pub(super) fn deliveries() -> Operation {
    let path = "/v1/webhooks/{id}/deliveries";
    let summary = "What waits to be delivered, and what was given up";
    one(Operation::get(path, "deliveries", TAG, summary)).answers(
        200,
        "Both.",
        JSON,
        shape::<DeliveriesView>(),
    )
}

pub(super) fn replay() -> Operation {
    let told = "Everything after the cursor is delivered again, each under the id that it had, and \
        what waits now is forgotten. What was given up names the cursor to play it from.";
    let body = json!({
        "type": "object",
        "required": ["cursor"],
        "additionalProperties": false,
        "properties": {
            "cursor": {"type": "string", "description": "A cursor, `start` or `now`."},
        },
    });
    let path = "/v1/webhooks/{id}/replay";
    let summary = "Deliver again, from a cursor on";
    views(Operation::post(path, "replayWebhook", TAG, summary))
        .told(told)
        .takes(JSON, Shape::As(body))
        .refuses(&BODY)
        .refuses(&[Code::MissingField, Code::BadCursor, Code::StaleCursor])
}

pub(super) fn pause() -> Operation {
    let path = "/v1/webhooks/{id}/pause";
    views(Operation::post(
        path,
        "pauseWebhook",
        TAG,
        "Stop delivering",
    ))
}

pub(super) fn resume() -> Operation {
    let told = "It goes on where it stopped, also where its receiver has answered 410. One that is \
        `lost` has to be played again from a cursor.";
    let path = "/v1/webhooks/{id}/resume";
    views(Operation::post(
        path,
        "resumeWebhook",
        TAG,
        "Go on delivering",
    ))
    .told(told)
}

pub(super) fn rotate() -> Operation {
    let told = "For a day, deliveries are signed with the secret before too. The secret is shown \
        in this answer and never again.";
    let body = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {"secret": secret()},
    });
    let path = "/v1/webhooks/{id}/secret";
    let summary = "Give a webhook another secret";
    views(Operation::post(path, "rotateSecret", TAG, summary))
        .told(told)
        .takes(JSON, Shape::As(body))
        .refuses(&BODY)
        .refuses(&[Code::BadSecret])
}
