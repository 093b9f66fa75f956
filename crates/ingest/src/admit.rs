//! The deed: rows become records, records become positions, and every row is answered.

use std::time::Instant;

use bytes::Bytes;
use detente_api::json::{Accepted, Answer, Entry, Keyed, Refused};
use detente_api::refusal::{Code, Refusal};
use detente_auth::{Caller, Role};
use detente_codec::record::encode;
use detente_domain::event::{Authorship, EventId};
use detente_domain::record::{Body, Record, RecordId};
use detente_jetstream::appender::AppendError;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::error::Failure;
use crate::gateway::Gateway;
use crate::keys::Held;
use crate::metrics;
use crate::rebuild::known;
use crate::recent::{Claim, Outcome, Reserved};

/// A row's number, and what was read of it: something to admit, or everything that is wrong.
pub type Row = (usize, Result<Entry, Vec<Refusal>>);

/// What may be appended, and what is known without appending.
#[derive(Debug, Default)]
pub(crate) struct Admitted {
    answer: Answer,
    fresh: Vec<Fresh>,
    under_way: Vec<UnderWay>,
    key: Option<Held>,
}

#[derive(Debug)]
struct Fresh {
    row: usize,
    reserved: Reserved,
    bytes: Bytes,
}

/// The same record is being appended for somebody else, or for an earlier row.
#[derive(Debug)]
struct UnderWay {
    row: usize,
    id: Uuid,
    told: oneshot::Receiver<Outcome>,
    repeat: bool,
}

/// A record, and whether its id was derived for the request that it came with: then to find it in
/// the log is no repeat of something else, but this request's own first answer.
#[derive(Debug)]
struct Made {
    record: Record,
    own: bool,
}

/// The role that a row takes: one body may hold events and amendments.
const fn needed(entry: &Entry) -> Role {
    match entry {
        Entry::Event(_) => Role::Reporter,
        Entry::Amendment(_) => Role::Editor,
    }
}

impl Gateway {
    /// Appends what may be appended of the rows, and answers each when it is on disk. The rows of
    /// one call fill commits together. It goes on to its end even if the caller goes away. The
    /// caller is the author of all of them; what he may not do is refused row by row.
    ///
    /// # Errors
    /// [`Failure`] if the log does not take them; it says which rows are stored all the same.
    pub async fn submit(
        &self,
        caller: &Caller,
        rows: Vec<Row>,
        traceparent: Option<String>,
    ) -> Result<Answer, Failure> {
        let admitted = self.admit(caller, rows);
        self.commit(admitted, traceparent).await
    }

    /// Gives ids and authors, and finds repeats and clashes.
    pub(crate) fn admit(&self, caller: &Caller, rows: impl IntoIterator<Item = Row>) -> Admitted {
        self.admit_as(caller, rows, |_| None)
    }

    /// The same for a request with an idempotency key: ids that are left out are derived from it.
    ///
    /// # Errors
    /// `idempotency_conflict` where the key came with another request before.
    pub(crate) fn admit_keyed(
        &self,
        caller: &Caller,
        rows: impl IntoIterator<Item = Row>,
        request: Keyed,
    ) -> Result<Admitted, Refusal> {
        let held = self.keys().hold(request)?;
        let derived = |place| Some(request.id(u16::try_from(place).ok()?));
        let mut admitted = self.admit_as(caller, rows, derived);
        admitted.key = Some(held);
        Ok(admitted)
    }

    fn admit_as(
        &self,
        caller: &Caller,
        rows: impl IntoIterator<Item = Row>,
        derived: impl Fn(usize) -> Option<Uuid>,
    ) -> Admitted {
        let authorship = Authorship {
            author: caller.name().to_owned(),
            recorded: self.now(),
        };
        let mut admitted = Admitted::default();
        for (place, (row, read)) in rows.into_iter().enumerate() {
            let read = read.and_then(|entry| match caller.may(needed(&entry)) {
                Ok(()) => Ok(self.record(entry, authorship.clone(), derived(place))),
                Err(refusal) => Err(vec![refusal]),
            });
            match read {
                Ok(made) => admitted.take(self, row, &made),
                Err(refusals) => admitted.answer.refused.push(Refused { row, refusals }),
            }
        }
        admitted
    }

    fn record(&self, entry: Entry, authorship: Authorship, derived: Option<Uuid>) -> Made {
        let given = match &entry {
            Entry::Event(draft) => draft.id,
            Entry::Amendment(amendment) => amendment.id,
        };
        let id = given.or(derived).unwrap_or_else(|| self.make_id());
        let body = match entry {
            Entry::Event(draft) => Body::Reported(Box::new(draft.into_event(EventId(id)))),
            Entry::Amendment(amendment) => amendment.body,
        };
        Made {
            record: Record {
                id: RecordId(id),
                authorship,
                body,
            },
            own: given.is_none(),
        }
    }

