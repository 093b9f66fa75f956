//! Lanes by themselves, under every mishap that lots come to.

use super::*;
use proptest::prelude::*;

const PLAN: Plan = Plan {
    tried_for: schedule::TRIED_FOR,
    draw: 200,
};

fn cursor(projection: &str, sequence: u64) -> Cursor {
    Cursor {
        projection: Projection::new(projection).unwrap(),
        sequence,
    }
}

fn failed(cursor: &Cursor) -> Failed {
    Failed {
        id: "msg_1".to_owned(),
        cursor: cursor.clone(),
        stored_at: 0,
        error: "503".to_owned(),
        retry_after: None,
    }
}

fn none() -> BTreeSet<String> {
    BTreeSet::new()
}

#[test]
fn a_relation_that_fails_waits_and_the_others_do_not() {
    let mut lanes = Lanes::default();
    let at = cursor("p", 1);
    lanes.take("AFG-TJK", &at);
    lanes.take("AFG-UZB", &cursor("p", 2));
    let next = lanes.fail("AFG-TJK", &failed(&at), 0, PLAN);
    assert_eq!(next, Next::Again);
    assert_eq!(lanes.ready(0, &none(), 9), ["AFG-UZB"]);
    lanes.deliver("AFG-UZB", 2);
    lanes.take("AFG-TJK", &cursor("p", 7));
    assert_eq!(lanes.waiting.len(), 1, "a relation waits in one lane");
    assert_eq!(lanes.next_at(0, &none()), Some(1_000));
    assert_eq!(lanes.ready(999, &none(), 9), Vec::<String>::new());
    assert_eq!(lanes.ready(1_000, &none(), 9), ["AFG-TJK"]);
    lanes.deliver("AFG-TJK", 1);
    let span = lanes.first("AFG-TJK").unwrap();
    assert_eq!((span.first, span.last), (2, 7));
    lanes.deliver("AFG-TJK", 7);
    assert!(lanes.waiting.is_empty());
    assert_eq!(lanes.delivered, 3);
}

#[test]
fn the_oldest_goes_first_and_what_fails_takes_half_of_the_places() {
    let mut lanes = Lanes::default();
    for (sequence, relation) in ["D", "C", "B", "A"].into_iter().enumerate() {
        lanes.take(relation, &cursor("p", sequence as u64 + 1));
    }
    assert_eq!(lanes.ready(0, &none(), 2), ["D", "C"]);
    for relation in ["A", "B", "C"] {
        let at = cursor("p", lanes.first(relation).unwrap().first);
        lanes.fail(relation, &failed(&at), 0, PLAN);
    }
    assert_eq!(lanes.ready(9_000, &none(), 2), ["D", "C"]);
    let busy = BTreeSet::from(["C".to_owned()]);
    assert_eq!(lanes.ready(9_000, &busy, 2), ["D"]);
    let busy = BTreeSet::from(["C".to_owned(), "D".to_owned()]);
    assert_eq!(lanes.ready(9_000, &busy, 4), ["B"]);
    // What is only kept back by others is no reason to wake up.
    assert_eq!(lanes.next_at(9_000, &busy), None);
}

#[test]
fn what_fails_for_three_days_is_parked_and_the_next_one_goes_out() {
    let mut lanes = Lanes::default();
    let at = cursor("p", 1);
    lanes.take("AFG-TJK", &at);
    lanes.take("AFG-TJK", &cursor("p", 4));
    let (mut now, mut tries) = (0, 1);
    while lanes.fail("AFG-TJK", &failed(&at), now, PLAN) == Next::Again {
        now = lanes.next_at(now, &none()).unwrap();
        tries += 1;
    }
    assert_eq!(now / 86_400_000, 3);
    assert!((20..60).contains(&tries), "{tries} tries");
    let parked = lanes.parked.back().unwrap();
    assert_eq!((parked.cursor.as_str(), parked.attempts), ("p-1", tries));
    assert_eq!(parked.replay_from, "p-0");
    assert_eq!(lanes.first("AFG-TJK").unwrap().first, 2);
    assert_eq!(lanes.ready(now, &none(), 9), ["AFG-TJK"]);
    // What has waited behind it for as long is tried once.
    let next = lanes.fail("AFG-TJK", &failed(&cursor("p", 4)), now, PLAN);
    assert_eq!((next, lanes.parked_total), (Next::Parked, 2));
    assert!(lanes.waiting.is_empty());
}

#[test]
fn what_came_late_has_its_own_three_days() {
    let mut lanes = Lanes::default();
    let (first, second) = (cursor("p", 1), cursor("p", 4));
    lanes.take("AFG-TJK", &first);
    lanes.take("AFG-TJK", &second);
    lanes.fail("AFG-TJK", &failed(&first), 0, PLAN);
    let end = schedule::TRIED_FOR;
    let next = lanes.fail("AFG-TJK", &failed(&first), end, PLAN);
    assert_eq!(next, Next::Parked);
    let late = Failed {
        stored_at: end - 5_000,
        ..failed(&second)
    };
    assert_eq!(lanes.fail("AFG-TJK", &late, end, PLAN), Next::Again);
}

