//! Reports: rows with ids, retried until the server answers.

use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{Amend, Refused, ReportOutcome};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Response, StatusCode};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::client::{Client, decode, error_of, read_body, retry_after, unreachable};
use crate::error::{Error, PartialFailure};

/// The most rows of one request.
const ROWS_MAX: usize = 1_000;
/// The most bytes of one request, a half of what the server accepts.
const BYTES_MAX: usize = 4 << 20;

const JSON: &str = "application/json";
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// A row to send. With an id, as [`Client::row`] gives it, sending it is idempotent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number of the row in the outcome.
    pub number: usize,
    /// The row as one line of JSON.
    pub line: String,
}

// === impl Client ===

impl Client {
    /// Reports events, such as [`EventDto`](crate::EventDto)s, or amendments that name their target.
    /// Rows without an id get one before they are first sent. Requests without an answer are
    /// retried with back-off. Many rows are sent in several requests.
    ///
    /// The outcome has a position or a refusal for each row, numbered from 1.
    ///
    /// # Errors
    /// [`Error::Refused`] if the request is refused as a whole, such as without a token;
    /// [`Error::Partial`] if some rows have no answer: they can be sent again with
    /// [`Client::send`].
    pub async fn report<T: Serialize>(&self, events: &[T]) -> Result<ReportOutcome, Error> {
        let mut rows = Vec::new();
        let mut invalid = Vec::new();
        for (number, event) in (1..).zip(events) {
            match serde_json::to_value(event) {
                Ok(row) => rows.push(self.row(number, row)),
                Err(error) => invalid.push(Refused {
                    row: number,
                    refusals: vec![Refusal::new(Code::BadJson, error.to_string())],
                }),
            }
        }
        let mut answer = self.send(&rows).await?;
        answer.refused.extend(invalid);
        answer.refused.sort_by_key(|refused| refused.row);
        Ok(answer)
    }

    /// Makes a row of an event, or of an amendment that names its target, such as `{"retract":
    /// "<id>", …}`. It gets an id if it has none; the server checks the rest.
    #[must_use]
    pub fn row(&self, number: usize, mut row: Value) -> Row {
        self.ensure_id(&mut row);
        let line = row.to_string();
        Row { number, line }
    }

    /// Sends the body of an amendment, with a new id if it has none. The outcome has one row,
    /// accepted or refused.
    ///
    /// # Errors
    /// [`Error`] if the server did not judge the row. The event is not looked up: an amendment that
    /// arrives before its event is pending until then.
    pub async fn amend(
        &self,
        amend: Amend,
        target: Uuid,
        body: &Value,
    ) -> Result<ReportOutcome, Error> {
        let mut body = body.clone();
        self.ensure_id(&mut body);
        let target = target.to_string();
        let path = ["v1", "events", &target, amend.path_segment()];
        self.post(&path, JSON, body.to_string()).await
    }

    /// Sends rows, and retries until each has an answer. Rows that affect too many relations together
    /// are sent in several requests.
    ///
    /// # Errors
    /// As [`Client::report`].
    pub async fn send(&self, rows: &[Row]) -> Result<ReportOutcome, Error> {
        let mut answer = ReportOutcome::default();
        let (mut taken, mut is_judged) = (0, false);
        for batch in batches(rows) {
            taken += batch.len();
            let mut left: Vec<&Row> = batch.iter().collect();
            // Each time, there are fewer.
            while !left.is_empty() {
                let body: String = left.iter().map(|row| format!("{}\n", row.line)).collect();
                let mut part = match self.post(&["v1", "events"], NDJSON, body).await {
                    Ok(part) => part,
                    // No row was judged, so none is in doubt.
                    Err(cause @ Error::Refused(_)) if !is_judged => return Err(cause),
                    Err(cause) => {
                        let rest = rows.get(taken..).unwrap_or_default();
                        return Err(Error::Partial(Box::new(PartialFailure {
                            answered: answer,
                            rows: left.into_iter().chain(rest).cloned().collect(),
                            cause,
                        })));
                    }
                };
                is_judged = true;
                let crowded = take_crowded(&mut part, &left);
                renumber(&mut answer, part, &left);
                left = crowded;
            }
        }
        answer.accepted.sort_by_key(|accepted| accepted.row);
        answer.refused.sort_by_key(|refused| refused.row);
        Ok(answer)
    }

