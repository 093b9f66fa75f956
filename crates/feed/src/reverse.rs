//! The feed read backwards: the latest frames first, a page at a time.

use std::sync::Arc;

use detente_jetstream::reader::{EventsReader, Options};

use super::{Feed, Filter, Frame};
use crate::error::Failure;

/// How many messages of the stream are read at once, where the ring does not reach.
const WINDOW: u64 = 1_000;
/// The most messages of the stream that are looked at for one page.
const LOOKED_AT_MAX: u64 = 20_000;

/// A page of frames, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The frames.
    pub frames: Vec<Arc<Frame>>,
    /// The sequence before which the next page begins; none where there is nothing more.
    pub before: Option<u64>,
}

impl Feed {
    /// The last frames before a sequence that are asked for; without one, the last of all.
    ///
    /// # Errors
    /// [`Failure`] when the stream cannot be read.
    pub async fn earlier(
        &self,
        filter: &Filter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Earlier, Failure> {
        let mut frames = Vec::new();
        let (held, mut place) = self.ring().back(before);
        for (sequence, frame) in held {
            if frames.len() == limit {
                let before = Some(sequence + 1);
                return Ok(Earlier { frames, before });
            }
            frames.extend(filter.apply(&frame));
        }
        let looked_to = place.saturating_sub(LOOKED_AT_MAX).max(1);
        while place > looked_to && frames.len() < limit {
            let first = place.saturating_sub(WINDOW).max(looked_to);
            for (sequence, frame) in self.window(first, place).await?.into_iter().rev() {
                if frames.len() == limit {
                    let before = Some(sequence + 1);
                    return Ok(Earlier { frames, before });
                }
                frames.extend(filter.apply(&frame));
            }
            place = first;
        }
        let before = (place > 1).then_some(place);
        Ok(Earlier { frames, before })
    }

    /// The frames of the messages `first..end`.
    async fn window(&self, first: u64, end: u64) -> Result<Vec<(u64, Arc<Frame>)>, Failure> {
        let shared = &self.shared;
        let options = Options {
            pull_messages: 1_000,
            ..Options::relations()
        };
        let stream = shared.projection.stream();
        let mut reader = EventsReader::open(&shared.connection, stream, first, options).await?;
        let mut frames = Vec::new();
        for _ in first..end {
            let message = reader.next().await?;
            let frame = self.read(&message);
            let frame = frame.filter(|frame| !frame.changes.is_empty());
            frames.extend(frame.map(|frame| (message.sequence, Arc::new(frame))));
        }
        Ok(frames)
    }
}
