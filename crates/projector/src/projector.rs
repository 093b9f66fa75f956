//! Start and end of one projector.

use std::sync::Arc;
use std::time::Duration;

use detente_chronicle::Chronicle;
use detente_jetstream::reader::StreamReader;
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, Message, stream_info};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::error::Error;
use crate::fold::{FoldStage, MESSAGES_QUEUED};
use crate::progress::Progress;
use crate::publish::publish;
use crate::setup::{ProjectorConfig, setup};

/// The most commits that wait for the fold.
const COMMITS_QUEUED: usize = 64;
/// The most batches that wait for the publisher; their messages have a limit of their own.
const BATCHES_QUEUED: usize = 256;
/// The interval at which the end of the log is read.
const HEAD_INTERVAL: Duration = Duration::from_millis(500);
/// The time for which publishing may continue after the projector was cancelled.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The task of a projector.
pub(crate) type Task = AbortOnDropHandle<Result<(), Error>>;

/// Starts a projector. Its task ends when it is cancelled, after its derived messages are
/// published, or with the [`Error`] that stopped it, which is in its progress too. It may also be
/// aborted at any moment.
pub(crate) fn start(
    config: ProjectorConfig,
    cancel: CancellationToken,
) -> (watch::Receiver<Progress>, Task) {
    let (progress, seen) = watch::channel(Progress::default());
    let task = tokio::spawn(async move {
        let outcome = Box::pin(run(config, cancel, &progress)).await;
        outcome.inspect_err(|error| Progress::fail(&progress, error))
    });
    (seen, AbortOnDropHandle::new(task))
}

async fn run(
    config: ProjectorConfig,
    cancel: CancellationToken,
    progress: &watch::Sender<Progress>,
) -> Result<(), Error> {
    let (reader, writer, checkpoint) = tokio::select! {
        ready = setup(&config, progress) => ready?,
        () = cancel.cancelled() => return Ok(()),
    };
    let (commits_tx, commits) = mpsc::channel(COMMITS_QUEUED);
    let (batches_tx, batches) = mpsc::channel(BATCHES_QUEUED);
    let fold_stage = FoldStage {
        chronicle: Chronicle::new(config.rules),
        projection: config.projection,
        checkpoint,
        progress: progress.subscribe(),
        queue: Arc::new(Semaphore::new(MESSAGES_QUEUED)),
        runtime: tokio::runtime::Handle::current(),
        batches: batches_tx,
    };
    let fold = tokio::task::spawn_blocking(move || fold_stage.run(commits));
    // When one stage ends, its queues close and the others end too.
    let stages = async {
        let (read, folded, published) = tokio::join!(
            read(reader, commits_tx, &cancel),
            fold,
            publish(writer, batches, progress.clone()),
        );
        published?;
        read?;
        folded.map_err(Error::Panicked)?
    };
    let drain_timeout = async {
        cancel.cancelled().await;
        tokio::time::sleep(DRAIN_TIMEOUT).await;
    };
    tokio::select! {
        outcome = stages => outcome,
        () = drain_timeout => {
            tracing::warn!("the last messages were not published in time");
            Ok(())
        }
        never = follow_head(&config.connection, progress) => never,
    }
}

/// The first stage: reads the log.
async fn read(
    mut reader: StreamReader,
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

/// Reads the end of the log at intervals.
async fn follow_head(connection: &Connection, progress: &watch::Sender<Progress>) -> ! {
    loop {
        tokio::time::sleep(HEAD_INTERVAL).await;
        match stream_info::head(connection, EVENTS).await {
            Ok(head) => progress.send_modify(|progress| progress.head = progress.head.max(head)),
            Err(error) => tracing::debug!(%error, "the end of the log cannot be read"),
        }
    }
}
