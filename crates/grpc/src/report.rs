//! `ReportService`: events and amendments into the log.

use detente_api::proto::{
    AcceptedRow, RefusedRow, ReportRequest, ReportResponse, ReportRow, ReportStreamRequest,
    ReportStreamResponse,
};
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{Refused, ReportOutcome, too_many_rows};
use detente_auth::{Caller, Role};
use detente_http::Identity;
use detente_ingest::{Content, Gateway, ROWS_MAX, ReportBatch};
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

impl Reports {
    /// Reports rows, which are numbered from `first`.
    async fn submit(
        &self,
        (caller, identity): &(Caller, Identity),
        metadata: &MetadataMap,
        first: usize,
        rows: Vec<Option<ReportRow>>,
    ) -> Result<ReportOutcome, Status> {
        let batch = ReportBatch {
            caller: caller.clone(),
            guard: identity.guard().clone(),
            content: Content::Messages { first, rows },
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
        let (metadata, extensions, ReportRequest { rows }) = request.into_parts();
        let caller = caller(&extensions, Role::Reporter)?;
        if rows.len() > ROWS_MAX {
            return Err(refused_status(&[too_many_rows(ROWS_MAX)]));
        }
        let is_single = rows.len() == 1;
        let rows = rows.into_iter().map(Some).collect();
        let outcome = self.submit(&caller, &metadata, 1, rows).await?;
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
        let (mut batch, mut first, mut is_open) = (Vec::new(), 1, true);
        while is_open {
            let sent = tokio::select! {
                sent = stream.message() => sent?,
                refusal = caller.1.revoked(&caller.0) => return Err(refused_status(&[refusal])),
            };
            match sent {
                Some(sent) if first + batch.len() <= ROWS_MAX => batch.push(sent.row),
                Some(_) => {
                    whole.refused.push(Refused {
                        row: first + batch.len(),
                        refusals: vec![too_many_rows(ROWS_MAX)],
                    });
                    is_open = false;
                }
                None => is_open = false,
            }
            if batch.len() >= BATCH_ROWS || !is_open && !batch.is_empty() {
                let rows = std::mem::take(&mut batch);
                let next = first + rows.len();
                let outcome = self.submit(&caller, &metadata, first, rows).await?;
                whole.accepted.extend(outcome.accepted);
                whole.refused.extend(outcome.refused);
                first = next;
            }
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

fn messages(outcome: &ReportOutcome) -> (Vec<AcceptedRow>, Vec<RefusedRow>) {
    let accepted = outcome.accepted.iter().map(Into::into).collect();
    let refused = outcome.refused.iter().map(Into::into).collect();
    (accepted, refused)
}

fn traceparent(metadata: &MetadataMap) -> Option<String> {
    let traceparent = metadata.get(TRACEPARENT)?.to_str().ok()?;
    Some(traceparent.to_owned())
}
