//! Acts of organisations, memberships that reports tell of, and refusals of the background.

use super::harness::{Given, given};
use detente_chronicle::Position;
use detente_domain::background;
use detente_domain::event::EventId;
use detente_domain::level::Recognition;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::State;
use detente_testkit::notation::{day, id, party};

const TICK: &str = "tick 2023-06-01";
const JOINED: &str = "1 2023-01-01 TJK -> EAEU membership.joined";
const ACT: &str = "2 2023-03-23 EAEU -> AFG statement.supportive";
const LEFT: &str = "3 2023-03-01 TJK -> EAEU membership.left";

impl Given {
    /// Asserts the numbers of the events of Afghanistan and Tajikistan.
    #[track_caller]
    fn events(mut self, known: Option<u64>, expected: &[u64]) -> Self {
        let pair = pair("AFG", "TJK");
        let events = self.chronicle().events_of(pair, known.map(Position));
        let expected: Vec<EventId> = expected.iter().map(|number| EventId(id(*number))).collect();
        assert_eq!(events, expected);
        self
    }

    /// Returns the state of the conduct of one state towards another.
    #[track_caller]
    fn between(&mut self, from: &str, to: &str, on: &str) -> State {
        let pair = pair(from, to);
        let direction = pair.from(party(from)).unwrap_or(Direction::Forward);
        self.chronicle().state(pair, direction, day(on), None)
    }
}

#[track_caller]
fn pair(one: &str, other: &str) -> Pair {
    Pair::new(party(one), party(other)).unwrap_or_else(|| panic!("no pair"))
}

#[test]
fn an_act_counts_for_a_member_that_only_reports_tell_of_in_any_order() {
    for [first, second] in [[JOINED, ACT], [ACT, JOINED]] {
        given(&[TICK, first, second])
            .warmth("2023-03-23", None, 1200)
            .events(None, &[2])
            .warmth("2023-03-23", Some(2), 0)
            .events(Some(2), &[]);
    }
    given(&[TICK, ACT]).when(JOINED).then(&[
        "TJK>AFG political learned 2023-03-23.. unknown to cooperative by 1",
        "TJK>AFG posture learned 2023-03-23.. unknown to cooperative by 1",
    ]);
}

#[test]
fn a_membership_ends_and_can_be_retracted() {
    given(&[TICK, JOINED, ACT])
        .when(LEFT)
        .warmth("2023-03-23", None, 0)
        .events(None, &[2])
        .when("100 retracts 3")
        .warmth("2023-03-23", None, 1200)
        .warmth("2023-03-23", Some(4), 0)
        .when("101 retracts 1")
        .warmth("2023-03-23", None, 0)
        .events(None, &[])
        .warmth("2023-03-23", Some(5), 1200)
        .when("102 retracts 101")
        .warmth("2023-03-23", None, 1200);
}

#[test]
fn a_membership_learned_later_leaves_each_earlier_fold_as_it_was() {
    let takeover = "4 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN";
    let known = [(2, Some(Recognition::DeJure)), (3, None)];
    for order in [known, [known[1], known[0]]] {
        let mut given = given(&[TICK, ACT, takeover, JOINED]);
        for (known, expected) in order {
            let recognition = given.state("2023-03-23", Some(known)).recognition;
            assert_eq!(recognition.level, expected, "at {known} of {order:?}");
        }
    }
}

#[test]
fn a_weak_report_of_a_membership_does_not_count() {
    let weak = "1 2023-01-01 TJK -> EAEU membership.joined D4";
    given(&[TICK, ACT, weak])
        .warmth("2023-03-23", None, 0)
        .events(None, &[])
        .when("100 corroborates 1 B2 in=Reuters")
        .warmth("2023-03-23", None, 1200);
}

#[test]
fn a_member_by_the_background_can_leave() {
    let act = "2 2023-03-23 EAEU -> AFG statement.supportive";
    let warmth = |given: &mut Given| given.between("KAZ", "AFG", "2023-03-23").weighed[0].warmth;
    let mut member = given(&[TICK, act]);
    assert_eq!(warmth(&mut member), 1200);
    let mut left = member.when("3 2023-03-01 KAZ -> EAEU membership.suspended");
    assert_eq!(warmth(&mut left), 0);
}

#[test]
fn refusals_of_the_background_hold_without_any_report() {
    let mut nothing = given(&[TICK]);
    let before = nothing.between("HND", "CHN", "2020-01-01").recognition;
    assert_eq!(before.level, Some(Recognition::None));
    let after = nothing.between("HND", "CHN", "2023-05-01").recognition;
    assert_eq!(after.level, Some(Recognition::DeJure));
    assert!(!after.presumed);
    assert_eq!(nothing.chronicle().pairs().count(), 0);
    for event in before.basis.evidence {
        let known = nothing.chronicle().event(event, Some(Position(0)));
        assert!(background::find(event).is_some());
        assert_eq!(known.map(|known| known.position), Some(Position(0)));
    }
}

#[test]
fn recognising_a_claimant_by_the_background_ends_recognition_of_its_rival() {
    let granted = "1 1985-01-01 HND -> TWN recognition.granted of=TWN form=de_jure";
    let mut given = given(&[TICK, granted]);
    let level = |given: &mut Given, on| given.between("HND", "TWN", on).recognition.level;
    assert_eq!(level(&mut given, "2023-03-25"), Some(Recognition::DeJure));
    assert_eq!(level(&mut given, "2023-03-26"), Some(Recognition::None));
}
