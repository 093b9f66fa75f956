//! The day's tick: what tells the fold that a UTC day has begun.

use std::sync::atomic::Ordering;
use std::time::Duration;

use detente_auth::record::LOCAL;
use detente_codec::record;
use detente_domain::day::Day;
use detente_domain::event::Authorship;
use detente_domain::record::{Body, Record, RecordId};
use detente_jetstream::appender::AppendError;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::gateway::Gateway;
use crate::metrics;
use crate::rebuild::known;
use crate::recent::Claim;

/// The longest sleep before the clock is looked at again: it may have been set, or the machine
/// may have slept.
const LOOK: Duration = Duration::from_secs(1);

/// Appends the tick of the clock's day, unless the log's tail has it.
pub(crate) async fn today(gateway: &Gateway) -> Result<Day, AppendError> {
    let now = gateway.now();
    let day = day_of(now);
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
    let Some(known) = known(&bytes) else {
        return Ok(day);
    };
    let Claim::Yours(mut reserved) = gateway.recent().claim(known) else {
        return Ok(day);
    };
    reserved.sent();
    let outcome = gateway.tick_appender().append(bytes.into()).await;
    let outcome = outcome.map(|position| position.sequence);
    reserved.settle(&outcome);
    metrics::ticked(day, outcome?);
    Ok(day)
}

/// Appends a tick whenever a day begins. Days that were missed are caught up by the latest one.
pub(crate) async fn daily(gateway: Gateway, mut last: Day, stop: CancellationToken) {
    loop {
        let wait = until_midnight(gateway.now()).min(LOOK);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        if day_of(gateway.now()) <= last {
            continue;
        }
        match today(&gateway).await {
            Ok(day) => {
                last = day;
                gateway.tick_is_late().store(false, Ordering::Relaxed);
            }
            Err(error) => {
                tracing::warn!(%error, "the day's tick is late");
                gateway.tick_is_late().store(true, Ordering::Relaxed);
            }
        }
    }
}

/// The id of a day's tick: always the same, so that a repeat is harmless.
fn id_of(day: Day) -> Uuid {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:detente:tick");
    Uuid::new_v5(&namespace, day.to_string().as_bytes())
}

fn day_of(now: OffsetDateTime) -> Day {
    let days = now.unix_timestamp().div_euclid(SECONDS_A_DAY);
    Day::new(i32::try_from(days).unwrap_or(i32::MAX))
}

fn until_midnight(now: OffsetDateTime) -> Duration {
    let passed = now.unix_timestamp().rem_euclid(SECONDS_A_DAY);
    Duration::from_secs((SECONDS_A_DAY - passed).unsigned_abs())
}

const SECONDS_A_DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_utc_day_of_the_moment() {
        let moment = |seconds| OffsetDateTime::from_unix_timestamp(seconds).expect("a moment");
        assert_eq!(day_of(moment(86_399)), Day::new(0));
        assert_eq!(day_of(moment(86_400)), Day::new(1));
        assert_eq!(day_of(moment(-1)), Day::new(-1));
        assert_eq!(until_midnight(moment(86_399)), Duration::from_secs(1));
        assert_eq!(until_midnight(moment(86_400)), Duration::from_secs(86_400));
        let plus_five = time::UtcOffset::from_hms(5, 0, 0).expect("an offset");
        assert_eq!(day_of(moment(86_399).to_offset(plus_five)), Day::new(0));
    }

    #[test]
    fn the_id_of_a_tick_depends_on_the_day_alone() {
        assert_eq!(id_of(Day::new(5)), id_of(Day::new(5)));
        assert_ne!(id_of(Day::new(5)), id_of(Day::new(6)));
        assert_eq!(id_of(Day::new(5)).get_version_num(), 5);
    }
}
