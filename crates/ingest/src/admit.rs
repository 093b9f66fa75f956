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

use crate::dedup::{Claim, Outcome};
use crate::error::Failure;
use crate::gateway::Gateway;
use crate::idempotency::HeldKey;
use crate::memory::Reservation;
use crate::metrics;
use crate::place::Pending;
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
    /// The reason why there is no room for new records.
    full: Option<String>,
    /// True if there was a new record nevertheless.
    turned_away: bool,
}

/// A record to append.
#[derive(Debug)]
struct New {
    row: usize,
    pending: Pending,
    repeat: bool,
}

/// A record that another request, or an earlier row, is appending.
#[derive(Debug)]
struct InFlight {
    row: usize,
    id: Uuid,
    outcome: oneshot::Receiver<Outcome>,
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
        let key = request.map(|request| self.parts.tables.keys.hold(request));
        let mut admitted = Admitted {
            key: key.transpose()?,
            full: self.parts.log.room().err(),
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
        new,
        in_flight,
        key,
        memory,
        full,
        turned_away,
    } = admitted;
    let mut answers = Vec::new();
    if !new.is_empty() {
        let started = Instant::now();
        let rows: Vec<_> = new
            .iter()
            .map(|new| (new.row, new.pending.reserved.id(), new.repeat))
            .collect();
        let records = new.into_iter().map(|new| new.pending).collect();
        let appender = gateway.appender(rows.len());
        let placed = gateway.place(appender, records, traceparent.as_deref());
        let placed = placed.await;
        metrics::committed(started.elapsed());
        let placed = rows.into_iter().zip(placed);
        answers.extend(placed.map(|((row, id, repeat), placed)| {
            let repeat = repeat && !matches!(placed, Outcome::Stored(_));
            (row, id, repeat, placed)
        }));
    }
    for waiting in in_flight {
        let placed = waiting.outcome.await;
        let placed = placed.unwrap_or(Outcome::Failed(AppendError::Stopped));
        answers.push((waiting.row, waiting.id, waiting.repeat, placed));
    }
    let full = full.filter(|_| turned_away);
    let mut failed = full.map(|reason| AppendError::Full {
        reason: reason.into(),
    });
    for (row, id, repeat, placed) in answers {
        match placed {
            Outcome::Stored(position) | Outcome::Repeat(position) => {
                outcome.accepted.push(Accepted {
                    row,
                    id,
                    position,
                    repeat,
                });
            }
            Outcome::Conflict => outcome.refused.push(conflict(row, id)),
            Outcome::Failed(AppendError::TooLarge { bytes, bytes_max }) => {
                let message = format!("the record has {bytes} bytes; the most is {bytes_max}");
                let refusals = vec![Refusal::new(Code::BodyTooLarge, message)];
                outcome.refused.push(Refused { row, refusals });
            }
            Outcome::Failed(error) => keep(&mut failed, error),
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

/// Keeps the first error, or one after which the record may be stored nevertheless.
fn keep(failed: &mut Option<AppendError>, error: AppendError) {
    if failed.is_none() || matches!(error, AppendError::Unknown { .. }) {
        *failed = Some(error);
    }
}

/// Returns the refusal of a record whose id another one has.
fn conflict(row: usize, id: Uuid) -> Refused {
    let message = "a record with this id and different content exists";
    let refusal = Refusal::new(Code::IdConflict, message);
    let refusals = vec![refusal.field("id").value(&id.to_string())];
    Refused { row, refusals }
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
        let id = id.unwrap_or_else(|| gateway.new_id());
        let weight = parsed.relations();
        let bytes = Bytes::from(encode(&parsed.into_record(id, authorship)));
        // A record with a derived id that is in the log already is this request's own.
        let repeat = own.is_some();
        // A record that was encoded has a key.
        let Some(key) = record_key(&bytes) else {
            return;
        };
        match gateway.parts.tables.recent.claim(key) {
            // It is free again when the reservation is dropped.
            Claim::New(_) if self.full.is_some() => self.turned_away = true,
            Claim::New(reserved) => self.new.push(New {
                row,
                pending: Pending {
                    reserved,
                    record: Weighed { bytes, weight },
                },
                repeat,
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
            Claim::Conflict => self.outcome.refused.push(conflict(row, id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uncertain_error_is_kept_whatever_the_others_are() {
        let full = || AppendError::Full {
            reason: "the disk is full".into(),
        };
        let unknown = || AppendError::Unknown { waited_ms: 7 };
        let cases = [
            (vec![full(), AppendError::Stopped], full()),
            (vec![full(), unknown(), AppendError::Stopped], unknown()),
            (vec![unknown(), full()], unknown()),
        ];
        for (errors, kept) in cases {
            let mut failed = None;
            for error in errors {
                keep(&mut failed, error);
            }
            assert_eq!(failed, Some(kept));
        }
    }
}
