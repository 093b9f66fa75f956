//! The third stage: publishes parcels, as many at once as have come in the meantime.

use std::time::Instant;

use detente_jetstream::relations::{BATCH_MAX, RelationsWriter};
use tokio::sync::{mpsc, watch};

use crate::error::Error;
use crate::fold::Parcel;
use crate::metrics;
use crate::progress::Progress;

/// Publishes until there are no more parcels.
pub(crate) async fn publish(
    mut writer: RelationsWriter,
    mut parcels: mpsc::Receiver<Parcel>,
    progress: watch::Sender<Progress>,
) -> Result<(), Error> {
    let mut next = None;
    loop {
        let first = match next.take() {
            Some(parcel) => parcel,
            None => match parcels.recv().await {
                Some(parcel) => parcel,
                None => return Ok(()),
            },
        };
        let (mut position, mut changes) = (first.position, first.changes);
        let mut messages = first.messages;
        // The shares of the queue are held until what they stand for is published.
        let mut shares = vec![first.share];
        while let Ok(parcel) = parcels.try_recv() {
            if messages.len() + parcel.messages.len() > BATCH_MAX {
                next = Some(parcel);
                break;
            }
            position = parcel.position;
            changes += parcel.changes;
            messages.extend(parcel.messages);
            shares.push(parcel.share);
        }
        if !messages.is_empty() {
            let count = messages.len();
            let started = Instant::now();
            writer.publish(messages).await?;
            metrics::published(count, changes, started.elapsed());
        }
        let published_sequence = writer.last_sequence();
        progress.send_modify(|progress| {
            progress.reach(position);
            progress.published_sequence = published_sequence;
        });
    }
}
