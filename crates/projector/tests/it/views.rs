//! The latest views in the bucket: written, repaired, and never set back.

use std::time::Instant;

use bytes::Bytes;
use detente_api::view::LatestView;
use detente_jetstream::progress::ProgressListener;
use detente_jetstream::topology::{self, EVENTS, Projection, Replicas};
use detente_jetstream::views::{EntryStamp, ViewBucket};
use detente_jetstream::{Incarnation, stream_info};
use detente_testkit::nats::in_time;

use crate::history::{self, event, tick};
use crate::support::{Log, projection};

#[tokio::test]
async fn entries_that_are_missing_stale_or_foreign_are_put_right_at_the_next_start() {
    let log = Log::projected(&history::random(3, 60)).await;
    let views = log.views().await;
    assert!(views.len() > 20, "{} views", views.len());
    let keys: Vec<&str> = views.keys().map(String::as_str).collect();
    let bucket = ViewBucket::new(&log.connection);
    let revision = async |key: &str| {
        let head = bucket.head(key).await.expect("a read");
        head.map_or(0, |head| head.revision)
    };
    let stamp = |projection, position| EntryStamp {
        projection,
        position,
    };
    let other = Projection::new("another").expect("a name");
    // As a crash leaves it, a switch that was interrupted, and a client that has no business here.
    let missing = revision(keys[0]).await;
    bucket.delete(keys[0], missing).await.expect("a deletion");
    for (key, stamp) in [
        (keys[1], stamp(projection(), 1)),
        // As an earlier version wrote it, without the log.
        (keys[4], stamp(projection(), views[keys[4]].position)),
        (keys[2], stamp(other.clone(), 9_999)),
        ("AAA.ZZZ", stamp(other, 1)),
    ] {
        let put = bucket.put(key, &stamp, Bytes::from("{}"), revision(key).await);
        put.await.expect("a write");
    }
    let plain = log.bucket().await.expect("a bucket");
    plain.put(keys[3], "{}".into()).await.expect("a write");
    let head = async || {
        let head = stream_info::head(&log.connection, "KV_relations").await;
        head.expect("a head")
    };
    let before = head().await;
    let running = log.project().await;
    log.has_views(&views).await;
    running.stop().await;
    // Five views and a deletion: what was right is not written again, then or at another start.
    log.project_up_to(60).await;
    assert_eq!(head().await, before + 6);
    assert_eq!(log.views().await, views);
}

#[tokio::test]
async fn a_newer_entry_of_the_same_projection_stays() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let talks = |number, with| event(number, "talks.held", "AFG", with, "2023-04-01");
    let position = log.append(&[talks(1, "TJK"), talks(2, "UZB")]).await;
    let running = log.project().await;
    running.reaches(position).await;
    let both = async || (log.views().await.len() == 2).then_some(());
    detente_testkit::nats::eventually("both views", both).await;
    running.stop().await;
    let position = log.append(&[talks(3, "TJK"), talks(4, "UZB")]).await;
    // As another projector of the projection, which was killed, leaves it.
    let bucket = ViewBucket::of_log(&log.connection, log_incarnation(&log).await);
    let head = bucket.head("AFG.TJK").await.expect("a read");
    let head = head.expect("an entry");
    let stamp = EntryStamp {
        projection: projection(),
        position,
    };
    let newer = bucket.put("AFG.TJK", &stamp, "{}".into(), head.revision);
    let newer = newer.await.expect("a write");
    let running = log.project().await;
    running.reaches(position).await;
    running.stop().await;
    let stamp_of = async |key: &str| {
        let head = bucket.head(key).await.expect("a read");
        head.expect("an entry")
    };
    let uzbek = stamp_of("AFG.UZB").await.stamp.expect("a stamp");
    assert_eq!(uzbek.position, position);
    assert_eq!(stamp_of("AFG.TJK").await.revision, newer);
}

#[tokio::test]
async fn entries_of_a_longer_log_that_was_replaced_are_written_again() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let talks = |number, with| event(number, "talks.held", "AFG", with, "2023-04-01");
    let position = log.append(&[talks(1, "TJK"), talks(2, "UZB")]).await;
    let running = log.project().await;
    running.reaches(position).await;
    let both = async || (log.views().await.len() == 2).then_some(());
    detente_testkit::nats::eventually("both views", both).await;
    let views = log.views().await;
    running.stop().await;
    // Of a relation that the log has, of one that it does not have, and of another projection.
    let other = Projection::new("another").expect("a name");
    let bucket = ViewBucket::new(&log.connection);
    for (key, projection) in [
        ("AFG.TJK", projection()),
        ("KAZ.KGZ", projection()),
        ("AFG.UZB", other),
    ] {
        let head = bucket.head(key).await.expect("a read");
        let stamp = EntryStamp {
            projection,
            position: 1_000,
        };
        let revision = head.map_or(0, |head| head.revision);
        let put = bucket.put(key, &stamp, "{}".into(), revision).await;
        put.expect("a write");
    }
    let running = log.project().await;
    log.has_views(&views).await;
    let keys = async || {
        let heads = bucket.heads().await.expect("a read");
        let kept = heads.into_iter().filter(|(_, head)| !head.is_deleted);
        let kept: Vec<String> = kept.map(|(key, _)| key).collect();
        (kept == ["AFG.TJK", "AFG.UZB"]).then_some(())
    };
    detente_testkit::nats::eventually("only the relations of the log", keys).await;
    running.stop().await;
}

