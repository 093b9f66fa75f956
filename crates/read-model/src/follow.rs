//! Following the log: every commit once, whole, in order.

use std::time::Duration;

use detente_domain::day::Day;
use detente_jetstream::Connection;
use detente_jetstream::inspect::{self, InspectError};
use detente_jetstream::reader::{EventsReader, Options, ReadError};
use detente_jetstream::topology::EVENTS;
use detente_replay::Ahead;
use time::{OffsetDateTime, UtcOffset};
use tokio::time::Instant;

use crate::metrics;
use crate::read_model::{Progress, Query};

/// How long to wait before a stream that is not there is looked for again.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Folds the log for ever; it ends only with the runtime.
pub async fn log(query: Query) -> Result<(), ReadError> {
    let connection = query.parts().deps.connection.clone();
    let mut reader = Ahead::start(
        EventsReader::open_when_present(&connection, EVENTS, 1, Options::events()).await?,
    );
    let head = head(&connection, EVENTS).await;
    query
        .parts()
        .progress
        .send_modify(|progress| progress.replay_to = Some(head));
    while let Some(commit) = reader.next().await {
        let commit = commit?;
        let sequence = commit.message.sequence;
        let recorded = Day::of_utc(commit.message.published);
        query.archive().take_commit(&commit, recorded);
        metrics::folded(sequence);
        query.parts().progress.send_modify(|progress| {
            progress.position = sequence;
            progress.folded = Some(Instant::now());
        });
    }
    // The reader's task was ended from outside, which is told as the end of this part.
    Ok(())
}

/// The head of a stream that is there, however long it takes to hear of it.
async fn head(connection: &Connection, stream: &str) -> u64 {
    loop {
        match inspect::head(connection, stream).await {
            Ok(head) => return head,
            Err(InspectError::NoStream { .. } | InspectError::Server { .. }) => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }
}

/// Waits until a position was folded.
pub async fn reach(query: &Query, wanted: u64, within: Duration) -> Progress {
    let mut progress = query.progress();
    let reached = progress.wait_for(|now| now.is_live() && now.position >= wanted);
    // After the patience is over, what there is says how far it came.
    let _ = tokio::time::timeout(within, reached).await;
    *progress.borrow()
}
