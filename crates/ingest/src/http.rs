//! Reporting over HTTP: `POST /v1/events`, and a route under each event for every amendment.

mod body;
mod openapi;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{Amend, BodyKind, ReportOutcome};
use detente_auth::Caller;
use detente_http::{ApiRouter, Identity, PathParams, Stored, reply};
use uuid::Uuid;

use crate::answer::Answer;
use crate::error::{Failure, ReportError};
use crate::gateway::Gateway;
use crate::headers::Headers;
use crate::metrics;
use crate::report::{Content, ROWS_MAX, ReportBatch, ReportBody};

/// Returns the routes of the gateway.
pub fn router(gateway: Gateway) -> ApiRouter {
    let router = ApiRouter::new().route(openapi::report(), report);
    let router = Amend::ALL.into_iter().fold(router, |router, kind| {
        let path = format!("/v1/events/{{id}}/{}", kind.path_segment());
        router.route(
            openapi::amend(kind, &path),
            move |context, gateway, id, headers, body| {
                amend(kind, context, gateway, id, headers, body)
            },
        )
    });
    router.catch_panics("gateway", panicked).with_state(gateway)
}

/// The context of a write: the caller, its identity, and what the time limit is told.
type Context = (Extension<Caller>, Extension<Identity>, Extension<Stored>);

async fn report(
    context: Context,
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let kind = report_headers(&headers).kind();
    submit(&gateway, context, headers, body, kind).await.into()
}

/// Amends the record that the path names.
async fn amend(
    amend: Amend,
    context: Context,
    State(gateway): State<Gateway>,
    PathParams(id): PathParams<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let target = Uuid::try_parse(&id).ok();
    let target = target.filter(|id| !id.is_nil() && !id.is_max());
    let kind = target.map(|target| BodyKind::Amendment(amend, target));
    let kind = kind.ok_or_else(|| {
        let refusal = Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max");
        refusal.field("id").value(&id)
    });
    submit(&gateway, context, headers, body, kind).await.into()
}

async fn submit(
    gateway: &Gateway,
    (Extension(caller), Extension(identity), Extension(stored)): Context,
    headers: HeaderMap,
    body: Body,
    kind: Result<BodyKind, Refusal>,
) -> Result<ReportOutcome, ReportError> {
    stored.nothing_yet();
    let kind = kind?;
    let (format, key) = (
        report_headers(&headers).format()?,
        report_headers(&headers).key()?,
    );
    let traceparent = report_headers(&headers).traceparent();
    let (bytes, memory) = body::read(body, &headers, &gateway.parts.bodies).await?;
    let body = ReportBody {
        bytes,
        format,
        kind,
        key,
        memory,
    };
    let batch = ReportBatch {
        caller,
        guard: identity.guard().clone(),
        content: Content::Body(body),
        traceparent,
        rows_max: ROWS_MAX,
    };
    let prepared = gateway.prepare(batch).await?;
    stored.begins();
    Ok(gateway.store(prepared).await?)
}

fn report_headers(headers: &HeaderMap) -> Headers<'_> {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    headers.collect()
}

fn panicked() -> Response {
    let failure = Failure::internal();
    metrics::failed(&failure);
    reply::failure(&failure.as_http())
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Failed(failure) => reply::failure(&failure.as_http()),
            Self::Refused(problem) => reply::problem(&problem),
            Self::Stored(_) | Self::Rejected(_) => {
                reply::body(self.status(), self.media_type(), &self)
            }
        }
    }
}
