//! Workers that have stopped, of the active projection and of a candidate.

use detente_jetstream::stream_info::StreamInfoError;
use detente_jetstream::topology::{self, Replicas};
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
        replicas: Replicas::One,
        standby: false,
        retries: false,
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
        let before = self.workers.remove(projection);
        let worker = Worker {
            progress: watch::Sender::default().subscribe(),
            in_force: watch::Sender::new(false),
            cancel: CancellationToken::new(),
            state: WorkerState::Running(task),
            was_live: before.as_ref().is_some_and(|before| before.was_live),
            has_failed: false,
            failures: before.map_or_else(Failures::default, |before| before.failures),
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

#[tokio::test]
async fn a_candidate_that_the_server_refuses_is_noted_and_replaces_nothing() {
    let nats = Nats::start().await;
    let (mut supervisor, Two { active, candidate }) = supervisor(&nats).await;
    let client = async_nats::connect(nats.server.url()).await;
    let jetstream = async_nats::jetstream::new(client.expect("a client"));
    let other = async_nats::jetstream::stream::Config {
        name: "OTHER".to_owned(),
        subjects: vec!["detente.changes.>".to_owned()],
        ..Default::default()
    };
    jetstream.create_stream(other).await.expect("a stream");
    let connection = &supervisor.config.connection;
    let refused = topology::ensure_changes(connection, &candidate, Replicas::One).await;
    let refused = refused.expect_err("subjects that overlap");
    supervisor.stopped(&active, damaged(&active)).await;
    supervisor.stopped(&candidate, refused.into()).await;
    let collected = supervisor.collect_exited().await;
    assert!(
        matches!(collected, Err(Error::Checkpoint { .. })),
        "{collected:?}"
    );
    let noted = supervisor.noted().await;
    assert!(noted.contains(&candidate), "{noted:?}");
}

#[tokio::test]
async fn a_candidate_that_nats_never_answers_is_noted_without_an_end() {
    let nats = Nats::start().await;
    let (mut supervisor, Two { active, candidate }) = supervisor(&nats).await;
    supervisor.stopped(&active, damaged(&active)).await;
    for _ in 0..TRANSIENT_MAX {
        assert!(!supervisor.noted().await.contains(&candidate));
        supervisor.stopped(&candidate, timed_out(&candidate)).await;
        let collected = supervisor.collect_exited().await;
        collected.expect("it may be built yet");
    }
    assert!(supervisor.noted().await.contains(&candidate));
}

#[tokio::test]
async fn a_projector_that_is_started_again_tells_why_until_it_goes_on() {
    let nats = Nats::start().await;
    let (mut supervisor, Two { active, .. }) = supervisor(&nats).await;
    supervisor.stopped(&active, timed_out(&active)).await;
    let worker = supervisor.workers.get_mut(&active).expect("a worker");
    let told = State::Stopped("timed out".to_owned());
    let (progress, seen) = watch::channel(Progress::default());
    progress.send_modify(|progress| progress.state = told.clone());
    (worker.progress, worker.state) = (seen, WorkerState::Waiting(Instant::now()));
    supervisor.collect_exited().await.expect("a start");
    let mut progress = supervisor.workers[&active].progress.clone();
    assert_eq!(progress.borrow_and_update().state, told);
    let goes_on = progress.wait_for(|progress| progress.state != told);
    drop(
        detente_testkit::nats::in_time(goes_on)
            .await
            .expect("it runs"),
    );
}

#[tokio::test]
async fn the_active_projection_is_tried_again_if_it_was_live_and_something_else_goes_on() {
    let nats = Nats::start().await;
    for (retries, was_live, ends) in [
        (true, true, false),
        (true, false, true),
        (false, true, true),
    ] {
        let (mut supervisor, Two { active, .. }) = supervisor(&nats).await;
        supervisor.registry.candidate = None;
        supervisor.config.retries = retries;
        let (progress, seen) = watch::channel(Progress::default());
        supervisor.stopped(&active, damaged(&active)).await;
        let worker = supervisor.workers.get_mut(&active).expect("a worker");
        worker.progress = seen;
        progress.send_modify(|progress| {
            progress.was_live = was_live;
            progress.state = State::Failed("damaged".to_owned());
        });
        let collected = supervisor.collect_exited().await;
        assert_eq!(collected.is_err(), ends, "{collected:?}");
        if ends {
            continue;
        }
        supervisor.publish_progress();
        let told = supervisor.progress.borrow().state.clone();
        assert_eq!(told, State::Stopped("damaged".to_owned()));
        assert_eq!(supervisor.noted().await, [active]);
        let again = supervisor.collect_exited().await;
        again.expect("it waits for its next start");
    }
}
