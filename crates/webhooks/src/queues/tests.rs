//! The queues alone, and under random failures.

use super::*;
use proptest::prelude::*;

const THREE_DAYS: i64 = 3 * 24 * 60 * 60 * 1_000;
const POLICY: RetryPolicy = RetryPolicy {
    give_up_after: THREE_DAYS,
    jitter: 200,
};

fn cursor(projection: &str, sequence: u64) -> Cursor {
    Cursor {
        projection: Projection::new(projection).unwrap(),
        incarnation: Incarnation::parse("1"),
        sequence,
    }
}

fn failed(cursor: &Cursor) -> FailedDelivery {
    FailedDelivery {
        id: "msg_1".to_owned(),
        cursor: cursor.clone(),
        stored_at: 0,
        error: "503".to_owned(),
        retry_after: None,
    }
}

/// Returns queues with frames of these relations and sequences.
fn queues<const N: usize>(frames: [(&str, u64); N]) -> Queues {
    let mut queues = Queues::default();
    for (relation, sequence) in frames {
        queues.push(relation, &cursor("p", sequence));
    }
    queues
}

fn none() -> BTreeSet<String> {
    BTreeSet::new()
}

#[test]
fn a_failing_relation_does_not_delay_the_others() {
    let mut queues = queues([("AFG-TJK", 1), ("AFG-UZB", 2)]);
    let at = cursor("p", 1);
    assert!(!queues.fail("AFG-TJK", &failed(&at), 0, POLICY));
    assert_eq!(queues.ready(0, &none(), 9), ["AFG-UZB"]);
    queues.complete("AFG-UZB", 2);
    queues.push("AFG-TJK", &cursor("p", 7));
    assert_eq!(queues.waiting.len(), 1, "a relation waits in one queue");
    assert_eq!(queues.next_at(0, &none()), Some(1_000));
    assert_eq!(queues.ready(999, &none(), 9), Vec::<String>::new());
    assert_eq!(queues.ready(1_000, &none(), 9), ["AFG-TJK"]);
    queues.complete("AFG-TJK", 1);
    let span = queues.first("AFG-TJK").unwrap();
    assert_eq!((span.first, span.last), (2, 7));
    queues.complete("AFG-TJK", 7);
    assert!(queues.waiting.is_empty());
    assert_eq!(queues.delivered, 3);
}

#[test]
fn the_oldest_goes_first_and_retries_take_half_of_the_limit() {
    let mut queues = queues([("D", 1), ("C", 2), ("B", 3), ("A", 4)]);
    assert_eq!(queues.ready(0, &none(), 2), ["D", "C"]);
    for relation in ["A", "B", "C"] {
        let at = cursor("p", queues.first(relation).unwrap().first);
        queues.fail(relation, &failed(&at), 0, POLICY);
    }
    assert_eq!(queues.ready(9_000, &none(), 2), ["D", "C"]);
    let busy = BTreeSet::from(["C".to_owned()]);
    assert_eq!(queues.ready(9_000, &busy, 2), ["D"]);
    let busy = BTreeSet::from(["C".to_owned(), "D".to_owned()]);
    assert_eq!(queues.ready(9_000, &busy, 4), ["B"]);
    // Relations that wait for a free place have no time of their own.
    assert_eq!(queues.next_at(9_000, &busy), None);
}

#[test]
fn a_delivery_is_abandoned_after_three_days_and_the_next_one_is_sent() {
    let mut queues = queues([("AFG-TJK", 1), ("AFG-TJK", 4)]);
    let at = cursor("p", 1);
    let (mut now, mut tries) = (0, 1);
    while !queues.fail("AFG-TJK", &failed(&at), now, POLICY) {
        now = queues.next_at(now, &none()).unwrap();
        tries += 1;
    }
    assert_eq!(now / 86_400_000, 3);
    assert!((20..60).contains(&tries), "{tries} tries");
    let letter = queues.dead_letters.back().unwrap();
    assert_eq!((letter.cursor.as_str(), letter.attempts), ("p-1-1", tries));
    assert_eq!(letter.replay_from, "p-1-0");
    assert_eq!(queues.first("AFG-TJK").unwrap().first, 2);
    assert_eq!(queues.ready(now, &none(), 9), ["AFG-TJK"]);
    // The one that has waited behind it for as long is tried once.
    assert!(queues.fail("AFG-TJK", &failed(&cursor("p", 4)), now, POLICY));
    assert_eq!(queues.dead_letter_total, 2);
    assert!(queues.waiting.is_empty());
}

#[test]
fn a_late_change_has_its_own_three_days() {
    let mut queues = queues([("AFG-TJK", 1), ("AFG-TJK", 4)]);
    let (first, second) = (cursor("p", 1), cursor("p", 4));
    queues.fail("AFG-TJK", &failed(&first), 0, POLICY);
    let end = THREE_DAYS;
    assert!(queues.fail("AFG-TJK", &failed(&first), end, POLICY));
    let late = FailedDelivery {
        stored_at: end - 5_000,
        ..failed(&second)
    };
    assert!(!queues.fail("AFG-TJK", &late, end, POLICY));
}

