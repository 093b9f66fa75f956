//! Events that are added to a fold one commit at a time read as if all were folded at once, also
//! where one decides whether another is in force.

use crate::laws::all_reasons;
use detente_chronicle::{Chronicle, Position};
use detente_testkit::histories::rules;
use detente_testkit::notation::records::record;

/// Checks lines of records, each of them a commit.
fn check(lines: &[&str]) {
    let mut asked = Chronicle::new(rules());
    for (index, line) in lines.iter().enumerate() {
        let add = |chronicle: &mut Chronicle, index: usize| {
            let position = Position(index as u64 + 1);
            chronicle.open_commit();
            chronicle.apply(position, &record(lines[index]));
            chronicle.close_commit(position);
        };
        add(&mut asked, index);
        let mut new = Chronicle::new(rules());
        (0..=index).for_each(|index| add(&mut new, index));
        assert_eq!(all_reasons(&mut asked), all_reasons(&mut new), "{line}");
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
