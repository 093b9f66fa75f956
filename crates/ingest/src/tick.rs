//! The daily tick, a record by which the fold learns that a UTC day has begun.

use std::sync::atomic::Ordering;
use std::time::Duration;

use detente_auth::LOCAL;
use detente_codec::record;
use detente_domain::day::Day;
use detente_domain::event::Authorship;
use detente_domain::record::{Body, Record, RecordId};
use detente_jetstream::appender::AppendError;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::dedup::Claim;
use crate::gateway::Gateway;
use crate::metrics;
use crate::recover::record_key;

/// The seconds of a day.
const SECONDS_A_DAY: i64 = 86_400;
/// The longest sleep before the clock is read again: it may have been set, or the machine may
/// have slept.
const CLOCK_CHECK: Duration = Duration::from_secs(1);

/// Appends the tick of the current day, unless the tail of the log has it.
pub(crate) async fn today(gateway: &Gateway) -> Result<Day, AppendError> {
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
    let Claim::New(mut reserved) = gateway.parts.recent.claim(key) else {
        return Ok(day);
    };
    reserved.sent();
    let outcome = gateway.parts.tick.append(bytes.into()).await;
    reserved.settle(&outcome);
    metrics::ticked(day, outcome?);
    Ok(day)
}

/// Appends a tick whenever a day begins. The latest tick stands for days that were missed.
pub(crate) async fn daily(gateway: Gateway, mut last: Day, cancel: CancellationToken) {
    loop {
        let wait = until_midnight(gateway.now()).min(CLOCK_CHECK);
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        if Day::of_utc(gateway.now()) <= last {
            continue;
        }
        match today(&gateway).await {
            Ok(day) => {
                last = day;
                gateway.parts.tick_is_late.store(false, Ordering::Relaxed);
            }
            Err(error) => {
                tracing::warn!(%error, "the day's tick could not be appended and is retried");
                gateway.parts.tick_is_late.store(true, Ordering::Relaxed);
            }
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
