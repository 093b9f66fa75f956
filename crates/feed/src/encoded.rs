//! Frames as text, written once for all subscribers who get the same one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::Frame;

/// How many texts are kept: those who follow the head are near each other, and who is behind
/// has his frames written for himself.
const KEPT: usize = 64;

/// The texts of the last frames that several subscribers may get.
#[derive(Debug, Default)]
pub(super) struct Written(Mutex<VecDeque<(Arc<Frame>, Arc<str>)>>);

impl Written {
    /// A frame as JSON.
    ///
    /// # Errors
    /// None that is known: a frame is text and numbers.
    pub(super) fn text(&self, frame: &Arc<Frame>) -> Result<Arc<str>, serde_json::Error> {
        let found = self.kept().find(frame);
        if let Some(text) = found {
            return Ok(text);
        }
        let text: Arc<str> = serde_json::to_string(&**frame)?.into();
        // One that a filter has made of a part of a frame is nobody else's.
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
    fn a_frame_of_many_is_written_once_and_one_of_a_single_reader_is_not_kept() {
        let written = Written::default();
        let shared = frame(1);
        let other = Arc::clone(&shared);
        let first = written.text(&shared).unwrap();
        assert!(Arc::ptr_eq(&first, &written.text(&other).unwrap()));
        assert_eq!(*first, *serde_json::to_string(&*shared).unwrap());
        let own = frame(2);
        let text = written.text(&own).unwrap();
        assert!(!Arc::ptr_eq(&text, &written.text(&own).unwrap()));
        let many: Vec<_> = (0..200).map(frame).collect();
        for one in &many {
            written.text(&Arc::clone(one)).unwrap();
        }
        assert!(written.kept().0.len() <= KEPT);
    }
}
