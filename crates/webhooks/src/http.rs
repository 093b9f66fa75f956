//! The doors: webhooks are made, looked at, stopped, played again and deleted.

mod told;

use std::any::Any;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use detente_api::{Code, Refusal};
use detente_feed::NotHere;
use detente_feed::cursor::{Cursor, From};
use detente_http::{Doors, reply};
use detente_read_model::queries::Page;
use serde_json::{Map, Value};
use tower_http::catch_panic::CatchPanicLayer;

use crate::address::{self, Refused};
use crate::entry::{self, Entry};
use crate::hook::{Hook, Status};
use crate::lanes::Lanes;
use crate::service::{Closed, Webhooks};
use crate::store::{Hooks, Unchanged, unknown};
use crate::view::{DeliveriesView, WebhookView};

/// The most bytes of a body.
const BODY_MAX: usize = 64 << 10;

/// The routes of webhooks.
pub fn router(webhooks: Webhooks) -> Doors {
    Doors::new()
        .door(told::create(), create)
        .door(told::list(), list)
        .door(told::show(), show)
        .door(told::delete(), delete)
        .door(told::deliveries(), deliveries)
        .door(told::replay(), replay)
        .door(told::pause(), pause)
        .door(told::resume(), resume)
        .door(told::rotate(), rotate)
        .around(|router| router.layer(CatchPanicLayer::custom(panicked)))
        .with_state(webhooks)
}

/// Why a request was not done.
enum No {
    Refused(Refusal),
    Failed(String),
}

type Reply = Result<Response, No>;

async fn create(State(webhooks): State<Webhooks>, uri: Uri, body: Body) -> Reply {
    no_parameters(&uri)?;
    let fields = object(body).await?;
    let entry = Entry::read(&fields, webhooks.deps.options.allow_private)?;
    reachable(&webhooks, &entry.url).await?;
    let feed = webhooks.readings.current();
    let begins = feed.feed().begin(&entry.from).await?.to_string();
    let made = match entry.secret {
        Some(secret) => secret,
        None => webhooks.deps.secret().ok_or_else(unguessable)?,
    };
    let id = entry
        .id
        .unwrap_or_else(|| (webhooks.deps.ids)().to_string());
    let hook = Hook {
        id,
        url: entry.url,
        wanted: entry.wanted,
        secret: made,
        before: None,
        generation: (webhooks.deps.ids)(),
        begins,
        status: Status::Active,
    };
    let add = |hooks: &mut Hooks| match hooks.get(&hook.id) {
        Some(_) => {
            let message = format!("there is a webhook {:?}", hook.id);
            let refusal = Refusal::new(Code::IdConflict, message).field("id");
            Err(refusal.given(&hook.id))
        }
        None => {
            hooks.insert(hook.id.clone(), hook.clone());
            Ok(())
        }
    };
    webhooks.store().await?.change_all(add).await?;
    let view = WebhookView::of(&hook, None).with_secret(&hook.secret);
    Ok(reply::body(201, reply::JSON, &view))
}

async fn list(State(webhooks): State<Webhooks>, uri: Uri) -> Reply {
    no_parameters(&uri)?;
    let store = webhooks.store().await?;
    let mut items = Vec::new();
    for hook in store.hooks().await?.value.values() {
        let lanes = store.lanes(&hook.id).await?;
        items.push(WebhookView::of(
            hook,
            lanes.as_ref().map(|kept| &kept.value),
        ));
    }
    Ok(reply::json(&Page {
        items,
        next: None,
        known_at: None,
    }))
}

async fn show(State(webhooks): State<Webhooks>, Path(id): Path<String>, uri: Uri) -> Reply {
    no_parameters(&uri)?;
    let (hook, lanes) = known(&webhooks, &id).await?;
    Ok(reply::json(&WebhookView::of(&hook, lanes.as_ref())))
}

async fn deliveries(State(webhooks): State<Webhooks>, Path(id): Path<String>, uri: Uri) -> Reply {
    no_parameters(&uri)?;
    let (hook, lanes) = known(&webhooks, &id).await?;
    Ok(reply::json(&DeliveriesView::of(&hook, lanes)))
}

async fn delete(State(webhooks): State<Webhooks>, Path(id): Path<String>, uri: Uri) -> Reply {
    no_parameters(&uri)?;
    webhooks.store().await?.delete(&id).await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}

async fn replay(
    State(webhooks): State<Webhooks>,
    Path(id): Path<String>,
    uri: Uri,
    body: Body,
) -> Reply {
    no_parameters(&uri)?;
    let fields = object(body).await?;
    entry::known_fields(&fields, &["cursor"])?;
    let Some(given) = entry::text(&fields, "cursor")? else {
        let message = "a replay needs a cursor: everything after it is delivered again";
        return Err(Refusal::new(Code::MissingField, message)
            .field("cursor")
            .into());
    };
    let named = |refusal: Refusal| refusal.field("cursor");
    let from = From::parse(given).map_err(named)?;
    let query = webhooks.readings.current();
    let begins: Cursor = match query.feed().begin(&from).await {
        Err(NotHere::Refused(refusal)) => return Err(named(refusal).into()),
        begins => begins?,
    };
    let generation = (webhooks.deps.ids)();
    let begin = |hook: &mut Hook| {
        hook.generation = generation;
        hook.begins = begins.to_string();
        hook.status = Status::Active;
        Ok(())
    };
    changed(&webhooks, &id, begin).await
}

async fn pause(State(webhooks): State<Webhooks>, Path(id): Path<String>, uri: Uri) -> Reply {
    no_parameters(&uri)?;
    let pause = |hook: &mut Hook| {
        if hook.status == Status::Active {
            hook.status = Status::Paused;
        }
        Ok(())
    };
    changed(&webhooks, &id, pause).await
}

