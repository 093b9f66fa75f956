//! The changes that were, in pages.

use std::sync::Arc;
use std::time::Duration;

use crate::queries::Page;
use crate::read_model::Query;
use detente_feed::cursor::From;
use detente_feed::error::{Failure, No};
use detente_feed::{Filter, Frame, Step, Subscription};

/// The most messages that are looked at for one page; the cursor says how far it came.
const LOOKED_AT_MAX: u64 = 20_000;
/// How long a page waits for a feed that is a little behind its stream.
const PAGE_WAITS: Duration = Duration::from_secs(2);

impl Query {
    /// A page of the changes that were: at most so many frames.
    ///
    /// # Errors
    /// [`No`] where the cursor is not of this feed, or the stream cannot be read.
    pub async fn changes(
        &self,
        from: &From,
        filter: Filter,
        limit: usize,
    ) -> Result<Page<Arc<Frame>>, No> {
        let feed = &self.parts().feed;
        let head = feed.head().await?;
        let subscription = feed.subscribe(from, filter).await?;
        Ok(page(subscription, head, limit).await?)
    }
}

/// A page of frames: as many as are asked for, up to the head as it was.
async fn page(
    mut subscription: Subscription,
    head: u64,
    limit: usize,
) -> Result<Page<Arc<Frame>>, Failure> {
    let mut items = Vec::new();
    let last_looked_at = subscription.last().saturating_add(LOOKED_AT_MAX).min(head);
    while items.len() < limit && subscription.last() < last_looked_at {
        match subscription.step().await? {
            Step::Frame(frame) => items.push(frame),
            Step::Passed => {}
            Step::Head => {
                if tokio::time::timeout(PAGE_WAITS, subscription.wait())
                    .await
                    .is_err()
                {
                    break;
                }
            }
        }
    }
    // A feed goes on: its cursor is always given.
    Ok(Page {
        items,
        next: Some(subscription.cursor().to_string()),
        known_at: None,
    })
}
