//! What stops a projector, and what it says then.

use detente_jetstream::reader::ReadError;
use detente_jetstream::relations::{Outgoing, RelationsWriter};
use detente_jetstream::topology::{REPORT, Replicas, ensure_relations};
use detente_projector::{Checkpoint, Error, State};

use crate::history::{event, tick};
use crate::support::{Nats, Running, in_time, projection};

/// Waits for the end of a projector that must fail, and for the word that it leaves.
async fn failure(running: Running) -> (Error, String) {
    let outcome = in_time(running.task).await.expect("a task");
    let State::Failed(reason) = running.handle.progress().borrow().state.clone() else {
        panic!("it has not failed: {outcome:?}");
    };
    (outcome.expect_err("a failure"), reason)
}

async fn last_told(nats: &Nats, name: &str, headers: Vec<(String, String)>) {
    let projection = projection(name);
    ensure_relations(&nats.connection, &projection, Replicas::One)
        .await
        .expect("a feed");
    let writer = RelationsWriter::open(&nats.connection, &projection).await;
    let (mut writer, _) = writer.expect("a writer");
    let outgoing = Outgoing {
        headers,
        ..Outgoing::new("AFG.KAZ", "{}")
    };
    in_time(writer.publish(vec![outgoing]))
        .await
        .expect("a message");
}

#[tokio::test]
async fn a_damaged_commit_stops_it_and_is_named() {
    let nats = Nats::start().await;
    let running = nats.project("p1").await;
    nats.append(&[tick((2023, 4, 18))]).await;
    let position = nats
        .append(&[event(1, "talks.held", "TJK", "AFG", "2023-04-01")])
        .await;
    running.reaches(position).await;
    let client = async_nats::connect(&nats.url).await.expect("a client");
    let jetstream = async_nats::jetstream::new(client);
    let sent = jetstream
        .publish(REPORT, "no commit of ours".into())
        .await
        .expect("a publish");
    sent.await.expect("an acknowledgement");
    let (error, reason) = failure(running).await;
    assert!(
        matches!(&error, Error::Read(ReadError::Digest { sequence: 3, .. })),
        "{error:?}"
    );
    assert!(reason.contains("message 3"), "{reason}");
    assert_eq!(nats.feed("p1").await.len(), 1);
}

#[tokio::test]
async fn a_feed_that_is_ahead_of_the_log_is_refused() {
    let nats = Nats::start().await;
    nats.append(&[tick((2023, 4, 18))]).await;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header("Detente-Position", "7"),
        header("Detente-From", "7"),
        header("Detente-Part", "1"),
        header("Detente-Parts", "1"),
    ];
    last_told(&nats, "p1", headers).await;
    let (error, reason) = failure(nats.project("p1").await).await;
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
        "the changes are told up to commit 7, but the log ends at 1"
    );
}

#[tokio::test]
async fn a_feed_without_a_checkpoint_is_refused() {
    let nats = Nats::start().await;
    last_told(&nats, "p1", Vec::new()).await;
    let (error, _) = failure(nats.project("p1").await).await;
    assert!(
        matches!(error, Error::Checkpoint { sequence: 1, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_group_that_comes_to_something_else_is_refused() {
    let nats = Nats::start().await;
    nats.append(&[tick((2023, 4, 18))]).await;
    nats.append(&[event(1, "talks.held", "TJK", "AFG", "2023-04-01")])
        .await;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header("Detente-Position", "2"),
        header("Detente-From", "1"),
        header("Detente-Part", "1"),
        header("Detente-Parts", "9"),
    ];
    last_told(&nats, "p1", headers).await;
    let (error, _) = failure(nats.project("p1").await).await;
    assert!(
        matches!(
            error,
            Error::Diverged {
                position: 2,
                told: 9,
                derived: 1
            }
        ),
        "{error:?}"
    );
}

#[test]
fn a_checkpoint_tells_whether_its_group_is_whole() {
    let checkpoint = Checkpoint {
        from: 1,
        position: 4,
        part: 2,
        parts: 3,
    };
    assert!(!checkpoint.is_whole());
    assert!(
        Checkpoint {
            part: 3,
            ..checkpoint
        }
        .is_whole()
    );
}