async fn resume(State(webhooks): State<Webhooks>, Path(id): Path<String>, uri: Uri) -> Reply {
    no_parameters(&uri)?;
    let resume = |hook: &mut Hook| {
        hook.status = match hook.status {
            Status::Active | Status::Paused | Status::Gone => Status::Active,
            // It has no place to go on from.
            Status::Lost => Status::Lost,
        };
        Ok(())
    };
    changed(&webhooks, &id, resume).await
}

/// Gives a webhook another secret; deliveries are signed with the one before too, for a while.
async fn rotate(
    State(webhooks): State<Webhooks>,
    Path(id): Path<String>,
    uri: Uri,
    body: Body,
) -> Reply {
    no_parameters(&uri)?;
    let fields = object(body).await?;
    entry::known_fields(&fields, &["secret"])?;
    let secret = match entry::secret(&fields)? {
        Some(secret) => secret,
        None => webhooks.deps.secret().ok_or_else(unguessable)?,
    };
    let now = (webhooks.deps.clock)().unix_timestamp();
    let replace = |hook: &mut Hook| {
        hook.replace_secret(&secret, now);
        Ok(())
    };
    let store = webhooks.store().await?;
    let hook = store.change(&id, replace).await?;
    let lanes = store.lanes(&id).await?.map(|kept| kept.value);
    let view = WebhookView::of(&hook, lanes.as_ref()).with_secret(&secret);
    Ok(reply::json(&view))
}

async fn changed(
    webhooks: &Webhooks,
    id: &str,
    change: impl Fn(&mut Hook) -> Result<(), Refusal>,
) -> Reply {
    let store = webhooks.store().await?;
    let hook = store.change(id, change).await?;
    let lanes = store.lanes(id).await?.map(|kept| kept.value);
    Ok(reply::json(&WebhookView::of(&hook, lanes.as_ref())))
}

async fn known(webhooks: &Webhooks, id: &str) -> Result<(Hook, Option<Lanes>), No> {
    let store = webhooks.store().await?;
    let mut hooks = store.hooks().await?.value;
    let hook = hooks.remove(id).ok_or_else(|| unknown(id))?;
    let lanes = store.lanes(id).await?.map(|kept| kept.value);
    Ok((hook, lanes))
}

/// Refuses an address that is known to be within a network of ours. One that cannot be resolved
/// now may be later; each delivery looks again.
async fn reachable(webhooks: &Webhooks, url: &str) -> Result<(), Refusal> {
    let allow_private = webhooks.deps.options.allow_private;
    let url_read = crate::hook::url(url, allow_private)?;
    match address::resolve_in_time(&url_read, allow_private).await {
        Err(refused @ Refused::Private { .. }) => {
            let refusal = Refusal::new(Code::PrivateAddress, refused.to_string());
            Err(refusal.field("url").given(url))
        }
        Ok(_) | Err(Refused::NoHost | Refused::Unresolved { .. }) => Ok(()),
    }
}

/// The object that a body is; an empty one where there is none.
async fn object(body: Body) -> Result<Map<String, Value>, No> {
    let bytes = to_bytes(body, BODY_MAX).await.map_err(|_| {
        let message = format!("a webhook has at most {} KiB", BODY_MAX >> 10);
        Refusal::new(Code::BodyTooLarge, message)
    })?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Refusal::new(Code::WrongType, "an object is wanted").into()),
        // What was sent may hold a secret, and is not repeated.
        Err(error) => Err(Refusal::new(Code::BadJson, error.to_string()).into()),
    }
}

fn no_parameters(uri: &Uri) -> Result<(), Refusal> {
    match uri.query().filter(|query| !query.is_empty()) {
        Some(query) => {
            let name = query.split(['=', '&']).next().unwrap_or_default();
            let refusal = Refusal::new(Code::BadQuery, "there are no parameters here");
            Err(refusal.field(name).given(query))
        }
        None => Ok(()),
    }
}

fn unguessable() -> No {
    No::Failed("the host gives no random bytes for a secret".to_owned())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives the panic away"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    detente_http::note_panic("webhooks", panic.as_ref());
    No::Failed("the webhooks failed; the log says how".to_owned()).into_response()
}

// === impl No ===

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let detail = match self {
            Self::Refused(refusal) => return reply::refusal(refusal),
            Self::Failed(detail) => detail,
        };
        tracing::error!(detail, "a request about webhooks was not done");
        reply::failure(&reply::Failure {
            word: "webhooks_unavailable",
            status: 503,
            title: "The webhooks cannot be read or written right now",
            detail: &detail,
            advice: "Ask again in a moment.",
            accepted: None,
        })
    }
}

impl std::convert::From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl std::convert::From<Unchanged> for No {
    fn from(unchanged: Unchanged) -> Self {
        match unchanged {
            Unchanged::Refused(refusal) => Self::Refused(refusal),
            Unchanged::Failed(error) => Self::Failed(error.to_string()),
        }
    }
}

impl std::convert::From<NotHere> for No {
    fn from(not_here: NotHere) -> Self {
        match not_here {
            NotHere::Refused(refusal) => Self::Refused(refusal),
            NotHere::Failed(failure) => Self::Failed(failure.to_string()),
        }
    }
}

impl std::convert::From<Closed> for No {
    fn from(closed: Closed) -> Self {
        Self::Failed(closed.to_string())
    }
}

impl std::convert::From<detente_jetstream::control::ControlError> for No {
    fn from(error: detente_jetstream::control::ControlError) -> Self {
        Self::Failed(error.to_string())
    }
}
