//! The archive is taken in turns, and nothing else of the process waits for one.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails where it fails"
)]

use std::sync::{Arc, mpsc};

use detente_api::request::{Clocks, DirectedPair, RelationRequest};
use detente_jetstream::topology::{self, Projection, Replicas};
use detente_read_model::health::health;
use detente_read_model::{
    ReadModel, ReadModelDeps, ReadRequest as _, ReadSource as _, SwitchState,
};
use detente_testkit::nats::{Nats, in_time};
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

fn start(nats: detente_jetstream::Connection, stop: &CancellationToken) -> ReadModel {
    let deps = ReadModelDeps {
        connection: nats,
        rules: Arc::new(detente_rulebook::default_rulebook().unwrap()),
        rulebook: detente_rulebook::DEFAULT.into(),
        projection: Projection::new("p").unwrap(),
        clock: Arc::new(|| OffsetDateTime::UNIX_EPOCH),
        metrics: None,
        probes: Vec::new(),
    };
    let state = watch::Sender::new(SwitchState::default());
    ReadModel::start(deps, stop.child_token(), state.subscribe())
}

/// On the only thread of its runtime: a task that waited for the archive would stop it for good.
#[tokio::test]
async fn health_and_other_tasks_go_on_while_the_archive_is_taken() {
    let nats = Nats::start().await;
    let (connection, stop) = (nats.connect().await, CancellationToken::new());
    topology::ensure_events(&connection, Replicas::One)
        .await
        .unwrap();
    let model = start(connection, &stop);
    let mut progress = model.progress();
    in_time(progress.wait_for(|now| now.replay_to.is_some()))
        .await
        .unwrap();
    let (release, held) = mpsc::channel::<()>();
    let (began, mut has_begun) = watch::channel(false);
    let taker = model.clone();
    let taken = tokio::spawn(async move {
        let hold = taker.with_archive(move |_| {
            began.send_replace(true);
            held.recv().unwrap();
        });
        hold.await;
    });
    in_time(has_begun.wait_for(|begun| *begun)).await.unwrap();
    let reader = model.clone();
    let read = tokio::spawn(async move {
        let request = RelationRequest {
            relation: DirectedPair::between("TJK", "AFG").unwrap(),
            clocks: Clocks::default(),
        };
        request.answer(&reader).await.unwrap().known_at
    });
    for _ in 0..100 {
        assert_eq!(health(&model).position, 0);
        tokio::task::yield_now().await;
    }
    assert!(!read.is_finished() && !taken.is_finished());
    release.send(()).unwrap();
    in_time(taken).await.unwrap();
    assert_eq!(in_time(read).await.unwrap(), 0);
}
