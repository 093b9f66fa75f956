//! Projectors that stand by: they follow the log, and take over.

use std::time::{Duration, Instant};

use detente_jetstream::feed_writer::FeedWriterError;
use detente_jetstream::topology;
use detente_projector::Error;
use detente_testkit::nats::{eventually, in_time};

use crate::history::{Dice, event, random};
use crate::restarts::copy;
use crate::support::{Log, Running, projection};

/// Waits until one of two supervisors publishes and the other one does not. Returns that first.
async fn by_role(one: Running, other: Running) -> (Running, Running) {
    let roles = async || match (one.leads(), other.leads()) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    };
    let is_one = eventually("one publishes, the other stands by", roles).await;
    if is_one { (one, other) } else { (other, one) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stand_by_follows_and_takes_over_within_two_seconds() {
    let log = Log::with(&random(4, 60)).await;
    let first = log.stand_by().await;
    first.reaches(60).await;
    let second = log.stand_by().await;
    second.reaches(60).await;
    let (leader, stand_by) = by_role(first, second).await;
    let position = log
        .append(&[event(1, "talks.held", "TJK", "AFG", "2023-04-01")])
        .await;
    leader.reaches(position).await;
    // It is ready as a stand-by: it knows how far the feed is.
    stand_by.reaches(position).await;
    assert!(!stand_by.leads());

    leader.kill().await;
    let killed = Instant::now();
    let position = log
        .append(&[event(2, "clash.occurred", "TJK", "AFG", "2023-05-01")])
        .await;
    stand_by.reaches(position).await;
    let waited = killed.elapsed();
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    assert!(stand_by.leads());
    let views = log.views().await;
    stand_by.stop().await;
    let mut commits = random(4, 60);
    commits.push(vec![event(1, "talks.held", "TJK", "AFG", "2023-04-01")]);
    commits.push(vec![event(2, "clash.occurred", "TJK", "AFG", "2023-05-01")]);
    let alone = Log::projected(&commits).await;
    assert_eq!(log.changes().await, alone.changes().await);
    assert!(!views.is_empty());
    log.has_views(&alone.views().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projectors_that_take_over_from_each_other_publish_the_same_as_one_alone() {
    let commits = random(9, 240);
    let (before, mut rest) = commits.split_at(40);
    let log = Log::with(before).await;
    let mut dice = Dice::new(3);
    let mut running = log.stand_by().await;
    let mut kills = 0;
    while !rest.is_empty() {
        let next = log.stand_by().await;
        let (now, later) = rest.split_at(rest.len().min(10 + dice.roll(30) as usize));
        rest = later;
        let killing = async {
            for _ in 0..dice.roll(400) {
                tokio::task::yield_now().await;
            }
            running.kill().await;
        };
        tokio::join!(log.append_all(now), killing);
        running = next;
        kills += 1;
    }
    assert!(kills > 4, "{kills} kills");
    running.reaches(commits.len() as u64).await;
    running.stop().await;
    let alone = Log::projected(&commits).await;
    assert_eq!(log.changes().await, alone.changes().await);
    log.has_views(&alone.views().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_publish_one_is_fenced_and_stands_by() {
    let commits = random(5, 60);
    let log = Log::start().await;
    let one = log.stand_by().await;
    let other = log.stand_by().await;
    log.append_all(&commits).await;
    let end = commits.len() as u64;
    one.reaches(end).await;
    other.reaches(end).await;
    let (leader, stand_by) = by_role(one, other).await;
    assert!(!leader.task.is_finished() && !stand_by.task.is_finished());
    // Also one that has stood by since it was fenced ends cleanly.
    in_time(stand_by.stop()).await;
    leader.stop().await;
    let alone = Log::projected(&commits).await;
    assert_eq!(log.changes().await, alone.changes().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stand_by_publishes_what_a_feed_that_was_cut_off_has_lost() {
    let commits = random(6, 60);
    let log = Log::with(&commits).await;
    let first = log.stand_by().await;
    first.reaches(60).await;
    let second = log.stand_by().await;
    second.reaches(60).await;
    let (leader, stand_by) = by_role(first, second).await;
    let position = log
        .append(&[event(1, "talks.held", "TJK", "AFG", "2023-04-01")])
        .await;
    leader.reaches(position).await;
    stand_by.reaches(position).await;
    let (feed, changes) = (log.feed().await, log.changes().await);
    leader.kill().await;
    topology::delete_changes(&log.connection, &projection())
        .await
        .expect("a feed");
    let kept = feed.len() / 2;
    log.publish(feed[..kept].iter().map(copy).collect()).await;
    let complete = async || (log.feed().await.len() == feed.len()).then_some(());
    eventually("the lost messages", complete).await;
    assert_eq!(log.changes().await, changes);
    stand_by.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stand_by_ends_if_the_feed_that_it_is_to_take_over_has_lost_its_last_message() {
    let log = Log::with(&random(8, 20)).await;
    let leader = log.stand_by().await;
    leader.reaches(20).await;
    let stand_by = log.stand_by().await;
    stand_by.reaches(20).await;
    let (leader, stand_by) = by_role(leader, stand_by).await;
    leader.kill().await;
    log.lose_messages().await;
    let ended = in_time(stand_by.task).await.expect("a task");
    let Err(Error::Publish(FeedWriterError::LastMissing { .. })) = ended else {
        panic!("{ended:?}");
    };
}
