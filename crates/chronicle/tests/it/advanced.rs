//! Events that are added to a fold one commit at a time read as if all were folded at once, also
//! where one decides whether another is in force.

use crate::laws::all_reasons;
use detente_chronicle::{Chronicle, Position};
use detente_testkit::histories::rules;
use detente_testkit::notation::records::record;

/// Checks commits: each has a record on every line. After each, states and reasons are those of a
/// new chronicle, and the changes are those of one that had folded nothing.
fn check(commits: &[&str]) {
    let mut asked = Chronicle::new(rules());
    for (index, commit) in commits.iter().enumerate() {
        let position = Position(index as u64 + 1);
        asked.begin_commit();
        apply(&mut asked, position, commit);
        let changes = asked.end_commit(position);
        let mut new = Chronicle::new(rules());
        for (index, commit) in commits[..index].iter().enumerate() {
            let position = Position(index as u64 + 1);
            new.open_commit();
            apply(&mut new, position, commit);
            new.close_commit(position);
        }
        new.begin_commit();
        apply(&mut new, position, commit);
        assert_eq!(changes, new.end_commit(position), "{commit}");
        assert_eq!(all_reasons(&mut asked), all_reasons(&mut new), "{commit}");
    }
}

fn apply(chronicle: &mut Chronicle, position: Position, commit: &str) {
    for line in commit.lines() {
        chronicle.apply(position, &record(line.trim()));
    }
}

const IMPOSED: &str = "1 2004-09-01 EU -> BLR sanction.imposed name=Ban";
const EASED: &str = "2 2010-09-01 EU -> BLR sanction.eased name=Ban";

/// Croatia joined the European Union in 2013.
#[test]
fn what_an_organisation_ended_before_a_member_joined_does_not_stand_for_it() {
    check(&["9 2012-01-01 HRV -> BLR visit.made", IMPOSED, EASED]);
    check(&["9 2012-01-01 HRV -> BLR visit.made", EASED, IMPOSED]);
}

/// The movement governed when it was put on the list, and not when it was taken off.
#[test]
fn a_removal_from_a_list_counts_if_the_movement_was_put_on_it_while_it_governed() {
    let from = "1 1996-09-27 TALIBAN authority.changed state=AFG authority=TALIBAN";
    let until = "2 2001-12-22 AFG-REPUBLIC authority.changed state=AFG authority=AFG-REPUBLIC";
    let again = "3 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN";
    let listed = "4 1999-01-01 TJK listing.added list=Terror_list listed=TALIBAN";
    let removed = "5 2015-01-01 TJK listing.removed list=Terror_list listed=TALIBAN";
    check(&[from, until, again, listed, removed]);
    check(&[from, until, again, removed, listed]);
}

/// Of the machine-coded rows of one day, direction and code, the one with the best grade counts,
/// then the one with the smallest id.
#[test]
fn a_machine_coded_row_displaces_one_that_ranks_after_it() {
    let weak = "7 2023-03-01 TJK -> AFG coded plover=ASSAULT F6";
    let usual = "6 2023-03-01 TJK -> AFG coded plover=ASSAULT C3";
    let first = "5 2023-03-01 TJK -> AFG coded plover=ASSAULT C3";
    let other = "4 2023-03-01 TJK -> AFG coded plover=CONSULT C3";
    let reverse = "3 2023-03-01 AFG -> TJK coded plover=ASSAULT C3";
    check(&[weak, usual, first, other, reverse]);
    check(&[first, reverse, usual, weak, other]);
    check(&[usual, "8 2022-05-01 TJK -> AFG visit.made", first, weak]);
}

/// What is summed by day is what each weighs on it, before its date is over, on it and after.
#[test]
fn events_of_imprecise_dates_count_in_full_and_then_fade() {
    check(&[
        "9 2022-05-01 TJK -> AFG visit.made",
        "8 2022 TJK -> AFG forces.reinforced",
        "7 2022-03 TJK -> AFG clash.occurred",
        "6 2021-11/2022-06 AFG -> TJK statement.critical",
        "5 ../2022-02 TJK -> AFG border.closed place=Ishkashim",
        "4 2022-03-15 TJK -> AFG border.opened place=Ishkashim",
        "3 202X TJK -> AFG aid.delivered",
        "tick 2022-07-01",
        "2 2022-04 TJK -> AFG talks.held",
    ]);
}

/// The state of a day tells until when a limit holds that ended later.
#[test]
fn an_event_that_ends_a_limit_changes_what_was_told_of_it_before() {
    let closed = "1 2022-01-10 UZB -> AFG border.closed";
    let harsher = "2 2022-02-10 UZB -> AFG border.closed";
    let visit = "3 2022-03-10 UZB -> AFG visit.made";
    let opened = "4 2022-04-10 UZB -> AFG border.opened";
    let again = "5 2022-04-10 UZB -> AFG border.closed";
    let clash = "6 2022-05-01 AFG -> UZB clash.occurred";
    check(&[closed, harsher, visit, clash, opened, again]);
    check(&[visit, closed, harsher, opened, again, clash]);
}

/// An act of both sides has an entry of each; a late one of one side leaves the other's as it is.
#[test]
fn a_late_event_of_one_side_leaves_the_entries_of_the_other() {
    let both = "1 2023-05-02 TJK,UZB visa.waived";
    let back = "2 2023-05-10 UZB -> TJK visa.required";
    let late = "3 2023-05-01 TJK -> UZB visa.required";
    check(&[both, back, late]);
    check(&[both, "9 2023-06-01 TJK -> UZB visit.made", back, late]);
}

/// What did not change is not told, also if something else of the commit is earlier.
#[test]
fn an_earlier_event_of_the_same_commit_changes_nothing_of_an_entry() {
    let closed = "1 2022-02-01 UZB -> AFG border.closed";
    let opened = "2 2022-03-01 UZB -> AFG border.opened";
    let both = "3 2022-01-05 UZB -> AFG visit.made
                4 2022-04-10 UZB -> AFG border.closed";
    check(&["tick 2022-06-01", closed, opened, both]);
    check(&[closed, opened, both, "tick 2022-06-01"]);
    check(&[
        "1 2022-01-10 UZB -> AFG forces.deployed name=A",
        "2 2022-01-20 UZB -> AFG forces.deployed name=B",
        "tick 2022-06-01",
        "3 2022-02-10 UZB -> AFG forces.reinforced name=A",
        "4 2022-04-10 UZB -> AFG forces.withdrawn name=A",
    ]);
}

/// Of one day, the weaker grade applies first, then the kinds in order.
#[test]
fn events_of_one_day_apply_in_order_of_effect_whatever_order_they_come_in() {
    let lines = [
        "1 2022-03-10 UZB -> AFG border.closed A1",
        "2 2022-03-10 UZB -> AFG border.opened C3",
        "3 2022-03-10 UZB -> AFG border.closed B2",
        "4 2022-03-10 AFG -> UZB clash.occurred B2",
        "5 2022-03-10 UZB,AFG relations.established",
        "6 2022-03-10 UZB -> AFG mission.opened mission=embassy host=AFG sender=UZB",
        "7 2022-03-10 UZB -> AFG mission.closed mission=embassy host=AFG sender=UZB",
        "8 2022-03-09 UZB -> AFG relations.downgraded",
    ];
    for turn in 0..lines.len() {
        let mut turned = lines;
        turned.rotate_left(turn);
        check(&turned);
        turned.reverse();
        check(&turned);
    }
}
