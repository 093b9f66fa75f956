//! Tests of claims and settlement.

use super::*;

fn key(id: u128, content: u64) -> RecordKey {
    RecordKey {
        id: Uuid::from_u128(id),
        content,
    }
}

#[track_caller]
fn claim_new(recent: &RecentIds, key: RecordKey) -> Reserved {
    match recent.claim(key) {
        Claim::New(reserved) => reserved,
        other => panic!("the id is not free: {other:?}"),
    }
}

#[track_caller]
fn claim_again(recent: &RecentIds, key: RecordKey) -> oneshot::Receiver<Outcome> {
    match recent.claim(key) {
        Claim::InFlight(outcome) => outcome,
        other => panic!("the id is not in flight: {other:?}"),
    }
}

#[track_caller]
fn repeat(recent: &RecentIds, key: RecordKey, position: u64) {
    let claim = recent.claim(key);
    assert!(
        matches!(claim, Claim::Repeat(first) if first == position),
        "{claim:?}"
    );
}

#[track_caller]
fn conflict(recent: &RecentIds, key: RecordKey) {
    let claim = recent.claim(key);
    assert!(matches!(claim, Claim::Conflict), "{claim:?}");
}

#[test]
fn a_settled_id_is_a_repeat_or_a_conflict() {
    let recent = RecentIds::new(10);
    claim_new(&recent, key(1, 7)).settle(Ok(5));
    repeat(&recent, key(1, 7), 5);
    conflict(&recent, key(1, 8));
    recent.learn(key(1, 8), 9, false);
    repeat(&recent, key(1, 7), 5);
}

#[test]
fn a_second_claim_gets_the_outcome_of_the_first() {
    let recent = RecentIds::new(10);
    let first = claim_new(&recent, key(1, 7));
    let mut second = claim_again(&recent, key(1, 7));
    conflict(&recent, key(1, 8));
    assert!(second.try_recv().is_err());
    first.settle(Ok(5));
    assert_eq!(second.try_recv(), Ok(Outcome::Stored(5)));
}

#[test]
fn an_id_that_was_not_stored_is_free_again() {
    let recent = RecentIds::new(10);
    claim_new(&recent, key(1, 7)).settle(Err(AppendError::Stopped));
    claim_new(&recent, key(1, 8)).settle(Ok(2));
    repeat(&recent, key(1, 8), 2);
}

#[test]
fn an_id_with_unknown_outcome_is_kept_for_the_same_content() {
    let recent = RecentIds::new(10);
    claim_new(&recent, key(1, 7)).settle(Err(AppendError::Unknown { waited_ms: 1 }));
    conflict(&recent, key(1, 8));
    let mut sent = claim_new(&recent, key(1, 7));
    sent.sent();
    drop(sent);
    conflict(&recent, key(1, 8));
    claim_new(&recent, key(1, 7)).settle(Ok(3));
    repeat(&recent, key(1, 7), 3);
}

#[test]
fn a_dropped_reservation_fails_those_who_wait() {
    let recent = RecentIds::new(10);
    let first = claim_new(&recent, key(1, 7));
    let mut second = claim_again(&recent, key(1, 7));
    drop(first);
    assert_eq!(second.try_recv(), Ok(Outcome::Failed(AppendError::Stopped)));
    claim_new(&recent, key(1, 8)).settle(Ok(1));
}

#[test]
fn the_oldest_settled_ids_are_evicted_and_those_in_flight_are_kept() {
    let recent = RecentIds::new(3);
    let in_flight = claim_new(&recent, key(1, 1));
    for id in 2..=6 {
        claim_new(&recent, key(id, 1)).settle(Ok(id as u64));
    }
    conflict(&recent, key(1, 2));
    in_flight.settle(Ok(9));
    repeat(&recent, key(1, 1), 9);
    repeat(&recent, key(6, 1), 6);
    drop(claim_new(&recent, key(2, 5)));
    assert!(recent.lock().order.len() <= 4);
}

#[test]
fn the_first_record_in_the_log_counts_whoever_stored_it() {
    let unknown = || Err(AppendError::Unknown { waited_ms: 1 });
    let stopped = || Err(AppendError::Stopped);
    // What the follower reads while content 7 is being appended, and what became of that.
    let cases = [
        (None, Ok(5), Outcome::Stored(5), 7, 5),
        (Some((5, 7, true)), Ok(5), Outcome::Stored(5), 7, 5),
        (Some((6, 8, false)), Ok(5), Outcome::Stored(5), 7, 5),
        (Some((4, 7, false)), Ok(4), Outcome::Repeat(4), 7, 4),
        (Some((4, 7, false)), Ok(5), Outcome::Repeat(4), 7, 4),
        (Some((4, 8, false)), Ok(5), Outcome::Conflict, 8, 4),
        (Some((4, 7, true)), unknown(), Outcome::Stored(4), 7, 4),
        (Some((4, 7, false)), unknown(), Outcome::Repeat(4), 7, 4),
        (Some((4, 8, false)), stopped(), Outcome::Conflict, 8, 4),
    ];
    for (read, result, expected, content, position) in cases {
        let recent = RecentIds::new(10);
        let first = claim_new(&recent, key(1, 7));
        let mut second = claim_again(&recent, key(1, 7));
        assert_eq!(recent.first(key(1, 7).id), None);
        if let Some((position, content, is_own)) = read {
            recent.learn(key(1, content), position, is_own);
            recent.learn(key(1, 9), position + 3, false);
            assert_eq!(recent.first(key(1, 7).id), Some(position));
        }
        assert_eq!(first.settle(result), expected, "{read:?}");
        assert_eq!(second.try_recv(), Ok(expected));
        repeat(&recent, key(1, content), position);
        conflict(&recent, key(1, content + 1));
    }
}

#[test]
fn a_record_that_is_read_from_the_log_ends_the_uncertainty() {
    for content in [7, 8] {
        let recent = RecentIds::new(10);
        claim_new(&recent, key(1, 7)).settle(Err(AppendError::Unknown { waited_ms: 1 }));
        recent.learn(key(1, content), 3, false);
        repeat(&recent, key(1, content), 3);
        conflict(&recent, key(1, 15 - content));
    }
}
