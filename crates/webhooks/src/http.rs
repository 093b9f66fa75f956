//! The HTTP endpoints of webhooks.

mod openapi;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use detente_api::submission::parse_json;
use detente_api::view::Page;
use detente_api::{Code, Refusal, limits};
use detente_feed::Error as FeedError;
use detente_feed::cursor::StartAt;
use detente_http::coding::read_body;
use detente_http::{ApiRouter, Failure, PathParams, reply, require_json};
use serde_json::{Map, Value};
use url::Url;

use crate::address::{self, AddressError};
use crate::error::Error;
use crate::queues::Queues;
use crate::request::{self, WebhookRequest};
use crate::service::Webhooks;
use crate::store::WebhooksById;
use crate::view::{DeliveriesView, WebhookView};
use crate::webhook::{SigningSecret, Status, Webhook};

/// The most bytes of a body.
const BODY_MAX: usize = limits::WEBHOOK_BYTES;

type Reply = Result<Response, Error>;

/// The service, for a request without parameters: these endpoints have none.
struct Service(Webhooks);

/// Returns the routes of webhooks.
pub fn router(webhooks: Webhooks) -> ApiRouter {
    ApiRouter::new()
        .route(openapi::create(), create)
        .route(openapi::list(), list)
        .route(openapi::show(), show)
        .route(openapi::delete(), delete)
        .route(openapi::deliveries(), deliveries)
        .route(openapi::replay(), replay)
        .route(openapi::pause(), pause)
        .route(openapi::resume(), resume)
        .route(openapi::rotate(), rotate)
        .catch_panics("webhooks", panicked)
        .with_state(webhooks)
}

async fn create(Service(webhooks): Service, headers: HeaderMap, body: Body) -> Reply {
    let fields = object(&headers, body).await?;
    let deps = &webhooks.deps;
    let request = WebhookRequest::parse(&fields, deps.options.allow_private)?;
    check_address(&request.url, deps.options.allow_private).await?;
    let read_model = webhooks.read_models.current();
    let start_cursor = read_model.feed().begin(&request.from).await?.to_string();
    let secret = secret_or_new(&webhooks, request.secret.clone())?;
    let id = request.id.clone();
    let id = id.unwrap_or_else(|| (deps.ids)().to_string());
    let webhook = request.webhook(id, secret, (deps.ids)(), start_cursor);
    let add = |webhooks: &mut WebhooksById| match webhooks.get(&webhook.id) {
        Some(_) => {
            let message = format!("there is a webhook {:?}", webhook.id);
            let refusal = Refusal::new(Code::IdConflict, message).field("id");
            Err(refusal.value(&webhook.id))
        }
        None => {
            webhooks.insert(webhook.id.clone(), webhook.clone());
            Ok(())
        }
    };
    webhooks.store().await?.change_all(add).await?;
    let view = WebhookView::new(&webhook, Queues::new(&webhook)).with_secret(&webhook.secret);
    Ok(reply::body(201, reply::JSON, &view))
}

async fn list(Service(webhooks): Service) -> Reply {
    let mut items = Vec::new();
    for webhook in webhooks.store().await?.webhooks().await?.values() {
        items.push(view(&webhooks, webhook).await?);
    }
    Ok(reply::json(&Page {
        items,
        next: None,
        known_at: None,
        total: None,
    }))
}

async fn show(Service(webhooks): Service, PathParams(id): PathParams<String>) -> Reply {
    let webhook = webhooks.store().await?.webhook(&id).await?;
    Ok(reply::json(&view(&webhooks, &webhook).await?))
}

async fn deliveries(Service(webhooks): Service, PathParams(id): PathParams<String>) -> Reply {
    let store = webhooks.store().await?;
    let (queues, _) = store.queues(&store.webhook(&id).await?).await?;
    Ok(reply::json(&DeliveriesView::from(queues)))
}