#[test]
fn a_receiver_that_wants_nothing_for_a_while_gets_nothing() {
    let mut lanes = Lanes::default();
    let at = cursor("p", 1);
    lanes.take("AFG-TJK", &at);
    lanes.take("AFG-UZB", &cursor("p", 2));
    let busy = Failed {
        retry_after: Some(30_000),
        ..failed(&at)
    };
    lanes.fail("AFG-TJK", &busy, 0, PLAN);
    assert_eq!(lanes.ready(29_999, &none(), 9), Vec::<String>::new());
    assert_eq!(lanes.next_at(0, &none()), Some(30_000));
    assert_eq!(lanes.ready(30_000, &none(), 9), ["AFG-UZB", "AFG-TJK"]);
}

#[test]
fn what_was_due_before_a_switch_goes_out_before_what_comes_after_it() {
    let mut lanes = Lanes::default();
    lanes.take("AFG-TJK", &cursor("old", 9));
    lanes.take("AFG-TJK", &cursor("new", 3));
    assert_eq!(lanes.first("AFG-TJK").unwrap().projection, "old");
    lanes.deliver("AFG-TJK", 9);
    assert_eq!(lanes.first("AFG-TJK").unwrap().projection, "new");
}

#[test]
fn lanes_read_back_as_they_were_written() {
    let mut lanes = Lanes::default();
    let at = cursor("p", 1);
    lanes.take("AFG-TJK", &at);
    lanes.fail("AFG-TJK", &failed(&at), 5, PLAN);
    let json = serde_json::to_string(&lanes).unwrap();
    assert_eq!(serde_json::from_str::<Lanes>(&json).unwrap(), lanes);
}

/// What lots do to the next delivery, or to the process.
#[derive(Clone, Copy, Debug)]
enum Mishap {
    Taken,
    /// It was taken, and the answer was lost.
    Unheard,
    Refused,
    /// The process is killed, and goes on from what was kept.
    Killed,
    /// What is known is kept.
    Kept,
}

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        4 => Just(Mishap::Taken),
        1 => Just(Mishap::Unheard),
        2 => Just(Mishap::Refused),
        1 => Just(Mishap::Killed),
        2 => Just(Mishap::Kept),
    ]
}

/// A feed, a webhook that reads it, and a receiver that keeps the first of each id.
struct World {
    feed: Vec<usize>,
    lanes: Lanes,
    read: u64,
    kept: (Lanes, u64),
    now: i64,
    seen: Vec<u64>,
}

impl World {
    fn new(feed: Vec<usize>) -> Self {
        Self {
            feed,
            lanes: Lanes::default(),
            read: 0,
            kept: Default::default(),
            now: 0,
            seen: Vec::new(),
        }
    }

    fn relation(&self, sequence: u64) -> String {
        format!("R{}", self.feed[sequence as usize - 1])
    }

    /// Reads on, as long as there is room, and tries what is the turn of.
    fn step(&mut self, mishap: Mishap) {
        while self.lanes.has_room() && self.read < self.feed.len() as u64 {
            self.read += 1;
            let relation = self.relation(self.read);
            self.lanes.take(&relation, &cursor("p", self.read));
        }
        if let Mishap::Kept = mishap {
            self.kept = (self.lanes.clone(), self.read);
            return;
        }
        if let Mishap::Killed = mishap {
            (self.lanes, self.read) = self.kept.clone();
            return;
        }
        let ready = self.lanes.ready(self.now, &none(), 8);
        let Some(relation) = ready.first() else {
            self.now = self.lanes.next_at(self.now, &none()).unwrap_or(self.now);
            return;
        };
        let span = self.lanes.first(relation).unwrap().clone();
        let due = (span.first..=span.last).find(|at| self.relation(*at) == *relation);
        let due = due.unwrap();
        match mishap {
            Mishap::Taken => {
                self.see(due);
                self.lanes.deliver(relation, due);
            }
            Mishap::Unheard => {
                self.see(due);
                let failed = failed(&cursor("p", due));
                self.lanes.fail(relation, &failed, self.now, PLAN);
            }
            Mishap::Refused => {
                let failed = failed(&cursor("p", due));
                self.lanes.fail(relation, &failed, self.now, PLAN);
            }
            Mishap::Killed | Mishap::Kept => {}
        }
    }

    fn see(&mut self, sequence: u64) {
        if !self.seen.contains(&sequence) {
            self.seen.push(sequence);
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_each_change_is_seen_once_and_in_order_for_its_relation(
        feed in proptest::collection::vec(0_usize..5, 1..40),
        mishaps in proptest::collection::vec(mishap(), 0..200),
    ) {
        let mut world = World::new(feed);
        for mishap in mishaps {
            world.step(mishap);
        }
        // In the end nothing goes wrong any more.
        while world.read < world.feed.len() as u64 || !world.lanes.waiting.is_empty() {
            world.step(Mishap::Taken);
        }
        prop_assert_eq!(world.lanes.parked_total, 0);
        let mut seen = world.seen.clone();
        seen.sort_unstable();
        let all: Vec<u64> = (1..=world.feed.len() as u64).collect();
        prop_assert_eq!(seen, all);
        for relation in 0..5 {
            let of = |at: &&u64| world.feed[**at as usize - 1] == relation;
            let order: Vec<u64> = world.seen.iter().filter(of).copied().collect();
            prop_assert!(order.is_sorted(), "{order:?}");
        }
    }
}
