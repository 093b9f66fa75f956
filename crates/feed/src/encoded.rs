//! Frames as JSON text, encoded once for all subscribers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::Frame;

/// The number of texts that are kept. Subscribers at the head are close to each other; for those
/// that are behind, frames are encoded again.
const KEPT: usize = 64;

/// The texts of the last frames.
#[derive(Debug, Default)]
pub(super) struct EncodedFrames(Mutex<VecDeque<(Arc<Frame>, Arc<str>)>>);

impl EncodedFrames {
    /// Returns a frame as JSON.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub(super) fn text(&self, frame: &Arc<Frame>) -> Result<Arc<str>, serde_json::Error> {
        let found = self.kept().find(frame);
        if let Some(text) = found {
            return Ok(text);
        }
        let text: Arc<str> = serde_json::to_string(&**frame)?.into();
        // A partial frame, made by a filter, belongs to a single subscriber.
        if Arc::strong_count(frame) > 1 {
            self.kept().keep(frame, &text);
        }
        Ok(text)
    }

    fn kept(&self) -> Kept<'_> {
        Kept(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Kept<'a>(std::sync::MutexGuard<'a, VecDeque<(Arc<Frame>, Arc<str>)>>);

impl Kept<'_> {
    fn find(&self, frame: &Arc<Frame>) -> Option<Arc<str>> {
        let mut latest = self.0.iter().rev();
        let found = latest.find(|(kept, _)| Arc::ptr_eq(kept, frame));
        found.map(|(_, text)| Arc::clone(text))
    }

    fn keep(&mut self, frame: &Arc<Frame>, text: &Arc<str>) {
        if self.find(frame).is_none() {
            self.0.push_back((Arc::clone(frame), Arc::clone(text)));
        }
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(position: u64) -> Arc<Frame> {
        Arc::new(Frame {
            cursor: format!("p-{position}"),
            relation: "AFG-TJK".to_owned(),
            position,
            changes: Vec::new(),
        })
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
        for one in &many {
            encoded.text(&Arc::clone(one)).unwrap();
        }
        assert!(encoded.kept().0.len() <= KEPT);
    }
}
