//! What the feed and the bucket say, live and behind.

use std::collections::BTreeMap;

use detente_jetstream::control::Control;
use detente_jetstream::topology::relations_bucket_feed;
use detente_projector::Checkpoint;
use futures_util::StreamExt;

use crate::history::{event, log, tick};
use crate::support::{Nats, checkpoint, in_time, projection, told};

#[tokio::test]
async fn a_report_moves_the_feed_and_the_bucket() {
    let nats = Nats::start().await;
    let running = nats.project("p1").await;
    running.reaches(0).await;
    nats.append(&[tick((2023, 4, 18))]).await;
    let position = nats
        .append(&[event(1, "clash.occurred", "TJK", "AFG", "2023-04-01")])
        .await;
    running.reaches(position).await;

    let feed = nats.feed("p1").await;
    let [message] = feed.as_slice() else {
        panic!("one message, not {}", feed.len())
    };
    assert_eq!(message.subject, "detente.relations.p1.AFG.TJK");
    let found = checkpoint(message);
    assert_eq!(
        (found.from, found.position, found.part, found.parts),
        (2, 2, 1, 1)
    );
    let told = told(message);
    assert_eq!((told.relation.as_str(), told.position), ("AFG-TJK", 2));
    assert_eq!(
        (&*told.conducts[0].from, &*told.conducts[0].to),
        ("AFG", "TJK")
    );
    assert_eq!(
        (&*told.conducts[1].from, &*told.conducts[1].to),
        ("TJK", "AFG")
    );
    for view in &told.conducts {
        assert_eq!((view.at.as_str(), view.known_at), ("2023-04-18", 2));
        assert_eq!(view.projection, "p1");
    }
    let security: Vec<_> = told
        .changes
        .iter()
        .filter(|c| c.dimension == "security")
        .collect();
    let change = security.first().expect("security moved");
    assert_eq!(
        (&*change.from, &*change.occasion, change.position),
        ("unknown", "happened", 2)
    );
    assert_eq!(change.day, "2023-04-01");
    assert_eq!(change.causes, [crate::history::id(1)]);
    // Recorded on 2023-11-14.
    assert_eq!(change.lag_days, Some(227));

    let control = Control::open(&nats.connection)
        .await
        .expect("the control bucket");
    let active = control
        .active_projection()
        .await
        .expect("a look")
        .expect("an active projection");
    assert_eq!(active.value, projection("p1"));
    let client = async_nats::connect(&nats.url).await.expect("a client");
    let bucket = async_nats::jetstream::new(client)
        .get_key_value("relations")
        .await;
    let bucket = bucket.expect("the bucket");
    let mut watch = bucket.watch_with_history("AFG.TJK").await.expect("a watch");
    let entry = in_time(watch.next())
        .await
        .expect("an entry")
        .expect("a sound entry");
    assert_eq!(entry.value, message.payload);
    running.stop().await;
}

#[tokio::test]
async fn a_commit_that_moves_nothing_tells_nothing_and_is_passed() {
    let nats = Nats::start().await;
    let running = nats.project("p1").await;
    nats.append(&[tick((2023, 4, 18))]).await;
    let position = nats.append(&[tick((2023, 4, 19))]).await;
    running.reaches(position).await;
    // Somebody whom nobody understands, in a sound commit.
    let unread = nats
        .appender
        .append("\u{1}\u{2}".into())
        .await
        .expect("a position");
    running.reaches(unread.sequence).await;
    assert_eq!(nats.feed("p1").await, []);
    let last = nats
        .append(&[event(1, "talks.held", "TJK", "AFG", "2023-04-01")])
        .await;
    running.reaches(last).await;
    assert_eq!(nats.feed("p1").await.len(), 1);
    running.stop().await;
}

#[tokio::test]
async fn the_feed_is_the_same_live_and_from_behind() {
    let nats = Nats::start().await;
    let log = log();
    let live = nats.project("live").await;
    for commit in &log {
        let position = nats.append(commit).await;
        live.reaches(position).await;
    }
    live.stop().await;
    let end = log.len() as u64;
    nats.project_up_to("behind", end).await;

    let (feed_live, feed_behind) = (nats.feed("live").await, nats.feed("behind").await);
    assert!(
        feed_live
            .iter()
            .all(|message| checkpoint(message).from == checkpoint(message).position)
    );
    let grouped = |m: &&detente_jetstream::Message| checkpoint(m).from < checkpoint(m).position;
    assert!(feed_behind.iter().filter(grouped).count() > 10);
    assert!(feed_behind.len() < feed_live.len());

    let changes = nats.changes("live").await;
    assert!(changes.len() > 200, "{} changes", changes.len());
    assert_eq!(changes, nats.changes("behind").await);
    assert_eq!(nats.views("live").await, nats.views("behind").await);

    // The first projection is the active one, and feeds the bucket.
    let fed = relations_bucket_feed(&nats.connection)
        .await
        .expect("a look");
    assert_eq!(fed.as_deref(), Some("RELATIONS_live"));
}

#[tokio::test]
async fn the_same_commits_told_together_give_the_same_bytes() {
    let nats = Nats::start().await;
    let log = log();
    nats.append_all(&log[..150]).await;
    let mut told = Vec::new();
    for name in ["one", "two"] {
        nats.project_up_to(name, 150).await;
        let messages = nats.feed(name).await;
        let texts = messages.iter().map(|message| {
            let Checkpoint {
                from,
                position,
                part,
                ..
            } = checkpoint(message);
            let text = String::from_utf8(message.payload.to_vec()).expect("text");
            let text = text.replace(&format!("\"projection\":\"{name}\""), "");
            ((from, position, part), text)
        });
        told.push(texts.collect::<BTreeMap<_, _>>());
    }
    // Near the head, how commits are grouped depends on how fast they came.
    let (one, two) = (&told[0], &told[1]);
    let both: Vec<_> = one.keys().filter(|place| two.contains_key(place)).collect();
    assert!(both.len() > 20, "{} of {} messages", both.len(), one.len());
    for place in both {
        assert_eq!(one[place], two[place]);
    }
}
