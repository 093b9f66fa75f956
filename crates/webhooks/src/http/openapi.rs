//! The OpenAPI descriptions of the endpoints.

use detente_api::Code;
use detente_api::request::{FilterRequest, Request as _};
use detente_api::view::Page;
use detente_auth::Role;
use detente_http::Operation;
use detente_http::describe::{Shape, Source, shape};
use detente_http::reply::JSON;
use serde_json::{Value, json};

use crate::view::{DeliveriesView, WebhookView};

const TAG: &str = "Webhooks";

/// The webhook of a path, from the answer that created it.
const CREATED: Source = ("path.id", "$response.body#/id");

/// The codes of any request with a body.
const BODY: [Code; 7] = [
    Code::BodyTooLarge,
    Code::BadUtf8,
    Code::BadJson,
    Code::DuplicateKey,
    Code::WrongType,
    Code::UnknownField,
    Code::BadQuery,
];

/// Requires an admin, also for reads: addresses may contain secrets.
fn admin(operation: Operation) -> Operation {
    operation.needs(Role::Admin)
}

fn text_list(description: &str) -> Value {
    let items = json!({"type": "string"});
    json!({"type": ["array", "string", "null"], "items": items, "description": description})
}

fn text(description: &str) -> Value {
    json!({"type": ["string", "null"], "description": description})
}

fn object(required: &[&str], properties: &Value) -> Shape {
    Shape::Schema(json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    }))
}

fn secret() -> Value {
    text("`whsec_` and 24 to 64 bytes in base64; made if missing.")
}

pub(super) fn create() -> Operation {
    let description = "Each change that the filter matches is sent to the address as a \
        CloudEvent, signed as Standard Webhooks defines, and retried for three days. The changes \
        of a relation are sent in order. A delivery has the same `webhook-id` in every attempt, \
        so that receivers can drop duplicates. The secret is only shown in this answer. Without \
        `from` the webhook begins with the next change.";
    let mut properties = json!({
        "id": text("Its id: 1 to 64 lower-case letters, digits and dashes; made if missing."),
        "url": {"type": "string", "description": "The address of the receiver, with https."},
        "secret": secret(),
        "from": text("Where it begins: a cursor, `start` or `now`."),
    });
    for field in FilterRequest::parameters() {
        let is_list = field.schema.get("type") == Some(&json!("array"));
        let describe = if is_list { text_list } else { text };
        properties[field.name] = describe(field.description);
    }
    let summary = "Create a webhook";
    let operation = Operation::post("/v1/webhooks", "createWebhook", TAG, summary);
    admin(operation)
        .description(description)
        .takes(JSON, object(&["url"], &properties))
        .answers(
            201,
            "The webhook, with its secret.",
            JSON,
            shape::<WebhookView>(),
        )
        .links(&[
            ("webhook", &[CREATED]),
            ("deliveries", &[CREATED]),
            ("pauseWebhook", &[CREATED]),
            ("resumeWebhook", &[CREATED]),
            ("replayWebhook", &[CREATED]),
            ("rotateSecret", &[CREATED]),
            ("deleteWebhook", &[CREATED]),
        ])
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
    let operation = Operation::get("/v1/webhooks", "webhooks", TAG, "List all webhooks");
    admin(operation)
        .answers(200, "All webhooks.", JSON, shape::<Page<WebhookView>>())
        .links(&[("webhook", &[("path.id", "$response.body#/items/0/id")])])
        .refuses(&[Code::BadQuery])
}

/// Describes an operation on one webhook.
fn of_webhook(operation: Operation) -> Operation {
    let id = json!({"type": "string", "examples": ["tripwire"]});
    admin(operation)
        .path_parameter("id", "Its id.", id)
        .refuses(&[Code::UnknownWebhook, Code::BadQuery])
}

fn views(operation: Operation) -> Operation {
    of_webhook(operation).answers(200, "The webhook.", JSON, shape::<WebhookView>())
}

pub(super) fn show() -> Operation {
    let summary = "Get a webhook and its progress";
    views(Operation::get("/v1/webhooks/{id}", "webhook", TAG, summary))
}

pub(super) fn delete() -> Operation {
    let operation = Operation::delete(
        "/v1/webhooks/{id}",
        "deleteWebhook",
        TAG,
        "Delete a webhook",
    );
    of_webhook(operation).answers_empty(204, "It was deleted.")
}

pub(super) fn deliveries() -> Operation {
    let path = "/v1/webhooks/{id}/deliveries";
    let summary = "List pending and abandoned deliveries";
    of_webhook(Operation::get(path, "deliveries", TAG, summary)).answers(
        200,
        "The deliveries.",
        JSON,
        shape::<DeliveriesView>(),
    )
}

pub(super) fn replay() -> Operation {
    let description = "Everything after the cursor is delivered again, each change under its \
        former id; pending deliveries are dropped. An abandoned delivery names the \
        cursor from which to replay it.";
    let cursor = json!({"type": "string", "description": "A cursor, `start` or `now`."});
    let path = "/v1/webhooks/{id}/replay";
    let summary = "Deliver again from a cursor";
    views(Operation::post(path, "replayWebhook", TAG, summary))
        .description(description)
        .takes(JSON, object(&["cursor"], &json!({"cursor": cursor})))
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
    let description = "It continues from where it stopped, also after an answer of 410. A `lost` \
        webhook needs a replay from a cursor.";
    let path = "/v1/webhooks/{id}/resume";
    views(Operation::post(
        path,
        "resumeWebhook",
        TAG,
        "Resume delivering",
    ))
    .description(description)
}

pub(super) fn rotate() -> Operation {
    let description = "For a day, deliveries are also signed with the previous secret. The new \
        secret is only shown in this answer.";
    let path = "/v1/webhooks/{id}/secret";
    let summary = "Replace the secret of a webhook";
    views(Operation::post(path, "rotateSecret", TAG, summary))
        .description(description)
        .takes(JSON, object(&[], &json!({"secret": secret()})))
        .refuses(&BODY)
        .refuses(&[Code::BadSecret])
}
