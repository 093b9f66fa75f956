//! The third stage: publishes the messages of the fold stage, in batches.

use std::time::Instant;

use detente_jetstream::feed_writer::{BATCH_MAX, FeedWriter};
use tokio::sync::{mpsc, watch};

use crate::error::Error;
use crate::fold::PublishBatch;
use crate::metrics;
use crate::progress::Progress;

/// Publishes until the fold stage ends.
pub(crate) async fn publish(
    mut writer: FeedWriter,
    mut batches: mpsc::Receiver<PublishBatch>,
    progress: watch::Sender<Progress>,
) -> Result<(), Error> {
    let mut next = None;
    loop {
        let first = match next.take() {
            Some(batch) => batch,
            None => match batches.recv().await {
                Some(batch) => batch,
                None => return Ok(()),
            },
        };
        let (mut position, mut changes) = (first.position, first.changes);
        let mut messages = first.messages;
        // The permits are held until their messages are published.
        let mut permits = vec![first.permit];
        while let Ok(batch) = batches.try_recv() {
            if messages.len() + batch.messages.len() > BATCH_MAX {
                next = Some(batch);
                break;
            }
            position = batch.position;
            changes += batch.changes;
            messages.extend(batch.messages);
            permits.push(batch.permit);
        }
        if !messages.is_empty() {
            let count = messages.len();
            let started = Instant::now();
            writer.publish(messages).await?;
            metrics::published(count, changes, started.elapsed());
        }
        let published_sequence = writer.last_sequence();
        progress.send_modify(|progress| {
            progress.advance(position);
            progress.published_sequence = published_sequence;
        });
    }
}
