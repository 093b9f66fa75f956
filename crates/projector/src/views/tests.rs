//! The queue of views.

use super::*;
use detente_domain::party::Party;

fn pair(other: &str) -> Pair {
    let [one, other] = ["AFG", other].map(|code| Party::find(code).expect("a state"));
    Pair::new(one, other).expect("two states")
}

#[test]
fn each_relation_has_its_turn_and_is_taken_once() {
    let queue = ViewQueue::default();
    let [irn, kaz, tjk] = ["IRN", "KAZ", "TJK"].map(pair);
    queue.add([tjk, kaz, irn, kaz]);
    assert_eq!(queue.take(2, |_| true), [irn, kaz]);
    // One that comes back does not overtake those that wait.
    queue.add([irn]);
    assert_eq!(queue.take(1, |_| true), [tjk]);
    assert_eq!(queue.take(9, |_| true), [irn]);
    assert!(queue.is_empty());
}

#[test]
fn relations_that_may_not_be_written_yet_stay() {
    let queue = ViewQueue::default();
    let [irn, kaz] = ["IRN", "KAZ"].map(pair);
    queue.add([irn, kaz]);
    assert_eq!(queue.take(9, |pair| pair == kaz), [kaz]);
    assert_eq!(queue.take(9, |_| false), []);
    assert_eq!(queue.take(9, |_| true), [irn]);
    assert!(!queue.is_closed());
    queue.close();
    assert!(queue.is_closed());
}
