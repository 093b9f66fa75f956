//! The daily tick, a record by which the fold learns that a UTC day has begun.

use bytes::Bytes;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use detente_auth::LOCAL;
use detente_codec::record;
use detente_domain::day::Day;
use detente_domain::event::Authorship;
use detente_domain::record::{Body, Record, RecordId};
use detente_jetstream::appender::AppendError;
use detente_jetstream::leader;
use detente_jetstream::topology::EVENTS;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::dedup::{Claim, Outcome};
use crate::gateway::Gateway;
use crate::metrics;
use crate::place::Pending;
use crate::probe::Part;
use crate::recover::record_key;

/// The seconds of a day.
const SECONDS_A_DAY: i64 = 86_400;
/// The longest sleep before the clock is read again: it may have been set, or the machine may
/// have slept.
const CLOCK_CHECK: Duration = Duration::from_secs(1);

/// The timeout of the question what time it is on the server.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The reason why a day has no tick.
#[derive(Debug, thiserror::Error)]
pub enum TickError {
    /// It was not appended.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The clock differs from that of the server. A tick is for ever, so none is appended.
    #[error(
        "the clock of this machine says {own}, that of the NATS server {server}: set the one that \
         is wrong; until then no day begins"
    )]
    Clock {
        /// The time of this process.
        own: OffsetDateTime,
        /// The time of the server.
        server: OffsetDateTime,
    },
}

/// Why the present day has no tick.
#[derive(Debug, Default)]
pub(crate) struct TickState(Mutex<Option<(Part, String)>>);

impl TickState {
    /// Records that the day has no tick.
    pub(crate) fn failed(&self, error: &TickError) {
        let part = match error {
            TickError::Clock { .. } => Part::Clock,
            TickError::Append(_) => Part::Gateway,
        };
        // It is tried again every second.
        if self.check(part).is_ok() {
            tracing::warn!(%error, "the day has no tick yet");
        }
        self.set(Some((part, format!("the day has no tick: {error}"))));
    }

    fn set(&self, state: Option<(Part, String)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Checks a part.
    ///
    /// # Errors
    /// The reason why the day has no tick, if it is of this part.
    pub(crate) fn check(&self, part: Part) -> Result<(), String> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            Some((failing, reason)) if *failing == part => Err(reason.clone()),
            Some(_) | None => Ok(()),
        }
    }
}

/// Appends the tick of the current day, unless the log has it.
pub(crate) async fn today(gateway: &Gateway) -> Result<Day, TickError> {
    let now = gateway.now();
    let day = Day::of_utc(now);
    let body = Body::Tick { day };
    let authorship = Authorship {
        author: LOCAL.to_owned(),
        recorded: now,
    };
    let bytes = record::encode(&Record {
        id: RecordId(id_of(day)),
        authorship,
        body,
    });
    let Some(key) = record_key(&bytes) else {
        return Ok(day);
    };
    if gateway.parts.tables.recent.is_known(key.id) {
        return Ok(day);
    }
    compare_clocks(gateway, now).await?;
    let Claim::New(reserved) = gateway.parts.tables.recent.claim(key) else {
        return Ok(day);
    };
    let record = Bytes::from(bytes).into();
    let pending = vec![Pending { reserved, record }];
    let mut placed = gateway.place(&gateway.parts.tick, pending, None).await;
    match placed.pop() {
        Some(Outcome::Stored(position)) => metrics::ticked(day, position),
        // Another gateway was first.
        Some(Outcome::Repeat(_) | Outcome::Conflict) => {}
        Some(Outcome::Failed(error)) => return Err(error.into()),
        None => return Err(AppendError::Stopped.into()),
    }
    Ok(day)
}

/// Refuses a clock that differs from the server's. One that cannot be asked is not compared: nothing
/// can be appended then.
async fn compare_clocks(gateway: &Gateway, own: OffsetDateTime) -> Result<(), TickError> {
    let deps = &gateway.parts.deps;
    let Some(difference_max) = deps.clock_difference_max else {
        return Ok(());
    };
    let asked = leader::ask(&deps.connection, EVENTS, ANSWERS_WITHIN).await;
    match asked.ok().and_then(|leader| leader.time) {
        Some(server) if (server - own).unsigned_abs() > difference_max => {
            Err(TickError::Clock { own, server })
        }
        Some(_) | None => Ok(()),
    }
}

/// Appends a tick whenever a day begins. The latest tick stands for days that were missed.
pub(crate) async fn daily(gateway: Gateway, mut last: Option<Day>, cancel: CancellationToken) {
    loop {
        let wait = until_midnight(gateway.now()).min(CLOCK_CHECK);
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        if last.is_some_and(|last| Day::of_utc(gateway.now()) <= last) {
            continue;
        }
        match today(&gateway).await {
            Ok(day) => {
                last = Some(day);
                gateway.parts.ticking.set(None);
            }
            Err(error) => gateway.parts.ticking.failed(&error),
        }
    }
}

/// Returns the id of a day's tick: always the same, so that a repeat is harmless.
fn id_of(day: Day) -> Uuid {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:detente:tick");
    Uuid::new_v5(&namespace, day.to_string().as_bytes())
}

fn until_midnight(now: OffsetDateTime) -> Duration {
    let passed = now.unix_timestamp().rem_euclid(SECONDS_A_DAY);
    Duration::from_secs((SECONDS_A_DAY - passed).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_utc_day_of_the_moment() {
        let moment = |seconds| OffsetDateTime::from_unix_timestamp(seconds).expect("a moment");
        assert_eq!(Day::of_utc(moment(86_399)), Day::new(0));
        assert_eq!(Day::of_utc(moment(86_400)), Day::new(1));
        assert_eq!(Day::of_utc(moment(-1)), Day::new(-1));
        assert_eq!(until_midnight(moment(86_399)), Duration::from_secs(1));
        assert_eq!(until_midnight(moment(86_400)), Duration::from_secs(86_400));
        let plus_five = time::UtcOffset::from_hms(5, 0, 0).expect("an offset");
        assert_eq!(
            Day::of_utc(moment(86_399).to_offset(plus_five)),
            Day::new(0)
        );
    }

    #[test]
    fn the_id_of_a_tick_depends_on_the_day_alone() {
        assert_eq!(id_of(Day::new(5)), id_of(Day::new(5)));
        assert_ne!(id_of(Day::new(5)), id_of(Day::new(6)));
        assert_eq!(id_of(Day::new(5)).get_version_num(), 5);
    }
}