#[tokio::test]
async fn entries_of_a_log_that_was_made_again_are_written_again_though_it_is_longer_now() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let of = |number, kind, with| event(number, kind, "AFG", with, "2023-04-01");
    let position = log.append(&[of(1, "talks.held", "TJK")]).await;
    let running = log.project().await;
    running.reaches(position).await;
    let written = async || -> Option<LatestView> {
        let view = log.bucket().await?.get("AFG.TJK").await.expect("a read");
        serde_json::from_slice(&view?).ok()
    };
    let old = detente_testkit::nats::eventually("a view", written).await;
    running.stop().await;
    let of_old = ViewBucket::of_log(&log.connection, log_incarnation(&log).await);

    let client = async_nats::connect(log.nats.server.url()).await;
    let jetstream = async_nats::jetstream::new(client.expect("a plain client"));
    for stream in [EVENTS.to_owned(), projection().stream()] {
        let deleted = jetstream.delete_stream(stream).await;
        deleted.expect("a deletion");
    }
    let ensured = topology::ensure_events(&log.connection, Replicas::One).await;
    ensured.expect("a log");
    log.append(&[tick((2023, 4, 18))]).await;
    assert_eq!(
        log.append(&[of(2, "clash.occurred", "TJK")]).await,
        position
    );
    log.append(&[of(3, "talks.held", "UZB")]).await;
    // A late write of the old projector, by the clock of a server after the new log was made.
    let late = serde_json::to_vec(&old).expect("a view");
    let stamp = EntryStamp {
        projection: projection(),
        position,
    };
    let head = of_old.head("AFG.TJK").await.expect("a read");
    let put = of_old.put(
        "AFG.TJK",
        &stamp,
        late.into(),
        head.expect("an entry").revision,
    );
    put.await.expect("a write");
    let running = log.project().await;
    let other = async || written().await.filter(|view| view.conducts != old.conducts);
    detente_testkit::nats::eventually("the view of the other log", other).await;
    running.stop().await;
}

#[tokio::test]
async fn what_another_client_wrote_before_the_last_own_write_is_put_right() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let talks = |number, with| event(number, "talks.held", "AFG", with, "2023-04-01");
    let running = log.project().await;
    let position = log.append(&[talks(1, "TJK"), talks(2, "UZB")]).await;
    running.reaches(position).await;
    let both = async || (log.views().await.len() == 2).then_some(());
    detente_testkit::nats::eventually("both views", both).await;
    let bucket = ViewBucket::new(&log.connection);
    let head = bucket.head("AFG.TJK").await.expect("a read");
    let stamp = EntryStamp {
        projection: Projection::new("another").expect("a name"),
        position: 1,
    };
    let revision = head.expect("an entry").revision;
    let foreign = bucket.put("AFG.TJK", &stamp, "{}".into(), revision).await;
    foreign.expect("a write");
    let (wanted, last) = (position, log.append(&[talks(3, "UZB")]).await);
    running.reaches(last).await;
    let right = async || {
        let views = log.views().await;
        let position = |key: &str| views.get(key).map(|view| view.position);
        let found = (position("AFG.TJK"), position("AFG.UZB"));
        (found == (Some(wanted), Some(last))).then_some(())
    };
    detente_testkit::nats::eventually("the view of the projection", right).await;
    running.stop().await;
}

#[tokio::test]
async fn under_load_a_view_is_written_at_most_once_a_second_and_is_the_last_one() {
    let log = Log::start().await;
    let running = log.project().await;
    running.reaches(0).await;
    log.append(&[tick((2023, 4, 18))]).await;
    let started = Instant::now();
    let mut position = 0;
    for number in 1..=100 {
        let day = format!("2023-04-{:02}", 1 + number % 17);
        let clash = event(number, "clash.occurred", "TJK", "AFG", &day);
        position = log.append(&[clash]).await;
    }
    running.reaches(position).await;
    running.stop().await;
    // One at once, one at the end, and one a second in between.
    let most = started.elapsed().as_secs() + 2;
    let written = stream_info::head(&log.connection, "KV_relations").await;
    let written = written.expect("a head");
    assert!(written <= most, "{written} writes, at most {most}");
    assert_eq!(log.views().await["AFG.TJK"].position, position);
}

#[tokio::test]
async fn a_commit_that_changes_nothing_moves_the_view_and_the_progress_but_not_the_feed() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let clash = |number| event(number, "clash.occurred", "TJK", "AFG", "2023-04-01");
    let position = log.append(&[clash(1)]).await;
    log.project_up_to(position).await;
    let feed = log.feed().await;
    // One more report that nothing follows from, and ticks on which nothing lapses.
    let statement = event(9, "statement.critical", "TJK", "AFG", "2023-04-01");
    let touched = log.append(&[statement]).await;
    let quiet = log.append(&[tick((2023, 4, 19))]).await;
    let listener = ProgressListener::open(&log.connection, &projection()).await;
    let mut listener = listener.expect("a listener");
    // Restarted twice, it derives them again, and finds nothing new.
    for _ in 0..2 {
        let running = log.project().await;
        running.reaches(quiet).await;
        let said = async { while listener.next().await.position < quiet {} };
        in_time(said).await;
        running.stop().await;
        assert_eq!(log.feed().await, feed);
        assert_eq!(log.views().await["AFG.TJK"].position, touched);
    }
    let last = log
        .append(&[event(10, "talks.held", "TJK", "UZB", "2023-04-01")])
        .await;
    log.project_up_to(last).await;
    assert_eq!(log.feed().await.len(), feed.len() + 1);
}

/// Returns the incarnation of the log.
async fn log_incarnation(log: &Log) -> Incarnation {
    let end = stream_info::end(&log.connection, EVENTS).await;
    end.expect("a log").incarnation
}