    /// Appends what was admitted. The appending is a task of its own, so that an id is never left
    /// reserved because a client has gone.
    pub(crate) async fn commit(
        &self,
        admitted: Admitted,
        traceparent: Option<String>,
    ) -> Result<Answer, Failure> {
        let answer = if admitted.fresh.is_empty() && admitted.under_way.is_empty() {
            let answer = Ok(admitted.answer);
            if let Some(key) = admitted.key {
                key.settle(&answer);
            }
            answer
        } else {
            let append = append(self.clone(), admitted, traceparent);
            self.tasks()
                .spawn(append)
                .await
                .unwrap_or_else(|_| Err(Failure::internal()))
        };
        match &answer {
            Ok(answer) => metrics::answered(answer),
            Err(failure) => metrics::failed(failure),
        }
        answer
    }
}

async fn append(
    gateway: Gateway,
    admitted: Admitted,
    traceparent: Option<String>,
) -> Result<Answer, Failure> {
    let Admitted {
        mut answer,
        mut fresh,
        under_way,
        key,
    } = admitted;
    let mut failed = None;
    if !fresh.is_empty() {
        let started = Instant::now();
        let outcomes = send(&gateway, &mut fresh, traceparent.as_deref()).await;
        metrics::committed(started.elapsed());
        for (Fresh { row, reserved, .. }, outcome) in fresh.into_iter().zip(outcomes) {
            let id = reserved.id();
            reserved.settle(&outcome);
            tell(&mut answer, &mut failed, row, id, outcome, false);
        }
    }
    for waiting in under_way {
        let UnderWay {
            row,
            id,
            told,
            repeat,
        } = waiting;
        let outcome = told.await.unwrap_or(Err(AppendError::Stopped));
        tell(&mut answer, &mut failed, row, id, outcome, repeat);
    }
    answer.accepted.sort_by_key(|accepted| accepted.row);
    answer.refused.sort_by_key(|refused| refused.row);
    let outcome = match failed {
        None => Ok(answer),
        Some(error) => Err(Failure {
            accepted: answer.accepted,
            ..Failure::of(&error)
        }),
    };
    if let Some(key) = key {
        key.settle(&outcome);
    }
    outcome
}

async fn send(gateway: &Gateway, fresh: &mut [Fresh], trace: Option<&str>) -> Vec<Outcome> {
    for row in &mut *fresh {
        row.reserved.sent();
    }
    let appender = gateway.appender(fresh.len());
    let outcomes = match fresh {
        [one] => vec![appender.append_traced(one.bytes.clone(), trace).await],
        many => {
            let records = many
                .iter_mut()
                .map(|fresh| std::mem::take(&mut fresh.bytes))
                .collect();
            appender.append_many(records).await
        }
    };
    outcomes
        .into_iter()
        .map(|outcome| outcome.map(|position| position.sequence))
        .collect()
}

fn tell(
    answer: &mut Answer,
    failed: &mut Option<AppendError>,
    row: usize,
    id: Uuid,
    outcome: Outcome,
    repeat: bool,
) {
    match outcome {
        Ok(position) => answer.accepted.push(Accepted {
            row,
            id,
            position,
            repeat,
        }),
        Err(AppendError::TooLarge { bytes, bytes_max }) => {
            let message = format!("the record takes {bytes} bytes, and at most {bytes_max} fit");
            let refusals = vec![Refusal::new(Code::BodyTooLarge, message)];
            answer.refused.push(Refused { row, refusals });
        }
        Err(error) => {
            failed.get_or_insert(error);
        }
    }
}

impl Admitted {
    fn take(&mut self, gateway: &Gateway, row: usize, made: &Made) {
        let bytes = Bytes::from(encode(&made.record));
        let id = made.record.id.0;
        let repeat = !made.own;
        // What was encoded a line above is a record.
        let Some(known) = known(&bytes) else { return };
        match gateway.recent().claim(known) {
            Claim::Yours(reserved) => self.fresh.push(Fresh {
                row,
                reserved,
                bytes,
            }),
            Claim::UnderWay(told) => self.under_way.push(UnderWay {
                row,
                id,
                told,
                repeat,
            }),
            Claim::Repeat(position) => {
                self.answer.accepted.push(Accepted {
                    row,
                    id,
                    position,
                    repeat,
                });
            }
            Claim::Conflict => {
                let message = "another record has this id, and says something else";
                let refusal = Refusal::new(Code::IdConflict, message);
                let refusals = vec![refusal.field("id").given(&id.to_string())];
                self.answer.refused.push(Refused { row, refusals });
            }
        }
    }
}