    /// Sends a body whose rows have ids, and retries until there is an answer.
    async fn post(
        &self,
        path: &[&str],
        media_type: &'static str,
        body: String,
    ) -> Result<ReportOutcome, Error> {
        let settings = &self.inner.settings;
        let mut backoff = Backoff::new(settings.backoff);
        let mut tries = 1;
        loop {
            let request = self.request(Method::POST, &self.inner.ingest, path);
            let request = request.header(CONTENT_TYPE, media_type).body(body.clone());
            let sent = request.timeout(settings.answer_within).send().await;
            let (error, after) = match sent {
                Ok(response) => {
                    let after = retry_after(response.headers());
                    match outcome(response, self.ingest()).await {
                        Ok(outcome) => return Ok(outcome),
                        Err(error) => (error, after),
                    }
                }
                Err(error) => (unreachable(error, self.ingest()), None),
            };
            if !error.is_transient() || tries >= settings.tries {
                return Err(error);
            }
            tries += 1;
            tokio::time::sleep(backoff.next_wait(after, &settings.ids)).await;
        }
    }

    /// Gives a row an id if it has none.
    fn ensure_id(&self, row: &mut Value) {
        if let Some(object) = row.as_object_mut()
            && object.get("id").is_none_or(Value::is_null)
        {
            let id = (self.inner.settings.ids)();
            object.insert("id".to_owned(), Value::String(id.to_string()));
        }
    }
}

/// Splits rows into batches of one request each.
fn batches(mut rest: &[Row]) -> impl Iterator<Item = &[Row]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fitting = rest.iter().take(ROWS_MAX).take_while(|row| {
            bytes += row.line.len() + 1;
            bytes <= BYTES_MAX
        });
        let count = fitting.count().max(1);
        let (batch, after) = rest.split_at_checked(count)?;
        rest = after;
        Some(batch)
    })
}

/// Reads the outcome, which a response may have under any status.
async fn outcome(response: Response, server: &str) -> Result<ReportOutcome, Error> {
    let status = response.status();
    let body = read_body(response, server).await?;
    decode(&body, server).map_err(|error| {
        if status.is_success() {
            error
        } else if status.is_client_error() || status.is_server_error() {
            error_of(status, &body)
        } else {
            // Informational and redirecting responses say nothing about the rows.
            error_of(StatusCode::BAD_GATEWAY, &body)
        }
    })
}

/// Takes the rows out of an outcome that were refused since they affect too many relations, together
/// with those before them or alone: without those before them, they may be accepted. Takes none if
/// all rows were refused so: then each is refused alone.
fn take_crowded<'r>(part: &mut ReportOutcome, sent: &[&'r Row]) -> Vec<&'r Row> {
    let sent_as = |refused: &Refused| match refused.refusals.as_slice() {
        [refusal] if refusal.code == Code::TooManyRelations => {
            let line = refused.row.checked_sub(1)?;
            sent.get(line).copied()
        }
        _ => None,
    };
    let crowded: Vec<&'r Row> = part.refused.iter().filter_map(sent_as).collect();
    if crowded.len() >= sent.len() {
        return Vec::new();
    }
    part.refused.retain(|refused| sent_as(refused).is_none());
    crowded
}

/// Appends a part of the outcome, whose rows are numbered by line, under the numbers of the rows.
fn renumber(outcome: &mut ReportOutcome, mut part: ReportOutcome, sent: &[&Row]) {
    let number = |row: &mut usize| {
        if let Some(sent) = row.checked_sub(1).and_then(|line| sent.get(line)) {
            *row = sent.number;
        }
    };
    part.accepted
        .iter_mut()
        .for_each(|accepted| number(&mut accepted.row));
    part.refused
        .iter_mut()
        .for_each(|refused| number(&mut refused.row));
    outcome.accepted.append(&mut part.accepted);
    outcome.refused.append(&mut part.refused);
}
