//! Admission: rows become records, records get positions, and every row is answered.

use std::time::Instant;

use bytes::Bytes;
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{Accepted, KeyedRequest, Refused, ReportOutcome, Row, Submission};
use detente_auth::{Caller, Role};
use detente_codec::record::encode;
use detente_domain::event::Authorship;
use detente_jetstream::appender::{AppendError, Weighed};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::dedup::{AppendOutcome, Claim, Reserved};
use crate::error::Failure;
use crate::gateway::Gateway;
use crate::idempotency::HeldKey;
use crate::memory::Reservation;
use crate::metrics;
use crate::recover::record_key;

/// Rows to append, and the outcome of the others.
#[derive(Debug, Default)]
pub(crate) struct Admitted {
    outcome: ReportOutcome,
    new: Vec<New>,
    in_flight: Vec<InFlight>,
    key: Option<HeldKey>,
    /// The memory of the body, until its rows are stored.
    pub(crate) memory: Option<Reservation>,
}

/// A record to append.
#[derive(Debug)]
struct New {
    row: usize,
    reserved: Reserved,
    record: Weighed,
}

/// A record that another request, or an earlier row, is appending.
#[derive(Debug)]
struct InFlight {
    row: usize,
    id: Uuid,
    outcome: oneshot::Receiver<AppendOutcome>,
    repeat: bool,
}

/// Returns the role that a row requires: a batch may mix events and amendments.
const fn required_role(row: &Submission) -> Role {
    match row {
        Submission::Event(_) => Role::Reporter,
        Submission::Amendment(_) => Role::Editor,
    }
}

impl Gateway {
    /// Assigns ids and authors, and finds repeats and conflicts. Missing ids are derived from the
    /// request, if it has an idempotency key. Rows that the caller's role does not allow are
    /// refused one by one.
    ///
    /// # Errors
    /// `idempotency_conflict` if the key came with another request before.
    pub(crate) fn admit(
        &self,
        caller: &Caller,
        rows: Vec<Row>,
        request: Option<KeyedRequest>,
    ) -> Result<Admitted, Refusal> {
        let authorship = Authorship {
            author: caller.name().to_owned(),
            recorded: self.now(),
        };
        let key = request.map(|request| self.parts.keys.hold(request));
        let mut admitted = Admitted {
            key: key.transpose()?,
            ..Admitted::default()
        };
        for (index, (row, parsed)) in rows.into_iter().enumerate() {
            let derived = || Some(request?.id(u16::try_from(index).ok()?));
            let allowed = parsed.and_then(|parsed| {
                let allowed = caller.require(required_role(&parsed));
                allowed.map(|()| parsed).map_err(|refusal| vec![refusal])
            });
            match allowed {
                Ok(parsed) => admitted.add(self, row, parsed, authorship.clone(), derived),
                Err(refusals) => admitted.outcome.refused.push(Refused { row, refusals }),
            }
        }
        Ok(admitted)
    }

    /// Appends the admitted rows in a separate task, so that an id does not stay reserved if the
    /// client disconnects.
    ///
    /// # Errors
    /// [`Failure`] if the log does not accept all of them.
    pub(crate) async fn commit(
        &self,
        admitted: Admitted,
        traceparent: Option<String>,
    ) -> Result<ReportOutcome, Failure> {
        let append = append(self.clone(), admitted, traceparent);
        let outcome = self.parts.tasks.spawn(append).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Failure::internal()));
        match &outcome {
            Ok(outcome) => metrics::answered(outcome),
            Err(failure) => metrics::failed(failure),
        }
        outcome
    }
}

async fn append(
    gateway: Gateway,
    admitted: Admitted,
    traceparent: Option<String>,
) -> Result<ReportOutcome, Failure> {
    let Admitted {
        mut outcome,
        mut new,
        in_flight,
        key,
        memory,
    } = admitted;
    let mut answers = Vec::new();
    if !new.is_empty() {
        let started = Instant::now();
        let appended = send(&gateway, &mut new, traceparent.as_deref()).await;
        metrics::committed(started.elapsed());
        for (New { row, reserved, .. }, appended) in new.into_iter().zip(appended) {
            let id = reserved.id();
            reserved.settle(&appended);
            answers.push((row, id, false, appended));
        }
    }
    for waiting in in_flight {
        let appended = waiting.outcome.await;
        let appended = appended.unwrap_or(Err(AppendError::Stopped));
        answers.push((waiting.row, waiting.id, waiting.repeat, appended));
    }
    let mut failed = None;
    for (row, id, repeat, appended) in answers {
        match appended {
            Ok(position) => outcome.accepted.push(Accepted {
                row,
                id,
                position,
                repeat,
            }),
            Err(AppendError::TooLarge { bytes, bytes_max }) => {
                let message = format!("the record has {bytes} bytes; the most is {bytes_max}");
                let refusals = vec![Refusal::new(Code::BodyTooLarge, message)];
                outcome.refused.push(Refused { row, refusals });
            }
            // The first error is kept.
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    outcome.accepted.sort_by_key(|accepted| accepted.row);
    outcome.refused.sort_by_key(|refused| refused.row);
    let outcome = match failed {
        None => Ok(outcome),
        Some(error) => Err(Failure {
            accepted: outcome.accepted,
            ..Failure::from(&error)
        }),
    };
    if let Some(key) = key {
        key.settle(&outcome);
    }
    drop(memory);
    outcome
}

async fn send(gateway: &Gateway, new: &mut [New], trace: Option<&str>) -> Vec<AppendOutcome> {
    for row in &mut *new {
        row.reserved.sent();
    }
    let appender = gateway.appender(new.len());
    match new {
        [single] => vec![appender.append_traced(single.record.clone(), trace).await],
        many => {
            let records = many.iter().map(|new| new.record.clone());
            appender.append_many(records.collect::<Vec<_>>()).await
        }
    }
}

impl Admitted {
    fn add(
        &mut self,
        gateway: &Gateway,
        row: usize,
        parsed: Submission,
        authorship: Authorship,
        derived: impl FnOnce() -> Option<Uuid>,
    ) {
        let own = parsed.id();
        let id = own.or_else(derived);
        let id = id.unwrap_or_else(|| (gateway.parts.deps.ids)());
        let weight = parsed.relations();
        let bytes = Bytes::from(encode(&parsed.into_record(id, authorship)));
        // A record with a derived id that is in the log already is this request's own.
        let repeat = own.is_some();
        // A record that was encoded has a key.
        let Some(key) = record_key(&bytes) else {
            return;
        };
        match gateway.parts.recent.claim(key) {
            Claim::New(reserved) => self.new.push(New {
                row,
                reserved,
                record: Weighed { bytes, weight },
            }),
            Claim::InFlight(outcome) => self.in_flight.push(InFlight {
                row,
                id,
                outcome,
                repeat,
            }),
            Claim::Repeat(position) => {
                self.outcome.accepted.push(Accepted {
                    row,
                    id,
                    position,
                    repeat,
                });
            }
            Claim::Conflict => {
                let message = "a record with this id and different content exists";
                let refusal = Refusal::new(Code::IdConflict, message);
                let refusals = vec![refusal.field("id").value(&id.to_string())];
                self.outcome.refused.push(Refused { row, refusals });
            }
        }
    }
}
