//! The feed and the latest views, live and while catching up.

use std::collections::BTreeMap;

use detente_api::view::{LatestView, RelationView};
use detente_jetstream::Checkpoint;
use detente_jetstream::kv::KvBucket;
use detente_jetstream::topology::Bucket;
use detente_jetstream::views::ViewBucket;
use detente_testkit::nats::in_time;
use futures_util::StreamExt;

use crate::history::{self, event, tick};
use crate::support::{Log, checkpoint, parse, projection};

#[tokio::test]
async fn a_report_moves_the_feed_and_the_view() {
    let log = Log::start().await;
    let running = log.project().await;
    running.reaches(0).await;
    log.append(&[tick((2023, 4, 18))]).await;
    let position = log
        .append(&[event(1, "clash.occurred", "TJK", "AFG", "2023-04-01")])
        .await;
    running.reaches(position).await;

    let feed = log.feed().await;
    let [message] = feed.as_slice() else {
        panic!("one message, not {}", feed.len())
    };
    assert_eq!(message.subject, projection().subject("AFG.TJK"));
    let found = checkpoint(message);
    assert_eq!(
        (found.from, found.position, found.part, found.parts),
        (2, 2, 1, 1)
    );
    let parsed = parse(message);
    assert_eq!((parsed.relation.as_str(), parsed.position), ("AFG-TJK", 2));
    let security: Vec<_> = parsed
        .changes
        .iter()
        .filter(|c| c.dimension.as_str() == "security")
        .collect();
    let change = security.first().expect("security moved");
    assert_eq!(
        (&*change.from, change.occasion.as_str(), change.position),
        ("unknown", "happened", 2)
    );
    assert_eq!(change.day, "2023-04-01");
    assert_eq!(change.causes, [history::id(1)]);
    // Recorded on 2023-11-14.
    assert_eq!(change.lag_days, Some(227));

    let control = KvBucket::open(&log.connection, Bucket::Control)
        .await
        .expect("the control bucket");
    let active = control
        .active_projection()
        .await
        .expect("a look")
        .expect("an active projection");
    assert_eq!(active.value.projection, projection());
    let bucket = log.bucket().await.expect("the bucket");
    let mut watch = bucket.watch_with_history("AFG.TJK").await.expect("a watch");
    let entry = in_time(watch.next())
        .await
        .expect("an entry")
        .expect("a sound entry");
    let view: LatestView = serde_json::from_slice(&entry.value).expect("a view");
    assert_eq!((view.relation.as_str(), view.position), ("AFG-TJK", 2));
    assert_eq!(view.projection, projection().as_str());
    let ends = |view: &RelationView| (view.from.to_string(), view.to.to_string());
    let ends = [ends(&view.conducts[0]), ends(&view.conducts[1])];
    let [afg, tjk] = ["AFG", "TJK"].map(str::to_owned);
    assert_eq!(ends, [(afg.clone(), tjk.clone()), (tjk, afg)]);
    for view in &view.conducts {
        assert_eq!((view.at.as_str(), view.known_at), ("2023-04-18", 2));
        assert_eq!(view.projection, projection().as_str());
    }
    let head = ViewBucket::new(&log.connection).head("AFG.TJK").await;
    let head = head.expect("a read").expect("an entry");
    let stamp = head.stamp.expect("a projection and a position");
    assert_eq!((stamp.projection, stamp.position), (projection(), 2));
    running.stop().await;
}

#[tokio::test]
async fn a_commit_without_changes_is_passed_without_a_message() {
    let log = Log::start().await;
    let running = log.project().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let position = log.append(&[tick((2023, 4, 19))]).await;
    running.reaches(position).await;
    // A record that cannot be decoded, in a valid commit.
    let unread = log
        .appender
        .append("\u{1}\u{2}".into())
        .await
        .expect("a position");
    running.reaches(unread).await;
    assert_eq!(log.feed().await, []);
    let last = log
        .append(&[event(1, "talks.held", "TJK", "AFG", "2023-04-01")])
        .await;
    running.reaches(last).await;
    assert_eq!(log.feed().await.len(), 1);
    running.stop().await;
}

#[tokio::test]
async fn the_feed_is_the_same_live_and_after_catching_up() {
    let commits = history::log();
    let live = Log::start().await;
    let running = live.project().await;
    for commit in &commits {
        let position = live.append(commit).await;
        running.reaches(position).await;
    }
    running.stop().await;
    let behind = Log::projected(&commits).await;

    let (feed_live, feed_behind) = (live.feed().await, behind.feed().await);
    assert!(
        feed_live
            .iter()
            .all(|message| checkpoint(message).from == checkpoint(message).position)
    );
    let grouped = |m: &&detente_jetstream::Message| checkpoint(m).from < checkpoint(m).position;
    assert!(feed_behind.iter().filter(grouped).count() > 10);
    assert!(feed_behind.len() < feed_live.len());

    let changes = live.changes().await;
    assert!(changes.len() > 200, "{} changes", changes.len());
    assert_eq!(changes, behind.changes().await);
    assert_eq!(live.views().await, behind.views().await);
}

#[tokio::test]
async fn the_same_group_gives_the_same_bytes() {
    let commits = history::log();
    let mut feeds = Vec::new();
    for _ in 0..2 {
        let log = Log::projected(&commits[..150]).await;
        let messages = log.feed().await;
        let payloads = messages.into_iter().map(|message| {
            let Checkpoint {
                from,
                position,
                part,
                ..
            } = checkpoint(&message);
            ((from, position, part), message.payload)
        });
        feeds.push(payloads.collect::<BTreeMap<_, _>>());
    }
    // Near the head, how commits are grouped depends on timing.
    let (one, two) = (&feeds[0], &feeds[1]);
    let both: Vec<_> = one.keys().filter(|group| two.contains_key(group)).collect();
    assert!(both.len() > 20, "{} of {} messages", both.len(), one.len());
    for group in both {
        assert_eq!(one[group], two[group]);
    }
}
