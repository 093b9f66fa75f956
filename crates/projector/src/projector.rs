//! Start and end of one projector.

use std::sync::Arc;
use std::time::Duration;

use detente_chronicle::Chronicle;
use detente_jetstream::progress::FeedProgress;
use detente_jetstream::reader::StreamReader;
use detente_jetstream::topology::EVENTS;
use detente_jetstream::views::ViewBucket;
use detente_jetstream::{Connection, Message, stream_info};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::error::Error;
use crate::fold::{FoldStage, MESSAGES_QUEUED};
use crate::progress::Progress;
use crate::publish::publish;
use crate::setup::{ProjectorConfig, setup};
use crate::views::ViewQueue;
use crate::views::render::Renderer;
use crate::views::writer::ViewWriter;

/// The most commits that wait for the fold.
const COMMITS_QUEUED: usize = 64;
/// The most batches that wait for the publisher; their messages have a limit of their own.
const BATCHES_QUEUED: usize = 256;
/// The interval at which the end of the log is read.
const HEAD_INTERVAL: Duration = Duration::from_millis(500);
/// The least time between two words on the progress.
const SAID_AFTER: Duration = Duration::from_millis(50);
/// The longest time between two words on the progress.
const SAID_EVERY: Duration = Duration::from_secs(1);
/// The time for which publishing may continue after the projector was cancelled.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The task of a projector.
pub(crate) type Task = AbortOnDropHandle<Result<(), Error>>;

/// Starts a projector. Its task ends when it is cancelled, after its derived messages are
/// published, or with the [`Error`] that stopped it, which is in its progress too. It may also be
/// aborted at any moment.
pub(crate) fn start(
    config: ProjectorConfig,
    in_force: watch::Receiver<bool>,
    cancel: CancellationToken,
) -> (watch::Receiver<Progress>, Task) {
    let (progress, seen) = watch::channel(Progress::default());
    let task = tokio::spawn(async move {
        let outcome = Box::pin(run(config, in_force, cancel, &progress)).await;
        outcome.inspect_err(|error| Progress::fail(&progress, error))
    });
    (seen, AbortOnDropHandle::new(task))
}

async fn run(
    config: ProjectorConfig,
    in_force: watch::Receiver<bool>,
    cancel: CancellationToken,
    progress: &watch::Sender<Progress>,
) -> Result<(), Error> {
    let (reader, writer, checkpoint) = tokio::select! {
        ready = setup(&config, progress) => ready?,
        () = cancel.cancelled() => return Ok(()),
    };
    let (commits_tx, commits) = mpsc::channel(COMMITS_QUEUED);
    let (batches_tx, batches) = mpsc::channel(BATCHES_QUEUED);
    let (requests_tx, requests) = mpsc::channel(1);
    let bytes_max = ViewBucket::new(&config.connection).view_bytes_max();
    let views = Arc::new(ViewQueue::default());
    let view_writer = ViewWriter {
        config: config.clone(),
        queue: Arc::clone(&views),
        requests: requests_tx,
        progress: progress.subscribe(),
        in_force,
    };
    let fold_stage = FoldStage {
        chronicle: Chronicle::new(Arc::clone(&config.rules)),
        checkpoint,
        progress: progress.subscribe(),
        queue: Arc::new(Semaphore::new(MESSAGES_QUEUED)),
        runtime: tokio::runtime::Handle::current(),
        batches: batches_tx,
        views,
        renderer: Renderer::new(config.projection.clone(), bytes_max, requests),
        may_render: false,
    };
    let fold = tokio::task::spawn_blocking(move || fold_stage.run(commits));
    // When one stage ends, its queues close and the others end too.
    let stages = async {
        let (read, folded, published, ()) = tokio::join!(
            read(reader, commits_tx, &cancel),
            fold,
            publish(writer, batches, progress.clone()),
            view_writer.run(),
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
        never = say_progress(&config, progress.subscribe()) => never,
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

/// Says how far the feed covers the log: when that has changed, and at intervals.
async fn say_progress(config: &ProjectorConfig, mut progress: watch::Receiver<Progress>) -> ! {
    let (connection, projection) = (&config.connection, &config.projection);
    loop {
        let Progress {
            position,
            published_sequence: sequence,
            ..
        } = *progress.borrow_and_update();
        let said = FeedProgress { position, sequence };
        if let Err(error) = said.send(connection, projection).await {
            tracing::debug!(%error, "the progress cannot be said");
        }
        tokio::time::sleep(SAID_AFTER).await;
        let moved = progress.wait_for(|now| now.position != position);
        drop(tokio::time::timeout(SAID_EVERY, moved).await);
    }
}
