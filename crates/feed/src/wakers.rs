//! Wakes the subscriptions that a frame may match: those with the same filter share one waker, and
//! a waker whose filter does not match is not notified.
//!
//! A thousand idle subscriptions then cost one evaluation of each different filter per frame,
//! instead of a thousand wake-ups.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{Filter, Frame};

/// One waker for each filter that has subscriptions waiting.
#[derive(Debug, Default)]
pub(super) struct Wakers(Mutex<Vec<Waker>>);

#[derive(Debug)]
struct Waker {
    filter: Filter,
    watermark: watch::Sender<Watermark>,
}

/// The messages that were examined for a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Watermark {
    /// The message after which the examined ones begin.
    since: u64,
    /// The last examined message.
    examined: u64,
    /// The last examined message that may match; 0 if there is none.
    last_match: u64,
    /// The one that may match before that; 0 if there is none.
    previous_match: u64,
}

impl Wakers {
    /// Subscribes to the waker of a filter, which examines what follows the head.
    pub(super) fn subscribe(
        &self,
        filter: &Filter,
        head: impl Fn() -> u64,
    ) -> watch::Receiver<Watermark> {
        let mut wakers = self.wakers();
        let filter = filter.without_expression();
        if let Some(waker) = wakers.iter().find(|waker| waker.filter == filter) {
            return waker.watermark.subscribe();
        }
        let head = head();
        let (watermark, receiver) = watch::channel(Watermark {
            since: head,
            examined: head,
            last_match: 0,
            previous_match: 0,
        });
        wakers.push(Waker { filter, watermark });
        receiver
    }

    /// Examines a message that the ring has, and wakes the subscriptions that its frame may match.
    pub(super) fn notify(&self, sequence: u64, frame: Option<&Frame>) {
        let mut wakers = self.wakers();
        wakers.retain(|waker| waker.watermark.receiver_count() > 0);
        for Waker { filter, watermark } in wakers.iter() {
            let matches = frame.is_some_and(|frame| filter.matches_any(frame));
            watermark.send_if_modified(|watermark| watermark.advance(sequence, matches));
        }
    }

    fn wakers(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watermark {
    /// Adds the next message. Returns true if the subscriptions are to be woken: for a match, or if
    /// messages in between were not examined.
    fn advance(&mut self, sequence: u64, matches: bool) -> bool {
        let has_gap = sequence > self.examined + 1;
        if has_gap {
            self.since = sequence - 1;
        }
        self.examined = self.examined.max(sequence);
        if matches {
            self.previous_match = self.last_match;
            self.last_match = sequence;
        }
        matches || has_gap
    }

    /// Returns true if a message after this one may match.
    pub(super) const fn has_more(&self, last: u64) -> bool {
        self.last_match > last || self.since > last
    }

    /// Returns the last message such that none between this one and it matches.
    pub(super) fn examined(&self, last: u64) -> u64 {
        if self.since > last || self.previous_match > last {
            last
        } else if self.last_match > last {
            self.last_match - 1
        } else {
            self.examined.max(last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use detente_domain::party::Party;
    use serde_json::json;

    fn frame(relation: &str) -> Frame {
        Frame {
            relation: relation.to_owned(),
            changes: vec![fixtures::change(json!({"relation": relation}))],
            ..fixtures::frame(7)
        }
    }

    fn of(country: &str) -> Filter {
        Filter {
            countries: [Party::find(country).unwrap()].into(),
            ..Filter::default()
        }
    }

    #[test]
    fn only_matching_subscriptions_are_woken_and_all_watermarks_advance() {
        let wakers = Wakers::default();
        let mut tajik = wakers.subscribe(&of("TJK"), || 4);
        let mut kazakh = wakers.subscribe(&of("KAZ"), || 4);
        wakers.notify(5, Some(&frame("AFG-TJK")));
        wakers.notify(6, None);
        assert!(tajik.has_changed().unwrap());
        assert!(!kazakh.has_changed().unwrap());
        assert!(tajik.borrow_and_update().has_more(4));
        assert_eq!(tajik.borrow().examined(4), 4);
        assert_eq!(tajik.borrow().examined(5), 6);
        assert_eq!(kazakh.borrow_and_update().examined(4), 6);
        assert_eq!(kazakh.borrow().examined(9), 9, "a reader may be ahead");
    }

    #[test]
    fn messages_that_were_not_examined_stay_unread() {
        let wakers = Wakers::default();
        let mut watermark = wakers.subscribe(&of("KAZ"), || 4);
        wakers.notify(5, Some(&frame("AFG-TJK")));
        let later = wakers.subscribe(&of("KAZ"), || 5);
        assert_eq!(later.borrow().examined(2), 2, "it begins at 4");
        // The feed is then followed from a later message.
        watermark.borrow_and_update();
        wakers.notify(100, None);
        assert!(watermark.has_changed().unwrap());
        assert!(watermark.borrow().has_more(5));
        assert_eq!(watermark.borrow().examined(98), 98);
        assert_eq!(watermark.borrow().examined(99), 100);
    }

    #[test]
    fn a_woken_subscription_skips_messages_that_were_examined() {
        let wakers = Wakers::default();
        let watermark = wakers.subscribe(&of("TJK"), || 4);
        for sequence in 5..100 {
            wakers.notify(sequence, Some(&frame("AFG-KAZ")));
        }
        wakers.notify(100, Some(&frame("AFG-TJK")));
        wakers.notify(101, Some(&frame("AFG-KAZ")));
        assert_eq!(watermark.borrow().examined(4), 99);
        assert_eq!(watermark.borrow().examined(3), 3, "4 was not examined");
        wakers.notify(102, Some(&frame("AFG-TJK")));
        assert_eq!(watermark.borrow().examined(4), 4, "two frames are waiting");
        assert_eq!(watermark.borrow().examined(100), 101);
    }

    #[test]
    fn subscriptions_with_one_filter_share_a_waker_that_is_dropped_with_them() {
        let wakers = Wakers::default();
        let receivers = [0; 3].map(|_| wakers.subscribe(&of("KAZ"), || 0));
        let other = wakers.subscribe(&Filter::default(), || 0);
        assert_eq!(wakers.wakers().len(), 2);
        drop(receivers);
        wakers.notify(1, None);
        assert_eq!(wakers.wakers().len(), 1);
        drop(other);
    }

    #[test]
    fn an_expression_is_left_to_its_subscription() {
        let wakers = Wakers::default();
        let expression = crate::Expression::parse("change.occasion == 'lapsed'").ok();
        let filter = Filter {
            expression,
            ..of("TJK")
        };
        let watermark = wakers.subscribe(&filter, || 0);
        wakers.notify(1, Some(&frame("AFG-TJK")));
        assert!(watermark.borrow().has_more(0));
    }
}
