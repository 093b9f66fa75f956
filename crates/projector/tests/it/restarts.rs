//! Killed at any point and restarted: no change is published twice or lost.

use std::time::Duration;

use detente_jetstream::Message;
use detente_jetstream::feed_writer::Outgoing;
use detente_projector::Error;
use detente_testkit::nats::in_time;

use crate::history::{self, Dice, random};
use crate::support::{Log, checkpoint};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projectors_that_are_killed_publish_the_same_as_one_that_is_not() {
    let commits = history::log();
    // A part of the log exists before; the rest is appended while projectors start and die.
    let (before, mut rest) = commits.split_at(100);
    let log = Log::with(before).await;
    let mut dice = Dice::new(7);
    let mut kills = 0;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(dice.roll(15) as usize));
        rest = later;
        let running = log.project().await;
        let mut progress = running.handle.progress.clone();
        let killing = async {
            for _ in 0..dice.roll(6) {
                let changed = tokio::time::timeout(Duration::from_secs(1), progress.changed());
                if changed.await.is_err() {
                    break;
                }
            }
            // Reach any point between two steps.
            for _ in 0..dice.roll(200) {
                tokio::task::yield_now().await;
            }
            running.kill().await;
        };
        tokio::join!(log.append_all(now), killing);
        kills += 1;
    }
    assert!(kills > 20, "{kills} kills");
    log.project_up_to(commits.len() as u64).await;
    let unharmed = Log::projected(&commits).await;
    let changes = log.changes().await;
    assert!(changes.len() > 200, "{} changes", changes.len());
    assert_eq!(changes, unharmed.changes().await);
    assert_eq!(log.views().await, unharmed.views().await);
}

/// Returns a message of another feed, to be published as it was.
pub(crate) fn copy(message: &Message) -> Outgoing {
    let tokens: Vec<&str> = message.subject.split('.').collect();
    Outgoing {
        subject_suffix: tokens[tokens.len() - 2..].join("."),
        headers: checkpoint(message).to_headers(),
        payload: message.payload.clone(),
    }
}

#[tokio::test]
async fn a_partly_published_group_is_completed() {
    let commits = random(3, 120);
    let end = commits.len() as u64;
    let (before, after) = commits.split_at(110);
    let whole = Log::projected(before).await;
    whole.append_all(after).await;
    whole.project_up_to(end).await;
    let feed = whole.feed().await;
    let changes = whole.changes().await;
    let first = checkpoint(&feed[0]);
    assert!(first.parts > 20 && first.from < first.position, "{first:?}");
    for cut in [
        1,
        first.parts / 2,
        first.parts - 1,
        first.parts,
        first.parts + 3,
    ] {
        let log = Log::with(&commits).await;
        log.publish(feed[..cut].iter().map(copy).collect()).await;
        log.project_up_to(end).await;
        assert_eq!(log.changes().await, changes, "cut after {cut}");
        let completed = log.feed().await;
        for (index, message) in completed.iter().take(first.parts).enumerate() {
            let found = checkpoint(message);
            assert_eq!((found.from, found.position), (first.from, first.position));
            assert_eq!((found.part, found.parts), (index + 1, first.parts));
        }
    }
}

#[tokio::test]
async fn of_two_projectors_one_is_fenced_and_the_feed_is_complete() {
    let commits = random(5, 60);
    let log = Log::start().await;
    let mut running = Vec::new();
    for _ in 0..2 {
        let projector = log.project().await;
        projector.reaches(0).await;
        running.push(projector);
    }
    log.append_all(&commits).await;
    let (one, other) = (running.remove(0), running.remove(0));
    let cancels = [one.cancel.clone(), other.cancel.clone()];
    let (mut one, mut other) = (one.task, other.task);
    let (fenced, survivor) = tokio::select! {
        outcome = in_time(&mut one) => (outcome, other),
        outcome = in_time(&mut other) => (outcome, one),
    };
    let fenced = fenced.expect("a task");
    assert!(matches!(fenced, Err(Error::Fenced { .. })), "{fenced:?}");
    // The other one keeps running; a new one can take over after it.
    for cancel in cancels {
        cancel.cancel();
    }
    in_time(survivor)
        .await
        .expect("a task")
        .expect("the winner goes on");
    log.project_up_to(commits.len() as u64).await;
    let alone = Log::projected(&commits).await;
    assert_eq!(log.changes().await, alone.changes().await);
}
