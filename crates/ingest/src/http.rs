//! Reporting over HTTP: `POST /v1/events`, and a route under each event for every amendment.

mod body;
mod openapi;

use axum::Extension;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use detente_api::json::{Amend, ReportOutcome};
use detente_api::refusal::{Code, Problem, Refusal};
use detente_auth::Caller;
use detente_http::{ApiRouter, reply};
use uuid::Uuid;

use crate::answer::Answer;
use crate::error::{Failure, ReportError};
use crate::gateway::Gateway;
use crate::headers::Headers;
use crate::metrics;
use crate::report::{Body, BodyKind, Content, ROWS_MAX, ReportBatch};

/// Returns the routes of the gateway.
pub fn router(gateway: Gateway) -> ApiRouter {
    let router = ApiRouter::new().route(openapi::report(), report);
    let router = Amend::ALL.into_iter().fold(router, |router, kind| {
        let path = format!("/v1/events/{{id}}/{}", kind.path_segment());
        router.route(
            openapi::amend(kind, &path),
            move |caller, gateway, id, headers, body| {
                amend(kind, caller, gateway, id, headers, body)
            },
        )
    });
    router.catch_panics("gateway", panicked).with_state(gateway)
}

async fn report(
    Extension(caller): Extension<Caller>,
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: HttpBody,
) -> Answer {
    let kind = match named(&headers).cloud_event() {
        Err(refusal) => return Answer::Refused(Problem::new(refusal)),
        Ok(None) => BodyKind::Rows,
        Ok(Some(attributes)) => BodyKind::CloudEvent(attributes),
    };
    submit(&gateway, caller, headers, body, kind).await.into()
}

/// Amends the record that the path names.
async fn amend(
    amend: Amend,
    Extension(caller): Extension<Caller>,
    State(gateway): State<Gateway>,
    Path(given): Path<String>,
    headers: HeaderMap,
    body: HttpBody,
) -> Answer {
    let target = Uuid::try_parse(&given).ok();
    let Some(target) = target.filter(|id| !id.is_nil() && !id.is_max()) else {
        let refusal = Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max");
        return Answer::Refused(Problem::new(refusal.field("id").value(&given)));
    };
    let kind = BodyKind::Amendment(amend, target);
    submit(&gateway, caller, headers, body, kind).await.into()
}

async fn submit(
    gateway: &Gateway,
    caller: Caller,
    headers: HeaderMap,
    body: HttpBody,
    kind: BodyKind,
) -> Result<ReportOutcome, ReportError> {
    let (format, key) = (named(&headers).format()?, named(&headers).key()?);
    let traceparent = named(&headers).traceparent();
    let (bytes, _reservation) = body::read(body, &headers, &gateway.parts.bodies).await?;
    let body = Body {
        bytes,
        format,
        kind,
        key,
    };
    let batch = ReportBatch {
        caller,
        content: Content::Body(body),
        traceparent,
        rows_max: ROWS_MAX,
    };
    gateway.report(batch).await
}

fn named(headers: &HeaderMap) -> Headers<'_> {
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
