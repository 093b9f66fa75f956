//! Reporting: the use case behind HTTP, gRPC and NATS.

use bytes::Bytes;
use detente_api::refusal::Refusal;
use detente_api::submission::{
    BodyFormat, BodyKind, IdempotencyKey, KeyedRequest, ReportOutcome, Row, check_count,
};
use detente_auth::Caller;

use crate::admit::Admitted;
use crate::error::{Failure, ReportError};
use crate::gateway::Gateway;

/// The most bytes of a body.
pub const BODY_MAX: usize = 8 << 20;
/// The most rows of a batch, which bounds the size of its refusals.
pub const ROWS_MAX: usize = 20_000;
/// From this size on a body is parsed on a blocking thread, so as not to delay other requests.
const BLOCKING_BYTES: usize = 64 << 10;

/// Rows to report.
#[derive(Clone, Debug)]
pub struct ReportBatch {
    /// The author of the rows.
    pub caller: Caller,
    /// The rows.
    pub content: Content,
    /// The W3C trace context, which is kept with the commit.
    pub traceparent: Option<String>,
    /// The most rows, at most [`ROWS_MAX`].
    pub rows_max: usize,
}

/// The rows of a batch.
#[derive(Clone, Debug)]
pub enum Content {
    /// Rows that are parsed.
    Rows(Vec<Row>),
    /// JSON.
    Body(ReportBody),
}

/// A body in JSON.
#[derive(Clone, Debug)]
pub struct ReportBody {
    /// The bytes.
    pub bytes: Bytes,
    /// The format, if the transport names one.
    pub format: Option<BodyFormat>,
    /// The kind of content.
    pub kind: BodyKind,
    /// The idempotency key of the request.
    pub key: Option<IdempotencyKey>,
}

// === impl Gateway ===

impl Gateway {
    /// Appends a batch. Good rows are stored, and bad ones are refused with their numbers.
    ///
    /// # Errors
    /// A refusal of the whole batch, or a failure, which names the rows that are stored anyway.
    pub async fn report(&self, batch: ReportBatch) -> Result<ReportOutcome, ReportError> {
        let ReportBatch {
            caller, rows_max, ..
        } = batch;
        let admitted = match batch.content {
            Content::Rows(rows) => {
                check_count(rows.len(), rows_max)?;
                self.admit(&caller, rows, None)?
            }
            Content::Body(body) if body.bytes.len() < BLOCKING_BYTES => {
                self.admit_body(&caller, &body, rows_max)?
            }
            Content::Body(body) => {
                let gateway = self.clone();
                let admit = move || gateway.admit_body(&caller, &body, rows_max);
                let admitted = tokio::task::spawn_blocking(admit).await;
                admitted.map_err(|_| Failure::internal())??
            }
        };
        Ok(self.commit(admitted, batch.traceparent).await?)
    }

    fn admit_body(
        &self,
        caller: &Caller,
        body: &ReportBody,
        rows_max: usize,
    ) -> Result<Admitted, Refusal> {
        let rows = body.kind.rows(&body.bytes, body.format, rows_max)?;
        let key = body.key.as_ref();
        let request = key.map(|key| body.keyed_request(caller, key));
        self.admit(caller, rows, request)
    }
}

// === impl ReportBody ===

impl ReportBody {
    /// Identifies the request. The parts are stored in the ids of its records, so a part that
    /// changes makes it a different request after an upgrade.
    fn keyed_request(&self, caller: &Caller, key: &IdempotencyKey) -> KeyedRequest {
        let format = format!("{:?}", self.format);
        let target;
        let mut parts: Vec<&[u8]> = match &self.kind {
            BodyKind::Rows => vec![b"events"],
            BodyKind::CloudEvent(attributes) => {
                let attributes = attributes.iter();
                let pairs =
                    attributes.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
                std::iter::once(&b"event"[..]).chain(pairs).collect()
            }
            BodyKind::Amendment(amend, id) => {
                target = id.to_string();
                vec![amend.path_segment().as_bytes(), target.as_bytes()]
            }
        };
        parts.extend([format.as_bytes(), &self.bytes]);
        KeyedRequest::new(caller.name(), key, &parts)
    }
}
