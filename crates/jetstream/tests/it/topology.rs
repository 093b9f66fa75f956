//! Streams and buckets: created, checked, refused, switched.

use detente_jetstream::feed_writer::{FeedWriter, Outgoing};
use detente_jetstream::kv::{KvBucket, KvError};
use detente_jetstream::topology::{
    Bucket, EVENTS, Projection, Replicas, TopologyError, bucket_source, ensure_bucket,
    ensure_events, ensure_relations, set_bucket_source,
};
use futures_util::StreamExt;

use crate::support::{plain_jetstream, projection, with_events};
use detente_testkit::nats::{Nats, eventually, in_time};

#[tokio::test]
async fn streams_are_created_once_and_refused_when_they_differ() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let one = Replicas::One;
    let projection = projection("p1");
    for _ in 0..2 {
        ensure_events(&conn, one).await.expect("EVENTS");
        ensure_relations(&conn, &projection, one)
            .await
            .expect("RELATIONS");
        ensure_bucket(&conn, Bucket::Control, one)
            .await
            .expect("the control bucket");
    }

    let js = plain_jetstream(&nats).await;
    let stream = js.get_stream(EVENTS).await.expect("EVENTS");
    let mut config = stream.cached_info().config.clone();
    assert!(js.delete_stream(EVENTS).await.expect("a deletion").success);
    config.max_messages = 7;
    js.create_stream(&config).await.expect("another EVENTS");
    let refused = ensure_events(&conn, one).await.expect_err("a refusal");
    let text = refused.to_string();
    let TopologyError::Mismatch {
        stream,
        field,
        found,
        wanted,
    } = refused
    else {
        panic!("{text}");
    };
    assert_eq!((stream.as_str(), field), (EVENTS, "max_msgs"));
    assert_eq!((found.as_str(), wanted.as_str()), ("7", "none"));
    assert!(text.contains("max_msgs = 7"), "{text}");
}

#[tokio::test]
async fn nothing_can_be_deleted_from_events() {
    let nats = Nats::start().await;
    with_events(&nats).await;
    let js = plain_jetstream(&nats).await;
    js.publish("detente.events.tick", "x".into())
        .await
        .expect("sent")
        .await
        .expect("stored");
    let stream = js.get_stream(EVENTS).await.expect("EVENTS");
    assert!(stream.delete_message(1).await.is_err());
    assert!(stream.purge().await.is_err());
}

