//! Workers that have stopped, of the active projection and of a candidate.

use detente_jetstream::stream_info::StreamInfoError;
use detente_rulebook::{DEFAULT, Origin};
use detente_testkit::nats::Nats;
use tokio_util::task::AbortOnDropHandle;

use super::*;
use crate::supervisor::SupervisorConfig;

/// The names of the projections: the active one, and the candidate.
struct Two {
    active: Projection,
    candidate: Projection,
}

/// Opens a supervisor with a candidate that is being built.
async fn supervisor(nats: &Nats) -> (Supervisor, Two) {
    let compile = |text: &str| CompiledRulebook::parse(text.as_bytes(), Origin::Shipped);
    let own = compile(DEFAULT).expect("a sound rulebook");
    let next = compile(&DEFAULT.replace("words = 270", "words = 365")).expect("a sound one");
    let config = SupervisorConfig {
        connection: nats.connect().await,
        own: own.clone(),
        replicas: detente_jetstream::topology::Replicas::One,
        standby: false,
    };
    let (progress, candidate) = (watch::Sender::default(), watch::Sender::default());
    let opened = Supervisor::open(config, progress, candidate).await;
    let mut supervisor = opened.expect("a store");
    supervisor.store.put(&next).await.expect("it is stored");
    let nominated = supervisor.store.nominate(&next.projection).await;
    nominated.expect("a candidate");
    supervisor.registry = supervisor.store.load().await.expect("the store");
    let two = Two {
        active: own.projection,
        candidate: next.projection,
    };
    (supervisor, two)
}

impl Supervisor {
    /// Puts a worker in place that has stopped with an error.
    async fn stopped(&mut self, projection: &Projection, error: Error) {
        let task = AbortOnDropHandle::new(tokio::spawn(async { Err(error) }));
        while !task.is_finished() {
            tokio::task::yield_now().await;
        }
        let worker = Worker {
            progress: watch::Sender::default().subscribe(),
            in_force: watch::Sender::new(false),
            cancel: CancellationToken::new(),
            state: WorkerState::Running(task),
            has_failed: false,
            failures: Failures::default(),
            error: None,
        };
        self.workers.insert(projection.clone(), worker);
    }

    async fn noted(&self) -> Vec<Projection> {
        let registry = self.store.load().await.expect("the store");
        registry.failed.into_keys().collect()
    }
}

fn damaged(projection: &Projection) -> Error {
    Error::Checkpoint {
        stream: projection.stream(),
        sequence: 1,
    }
}

fn timed_out(projection: &Projection) -> Error {
    Error::StreamInfo(StreamInfoError::Server {
        stream: projection.stream(),
        source: "timed out".into(),
    })
}

#[tokio::test]
async fn a_candidate_that_nats_did_not_answer_may_still_replace_a_damaged_feed() {
    let nats = Nats::start().await;
    let (mut supervisor, Two { active, candidate }) = supervisor(&nats).await;
    supervisor.stopped(&active, damaged(&active)).await;
    supervisor.stopped(&candidate, timed_out(&candidate)).await;
    let collected = supervisor.collect_exited().await;
    collected.expect("the candidate is built all the same");
    assert_eq!(supervisor.noted().await, std::slice::from_ref(&active));

    supervisor.stopped(&candidate, damaged(&candidate)).await;
    let collected = supervisor.collect_exited().await;
    let is_of_active =
        matches!(&collected, Err(Error::Checkpoint { stream, .. }) if *stream == active.stream());
    assert!(is_of_active, "{collected:?}");
}

#[tokio::test]
async fn the_active_projection_is_started_again_when_nats_did_not_answer() {
    let nats = Nats::start().await;
    let (mut supervisor, Two { active, .. }) = supervisor(&nats).await;
    supervisor.registry.candidate = None;
    supervisor.stopped(&active, timed_out(&active)).await;
    let collected = supervisor.collect_exited().await;
    collected.expect("it is started again");
    assert!(supervisor.noted().await.is_empty());
}
