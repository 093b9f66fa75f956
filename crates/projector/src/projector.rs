//! Start and end of one projector.

use std::sync::Arc;
use std::time::Duration;

use detente_chronicle::Chronicle;
use detente_jetstream::progress::FeedProgress;
use detente_jetstream::reader::StreamReader;
use detente_jetstream::topology::EVENTS;
use detente_jetstream::views::ViewBucket;
use detente_jetstream::{Connection, Message, stream_info};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::error::Error;
use crate::fold::FoldStage;
use crate::pending::Pending;
use crate::progress::{Progress, State};
use crate::roles::Roles;
use crate::setup::{ProjectorConfig, setup};
use crate::views::ViewQueue;
use crate::views::render::Renderer;
use crate::views::writer::ViewWriter;

/// The most commits that wait for the fold.
const COMMITS_QUEUED: usize = 64;
/// The interval at which the end of the log is read.
const HEAD_INTERVAL: Duration = Duration::from_millis(500);
/// The least time between two words on the progress.
const SAID_AFTER: Duration = Duration::from_millis(50);
/// The longest time between two words on the progress.
const SAID_EVERY: Duration = Duration::from_millis(300);
/// The time for which publishing may continue after the projector was cancelled.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The task of a projector.
pub(crate) type Task = AbortOnDropHandle<Result<(), Error>>;

/// Starts a projector in a state, which lasts until its streams are open. Its task ends when it is cancelled, after its derived messages are
/// published, or with the [`Error`] that stopped it, which is in its progress too. It may also be
/// aborted at any moment.
pub(crate) fn start(
    config: ProjectorConfig,
    state: State,
    in_force: watch::Receiver<bool>,
    cancel: CancellationToken,
) -> (watch::Receiver<Progress>, Task) {
    let (progress, seen) = watch::channel(Progress {
        state,
        ..Progress::default()
    });
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
        ready = config.connection.across_reconnects(|| setup(&config, progress)) => ready?,
        () = cancel.cancelled() => return Ok(()),
    };
    let (commits_tx, commits) = mpsc::channel(COMMITS_QUEUED);
    let (requests_tx, requests) = mpsc::channel(1);
    let bytes_max = ViewBucket::new(&config.connection).view_bytes_max();
    let views = Arc::new(ViewQueue::default());
    let leads = watch::Sender::new(false);
    let writes_views = watch::Sender::new(false);
    let view_writer = ViewWriter {
        config: config.clone(),
        log: reader.incarnation(),
        queue: Arc::clone(&views),
        requests: requests_tx,
        progress: progress.subscribe(),
        in_force: writes_views.subscribe(),
    };
    let fold_stage = FoldStage {
        chronicle: Chronicle::new(Arc::clone(&config.rules)),
        commits,
        progress: progress.clone(),
        runtime: tokio::runtime::Handle::current(),
        views,
        renderer: Renderer::new(config.projection.clone(), bytes_max, requests),
        may_render: false,
        pending: config.standby.then(Pending::default),
    };
    let roles = Roles {
        config: &config,
        progress,
        leads: &leads,
    };
    // When one stage ends, its queues close and the others end too.
    let stages = async {
        let (read, published, ()) = tokio::join!(
            read(reader, commits_tx, &cancel),
            roles.run(fold_stage, (writer, checkpoint)),
            view_writer.run(),
        );
        published?;
        read
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
        never = say_progress(&config, progress.subscribe(), leads.subscribe()) => never,
        never = join(in_force, leads.subscribe(), &writes_views) => never,
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

/// Says how far the feed covers the log while this projector publishes: when that has changed, and
/// at intervals.
async fn say_progress(
    config: &ProjectorConfig,
    mut progress: watch::Receiver<Progress>,
    mut leads: watch::Receiver<bool>,
) -> ! {
    let (connection, projection) = (&config.connection, &config.projection);
    loop {
        if leads.wait_for(|leads| *leads).await.is_err() {
            std::future::pending::<()>().await;
        }
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

/// Tells whether views are written: while the projection is in force and this projector publishes.
async fn join(
    mut in_force: watch::Receiver<bool>,
    mut leads: watch::Receiver<bool>,
    both: &watch::Sender<bool>,
) -> ! {
    loop {
        let now = *in_force.borrow_and_update() && *leads.borrow_and_update();
        both.send_if_modified(|both| std::mem::replace(both, now) != now);
        let changed = tokio::select! {
            changed = in_force.changed() => changed,
            changed = leads.changed() => changed,
        };
        if changed.is_err() {
            // The supervisor has ended.
            std::future::pending::<()>().await;
        }
    }
}
