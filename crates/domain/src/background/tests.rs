//! The files of the background: every row, and what is known of some days.

use super::file::{MEMBERSHIPS, REFUSALS, Row, membership, refusal};
use super::*;
use crate::tsv;
use std::collections::BTreeSet;

fn party(code: &str) -> Party {
    Party::find(code).unwrap_or_else(|| panic!("no party {code}"))
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn pair(one: &str, other: &str) -> Pair {
    Pair::new(party(one), party(other)).unwrap()
}

/// Returns the members of an organisation that are certain on a day.
fn members(organisation: &str, on: &str) -> Vec<&'static str> {
    let (organisation, on) = (party(organisation), day(on));
    let holds = |membership: &Membership| {
        membership.organisation == organisation
            && membership.from <= on
            && membership.to.is_none_or(|to| on < to)
    };
    let states = members_ever(organisation);
    let states = states.filter(|state| memberships_of(*state).iter().any(holds));
    states.map(Party::code).collect()
}

#[track_caller]
fn counts(organisation: &str, table: &[(&str, usize)]) {
    for (on, count) in table {
        let members = members(organisation, on);
        assert_eq!(members.len(), *count, "{organisation} on {on}: {members:?}");
    }
}

/// Asserts that each row parses and ends after it began, that the rows are in order, and that those
/// of the same two parties do not overlap.
#[track_caller]
fn check_rows(file: &'static str, parse: fn(&'static str) -> Option<Row>) {
    let mut before: Option<(Vec<&str>, Row)> = None;
    for line in tsv::rows(file) {
        let row = parse(line).unwrap_or_else(|| panic!("not a row: {line}"));
        if let Some(to) = &row.to {
            assert!(row.from.latest() < to.earliest(), "{line}");
        }
        let columns: Vec<&str> = line.split('\t').take(3).collect();
        if let Some((earlier, before)) = &before {
            assert!(*earlier < columns, "out of order: {line}");
            if earlier[..2] == columns[..2] {
                let to = before.to.as_ref().map(crate::edtf::Edtf::latest);
                assert!(to.is_some_and(|to| to < row.from.earliest()), "{line}");
            }
        }
        before = Some((columns, row));
    }
}

#[test]
fn every_membership_parses_and_none_overlaps() {
    check_rows(MEMBERSHIPS, membership);
}

#[test]
fn every_refusal_parses_and_none_overlaps() {
    check_rows(REFUSALS, refusal);
}

#[test]
fn every_row_falls_into_the_lives_of_its_parties() {
    for event in FILES.events.values() {
        for party in event.act.actors.iter().chain(&event.act.recipients) {
            let life = party.life();
            let born = life.from.is_none_or(|from| from <= event.earliest);
            let alive = life.to.is_none_or(|to| event.latest <= to);
            assert!(born && alive, "{party}: {}", event.title(Lang::En));
        }
    }
}

#[test]
fn a_refusal_is_between_members_of_the_united_nations() {
    let held = |state: Party| {
        let memberships = memberships_of(state).iter();
        memberships.filter(|membership| membership.organisation == party("UN"))
    };
    for line in tsv::rows(REFUSALS) {
        let [who, of, ..]: [&str; 5] = tsv::columns(line).unwrap();
        let row = refusal(line).unwrap();
        let end = row.to.as_ref().map_or(Day::MAX, crate::edtf::Edtf::latest);
        let both = held(party(who)).any(|one| {
            held(party(of)).any(|other| {
                let from = row.from.earliest().max(one.from).max(other.from);
                let to = one.to.unwrap_or(Day::MAX).min(other.to.unwrap_or(Day::MAX));
                from < end.min(to)
            })
        });
        assert!(both, "{line}");
    }
}

#[test]
fn every_act_is_valid_and_every_event_is_found_by_its_id() {
    let rows = tsv::rows(MEMBERSHIPS).chain(tsv::rows(REFUSALS));
    let dates = rows.map(|row| row.split('\t').skip(2).take(2));
    let events = dates.flatten().filter(|date| !date.is_empty()).count();
    assert_eq!(FILES.events.len(), events, "an id was given twice");
    for (id, event) in &FILES.events {
        assert_eq!(event.act.check(), Ok(()));
        assert_eq!(find(*id), Some(event));
        assert_eq!(event.grade.to_string(), "A1");
    }
    assert_eq!(find(EventId(uuid::Uuid::nil())), None);
}

#[test]
fn ids_stay_what_they_are() {
    let norway = memberships_of(party("NOR"));
    let nato = norway
        .iter()
        .find(|membership| membership.organisation == party("NATO"));
    let first = refusals_between(pair("PAK", "ARM")).next().unwrap();
    assert_eq!(
        [nato.unwrap().event, first.id].map(|id| id.0.to_string()),
        [
            "68521ed0-9d6b-58fc-8610-ca37fb07c434",
            "96a7f36e-7db6-50bd-a520-4eabf28e2171"
        ]
    );
}

