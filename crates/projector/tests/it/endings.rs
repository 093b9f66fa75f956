//! The conditions that stop a projector, and the error in its progress.

use detente_jetstream::feed_writer::{FeedWriter, FeedWriterError, Outgoing};
use detente_jetstream::topology::{self, REPORT, Replicas};
use detente_jetstream::{Checkpoint, commit};
use detente_projector::{Error, State};
use detente_rulebook_store::RulebookStore;
use detente_testkit::nats::{Nats, in_time};

use crate::history::{event, tick};
use crate::support::{Log, Running};

const WHOLE: Checkpoint = Checkpoint {
    from: 7,
    position: 7,
    part: 1,
    parts: 1,
    digest: 0,
};

/// Waits for the end of a supervisor that must fail, and returns its error and the one in its
/// progress.
async fn failure(running: Running) -> (Error, String) {
    let outcome = in_time(running.task).await.expect("a task");
    let State::Failed(reason) = running.handle.progress.borrow().state.clone() else {
        panic!("it has not failed: {outcome:?}");
    };
    (outcome.expect_err("a failure"), reason)
}

/// Publishes the last message of a feed.
async fn publish_last(log: &Log, headers: Vec<(String, String)>) {
    let message = Outgoing {
        subject_suffix: "AFG.KAZ".to_owned(),
        headers,
        payload: "{}".into(),
    };
    log.publish(vec![message]).await;
}

#[tokio::test]
async fn a_stream_that_the_server_refuses_to_make_stops_it() {
    let nats = Nats::start().await;
    let client = async_nats::connect(nats.server.url()).await;
    let jetstream = async_nats::jetstream::new(client.expect("a client"));
    let other = async_nats::jetstream::stream::Config {
        name: "OTHER".to_owned(),
        subjects: vec!["detente.events.>".to_owned()],
        ..Default::default()
    };
    jetstream.create_stream(other).await.expect("a stream");
    let (error, reason) = failure(Running::start(&nats, false).await).await;
    assert!(matches!(error, Error::Topology(_)), "{error:?}");
    assert!(reason.contains("subjects overlap"), "{reason}");
}

#[tokio::test]
async fn a_foreign_message_in_the_log_has_no_effect() {
    let log = Log::start().await;
    let running = log.project().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let position = log
        .append(&[event(1, "talks.held", "TJK", "AFG", "2023-04-01")])
        .await;
    running.reaches(position).await;
    let client = async_nats::connect(log.nats.server.url())
        .await
        .expect("a client");
    let jetstream = async_nats::jetstream::new(client);
    let sent = jetstream
        .publish(REPORT, "no commit of ours".into())
        .await
        .expect("a publish");
    sent.await.expect("an acknowledgement");
    let position = log
        .append(&[event(2, "talks.held", "KAZ", "AFG", "2023-04-02")])
        .await;
    assert_eq!(position, 4);
    running.reaches(position).await;
    running.stop().await;
    // Another start reads the log again, and continues.
    let running = log.project().await;
    let position = log
        .append(&[event(3, "talks.held", "UZB", "AFG", "2023-04-03")])
        .await;
    running.reaches(position).await;
    running.stop().await;
    assert_eq!(log.feed().await.len(), 3);
}

#[tokio::test]
async fn a_feed_that_is_ahead_of_the_log_is_refused() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    publish_last(&log, WHOLE.to_headers()).await;
    let (error, reason) = failure(log.project().await).await;
    assert!(
        matches!(
            error,
            Error::Ahead {
                position: 7,
                head: 1
            }
        ),
        "{error:?}"
    );
    assert_eq!(
        reason,
        "the changes are published up to commit 7, but the log ends at 1; if the log is right, \
         `detente rebuild` makes another feed"
    );
}

#[tokio::test]
async fn a_feed_of_another_log_is_refused() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let digest = log.digest(1).await;
    let other = Checkpoint {
        from: 1,
        position: 1,
        digest: digest ^ 1,
        ..WHOLE
    };
    publish_last(&log, other.to_headers()).await;
    let (error, reason) = failure(log.project().await).await;
    let Error::OtherLog {
        position: 1, found, ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!(found, commit::hex(digest));
    assert!(reason.contains("is not the one that"), "{reason}");
}

#[tokio::test]
async fn a_feed_without_a_checkpoint_is_refused() {
    let log = Log::start().await;
    publish_last(&log, Vec::new()).await;
    let (error, _) = failure(log.project().await).await;
    assert!(
        matches!(error, Error::Checkpoint { sequence: 1, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn it_ends_if_the_feed_that_is_to_replace_a_damaged_one_is_damaged_too() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    let running = log.project().await;
    running.reaches(1).await;
    running.stop().await;
    let store = RulebookStore::open(&log.connection).await.expect("a store");
    let rebuild = store.rebuild().await.expect("a write").expect("a rulebook");
    // A second run goes on with the first one.
    let again = store.rebuild().await.expect("a read").expect("a rulebook");
    assert_eq!(
        (&again.projection, again.is_new),
        (&rebuild.projection, false)
    );
    publish_last(&log, Vec::new()).await;
    topology::ensure_changes(&log.connection, &rebuild.projection, Replicas::One)
        .await
        .expect("a feed");
    let writer = FeedWriter::open(&log.connection, &rebuild.projection).await;
    let (mut writer, _) = writer.expect("a writer");
    let foreign = Outgoing {
        subject_suffix: "AFG.KAZ".to_owned(),
        headers: Vec::new(),
        payload: "{}".into(),
    };
    in_time(writer.publish(vec![foreign]))
        .await
        .expect("a message");
    let (error, reason) = failure(log.project().await).await;
    let stream = crate::support::projection().stream();
    assert!(
        matches!(&error, Error::Checkpoint { stream: damaged, .. } if *damaged == stream),
        "{error:?}"
    );
    assert!(reason.contains("has no checkpoint"), "{reason}");
    // The next rebuild does not go on with one that has failed, and leaves nothing of it behind.
    let third = store.rebuild().await.expect("a write").expect("a rulebook");
    assert!(third.is_new && third.projection != rebuild.projection);
    let snapshot = store.load().await.expect("a read");
    assert!(snapshot.dropped.contains(&rebuild.projection));
    assert!(!snapshot.stored.contains_key(&rebuild.projection));
}

#[tokio::test]
async fn a_feed_without_its_last_message_is_refused_also_by_one_that_stands_by() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    publish_last(&log, WHOLE.to_headers()).await;
    log.lose_messages().await;
    for running in [log.project().await, log.stand_by().await] {
        let (error, reason) = failure(running).await;
        let Error::Publish(FeedWriterError::LastMissing { sequence: 1, .. }) = error else {
            panic!("{error:?}");
        };
        assert!(reason.contains("`detente rebuild` makes"), "{reason}");
    }
}

#[tokio::test]
async fn a_partial_group_with_another_number_of_messages_is_refused() {
    let log = Log::start().await;
    log.append(&[tick((2023, 4, 18))]).await;
    log.append(&[event(1, "talks.held", "TJK", "AFG", "2023-04-01")])
        .await;
    let partial = Checkpoint {
        from: 1,
        position: 2,
        part: 1,
        parts: 9,
        digest: log.digest(2).await,
    };
    publish_last(&log, partial.to_headers()).await;
    let (error, _) = failure(log.project().await).await;
    assert!(
        matches!(
            error,
            Error::Diverged {
                position: 2,
                published: 9,
                derived: 1
            }
        ),
        "{error:?}"
    );
}
