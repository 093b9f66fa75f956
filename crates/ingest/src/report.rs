//! Reporting: the use case behind HTTP, gRPC and NATS.

use bytes::Bytes;
use detente_api::limits;
use detente_api::proto::ReportRow;
use detente_api::submission::{
    BodyFormat, BodyKind, IdempotencyKey, KeyedRequest, ReportOutcome, Row, check_count,
    from_messages,
};
use detente_auth::{Caller, Guard};
use tokio_util::sync::CancellationToken;

use crate::admit::Admitted;
use crate::error::{Failure, ReportError};
use crate::gateway::Gateway;

pub use crate::memory::Reservation;

/// The most bytes of a body.
pub const BODY_MAX: usize = limits::BODY_BYTES;
/// The most rows of a batch, which bounds the size of its refusals.
pub const ROWS_MAX: usize = limits::BODY_ROWS;
/// From this size on a body is parsed on a blocking thread, so as not to delay other requests.
const BLOCKING_BYTES: usize = 64 << 10;
/// From this many messages on they are parsed on a blocking thread.
const BLOCKING_ROWS: usize = 100;

/// Rows to report.
#[derive(Debug)]
pub struct ReportBatch {
    /// The author of the rows.
    pub caller: Caller,
    /// The guard that admitted the author. It is asked again before anything is stored.
    pub guard: Guard,
    /// The rows.
    pub content: Content,
    /// The W3C trace context, which is kept with the commit.
    pub traceparent: Option<String>,
    /// The most rows, at most [`ROWS_MAX`].
    pub rows_max: usize,
}

/// The rows of a batch.
#[derive(Debug)]
pub enum Content {
    /// Rows that are parsed.
    Rows(Vec<Row>),
    /// Messages, numbered from `first`.
    Messages {
        /// The number of the first row.
        first: usize,
        /// The rows.
        rows: Vec<Option<ReportRow>>,
        /// The memory of the rows.
        memory: Reservation,
    },
    /// JSON.
    Body(ReportBody),
}

/// A body in JSON.
#[derive(Debug)]
pub struct ReportBody {
    /// The bytes.
    pub bytes: Bytes,
    /// The format, if the transport names one.
    pub format: Option<BodyFormat>,
    /// The kind of content.
    pub kind: BodyKind,
    /// The idempotency key of the request.
    pub key: Option<IdempotencyKey>,
    /// The memory of the body.
    pub(crate) memory: Reservation,
}

/// A batch of which nothing is stored yet.
#[derive(Debug)]
pub(crate) struct Prepared {
    admitted: Admitted,
    traceparent: Option<String>,
}

// === impl Gateway ===

impl Gateway {
    /// Appends a batch. Good rows are stored, and bad ones are refused with their numbers. If the
    /// call is dropped before rows are sent to the log, nothing is stored.
    ///
    /// # Errors
    /// A refusal of the whole batch, or a failure, which names the rows that are stored anyway.
    pub async fn report(&self, batch: ReportBatch) -> Result<ReportOutcome, ReportError> {
        let prepared = self.prepare(batch).await?;
        Ok(self.store(prepared).await?)
    }

    /// Parses a batch and admits its rows. Parsing ends if the call is dropped.
    pub(crate) async fn prepare(&self, batch: ReportBatch) -> Result<Prepared, ReportError> {
        let ReportBatch {
            caller,
            guard,
            content,
            traceparent,
            rows_max,
        } = batch;
        let (is_large, author) = (content.is_large(), caller.clone());
        let gateway = self.clone();
        let admit = move |is_wanted: &dyn Fn() -> bool| {
            gateway.admit_content(&author, content, rows_max, is_wanted)
        };
        let admitted = if is_large {
            while_wanted(admit).await??
        } else {
            admit(&|| true)?
        };
        guard.check(&caller)?;
        Ok(Prepared {
            admitted,
            traceparent,
        })
    }

    /// Appends the rows of a batch.
    pub(crate) async fn store(&self, prepared: Prepared) -> Result<ReportOutcome, Failure> {
        self.commit(prepared.admitted, prepared.traceparent).await
    }

    fn admit_content(
        &self,
        caller: &Caller,
        content: Content,
        rows_max: usize,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<Admitted, ReportError> {
        let (rows, request, memory) = match content {
            Content::Rows(rows) => {
                check_count(rows.len(), rows_max)?;
                (rows, None, None)
            }
            Content::Messages {
                first,
                rows,
                memory,
            } => {
                check_count(rows.len(), rows_max)?;
                (from_messages(first, rows, is_wanted), None, Some(memory))
            }
            Content::Body(body) => {
                let ReportBody {
                    kind,
                    bytes,
                    format,
                    ..
                } = &body;
                let rows = kind.rows_while(is_wanted, bytes, *format, rows_max)?;
                let key = body.key.as_ref();
                let request = key.map(|key| body.keyed_request(caller, key));
                (rows, request, Some(body.memory))
            }
        };
        if !is_wanted() {
            return Err(Failure::cancelled().into());
        }
        let mut admitted = self.admit(caller, rows, request)?;
        admitted.memory = memory;
        Ok(admitted)
    }
}

/// Does work on a blocking thread. The work holds what it needs, and is told when the call is
/// dropped: nobody waits for its result then.
async fn while_wanted<T: Send + 'static>(
    work: impl FnOnce(&dyn Fn() -> bool) -> T + Send + 'static,
) -> Result<T, Failure> {
    let dropped = CancellationToken::new();
    let _at_end = dropped.clone().drop_guard();
    let done = tokio::task::spawn_blocking(move || work(&|| !dropped.is_cancelled()));
    done.await.map_err(|_| Failure::internal())
}

// === impl Content ===

impl Content {
    /// Returns true if it takes so long to parse that other requests would wait.
    const fn is_large(&self) -> bool {
        match self {
            Self::Rows(_) => false,
            Self::Messages { rows, .. } => rows.len() >= BLOCKING_ROWS,
            Self::Body(body) => body.bytes.len() >= BLOCKING_BYTES,
        }
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

#[cfg(test)]
mod tests;