async fn delete(Service(webhooks): Service, PathParams(id): PathParams<String>) -> Reply {
    webhooks.store().await?.delete(&id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn replay(
    Service(webhooks): Service,
    PathParams(id): PathParams<String>,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let fields = object(&headers, body).await?;
    request::check_fields(&fields, &["cursor"])?;
    let of_cursor = |refusal: Refusal| refusal.field("cursor");
    let Some(cursor) = request::text(&fields, "cursor")? else {
        let message = "a replay needs a cursor: everything after it is delivered again";
        return Err(of_cursor(Refusal::new(Code::MissingField, message)).into());
    };
    let from = StartAt::parse(cursor).map_err(of_cursor)?;
    let read_model = webhooks.read_models.current();
    let start_cursor = match read_model.feed().begin(&from).await {
        Err(FeedError::Refused(refusal)) => return Err(of_cursor(refusal).into()),
        start_cursor => start_cursor?,
    };
    let generation = (webhooks.deps.ids)();
    let restart = |webhook: &mut Webhook| {
        webhook.generation = generation;
        webhook.start_cursor = start_cursor.to_string();
        webhook.status = Status::Active;
    };
    Ok(reply::json(&change(&webhooks, &id, restart).await?))
}

async fn pause(Service(webhooks): Service, PathParams(id): PathParams<String>) -> Reply {
    let pause = |webhook: &mut Webhook| {
        if webhook.status == Status::Active {
            webhook.status = Status::Paused;
        }
    };
    Ok(reply::json(&change(&webhooks, &id, pause).await?))
}

async fn resume(Service(webhooks): Service, PathParams(id): PathParams<String>) -> Reply {
    let resume = |webhook: &mut Webhook| {
        // A lost webhook has no cursor to continue from.
        if webhook.status != Status::Lost {
            webhook.status = Status::Active;
        }
    };
    Ok(reply::json(&change(&webhooks, &id, resume).await?))
}

async fn rotate(
    Service(webhooks): Service,
    PathParams(id): PathParams<String>,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let fields = object(&headers, body).await?;
    request::check_fields(&fields, &["secret"])?;
    let secret = secret_or_new(&webhooks, request::secret(&fields)?)?;
    let now = (webhooks.deps.clock)().unix_timestamp();
    let rotate = |webhook: &mut Webhook| webhook.replace_secret(&secret, now);
    let view = change(&webhooks, &id, rotate).await?;
    Ok(reply::json(&view.with_secret(&secret)))
}

async fn change(
    webhooks: &Webhooks,
    id: &str,
    change: impl Fn(&mut Webhook),
) -> Result<WebhookView, Error> {
    let webhook = webhooks.store().await?.change(id, change).await?;
    view(webhooks, &webhook).await
}

async fn view(webhooks: &Webhooks, webhook: &Webhook) -> Result<WebhookView, Error> {
    let (queues, _) = webhooks.store().await?.queues(webhook).await?;
    Ok(WebhookView::new(webhook, queues))
}

fn secret_or_new(
    webhooks: &Webhooks,
    chosen: Option<SigningSecret>,
) -> Result<SigningSecret, Error> {
    let secret = chosen.or_else(|| webhooks.deps.secret());
    secret.ok_or_else(|| Error::Failed("the host has no random bytes for a secret".to_owned()))
}

/// Refuses an address that resolves to a private network. One that cannot be resolved is accepted:
/// each delivery resolves it again.
async fn check_address(url: &Url, allow_private: bool) -> Result<(), Refusal> {
    match address::resolve(url, allow_private).await {
        Err(error @ AddressError::Private { .. }) => {
            let refusal = Refusal::new(Code::PrivateAddress, error.to_string());
            Err(refusal.field("url").value(url.as_str()))
        }
        Ok(_) | Err(AddressError::Unresolved { .. }) => Ok(()),
    }
}

/// Reads a body as a JSON object; an empty body is an empty object, and needs no media type.
async fn object(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Refusal> {
    let too_large = || {
        let message = format!("a webhook has at most {} KiB", BODY_MAX >> 10);
        Refusal::new(Code::BodyTooLarge, message)
    };
    let bytes = read_body(body, BODY_MAX, too_large).await?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    require_json(headers)?;
    match parse_json(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Refusal::new(Code::WrongType, "an object is expected")),
        // The body may contain a secret, so the refusal leaves it out.
        Err(refusal) => Err(Refusal {
            value: None,
            ..refusal
        }),
    }
}

fn panicked() -> Response {
    Error::Failed("the request failed; the log has the cause".to_owned()).into_response()
}

impl FromRequestParts<Webhooks> for Service {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, webhooks: &Webhooks) -> Result<Self, Error> {
        match parts.uri.query().filter(|query| !query.is_empty()) {
            Some(query) => {
                let name = query.split(['=', '&']).next().unwrap_or_default();
                let refusal = Refusal::new(Code::BadQuery, "there are no parameters here");
                Err(refusal.field(name).value(query).into())
            }
            None => Ok(Self(webhooks.clone())),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let detail = match self {
            Self::Refused(refusal) => return reply::refusal(refusal),
            Self::Failed(detail) => detail,
        };
        tracing::error!(detail, "a request about webhooks failed");
        let title = "The webhooks cannot be read or written right now";
        reply::failure(&Failure::new("webhooks_unavailable", 503, title, &detail))
    }
}
