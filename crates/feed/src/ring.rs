//! The ring: recent frames, bounded by count and by bytes.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Frame, Hole};

/// The most frames that are kept.
const FRAMES_MAX: usize = 16_384;
/// The most bytes of messages whose frames are kept.
const BYTES_MAX: usize = 64 << 20;

/// Frames of the messages `first..=head`; messages that cannot be parsed have none.
#[derive(Debug)]
pub(super) struct Ring {
    first: u64,
    head: u64,
    frames: VecDeque<(u64, Arc<Frame>, usize)>,
    /// The messages that the stream lacks, in order.
    holes: VecDeque<Hole>,
    bytes: usize,
}

/// The successor of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// A frame, its sequence, and the length of its message.
    Frame(u64, Arc<Frame>, usize),
    /// Messages that the stream lacks.
    Hole(Hole),
    /// Nothing yet; the last sequence that is known to have nothing.
    Nothing(u64),
    /// The ring begins later.
    Older,
}

impl Ring {
    /// Returns an empty ring that begins at a message.
    pub(super) const fn new(first: u64) -> Self {
        Self {
            first,
            head: first - 1,
            frames: VecDeque::new(),
            holes: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Adds the next message: its frame with the length of the message, or `None`.
    pub(super) fn push(&mut self, sequence: u64, frame: Option<(Arc<Frame>, usize)>) {
        self.head = sequence;
        let Some((frame, bytes)) = frame else { return };
        self.bytes += bytes;
        self.frames.push_back((sequence, frame, bytes));
        while self.frames.len() > FRAMES_MAX || self.bytes > BYTES_MAX {
            let Some((dropped, _, bytes)) = self.frames.pop_front() else {
                break;
            };
            self.bytes -= bytes;
            self.first = dropped + 1;
        }
        while self
            .holes
            .front()
            .is_some_and(|hole| hole.last < self.first)
        {
            self.holes.pop_front();
        }
    }

    /// Adds messages that the stream lacks, after the last one. Those that are found one after the
    /// other are one hole.
    pub(super) fn lose(&mut self, hole: Hole) {
        self.head = hole.last;
        match self.holes.back_mut() {
            Some(back) if back.last + 1 == hole.first => back.last = hole.last,
            _ => self.holes.push_back(hole),
        }
    }

    /// Returns the sequence of the last message.
    pub(super) const fn head(&self) -> u64 {
        self.head
    }

    /// Returns the frames before a sequence, the latest first, each with its sequence and the length
    /// of its message, and the first sequence that is held; all frames if no sequence is given.
    pub(super) fn reverse(&self, before: Option<u64>) -> (Vec<(u64, Arc<Frame>, usize)>, u64) {
        let before = before.unwrap_or(u64::MAX);
        let end = self
            .frames
            .partition_point(|(sequence, _, _)| *sequence < before);
        let frames = self.frames.iter().take(end).rev();
        (frames.cloned().collect(), before.min(self.first))
    }

    /// Returns what follows a message.
    pub(super) fn after(&self, last: u64) -> After {
        if last + 1 < self.first {
            return After::Older;
        }
        let next = self
            .frames
            .partition_point(|(sequence, _, _)| *sequence <= last);
        let next = self.frames.get(next);
        let before = next.map_or(u64::MAX, |(sequence, _, _)| *sequence);
        let hole = self.holes.partition_point(|hole| hole.last <= last);
        if let Some(hole) = self.holes.get(hole).filter(|hole| hole.first < before) {
            return After::Hole(*hole);
        }
        match next {
            Some((sequence, frame, bytes)) => After::Frame(*sequence, Arc::clone(frame), *bytes),
            None => After::Nothing(self.head.max(last)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn frame(sequence: u64) -> Arc<Frame> {
        Arc::new(fixtures::frame(sequence))
    }

    /// Every third message can be parsed.
    fn ring(messages: u64) -> Ring {
        let mut ring = Ring::new(1);
        for sequence in 1..=messages {
            ring.push(
                sequence,
                (sequence % 3 == 0).then(|| (frame(sequence), 100)),
            );
        }
        ring
    }

    fn read_on(ring: &Ring, mut last: u64, most: usize) -> (Vec<u64>, u64) {
        let mut seen = Vec::new();
        while seen.len() < most {
            match ring.after(last) {
                After::Frame(sequence, _, _) => {
                    seen.push(sequence);
                    last = sequence;
                }
                After::Nothing(head) => return (seen, head),
                After::Older | After::Hole(_) => panic!("the ring has lost {last}"),
            }
        }
        (seen, last)
    }

    #[test]
    fn a_reader_that_is_interrupted_at_any_frame_resumes_without_gap_or_repeat() {
        let ring = ring(20);
        let (all, head) = read_on(&ring, 0, usize::MAX);
        assert_eq!(
            (all.as_slice(), head),
            ([3, 6, 9, 12, 15, 18].as_slice(), 20)
        );
        for cut in 0..=all.len() {
            let (mut seen, last) = read_on(&ring, 0, cut);
            let (rest, _) = read_on(&ring, last, usize::MAX);
            seen.extend(rest);
            assert_eq!(seen, all, "cut after {cut}");
        }
    }

    #[test]
    fn dropped_frames_are_older_and_those_that_follow_are_not() {
        let mut ring = Ring::new(1);
        let count = FRAMES_MAX as u64 + 5;
        for sequence in 1..=count {
            ring.push(sequence, Some((frame(sequence), 1)));
        }
        assert_eq!(ring.after(0), After::Older);
        assert_eq!(ring.after(4), After::Older);
        assert!(matches!(ring.after(5), After::Frame(6, _, _)));
        assert_eq!(ring.after(count), After::Nothing(count));
    }

    #[test]
    fn frames_are_dropped_by_bytes_too() {
        let mut ring = Ring::new(1);
        for sequence in 1..=4 {
            ring.push(sequence, Some((frame(sequence), BYTES_MAX / 2)));
        }
        assert_eq!(ring.after(1), After::Older);
        assert!(matches!(ring.after(2), After::Frame(3, _, _)));
    }

    #[test]
    fn what_the_stream_lacks_is_told_once_and_in_order() {
        let mut ring = Ring::new(1);
        let hole = |first, last| Hole { first, last };
        ring.push(1, Some((frame(1), 1)));
        ring.lose(hole(2, 4));
        ring.push(5, Some((frame(5), 1)));
        ring.lose(hole(6, 6));
        assert!(matches!(ring.after(0), After::Frame(1, _, _)));
        for within in 1..4 {
            assert_eq!(ring.after(within), After::Hole(hole(2, 4)));
        }
        assert!(matches!(ring.after(4), After::Frame(5, _, _)));
        assert_eq!(ring.after(5), After::Hole(hole(6, 6)));
        assert_eq!(ring.after(6), After::Nothing(6));
    }

    #[test]
    fn messages_that_are_lost_one_at_a_time_are_one_hole() {
        let mut ring = Ring::new(1);
        let hole = |first, last| Hole { first, last };
        ring.push(1, Some((frame(1), 1)));
        for lost in 2..=4 {
            ring.lose(hole(lost, lost));
        }
        ring.push(5, None);
        ring.lose(hole(6, 6));
        assert_eq!(ring.after(1), After::Hole(hole(2, 4)));
        // A reader that was told of the first ones is told of the others.
        assert_eq!(ring.after(2), After::Hole(hole(2, 4)));
        assert_eq!(ring.after(4), After::Hole(hole(6, 6)));
        assert_eq!(ring.after(6), After::Nothing(6));
    }

    #[test]
    fn a_reader_ahead_of_the_ring_waits_where_it_is() {
        assert_eq!(ring(7).after(9), After::Nothing(9));
    }
}
