//! Who is woken by a frame: readers with the same filter wait in one lane, and a lane that a frame
//! is not for is left asleep.
//!
//! A thousand idle readers then cost one look at each frame for each filter that is among them,
//! and not a thousand wakings.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{Filter, Frame};

/// The lanes in which somebody waits.
#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<Vec<Lane>>);

#[derive(Debug)]
struct Lane {
    filter: Filter,
    known: watch::Sender<Known>,
}

/// What a lane knows of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// It has looked at every message after this one,
    since: u64,
    /// up to this one,
    looked: u64,
    /// and this is the last of them that its readers may want; nought is none.
    wanted: u64,
    /// The one that they may want before that.
    before: u64,
}

impl Lanes {
    /// Waits in the lane of a filter, which looks at what follows the head.
    pub(super) fn join(&self, filter: &Filter, head: impl Fn() -> u64) -> watch::Receiver<Known> {
        let mut lanes = self.lanes();
        let filter = filter.without_expression();
        let same = lanes.iter().find(|lane| lane.filter == filter);
        if let Some(lane) = same {
            return lane.known.subscribe();
        }
        let head = head();
        let (known, receiver) = watch::channel(Known {
            since: head,
            looked: head,
            wanted: 0,
            before: 0,
        });
        lanes.push(Lane { filter, known });
        receiver
    }

    /// Looks at a message that the ring has, and wakes whom its frame may be for.
    pub(super) fn look(&self, sequence: u64, frame: Option<&Frame>) {
        let mut lanes = self.lanes();
        lanes.retain(|lane| lane.known.receiver_count() > 0);
        for Lane { filter, known } in lanes.iter() {
            let wants = frame.is_some_and(|frame| filter.wants_any(frame));
            known.send_if_modified(|known| known.take(sequence, wants));
        }
    }

    fn lanes(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Takes the next message, and says whether anybody is to be woken: for a frame, and where
    /// messages in between were not looked at.
    fn take(&mut self, sequence: u64, wants: bool) -> bool {
        let has_gap = sequence > self.looked + 1;
        if has_gap {
            self.since = sequence - 1;
        }
        self.looked = self.looked.max(sequence);
        if wants {
            self.before = self.wanted;
            self.wanted = sequence;
        }
        wants || has_gap
    }

    /// Whether a reader has something to look at after a message.
    pub(super) const fn has_more(&self, last: u64) -> bool {
        self.wanted > last || self.since > last
    }

    /// The last message up to which there is nothing for a reader who has looked at one.
    pub(super) fn passed(&self, last: u64) -> u64 {
        if self.since > last || self.before > last {
            last
        } else if self.wanted > last {
            self.wanted - 1
        } else {
            self.looked.max(last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_domain::party::Party;

    fn frame(relation: &str) -> Frame {
        let change = serde_json::json!({
            "relation": relation, "direction": null, "dimension": "missions", "key": null,
            "from": "unknown", "to": "open", "was_uncertain": false, "uncertain": false,
            "day": "2023-03-23", "until": null, "occasion": "happened", "causes": [],
            "lag_days": null, "position": 7
        });
        Frame {
            cursor: "p-1".to_owned(),
            relation: relation.to_owned(),
            position: 7,
            changes: vec![serde_json::from_value(change).unwrap()],
        }
    }

    fn of(country: &str) -> Filter {
        Filter {
            countries: [Party::find(country).unwrap()].into(),
            ..Filter::default()
        }
    }

    #[test]
    fn only_whom_a_frame_is_for_is_woken_and_all_know_how_far_it_was_looked() {
        let lanes = Lanes::default();
        let mut tajik = lanes.join(&of("TJK"), || 4);
        let mut kazakh = lanes.join(&of("KAZ"), || 4);
        lanes.look(5, Some(&frame("AFG-TJK")));
        lanes.look(6, None);
        assert!(tajik.has_changed().unwrap());
        assert!(!kazakh.has_changed().unwrap());
        assert!(tajik.borrow_and_update().has_more(4));
        assert_eq!(tajik.borrow().passed(4), 4);
        assert_eq!(tajik.borrow().passed(5), 6);
        assert_eq!(kazakh.borrow_and_update().passed(4), 6);
        assert_eq!(kazakh.borrow().passed(9), 9, "a reader may be ahead");
    }

    #[test]
    fn what_a_lane_has_not_looked_at_is_not_passed() {
        let lanes = Lanes::default();
        let mut known = lanes.join(&of("KAZ"), || 4);
        lanes.look(5, Some(&frame("AFG-TJK")));
        let later = lanes.join(&of("KAZ"), || 5);
        assert_eq!(later.borrow().passed(2), 2, "it begins at 4");
        // The feed begins to be followed further on.
        known.borrow_and_update();
        lanes.look(100, None);
        assert!(known.has_changed().unwrap());
        assert!(known.borrow().has_more(5));
        assert_eq!(known.borrow().passed(98), 98);
        assert_eq!(known.borrow().passed(99), 100);
    }

    #[test]
    fn who_is_woken_at_last_need_not_look_at_what_the_lane_has_passed() {
        let lanes = Lanes::default();
        let known = lanes.join(&of("TJK"), || 4);
        for sequence in 5..100 {
            lanes.look(sequence, Some(&frame("AFG-KAZ")));
        }
        lanes.look(100, Some(&frame("AFG-TJK")));
        lanes.look(101, Some(&frame("AFG-KAZ")));
        assert_eq!(known.borrow().passed(4), 99);
        assert_eq!(known.borrow().passed(3), 3, "nobody has looked at 4");
        lanes.look(102, Some(&frame("AFG-TJK")));
        assert_eq!(known.borrow().passed(4), 4, "two frames are waiting");
        assert_eq!(known.borrow().passed(100), 101);
    }

    #[test]
    fn readers_with_one_filter_share_a_lane_and_an_empty_one_is_left() {
        let lanes = Lanes::default();
        let receivers = [0; 3].map(|_| lanes.join(&of("KAZ"), || 0));
        let other = lanes.join(&Filter::default(), || 0);
        assert_eq!(lanes.lanes().len(), 2);
        drop(receivers);
        lanes.look(1, None);
        assert_eq!(lanes.lanes().len(), 1);
        drop(other);
    }

    #[test]
    fn an_expression_is_left_to_its_readers() {
        let lanes = Lanes::default();
        let expression = crate::Expression::parse("change.occasion == 'lapsed'").ok();
        let filter = Filter {
            expression,
            ..of("TJK")
        };
        let known = lanes.join(&filter, || 0);
        lanes.look(1, Some(&frame("AFG-TJK")));
        assert!(known.borrow().has_more(0));
    }
}
