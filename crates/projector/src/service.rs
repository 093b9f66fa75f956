//! Start and end of a projector.

use std::sync::Arc;
use std::time::Duration;

use detente_chronicle::Chronicle;
use detente_domain::rulebook::Rulebook;
use detente_jetstream::reader::EventsReader;
use detente_jetstream::topology::{EVENTS, Projection, Replicas};
use detente_jetstream::{Connection, Message, inspect};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::fold::{Folder, MESSAGES_QUEUED};
use crate::progress::{Handle, Progress, State};
use crate::publish::publish;
use crate::setup::{Claim, Setup, setup};

/// The commits that may wait for the fold.
const COMMITS_QUEUED: usize = 64;
/// The parcels that may wait for the publisher; their messages are bounded apart.
const PARCELS_QUEUED: usize = 256;
/// How often the end of the log is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long the last messages may take after the projector was cancelled.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// What a projector works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The connection to NATS.
    pub connection: Connection,
    /// The rules that it folds under.
    pub rules: Arc<Rulebook>,
    /// The name of its projection.
    pub projection: Projection,
    /// How many servers keep a copy of its streams.
    pub replicas: Replicas,
}

/// A projector.
#[derive(Debug)]
pub struct Projector;

impl Projector {
    /// Starts a projector. Its task ends when it is cancelled, after what it has derived is
    /// published; or with the [`Error`] that stopped it, which the handle shows too. It never
    /// starts again by itself: after [`Error::Fenced`] start a new one to stand by, and after any
    /// other error when what it names is mended. It may also be aborted at any moment.
    #[must_use]
    pub fn start(deps: Deps, cancel: CancellationToken) -> (Handle, JoinHandle<Result<(), Error>>) {
        Self::start_as(deps, Claim::Serve, cancel)
    }

    /// Starts a projector that leaves it to its keeper which projection is in force.
    pub(crate) fn start_beside(
        deps: Deps,
        cancel: CancellationToken,
    ) -> (Handle, JoinHandle<Result<(), Error>>) {
        Self::start_as(deps, Claim::Tell, cancel)
    }

    fn start_as(
        deps: Deps,
        claim: Claim,
        cancel: CancellationToken,
    ) -> (Handle, JoinHandle<Result<(), Error>>) {
        let (progress, seen) = watch::channel(Progress::default());
        let task = tokio::spawn(async move {
            let outcome = Box::pin(run(deps, claim, cancel, &progress)).await;
            if let Err(error) = &outcome {
                tracing::error!(%error, "the projector has stopped");
                let reason = error.to_string();
                progress.send_modify(|progress| progress.state = State::Failed(reason));
            }
            outcome
        });
        (Handle::new(seen), task)
    }
}

async fn run(
    deps: Deps,
    claim: Claim,
    cancel: CancellationToken,
    progress: &watch::Sender<Progress>,
) -> Result<(), Error> {
    let Setup {
        reader,
        writer,
        plan,
        head,
    } = tokio::select! {
        ready = setup(&deps, claim) => ready?,
        () = cancel.cancelled() => return Ok(()),
    };
    progress.send_modify(|progress| {
        progress.position = plan.told;
        progress.head = head;
        progress.published_sequence = writer.last_sequence();
    });
    let (commits_tx, commits) = mpsc::channel(COMMITS_QUEUED);
    let (parcels_tx, parcels) = mpsc::channel(PARCELS_QUEUED);
    let folder = Folder {
        chronicle: Chronicle::new(deps.rules),
        projection: deps.projection,
        plan,
        progress: progress.subscribe(),
        queue: Arc::new(Semaphore::new(MESSAGES_QUEUED)),
        runtime: tokio::runtime::Handle::current(),
    };
    let fold = tokio::task::spawn_blocking(move || folder.run(commits, &parcels_tx));
    // When one stage ends, the queues tell its neighbours, and they end too.
    let stages = async {
        let (read, folded, published) = tokio::join!(
            read(reader, commits_tx, &cancel),
            fold,
            publish(writer, parcels, progress.clone()),
        );
        published?;
        read?;
        folded.map_err(Error::Broken)?
    };
    let patience = async {
        cancel.cancelled().await;
        tokio::time::sleep(DRAIN_WITHIN).await;
    };
    tokio::select! {
        outcome = stages => outcome,
        () = patience => {
            tracing::warn!("the last messages were not published in time");
            Ok(())
        }
        never = look(&deps.connection, progress) => never,
    }
}

/// The first stage: reads the log.
async fn read(
    mut reader: EventsReader,
    commits: mpsc::Sender<Message>,
    cancel: &CancellationToken,
) -> Result<(), Error> {
    loop {
        let commit = tokio::select! {
            biased;
            () = cancel.cancelled() => return Ok(()),
            () = commits.closed() => return Ok(()),
            commit = reader.next() => commit?,
        };
        if commits.send(commit).await.is_err() {
            return Ok(());
        }
    }
}

/// Keeps an eye on the end of the log, for ever.
async fn look(connection: &Connection, progress: &watch::Sender<Progress>) -> Result<(), Error> {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match inspect::head(connection, EVENTS).await {
            Ok(head) => progress.send_modify(|progress| progress.head = progress.head.max(head)),
            Err(error) => tracing::debug!(%error, "the end of the log is out of sight"),
        }
    }
}
