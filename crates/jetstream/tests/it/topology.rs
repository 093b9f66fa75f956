//! Streams and buckets: created, checked, refused.

use async_nats::jetstream::stream::{Config, ConsumerLimits, Republish, Source, SubjectTransform};
use detente_jetstream::kv::{KvBucket, KvError};
use detente_jetstream::topology::{
    Bucket, EVENTS, Replicas, TopologyError, ensure_bucket, ensure_changes, ensure_events,
    ensure_relations_bucket,
};
use detente_jetstream::views::{EntryStamp, ViewBucket, WriteError};

use crate::support::{plain_jetstream, projection, with_events};
use detente_testkit::nats::{Nats, eventually};

#[tokio::test]
async fn streams_are_created_once_and_refused_when_they_differ() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let one = Replicas::One;
    let projection = projection("p1");
    for _ in 0..2 {
        ensure_events(&conn, one).await.expect("EVENTS");
        ensure_changes(&conn, &projection, one)
            .await
            .expect("CHANGES");
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

/// Changes a setting.
type Change<'a> = &'a dyn Fn(&mut Config);

#[tokio::test]
async fn a_log_with_any_setting_that_is_relied_on_changed_is_refused() {
    let nats = Nats::start().await;
    let conn = with_events(&nats).await;
    let js = plain_jetstream(&nats).await;
    let stream = js.get_stream(EVENTS).await.expect("EVENTS");
    let right = stream.cached_info().config.clone();
    let second = std::time::Duration::from_secs(1);
    let republish = Republish {
        source: ">".to_owned(),
        destination: "public.>".to_owned(),
        headers_only: false,
    };
    let limits = ConsumerLimits {
        inactive_threshold: second,
        max_ack_pending: 1,
    };
    let changed: [(&str, Change<'_>); 5] = [
        ("duplicate_window", &|config| {
            config.duplicate_window = second;
        }),
        ("max_consumers", &|config| config.max_consumers = 5),
        ("republish", &|config| {
            config.republish = Some(republish.clone());
        }),
        ("consumer_limits", &|config| {
            config.consumer_limits = Some(limits.clone());
        }),
        ("first_seq", &|config| config.first_sequence = Some(7)),
    ];
    for (field, change) in changed {
        js.delete_stream(EVENTS).await.expect("a deletion");
        let mut config = right.clone();
        change(&mut config);
        js.create_stream(&config).await.expect(field);
        match ensure_events(&conn, Replicas::One).await {
            Err(TopologyError::Mismatch { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    js.delete_stream(EVENTS).await.expect("a deletion");
    let mut longer = right.clone();
    longer.duplicate_window *= 2;
    js.create_stream(&longer).await.expect("a longer window");
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
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
async fn the_relations_bucket_of_version_0_1_loses_its_source_and_keeps_its_views() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let js = plain_jetstream(&nats).await;
    ensure_relations_bucket(&conn, Replicas::One)
        .await
        .expect("a bucket");
    let mut config = js.get_stream("KV_relations").await.expect("a bucket");
    let mut config = config.info().await.expect("its settings").config.clone();
    js.create_stream(Config {
        name: "RELATIONS_p".to_owned(),
        subjects: vec!["detente.relations.p.>".to_owned()],
        ..Config::default()
    })
    .await
    .expect("a feed of version 0.1");
    config.sources = Some(vec![Source {
        name: "RELATIONS_p".to_owned(),
        subject_transforms: vec![SubjectTransform {
            source: "detente.relations.p.*.*".to_owned(),
            destination: "$KV.relations.{{wildcard(1)}}.{{wildcard(2)}}".to_owned(),
        }],
        ..Source::default()
    }]);
    js.update_stream(&config).await.expect("a source");
    let publish = async |text: &'static str| {
        let sent = js.publish("detente.relations.p.AFG.KAZ", text.into()).await;
        sent.expect("sent").await.expect("stored");
    };
    let kv = js.get_key_value("relations").await.expect("a bucket");
    let get = async || kv.get("AFG.KAZ").await.expect("a read");
    publish("copied").await;
    eventually("the copy", async || get().await).await;
    for _ in 0..2 {
        ensure_relations_bucket(&conn, Replicas::One)
            .await
            .expect("a bucket");
    }
    publish("not copied").await;
    let bucket = ViewBucket::new(&conn);
    let heads = bucket.heads().await.expect("keys");
    let head = heads["AFG.KAZ"].clone();
    assert_eq!((head.stamp, head.is_deleted), (None, false));
    let stamp = EntryStamp {
        projection: projection("p"),
        position: 7,
    };
    let lost = bucket.put("AFG.KAZ", &stamp, "old".into(), 0).await;
    assert!(matches!(lost, Err(WriteError::Conflict)), "{lost:?}");
    let revision = bucket.put("AFG.KAZ", &stamp, "own".into(), head.revision);
    let revision = revision.await.expect("a write");
    assert_eq!(get().await.as_deref(), Some(b"own".as_slice()));
    let now = bucket.head("AFG.KAZ").await.expect("a read");
    let now = now.expect("an entry");
    assert_eq!((now.revision, now.stamp), (revision, Some(stamp)));
    bucket
        .delete("AFG.KAZ", revision)
        .await
        .expect("a deletion");
    assert_eq!(get().await, None);
    let heads = bucket.heads().await.expect("keys");
    assert!(heads["AFG.KAZ"].is_deleted);
}

#[tokio::test]
async fn a_relations_bucket_with_other_settings_is_refused() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let js = plain_jetstream(&nats).await;
    js.create_stream(Config {
        name: "KV_relations".to_owned(),
        subjects: vec!["$KV.relations.>".to_owned()],
        max_messages_per_subject: 5,
        ..Config::default()
    })
    .await
    .expect("another bucket");
    let refused = ensure_relations_bucket(&conn, Replicas::One).await;
    assert!(
        matches!(refused, Err(TopologyError::Mismatch { .. })),
        "{refused:?}"
    );
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
