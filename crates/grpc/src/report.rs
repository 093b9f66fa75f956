//! `ReportService`: events and amendments into the log.

use detente_api::json::Answer;
use detente_api::message::entry;
use detente_api::proto::{
    AcceptedRow, RefusedRow, ReportRequest, ReportResponse, ReportRow, ReportStreamRequest,
    ReportStreamResponse,
};
use detente_api::refusal::{Code, Refusal};
use detente_auth::Role;
use detente_ingest::{Gateway, ROWS_MAX, Row};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use crate::caller::caller;
use crate::proto::report_service_server::ReportService;
use crate::status::{OrStatus as _, failed, refused};

/// How many rows of a stream are appended at once: as many as a commit holds.
const AT_ONCE: usize = 1_000;
/// From so many rows on they are read on a thread of their own, so that they delay nobody.
const ASIDE_ROWS: usize = 100;
/// The metadata that carries the W3C trace context.
const TRACEPARENT: &str = "traceparent";

#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) gateway: Gateway,
}

#[tonic::async_trait]
impl ReportService for Reports {
    async fn report(
        &self,
        request: Request<ReportRequest>,
    ) -> Result<Response<ReportResponse>, Status> {
        let (metadata, extensions, ReportRequest { rows }) = request.into_parts();
        let (caller, _) = caller(&extensions, Role::Reporter)?;
        if rows.is_empty() {
            return Err(refused(&[Refusal::new(
                Code::EmptyBody,
                "there is no row in it",
            )]));
        }
        if rows.len() > ROWS_MAX {
            return Err(refused(&[too_many()]));
        }
        let is_single = rows.len() == 1;
        let rows = read(rows.into_iter().map(Some).collect(), 1).await?;
        let answer = self
            .gateway
            .submit(&caller, rows, trace(&metadata))
            .await
            .or_status()?;
        match answer.refused.first() {
            Some(first) if is_single => Err(refused(&first.refusals)),
            Some(_) | None => {
                let (accepted, refused) = told(&answer);
                Ok(Response::new(ReportResponse { accepted, refused }))
            }
        }
    }

    async fn report_stream(
        &self,
        request: Request<Streaming<ReportStreamRequest>>,
    ) -> Result<Response<ReportStreamResponse>, Status> {
        let (metadata, extensions, mut stream) = request.into_parts();
        let (caller, _) = caller(&extensions, Role::Reporter)?;
        let mut answered = Answer::default();
        let (mut waiting, mut first, mut is_open) = (Vec::new(), 1, true);
        while is_open {
            match stream.message().await? {
                Some(sent) if first + waiting.len() <= ROWS_MAX => {
                    waiting.push(sent.row);
                }
                Some(_) => {
                    let row = first + waiting.len();
                    let refusals = vec![too_many()];
                    let beyond = detente_api::json::Refused { row, refusals };
                    answered.refused.push(beyond);
                    is_open = false;
                }
                None => is_open = false,
            }
            if waiting.len() >= AT_ONCE || !is_open && !waiting.is_empty() {
                let rows = std::mem::take(&mut waiting);
                let next = first + rows.len();
                let rows = read(rows, first).await?;
                let answer = self
                    .gateway
                    .submit(&caller, rows, trace(&metadata))
                    .await
                    .or_status()?;
                answered.accepted.extend(answer.accepted);
                answered.refused.extend(answer.refused);
                first = next;
            }
        }
        if answered.accepted.is_empty() && answered.refused.is_empty() {
            return Err(refused(&[Refusal::new(
                Code::EmptyBody,
                "there is no row in it",
            )]));
        }
        answered.refused.sort_by_key(|refused| refused.row);
        let (accepted, refused) = told(&answered);
        Ok(Response::new(ReportStreamResponse { accepted, refused }))
    }
}

/// Reads rows, which are numbered from `first`.
async fn read(rows: Vec<Option<ReportRow>>, first: usize) -> Result<Vec<Row>, Status> {
    let is_many = rows.len() >= ASIDE_ROWS;
    let read = move || {
        (first..)
            .zip(rows)
            .map(|(number, row)| (number, entry(row)))
            .collect()
    };
    if !is_many {
        return Ok(read());
    }
    let aside = tokio::task::spawn_blocking(read).await;
    aside.map_err(|_| {
        failed(
            tonic::Code::Internal,
            "internal",
            "the rows could not be read",
        )
    })
}

fn told(answer: &Answer) -> (Vec<AcceptedRow>, Vec<RefusedRow>) {
    let accepted = answer.accepted.iter().map(Into::into).collect();
    let refused = answer.refused.iter().map(Into::into).collect();
    (accepted, refused)
}

fn too_many() -> Refusal {
    let message = format!("there are more than {ROWS_MAX} rows in it");
    Refusal::new(Code::TooManyRecords, message)
}

fn trace(metadata: &MetadataMap) -> Option<String> {
    let traceparent = metadata.get(TRACEPARENT)?.to_str().ok()?;
    Some(traceparent.to_owned())
}
