//! Killed at any point and started again: nothing twice, nothing missing.

use std::time::Duration;

use detente_jetstream::Message;
use detente_jetstream::relations::{Outgoing, RelationsWriter};
use detente_jetstream::topology::{Replicas, ensure_relations};
use detente_projector::Error;

use crate::history::{Dice, log, random};
use crate::support::{Nats, checkpoint, in_time, projection};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projector_that_is_killed_again_and_again_tells_what_an_unharmed_one_tells() {
    let nats = Nats::start().await;
    let log = log();
    let end = log.len() as u64;
    // A part of the log is there before; the rest comes while projectors live and die.
    let (before, mut rest) = log.split_at(100);
    nats.append_all(before).await;
    let mut dice = Dice::new(7);
    let mut deaths = 0;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(dice.roll(15) as usize));
        rest = later;
        let running = nats.project("killed").await;
        let mut progress = running.handle.progress();
        let dying = async {
            for _ in 0..dice.roll(6) {
                let changed = tokio::time::timeout(Duration::from_secs(1), progress.changed());
                if changed.await.is_err() {
                    break;
                }
            }
            // Let it come to any point between two steps.
            for _ in 0..dice.roll(200) {
                tokio::task::yield_now().await;
            }
            running.kill().await;
        };
        tokio::join!(nats.append_all(now), dying);
        deaths += 1;
    }
    assert!(deaths > 20, "{deaths} deaths");
    nats.project_up_to("killed", end).await;
    nats.project_up_to("unharmed", end).await;
    let changes = nats.changes("killed").await;
    assert!(changes.len() > 200, "{} changes", changes.len());
    assert_eq!(changes, nats.changes("unharmed").await);
    assert_eq!(nats.views("killed").await, nats.views("unharmed").await);
}

/// Writes the beginning of a feed into another one, as a projector that died would leave it.
async fn begin(nats: &Nats, name: &str, messages: &[Message]) {
    let projection = projection(name);
    ensure_relations(&nats.connection, &projection, Replicas::One)
        .await
        .expect("a feed");
    let writer = RelationsWriter::open(&nats.connection, &projection).await;
    let (mut writer, _) = writer.expect("a writer");
    for message in messages {
        let headers = [
            "Detente-Position",
            "Detente-From",
            "Detente-Part",
            "Detente-Parts",
        ];
        let header = |name: &str| {
            (
                name.to_owned(),
                message.headers.get(name).expect("a header").to_owned(),
            )
        };
        let outgoing = Outgoing {
            subject_suffix: message
                .subject
                .rsplitn(3, '.')
                .take(2)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect::<Vec<_>>()
                .join("."),
            headers: headers.map(header).to_vec(),
            payload: message.payload.clone(),
        };
        in_time(writer.publish(vec![outgoing]))
            .await
            .expect("a message");
    }
}

#[tokio::test]
async fn a_group_that_was_told_in_part_is_told_to_its_end() {
    let nats = Nats::start().await;
    let log = random(3, 120);
    let end = log.len() as u64;
    let (before, after) = log.split_at(110);
    nats.append_all(before).await;
    nats.project_up_to("whole", 110).await;
    nats.append_all(after).await;
    nats.project_up_to("whole", end).await;
    let whole = nats.feed("whole").await;
    let changes = nats.changes("whole").await;
    let first = checkpoint(&whole[0]);
    assert!(first.parts > 20 && first.from < first.position, "{first:?}");
    for cut in [
        1,
        first.parts / 2,
        first.parts - 1,
        first.parts,
        first.parts + 3,
    ] {
        let name = format!("cut_{cut}");
        begin(&nats, &name, &whole[..cut]).await;
        nats.project_up_to(&name, end).await;
        assert_eq!(nats.changes(&name).await, changes, "cut after {cut}");
        let feed = nats.feed(&name).await;
        for (place, message) in feed.iter().take(first.parts).enumerate() {
            let found = checkpoint(message);
            assert_eq!((found.from, found.position), (first.from, first.position));
            assert_eq!((found.part, found.parts), (place + 1, first.parts));
        }
    }
}

#[tokio::test]
async fn of_two_projectors_one_is_fenced_and_the_feed_is_whole() {
    let nats = Nats::start().await;
    let log = random(5, 60);
    let mut running = Vec::new();
    for _ in 0..2 {
        let projector = nats.project("both").await;
        projector.reaches(0).await;
        running.push(projector);
    }
    nats.append_all(&log).await;
    let end = log.len() as u64;
    let (one, other) = (running.remove(0), running.remove(0));
    let cancels = [one.cancel.clone(), other.cancel.clone()];
    let (mut one, mut other) = (one.task, other.task);
    let (fenced, survivor) = tokio::select! {
        outcome = in_time(&mut one) => (outcome, other),
        outcome = in_time(&mut other) => (outcome, one),
    };
    let fenced = fenced.expect("a task");
    assert!(matches!(fenced, Err(Error::Fenced { .. })), "{fenced:?}");
    // The other one goes on; and a standby takes over after it.
    for cancel in cancels {
        cancel.cancel();
    }
    in_time(survivor)
        .await
        .expect("a task")
        .expect("the winner goes on");
    nats.project_up_to("both", end).await;
    nats.project_up_to("alone", end).await;
    assert_eq!(nats.changes("both").await, nats.changes("alone").await);
}
