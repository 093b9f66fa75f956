//! The feed in reverse: pages of frames, the latest first.

use std::sync::Arc;

use detente_jetstream::reader::Options;

use super::{Feed, Filter, Frame, Hole, PAGE_BYTES_MAX};
use crate::error::Failure;

/// The number of messages that are read at once, for those older than the ring.
const WINDOW: u64 = 1_000;
/// The most messages of the stream that are examined for one page.
const EXAMINED_MAX: u64 = 20_000;

/// A page of frames, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierPage {
    /// The frames.
    pub frames: Vec<Arc<Frame>>,
    /// The sequence before which the next page begins; `None` on the last page.
    pub before: Option<u64>,
}

impl Feed {
    /// Returns the last frames before a sequence that a filter matches; without one, those before
    /// the end. A page has at most `limit` frames, and ends once it has [`PAGE_BYTES_MAX`] bytes.
    ///
    /// # Errors
    /// [`Failure`] if the stream cannot be read.
    pub async fn earlier(
        &self,
        filter: &Filter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<EarlierPage, Failure> {
        let mut frames = Vec::new();
        let mut bytes = 0;
        let (mut window, mut place) = self.ring().reverse(before);
        let examined_to = place.saturating_sub(EXAMINED_MAX).max(1);
        loop {
            for (sequence, frame, length) in window {
                if frames.len() == limit || bytes >= PAGE_BYTES_MAX {
                    let before = Some(sequence + 1);
                    return Ok(EarlierPage { frames, before });
                }
                if let Some(frame) = filter.apply(&frame) {
                    frames.push(frame);
                    bytes += length;
                }
            }
            if place <= examined_to || frames.len() == limit || bytes >= PAGE_BYTES_MAX {
                let before = (place > 1).then_some(place);
                return Ok(EarlierPage { frames, before });
            }
            let first = place.saturating_sub(WINDOW).max(examined_to);
            window = self.window(first, place).await?;
            place = first;
        }
    }

    /// Reads the frames of the messages `first..end`, the latest first. Those that the feed lacks are
    /// left out.
    async fn window(&self, first: u64, end: u64) -> Result<Vec<(u64, Arc<Frame>, usize)>, Failure> {
        let options = Options {
            pull_messages: 1_000,
            ..Options::changes()
        };
        let mut reader = self.reader(first, options).await?;
        let mut frames = Vec::new();
        while reader.last_sequence() + 1 < end {
            let message = match reader.next().await {
                Ok(message) => message,
                Err(error) => {
                    self.note_hole(Hole::passed(&mut reader, error)?);
                    continue;
                }
            };
            let frame = self.parse(&message);
            let length = message.payload.len();
            frames.extend(frame.map(|frame| (message.sequence, frame, length)));
        }
        frames.reverse();
        Ok(frames)
    }
}
