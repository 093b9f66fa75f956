//! Pages of past changes.

use std::sync::Arc;
use std::time::Duration;

use detente_api::view::Page;
use detente_feed::{Cursor, Error, Filter, Frame, PAGE_BYTES_MAX, StartAt, Step};

use crate::read_model::ReadModel;

/// The most messages that are examined for one page. Its cursor is after the last of them.
const EXAMINED_MAX: u64 = 20_000;
/// The longest time that a page waits for a feed that is behind its stream.
const WAIT_MAX: Duration = Duration::from_secs(2);

impl ReadModel {
    /// Returns a page of at most `limit` frames, up to the present end of the feed. It ends earlier
    /// once it has [`PAGE_BYTES_MAX`] bytes, or before messages that the feed lacks.
    ///
    /// # Errors
    /// A refusal of a cursor that is not of this feed, or after which the feed lacks messages; a
    /// failure if the stream cannot be read.
    pub async fn changes(
        &self,
        from: &StartAt,
        filter: Filter,
        limit: usize,
    ) -> Result<Page<Arc<Frame>>, Error> {
        let head = self.feed().head().await?;
        let mut subscription = self.feed().subscribe(from, filter).await?;
        let mut items = Vec::new();
        let end = subscription.last().saturating_add(EXAMINED_MAX).min(head);
        while items.len() < limit
            && subscription.bytes() < PAGE_BYTES_MAX
            && subscription.last() < end
        {
            match subscription.step().await? {
                Step::Frame(frame) => items.push(frame),
                Step::Skipped => {}
                Step::Hole(hole) if items.is_empty() => {
                    return Err(self.feed().refuse_hole(hole).into());
                }
                Step::Hole(hole) => {
                    let before = self.feed().cursor(hole.first.saturating_sub(1));
                    return Ok(page(items, &before));
                }
                Step::Head => {
                    let waited = tokio::time::timeout(WAIT_MAX, subscription.wait()).await;
                    if waited.is_err() {
                        break;
                    }
                }
            }
        }
        Ok(page(items, &subscription.cursor()))
    }
}

/// Returns a page. A feed continues: every page has a cursor.
fn page(items: Vec<Arc<Frame>>, next: &Cursor) -> Page<Arc<Frame>> {
    Page {
        items,
        next: Some(next.to_string()),
        known_at: None,
        total: None,
    }
}
