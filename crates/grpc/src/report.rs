//! `ReportService`: events and amendments into the log.

use detente_api::proto::{
    AcceptedRow, RefusedRow, ReportRequest, ReportResponse, ReportRow, ReportStreamRequest,
    ReportStreamResponse,
};
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{Refused, ReportOutcome, too_many_rows};
use detente_auth::{Caller, Role};
use detente_http::Identity;
use detente_ingest::report::Reservation;
use detente_ingest::{BODY_MAX, Content, Gateway, ROWS_MAX, ReportBatch, ReportError};
use prost::Message as _;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use crate::caller::caller;
use crate::proto::report_service_server::ReportService;
use crate::status::{OrStatus as _, refused_status};

/// The rows of a stream that are appended together: as many as a commit holds.
const BATCH_ROWS: usize = 1_000;
/// The metadata key of the W3C trace context.
const TRACEPARENT: &str = "traceparent";

#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) gateway: Gateway,
}

/// Rows of a stream that are appended together, and their memory.
#[derive(Debug)]
struct Batch {
    /// The number of the first row.
    first: usize,
    rows: Vec<Option<ReportRow>>,
    /// The bytes of the messages of the rows.
    bytes: usize,
    memory: Reservation,
}

impl Reports {
    /// Returns an empty batch, whose rows are numbered from `first`.
    fn batch(&self, first: usize) -> Batch {
        Batch {
            first,
            rows: Vec::new(),
            bytes: 0,
            memory: self.gateway.reserve(),
        }
    }

    /// Reports a batch. Its memory is free again once its rows are stored.
    async fn submit(
        &self,
        (caller, identity): &(Caller, Identity),
        metadata: &MetadataMap,
        batch: Batch,
    ) -> Result<ReportOutcome, Status> {
        let Batch {
            first,
            rows,
            memory,
            ..
        } = batch;
        let content = Content::Messages {
            first,
            rows,
            memory,
        };
        let batch = ReportBatch {
            caller: caller.clone(),
            guard: identity.guard().clone(),
            content,
            traceparent: traceparent(metadata),
            rows_max: ROWS_MAX,
        };
        self.gateway.report(batch).await.or_status()
    }
}

#[tonic::async_trait]
impl ReportService for Reports {
    async fn report(
        &self,
        request: Request<ReportRequest>,
    ) -> Result<Response<ReportResponse>, Status> {
        let (metadata, extensions, sent) = request.into_parts();
        let caller = caller(&extensions, Role::Reporter)?;
        if sent.rows.len() > ROWS_MAX {
            return Err(refused_status(&[too_many_rows(ROWS_MAX)]));
        }
        let mut batch = self.batch(1);
        batch.reserve(sent.encoded_len()).or_status()?;
        let is_single = sent.rows.len() == 1;
        batch.rows = sent.rows.into_iter().map(Some).collect();
        let outcome = self.submit(&caller, &metadata, batch).await?;
        match outcome.refused.first() {
            Some(first) if is_single => Err(refused_status(&first.refusals)),
            Some(_) | None => {
                let (accepted, refused) = messages(&outcome);
                Ok(Response::new(ReportResponse { accepted, refused }))
            }
        }
    }

    async fn report_stream(
        &self,
        request: Request<Streaming<ReportStreamRequest>>,
    ) -> Result<Response<ReportStreamResponse>, Status> {
        let (metadata, extensions, mut stream) = request.into_parts();
        let caller = caller(&extensions, Role::Reporter)?;
        let mut whole = ReportOutcome::default();
        let mut add = |outcome: ReportOutcome| {
            whole.accepted.extend(outcome.accepted);
            whole.refused.extend(outcome.refused);
        };
        let mut batch = self.batch(1);
        loop {
            let sent = tokio::select! {
                sent = stream.message() => sent?,
                refusal = caller.1.revoked(&caller.0) => return Err(refused_status(&[refusal])),
            };
            let Some(sent) = sent else {
                break;
            };
            if batch.end() > ROWS_MAX {
                add(ReportOutcome {
                    refused: vec![Refused {
                        row: batch.end(),
                        refusals: vec![too_many_rows(ROWS_MAX)],
                    }],
                    ..ReportOutcome::default()
                });
                break;
            }
            let bytes = sent.encoded_len();
            if !batch.rows.is_empty() && !batch.has_room(bytes) {
                let next = self.batch(batch.end());
                let full = std::mem::replace(&mut batch, next);
                add(self.submit(&caller, &metadata, full).await?);
            }
            batch.reserve(bytes).or_status()?;
            batch.rows.push(sent.row);
            if batch.rows.len() >= BATCH_ROWS {
                let next = self.batch(batch.end());
                let full = std::mem::replace(&mut batch, next);
                add(self.submit(&caller, &metadata, full).await?);
            }
        }
        if !batch.rows.is_empty() {
            add(self.submit(&caller, &metadata, batch).await?);
        }
        if whole.accepted.is_empty() && whole.refused.is_empty() {
            let refusal = Refusal::new(Code::EmptyBody, "there is no row in it");
            return Err(refused_status(&[refusal]));
        }
        whole.refused.sort_by_key(|refused| refused.row);
        let (accepted, refused) = messages(&whole);
        Ok(Response::new(ReportStreamResponse { accepted, refused }))
    }
}

// === impl Batch ===

impl Batch {
    /// Returns the number of the row after the last one.
    const fn end(&self) -> usize {
        self.first + self.rows.len()
    }

    /// Returns true if a message of this many bytes fits: a batch is no larger than a body.
    const fn has_room(&self, bytes: usize) -> bool {
        self.bytes.saturating_add(bytes) <= BODY_MAX
    }

    /// Reserves the memory of a further message.
    fn reserve(&mut self, bytes: usize) -> Result<(), ReportError> {
        self.bytes = self.bytes.saturating_add(bytes);
        self.memory.grow(self.bytes)
    }
}

fn messages(outcome: &ReportOutcome) -> (Vec<AcceptedRow>, Vec<RefusedRow>) {
    let accepted = outcome.accepted.iter().map(Into::into).collect();
    let refused = outcome.refused.iter().map(Into::into).collect();
    (accepted, refused)
}

fn traceparent(metadata: &MetadataMap) -> Option<String> {
    let traceparent = metadata.get(TRACEPARENT)?.to_str().ok()?;
    Some(traceparent.to_owned())
}