#[tokio::test]
async fn the_relations_bucket_holds_the_latest_views_of_its_source() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let [first, second] = ["p1", "p2"].map(projection);
    for projection in [&first, &second] {
        ensure_relations(&conn, projection, Replicas::One)
            .await
            .expect("RELATIONS");
    }
    assert_eq!(bucket_source(&conn).await.expect("no bucket"), None);
    let feed = async |projection: &Projection| {
        let fed = set_bucket_source(&conn, projection, Replicas::One).await;
        fed.expect("a bucket");
        let source = bucket_source(&conn).await.expect("a source");
        assert_eq!(source, Some(projection.stream()));
    };
    feed(&first).await;
    feed(&first).await;

    let (mut writer, last) = FeedWriter::open(&conn, &first).await.expect("a writer");
    assert_eq!(last, None);
    let view = |pair: &str, text: &str| Outgoing {
        subject_suffix: pair.to_owned(),
        headers: Vec::new(),
        payload: text.to_owned().into(),
    };
    // Pipelined, then as an atomic batch: both must arrive.
    writer
        .publish(vec![view("AFG.KAZ", "one"), view("AFG.UZB", "only first")])
        .await
        .expect("two");
    let many = (0..20).map(|n| view("AFG.KAZ", &format!("v{n}"))).collect();
    writer.publish(many).await.expect("a batch");

    let js = plain_jetstream(&nats).await;
    let kv = js
        .get_key_value("relations")
        .await
        .expect("a bucket like any other");
    let get = async |key: &str| kv.get(key).await.expect("a read").map(|v| v.to_vec());
    let is = async |key: &str, text: &str| (get(key).await? == text.as_bytes()).then_some(());
    eventually("the last view", async || is("AFG.KAZ", "v19").await).await;
    let mut watch = kv.watch("AFG.>").await.expect("a watch");
    writer
        .publish(vec![view("AFG.KAZ", "watched")])
        .await
        .expect("one");
    let entry = in_time(watch.next())
        .await
        .expect("an entry")
        .expect("a sound entry");
    assert_eq!(
        (entry.key.as_str(), entry.value.as_ref()),
        ("AFG.KAZ", b"watched".as_slice())
    );

    // The other projection has no AFG.UZB: the first one's view must be deleted.
    let (mut writer, _) = FeedWriter::open(&conn, &second).await.expect("a writer");
    writer
        .publish(vec![view("AFG.KAZ", "second")])
        .await
        .expect("one");
    feed(&second).await;
    eventually("the second's view", async || is("AFG.KAZ", "second").await).await;
    assert_eq!(get("AFG.UZB").await, None);
    writer
        .publish(vec![view("AFG.TJK", "new")])
        .await
        .expect("one");
    eventually("a later view", async || is("AFG.TJK", "new").await).await;

    // And back: the first one's views return.
    feed(&first).await;
    eventually("the first's view", async || is("AFG.KAZ", "watched").await).await;
    eventually("the first's view", async || {
        is("AFG.UZB", "only first").await
    })
    .await;
    nats.kill().await;
    let (mut writer, _) = FeedWriter::open(&conn, &first).await.expect("a writer");
    writer
        .publish(vec![view("AFG.KAZ", "after a kill")])
        .await
        .expect("one");
    eventually("a view after a kill", async || {
        is("AFG.KAZ", "after a kill").await
    })
    .await;
}

#[tokio::test]
async fn control_keys_are_set_by_compare_and_set() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_bucket(&conn, Bucket::Control, Replicas::One)
        .await
        .expect("the control bucket");
    let control = KvBucket::open(&conn, Bucket::Control)
        .await
        .expect("the control bucket");
    let [first, second, third] = ["p1", "p2", "p3"].map(projection);
    assert_eq!(control.active_projection().await.expect("a read"), None);
    let revision = control
        .set_active_projection(&first, None, None)
        .await
        .expect("a set");
    for stale in [None, Some(revision + 7)] {
        let refused = control.set_active_projection(&second, None, stale).await;
        assert!(
            matches!(refused, Err(KvError::Conflict { .. })),
            "{refused:?}"
        );
    }
    let active = async || {
        let active = control.active_projection().await.expect("a read");
        active.expect("a value")
    };
    let now = active().await;
    assert_eq!((&now.value.projection, now.revision), (&first, revision));
    assert_eq!(now.value.previous, None);
    let text = async || control.get("active_projection").await.expect("a read");
    assert_eq!(text().await.expect("a value").value, "p1");
    control
        .set_active_projection(&second, None, Some(revision))
        .await
        .expect("a set");
    assert_eq!(text().await.expect("a value").value, "p2");
    let before = control.revision().await.expect("a revision");
    let now = active().await;
    assert_eq!(now.value.previous, None);
    control
        .set_active_projection(&third, Some(&second), Some(now.revision))
        .await
        .expect("a switch");
    let switched = active().await;
    assert_eq!(switched.value.projection, third);
    assert_eq!(switched.value.previous, Some(second));
    assert!(control.revision().await.expect("a revision") > before);
    assert_eq!(text().await.expect("a value").value, "p3 p2");
    assert_eq!(control.candidate_projection().await.expect("a read"), None);

    let revision = control
        .set("webhook.a", "1".into(), None)
        .await
        .expect("a set");
    assert_eq!(control.keys("webhook.").await.expect("keys"), ["webhook.a"]);
    assert!(control.delete("webhook.a", revision + 1).await.is_err());
    control
        .delete("webhook.a", revision)
        .await
        .expect("a deletion");
    assert_eq!(control.get("webhook.a").await.expect("a read"), None);
    assert!(control.keys("webhook.").await.expect("keys").is_empty());
}
