//! The table of ids, step by step.

use super::*;

fn known(id: u128, content: u64) -> Known {
    Known {
        id: Uuid::from_u128(id),
        content,
    }
}

#[track_caller]
fn yours(recent: &Recent, known: Known) -> Reserved {
    match recent.claim(known) {
        Claim::Yours(reserved) => reserved,
        other => panic!("the id is not free: {other:?}"),
    }
}

#[track_caller]
fn repeat(recent: &Recent, known: Known, position: u64) {
    let claim = recent.claim(known);
    assert!(
        matches!(claim, Claim::Repeat(found) if found == position),
        "{claim:?}"
    );
}

#[track_caller]
fn conflict(recent: &Recent, known: Known) {
    let claim = recent.claim(known);
    assert!(matches!(claim, Claim::Conflict), "{claim:?}");
}

#[test]
fn a_settled_id_is_a_repeat_or_a_conflict() {
    let recent = Recent::new(10);
    yours(&recent, known(1, 7)).settle(&Ok(5));
    repeat(&recent, known(1, 7), 5);
    conflict(&recent, known(1, 8));
    recent.learn(known(1, 8), 9);
    repeat(&recent, known(1, 7), 5);
}

#[test]
fn who_comes_second_learns_what_became_of_the_first() {
    let recent = Recent::new(10);
    let first = yours(&recent, known(1, 7));
    let Claim::UnderWay(mut second) = recent.claim(known(1, 7)) else {
        panic!("it is under way")
    };
    conflict(&recent, known(1, 8));
    assert!(second.try_recv().is_err());
    first.settle(&Ok(5));
    assert_eq!(second.try_recv(), Ok(Ok(5)));
}

#[test]
fn an_id_that_was_not_stored_is_free_again() {
    let recent = Recent::new(10);
    yours(&recent, known(1, 7)).settle(&Err(AppendError::Stopped));
    yours(&recent, known(1, 8)).settle(&Ok(2));
    repeat(&recent, known(1, 8), 2);
}

#[test]
fn an_id_of_unknown_fate_is_kept_for_the_same_content() {
    let recent = Recent::new(10);
    yours(&recent, known(1, 7)).settle(&Err(AppendError::Unknown { waited_ms: 1 }));
    conflict(&recent, known(1, 8));
    let mut sent = yours(&recent, known(1, 7));
    sent.sent();
    drop(sent);
    conflict(&recent, known(1, 8));
    yours(&recent, known(1, 7)).settle(&Ok(3));
    repeat(&recent, known(1, 7), 3);
}

#[test]
fn a_lost_reservation_tells_those_who_wait() {
    let recent = Recent::new(10);
    let first = yours(&recent, known(1, 7));
    let Claim::UnderWay(mut second) = recent.claim(known(1, 7)) else {
        panic!("it is under way")
    };
    drop(first);
    assert_eq!(second.try_recv(), Ok(Err(AppendError::Stopped)));
    yours(&recent, known(1, 8)).settle(&Ok(1));
}

#[test]
fn the_oldest_settled_ids_are_forgotten_and_none_that_is_under_way() {
    let recent = Recent::new(3);
    let under_way = yours(&recent, known(1, 1));
    for id in 2..=6 {
        yours(&recent, known(id, 1)).settle(&Ok(id as u64));
    }
    conflict(&recent, known(1, 2));
    under_way.settle(&Ok(9));
    repeat(&recent, known(1, 1), 9);
    repeat(&recent, known(6, 1), 6);
    drop(yours(&recent, known(2, 5)));
    assert!(recent.lock().order.len() <= 4);
}
