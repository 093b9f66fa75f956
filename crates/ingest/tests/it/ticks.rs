//! The daily tick: first, once, and again when a day begins.

use std::sync::atomic::Ordering;
use std::time::Duration;

use detente_domain::day::Day;
use detente_domain::record::{Body, Record};
use detente_ingest::{Gateway, Part};
use detente_jetstream::leader;
use detente_jetstream::topology::EVENTS;
use tokio_util::sync::CancellationToken;

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

#[tokio::test]
async fn no_day_begins_while_the_clock_differs_from_that_of_the_server() {
    let nats = Nats::start().await;
    let (mut deps, clock) = nats.deps().await;
    let connection = deps.connection.clone();
    deps.clock_difference_max = Some(Duration::from_secs(300));
    let stop = CancellationToken::new();
    let gateway = Gateway::start(deps, stop.clone()).await.expect("a gateway");
    let failing = gateway.health().expect_err("a wrong clock");
    assert_eq!(failing.part, Part::Clock);
    assert!(failing.reason.contains("2026-03-01"), "{failing}");
    assert_eq!(ticks(&log(&connection).await), []);

    let within = Duration::from_secs(5);
    let server = leader::ask(&connection, EVENTS, within).await;
    let server = server.expect("an answer").time.expect("a time");
    clock.store(server.unix_timestamp(), Ordering::SeqCst);
    eventually("the clock is right", async || gateway.health().is_ok()).await;
    assert_eq!(ticks(&log(&connection).await), [(1, Day::of_utc(server))]);

    // Ten years ahead, once.
    clock.store(server.unix_timestamp() + 3_652 * 86_400, Ordering::SeqCst);
    eventually("the clock is wrong", async || {
        gateway.check(Part::Clock).is_err()
    })
    .await;
    assert_eq!(ticks(&log(&connection).await).len(), 1);
    stop.cancel();
    in_time(gateway.stopped()).await;
}
