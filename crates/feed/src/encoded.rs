//! Frames as JSON text, encoded once for all subscribers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Frame;

/// The number of texts that are kept. Subscribers at the head are close to each other; for those
/// that are behind, frames are encoded again.
const KEPT: usize = 64;

/// The texts of the last frames.
#[derive(Debug, Default)]
pub(super) struct EncodedFrames(Mutex<Encoded>);

/// Frames with their texts, the last one at the end.
type Encoded = VecDeque<(Arc<Frame>, Arc<str>)>;

impl EncodedFrames {
    /// Returns a frame as JSON.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub(super) fn text(&self, frame: &Arc<Frame>) -> Result<Arc<str>, serde_json::Error> {
        if let Some(text) = find(&self.kept(), frame) {
            return Ok(text);
        }
        let text: Arc<str> = serde_json::to_string(&**frame)?.into();
        // A partial frame, made by a filter, belongs to a single subscriber.
        if Arc::strong_count(frame) > 1 {
            let mut kept = self.kept();
            if find(&kept, frame).is_none() {
                kept.push_back((Arc::clone(frame), Arc::clone(&text)));
            }
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
        Ok(text)
    }

    fn kept(&self) -> MutexGuard<'_, Encoded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find(kept: &Encoded, frame: &Arc<Frame>) -> Option<Arc<str>> {
    let mut latest = kept.iter().rev();
    let (_, text) = latest.find(|(kept, _)| Arc::ptr_eq(kept, frame))?;
    Some(Arc::clone(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn frame(position: u64) -> Arc<Frame> {
        Arc::new(fixtures::frame(position))
    }

    #[test]
    fn a_shared_frame_is_encoded_once_and_one_of_a_single_reader_is_not_kept() {
        let encoded = EncodedFrames::default();
        let shared = frame(1);
        let other = Arc::clone(&shared);
        let first = encoded.text(&shared).unwrap();
        assert!(Arc::ptr_eq(&first, &encoded.text(&other).unwrap()));
        assert_eq!(*first, *serde_json::to_string(&*shared).unwrap());
        let own = frame(2);
        let text = encoded.text(&own).unwrap();
        assert!(!Arc::ptr_eq(&text, &encoded.text(&own).unwrap()));
        let many: Vec<_> = (0..200).map(frame).collect();
        for frame in &many {
            encoded.text(&Arc::clone(frame)).unwrap();
        }
        assert!(encoded.kept().len() <= KEPT);
    }
}
