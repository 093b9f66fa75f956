//! Folds the log into the archive: every commit once, completely, in order.

use std::sync::Arc;
use std::time::Duration;

use detente_apply::{Commit, Prefetch};
use detente_jetstream::Connection;
use detente_jetstream::reader::{Options, ReadError, StreamReader};
use detente_jetstream::stream_info;
use detente_jetstream::topology::EVENTS;
use futures_util::FutureExt as _;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use crate::archive::Archive;
use crate::metrics;
use crate::turns::take_turn;

/// The delay before a stream that does not exist is looked up again.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// The bytes of commits from which on no further one is folded in the same turn. Alone, each of a
/// long log would wait for a thread.
const TURN_BYTES: usize = 64 << 10;

/// The progress of the fold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last commit that was folded completely.
    pub position: u64,
    /// The end of the log when the replay began; `None` until it is known.
    pub replay_to: Option<u64>,
    /// The last commit that touched any relation.
    pub touched: u64,
    /// The time at which the last commit was folded.
    pub folded: Option<Instant>,
    /// The number of messages of the log that are missing or no commits, and the last one.
    pub damaged: Option<(u64, u64)>,
}

impl Progress {
    /// Returns true if the log was folded up to its end at the start.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.replay_to.is_some_and(|head| self.position >= head)
    }
}

/// Folds the log; ends only with an error, or with the runtime.
pub(crate) async fn fold_log(
    connection: Connection,
    archive: Arc<Mutex<Archive>>,
    progress: watch::Sender<Progress>,
) -> Result<(), ReadError> {
    let mut reader = Prefetch::start(
        StreamReader::open_when_present(&connection, EVENTS, 1, Options::events()).await?,
    );
    let head = head(&connection).await;
    progress.send_modify(|progress| progress.replay_to = Some(head));
    while let Some(first) = reader.next().await {
        let (commits, failed) = turn(first?, &mut reader);
        let Some(position) = commits.last().map(|commit| commit.message.sequence) else {
            continue;
        };
        let damaged = commits.iter().filter(|commit| commit.message.is_damaged);
        let damaged: Vec<u64> = damaged.map(|commit| commit.message.sequence).collect();
        let touched = take_turn(&archive, move |archive| {
            for commit in &commits {
                archive.apply_commit(commit);
            }
            archive.chronicle().touched_at().0
        });
        let touched = touched.await;
        metrics::set_position(position);
        damaged.iter().for_each(|_| metrics::damaged());
        progress.send_modify(|progress| {
            progress.position = position;
            progress.touched = touched;
            if let Some(last) = damaged.last() {
                let (count, _) = progress.damaged.unwrap_or_default();
                progress.damaged = Some((count + damaged.len() as u64, *last));
            }
            progress.folded = Some(Instant::now());
        });
        if let Some(error) = failed {
            return Err(error);
        }
    }
    // The reader's task was ended from outside, which ends this task too.
    Ok(())
}

/// Returns the commits of the next turn: the first one, and those that wait already, while they are
/// small. If the reader fails meanwhile, its error is returned beside them.
fn turn(first: Commit, reader: &mut Prefetch) -> (Vec<Commit>, Option<ReadError>) {
    let mut bytes = first.message.payload.len();
    let mut commits = vec![first];
    while bytes < TURN_BYTES {
        match reader.next().now_or_never().flatten() {
            Some(Ok(commit)) => {
                bytes += commit.message.payload.len();
                commits.push(commit);
            }
            Some(Err(error)) => return (commits, Some(error)),
            None => break,
        }
    }
    (commits, None)
}

/// Returns the head of the log, which exists; retries until the server answers.
async fn head(connection: &Connection) -> u64 {
    loop {
        match stream_info::head(connection, EVENTS).await {
            Ok(head) => return head,
            Err(_) => tokio::time::sleep(RETRY_AFTER).await,
        }
    }
}