#[test]
fn retry_after_of_a_receiver_holds_all_deliveries() {
    let mut queues = queues([("AFG-TJK", 1), ("AFG-UZB", 2)]);
    let at = cursor("p", 1);
    let busy = FailedDelivery {
        retry_after: Some(30_000),
        ..failed(&at)
    };
    queues.fail("AFG-TJK", &busy, 0, POLICY);
    assert_eq!(queues.ready(29_999, &none(), 9), Vec::<String>::new());
    assert_eq!(queues.next_at(0, &none()), Some(30_000));
    assert_eq!(queues.ready(30_000, &none(), 9), ["AFG-UZB", "AFG-TJK"]);
}

#[test]
fn changes_from_before_a_switch_are_sent_first() {
    let mut queues = Queues::default();
    queues.push("AFG-TJK", &cursor("old", 9));
    queues.push("AFG-TJK", &cursor("new", 3));
    assert_eq!(queues.first("AFG-TJK").unwrap().projection, "old");
    queues.complete("AFG-TJK", 9);
    assert_eq!(queues.first("AFG-TJK").unwrap().projection, "new");
}

#[test]
fn queues_parse_back() {
    let mut queues = queues([("AFG-TJK", 1)]);
    let at = cursor("p", 1);
    queues.fail("AFG-TJK", &failed(&at), 5, POLICY);
    let json = serde_json::to_string(&queues).unwrap();
    assert_eq!(serde_json::from_str::<Queues>(&json).unwrap(), queues);
}

/// An event of the simulation.
#[derive(Clone, Copy, Debug)]
enum Incident {
    Delivered,
    /// The receiver has it, and the answer was lost.
    AnswerLost,
    Failed,
    /// The process is killed, and continues from what was saved.
    Killed,
    /// The state is saved.
    Saved,
}

fn incident() -> impl Strategy<Value = Incident> {
    prop_oneof![
        4 => Just(Incident::Delivered),
        1 => Just(Incident::AnswerLost),
        2 => Just(Incident::Failed),
        1 => Just(Incident::Killed),
        2 => Just(Incident::Saved),
    ]
}

/// A feed, a webhook that reads it, and a receiver that keeps the first delivery of each id.
struct Simulation {
    feed: Vec<usize>,
    queues: Queues,
    read: u64,
    saved: (Queues, u64),
    now: i64,
    received: Vec<u64>,
}

impl Simulation {
    fn new(feed: Vec<usize>) -> Self {
        Self {
            feed,
            queues: Queues::default(),
            read: 0,
            saved: Default::default(),
            now: 0,
            received: Vec::new(),
        }
    }

    fn relation(&self, sequence: u64) -> String {
        format!("R{}", self.feed[sequence as usize - 1])
    }

    /// Reads the feed while the queues have space, and tries the next delivery.
    fn step(&mut self, incident: Incident) {
        while self.queues.has_room() && self.read < self.feed.len() as u64 {
            self.read += 1;
            let relation = self.relation(self.read);
            self.queues.push(&relation, &cursor("p", self.read));
        }
        if let Incident::Saved = incident {
            self.saved = (self.queues.clone(), self.read);
            return;
        }
        if let Incident::Killed = incident {
            (self.queues, self.read) = self.saved.clone();
            return;
        }
        let ready = self.queues.ready(self.now, &none(), 8);
        let Some(relation) = ready.first() else {
            self.now = self.queues.next_at(self.now, &none()).unwrap_or(self.now);
            return;
        };
        let span = self.queues.first(relation).unwrap().clone();
        let due = (span.first..=span.last).find(|at| self.relation(*at) == *relation);
        let due = due.unwrap();
        match incident {
            Incident::Delivered => {
                self.receive(due);
                self.queues.complete(relation, due);
            }
            Incident::AnswerLost => {
                self.receive(due);
                let failed = failed(&cursor("p", due));
                self.queues.fail(relation, &failed, self.now, POLICY);
            }
            Incident::Failed => {
                let failed = failed(&cursor("p", due));
                self.queues.fail(relation, &failed, self.now, POLICY);
            }
            Incident::Killed | Incident::Saved => {}
        }
    }

    fn receive(&mut self, sequence: u64) {
        if !self.received.contains(&sequence) {
            self.received.push(sequence);
        }
    }
}

proptest! {
    #[test]
    fn each_change_is_received_once_and_in_order_despite_crashes(
        feed in proptest::collection::vec(0_usize..5, 1..40),
        incidents in proptest::collection::vec(incident(), 0..200),
    ) {
        let mut simulation = Simulation::new(feed);
        for incident in incidents {
            simulation.step(incident);
        }
        // At the end nothing fails any more.
        while simulation.read < simulation.feed.len() as u64 || !simulation.queues.waiting.is_empty() {
            simulation.step(Incident::Delivered);
        }
        prop_assert_eq!(simulation.queues.dead_letter_total, 0);
        let mut received = simulation.received.clone();
        received.sort_unstable();
        let all: Vec<u64> = (1..=simulation.feed.len() as u64).collect();
        prop_assert_eq!(received, all);
        for relation in 0..5 {
            let of = |at: &&u64| simulation.feed[**at as usize - 1] == relation;
            let order: Vec<u64> = simulation.received.iter().filter(of).copied().collect();
            prop_assert!(order.is_sorted(), "{order:?}");
        }
    }
}
