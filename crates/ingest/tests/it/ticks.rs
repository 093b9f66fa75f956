//! The daily tick: first, once, and again when a day begins.

use std::sync::atomic::Ordering;

use detente_domain::day::Day;
use detente_domain::record::{Body, Record};

use crate::support::{NOON, Nats, event, eventually, in_time, log};

fn ticks(records: &[(u64, Record)]) -> Vec<(u64, Day)> {
    let ticks = records
        .iter()
        .filter_map(|(position, record)| match record.body {
            Body::Tick { day } => Some((*position, day)),
            _ => None,
        });
    ticks.collect()
}

#[tokio::test]
async fn a_day_has_one_tick_before_its_reports_even_after_restarts() {
    let nats = Nats::start().await;
    let noon = Day::from_ymd(2026, 3, 1).expect("a day");
    for _ in 0..3 {
        let (gateway, _, cancel) = nats.gateway().await;
        assert_eq!(gateway.health(), Ok(()));
        cancel.cancel();
        in_time(gateway.stopped()).await;
    }
    let server = nats.serve().await;
    server.post_json(&event(None, 1)).await;
    let records = log(&server.connection).await;
    assert_eq!(ticks(&records), [(1, noon)]);
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].1.id.0.get_version_num(), 5);
    server.close().await;
}

#[tokio::test]
async fn one_tick_of_the_latest_day_stands_for_missed_days() {
    let nats = Nats::start().await;
    let (gateway, clock, cancel) = nats.gateway().await;
    let connection = nats.connect().await;
    clock.store(NOON + 3 * 86_400, Ordering::SeqCst);
    eventually("the tick of the new day", async || {
        log(&connection).await.len() == 2
    })
    .await;
    clock.store(NOON, Ordering::SeqCst);
    cancel.cancel();
    in_time(gateway.stopped()).await;

    let first = Day::from_ymd(2026, 3, 1).expect("a day");
    let latest = Day::from_ymd(2026, 3, 4).expect("a day");
    assert_eq!(ticks(&log(&connection).await), [(1, first), (2, latest)]);
}