#[test]
fn titles_say_who_and_when() {
    let titles = |state: &str, organisation: &str| -> Vec<String> {
        let memberships = memberships_of(party(state)).iter();
        let wanted = memberships.filter(|held| held.organisation == party(organisation));
        let ids = wanted.flat_map(|held| [Some(held.event), held.ended_by]);
        ids.flatten().filter_map(title).collect()
    };
    assert_eq!(
        titles("NOR", "NATO"),
        ["Norway is a member of the North Atlantic Treaty Organization from 1949-04-04"]
    );
    assert_eq!(
        titles("GBR", "EU"),
        [
            "United Kingdom is a member of the European Union from 1973-01-01",
            "United Kingdom is no longer a member of the European Union from 2020-01-31",
        ]
    );
    let refusals = refusals_between(pair("ARM", "PAK"));
    assert_eq!(
        refusals
            .map(|event| event.title(Lang::En))
            .collect::<Vec<_>>(),
        [
            "Pakistan does not recognise Armenia from 1992-03-02",
            "Pakistan recognises Armenia from 2025-08-31",
        ]
    );
}

#[test]
fn memberships_are_in_order_of_their_first_day() {
    for state in Party::all() {
        let held = memberships_of(state);
        assert!(held.iter().all(|membership| membership.state == state));
        assert!(held.is_sorted_by_key(|membership| (membership.from, membership.organisation)));
    }
    assert!(memberships_of(party("NATO")).is_empty());
    let gulf: Vec<Party> = members_ever(party("GCC")).collect();
    let expected = ["ARE", "BHR", "KWT", "OMN", "QAT", "SAU"].map(party);
    assert_eq!(gulf, expected);
}

#[test]
fn the_united_nations_have_as_many_members_as_they_count() {
    counts(
        "UN",
        &[
            ("1945-10-23", 0),
            ("1945-10-24", 29),
            ("1945-12-31", 51),
            ("1949-12-31", 59),
            ("1955-12-31", 76),
            ("1957-12-31", 82),
            ("1964-12-31", 115),
            ("1970-12-31", 127),
            ("1975-12-31", 144),
            ("1984-12-31", 159),
            ("1990-12-31", 159),
            ("1991-12-31", 166),
            ("2000-12-31", 189),
            ("2002-12-31", 191),
            ("2006-12-31", 192),
            ("2020-01-01", 193),
        ],
    );
}

#[test]
fn one_state_continues_the_seat_of_another_on_the_same_day() {
    let seats = [
        ("TWN", "CHN", "1971-10-25"),
        ("SUN", "RUS", "1991-12-25"),
        ("YUG", "SRB", "2006-06-03"),
    ];
    for (before, after, on) in seats {
        let eve = members("UN", &day(on).prev().to_string());
        assert!(eve.contains(&before) && !eve.contains(&after), "{before}");
        let then = members("UN", on);
        assert!(then.contains(&after) && !then.contains(&before), "{after}");
    }
}

#[test]
fn other_organisations_have_their_members() {
    counts(
        "EU",
        &[
            ("1958-01-01", 6),
            ("1973-01-01", 9),
            ("1981-01-01", 10),
            ("1986-01-01", 12),
            ("1995-01-01", 15),
            ("2004-05-01", 25),
            ("2007-01-01", 27),
            ("2013-07-01", 28),
            ("2020-01-30", 28),
            ("2020-01-31", 27),
        ],
    );
    counts(
        "NATO",
        &[
            ("1950-01-01", 12),
            ("1955-06-01", 15),
            ("1999-04-01", 19),
            ("2024-04-01", 32),
        ],
    );
    counts("GCC", &[("1981-05-24", 0), ("2020-01-01", 6)]);
    counts("ASEAN", &[("2020-01-01", 10), ("2025-12-01", 11)]);
    counts("ECOWAS", &[("2025-01-28", 15), ("2025-01-29", 12)]);
    counts(
        "CSTO",
        &[("1995-01-01", 9), ("2010-01-01", 7), ("2020-01-01", 6)],
    );
    counts("LAS", &[("1945-12-31", 7), ("1994-01-01", 22)]);
    counts(
        "AFRICAN-UNION",
        &[("1963-05-25", 32), ("2016-01-01", 54), ("2020-01-01", 55)],
    );
    counts("COMMONWEALTH", &[("2000-01-01", 54), ("2023-01-01", 56)]);
    counts("OIC", &[("2020-01-01", 57)]);
    counts("SCO", &[("2001-06-15", 6), ("2025-01-01", 10)]);
    counts("CIS", &[("1995-01-01", 12), ("2020-01-01", 9)]);
    counts("BRICS", &[("2020-01-01", 5), ("2025-02-01", 10)]);
    counts("EAEU", &[("2020-01-01", 5)]);
    counts("OTS", &[("2020-01-01", 5)]);
}

#[test]
fn organisations_of_the_file_are_those_that_are_counted_here() {
    let organisations = tsv::rows(MEMBERSHIPS).filter_map(|row| row.split('\t').next());
    let organisations: BTreeSet<&str> = organisations.collect();
    assert_eq!(organisations.len(), 16);
}
