//! Lives, successors and rivals.

use super::*;
use crate::day::Day;
use crate::edtf::Edtf;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|| panic!("{text} is not a day"))
}

#[test]
fn only_states_and_de_facto_states_have_lives_and_successors() {
    let rows = tsv::rows(include_str!("../../../data/parties.tsv"));
    for row in rows {
        let [code, _, _, _, _, _, _, _, from, to, successors] = tsv::columns(row).unwrap();
        let party = party(code);
        let life = party.life();
        let bound = |text| (!str::is_empty(text)).then(|| Edtf::parse(text).unwrap());
        assert_eq!(life.from, bound(from).map(|date| date.earliest()), "{code}");
        assert_eq!(life.to, bound(to).map(|date| date.latest()), "{code}");
        let named: Vec<Party> = successors.split('|').filter_map(Party::find).collect();
        assert_eq!(party.successors(), named, "{code}");
        let count = successors.split('|').filter(|code| !code.is_empty());
        assert_eq!(count.count(), named.len(), "{code}");
        if party.state() != Some(party) {
            assert_eq!((life, named), (Life::default(), vec![]), "{code}");
        }
    }
}

#[test]
fn a_party_has_successors_if_it_has_ended_and_they_exist_on_its_last_day() {
    for party in Party::all() {
        let last = party.life().to;
        assert_eq!(last.is_some(), !party.successors().is_empty(), "{party}");
        for successor in party.successors() {
            assert!(successor.life().contains(last.unwrap()), "{successor}");
            assert!(successor.predecessors().any(|other| other == party));
        }
    }
    let of = |code| {
        party(code)
            .predecessors()
            .map(Party::code)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("RUS"), ["SUN"]);
    assert_eq!(of("DEU"), ["DDR"]);
    assert_eq!(of("LTU"), [""; 0]);
    assert_eq!(party("SUN").successors()[0], party("RUS"));
    assert_eq!(party("YUG").successors()[0], party("SRB"));
}

#[test]
fn a_life_has_its_first_and_last_day() {
    let life = party("SUN").life();
    assert_eq!(life.to_string(), "from 1922-12-30 to 1991-12-26");
    assert!(life.contains(day("1922-12-30")) && life.contains(day("1991-12-26")));
    assert!(!life.contains(day("1922-12-29")) && !life.contains(day("1991-12-27")));
    assert!(life.overlaps(day("1991-01-01"), day("2001-01-01")));
    assert!(life.overlaps(Day::MIN, Day::MAX));
    assert!(!life.overlaps(day("1991-12-27"), Day::MAX));
    assert_eq!(party("CZE").life().to_string(), "from 1993-01-01");
    assert_eq!(party("CHN").life(), Life::default());
    assert_eq!(party("CHN").life().to_string(), "at any time");
    assert!(party("UN").life().contains(Day::MIN));
    // The decree of 2023-09-28 ended it by the new year.
    assert_eq!(party("ARTSAKH").life().to, Some(day("2024-01-01")));
    assert_eq!(party("CSK").life().from, Some(day("1918-01-01")));
    assert_eq!(Life::parse("2000", "1999"), None);
    assert_eq!(Life::parse("soon", ""), None);
    let to = Life::parse("", "1999-05").unwrap();
    assert_eq!(to.to_string(), "to 1999-05-31");
}

#[test]
fn parties_exist_on_the_days_of_well_known_acts() {
    for (code, on) in [
        ("SWE", "1905-10-26"),
        ("NOR", "1905-10-26"),
        ("CSK", "1918-09-03"),
        ("TWN", "1941-01-01"),
        ("UKR", "1945-10-24"),
        ("IND", "1946-07-17"),
        ("PAK", "1947-08-15"),
        ("ISR", "1948-05-15"),
        ("PRK", "1948-09-09"),
        ("KOR", "1948-09-09"),
        ("KWT", "1963-10-04"),
        ("PSE", "1988-11-15"),
        ("DDR", "1990-10-03"),
        ("HRV", "1991-06-27"),
        ("RUS", "1991-12-25"),
        ("SUN", "1991-12-26"),
        ("MKD", "1992-01-01"),
        ("CSK", "1993-01-01"),
        ("CZE", "1993-01-01"),
        ("YUG", "1996-08-23"),
        ("XKX", "2008-02-17"),
        ("SRB", "2008-02-17"),
        ("ABKHAZIA", "2008-08-26"),
        ("DPR", "2022-02-21"),
    ] {
        assert!(party(code).life().contains(day(on)), "{code} {on}");
    }
}

#[test]
fn former_and_de_facto_states_are_found_by_their_names() {
    for (text, code) in [
        ("Soviet Union", "SUN"),
        ("USSR", "SUN"),
        ("СССР", "SUN"),
        ("الاتحاد السوفيتي", "SUN"),
        ("Russia", "RUS"),
        ("Yugoslavia", "YUG"),
        ("Serbia and Montenegro", "YUG"),
        ("SCG", "YUG"),
        ("Serbia", "SRB"),
        ("East Germany", "DDR"),
        ("GDR", "DDR"),
        ("West Germany", "DEU"),
        ("Czechoslovakia", "CSK"),
        ("South Yemen", "YMD"),
        ("North Yemen", "YEM"),
        ("South Vietnam", "RVN"),
        ("North Vietnam", "VNM"),
        ("Abkhazia", "ABKHAZIA"),
        ("Южная Осетия", "SOUTH-OSSETIA"),
        ("ДНР", "DPR"),
        ("Lugansk People's Republic", "LPR"),
        ("Somaliland", "SOMALILAND"),
        ("أرض الصومال", "SOMALILAND"),
        ("TRNC", "NORTHERN-CYPRUS"),
        ("Transdniestria", "TRANSNISTRIA"),
        ("Nagorno-Karabakh", "ARTSAKH"),
        ("SADR", "SAHRAWI"),
        ("Western Sahara", "ESH"),
    ] {
        means(text, code);
    }
    assert_eq!(Party::resolve("SU"), None, "alpha-2 codes are given again");
    assert_eq!(party("ABKHAZIA").state(), Some(party("ABKHAZIA")));
    assert_eq!(party("ABKHAZIA").claims(), None);
}

#[test]
fn every_row_of_the_rivals_parses() {
    let rows = tsv::rows(include_str!("../../../data/rivals.tsv"));
    let mut count = 0;
    for row in rows {
        let [one, other, from, to] = tsv::columns(row).unwrap();
        let (one, other, from) = (party(one), party(other), day(from));
        assert!(one < other && one.state() == Some(one) && other.state() == Some(other));
        for (one, other) in [(one, other), (other, one)] {
            assert!(one.ever_rivals().any(|rival| rival == other), "{row}");
            assert_eq!(one.rival(from), Some(other), "{row}");
            assert_eq!(one.rival(from.prev()), None, "{row}");
            assert!(one.life().contains(from), "{row}");
            if !to.is_empty() {
                assert_eq!(one.rival(day(to).prev()), Some(other), "{row}");
                assert_eq!(one.rival(day(to)), None, "{row}");
                assert!(one.life().contains(day(to)), "{row}");
            }
        }
        count += 1;
    }
    assert_eq!(RIVALS.len(), count);
}

#[test]
fn rivals_are_dated() {
    let rival = |code, on| party(code).rival(day(on)).map(Party::code);
    assert_eq!(rival("CHN", "1949-09-30"), None);
    assert_eq!(rival("CHN", "2024-01-01"), Some("TWN"));
    assert_eq!(rival("KOR", "1960-01-01"), Some("PRK"));
    assert_eq!(rival("KOR", "1991-09-17"), None);
    assert_eq!(rival("DEU", "1960-01-01"), Some("DDR"));
    assert_eq!(rival("DEU", "1972-12-21"), None);
    assert_eq!(rival("VNM", "1960-01-01"), Some("RVN"));
    assert_eq!(rival("FRA", "1960-01-01"), None);
    let ever: Vec<_> = party("PRK").ever_rivals().map(Party::code).collect();
    assert_eq!(ever, ["KOR"]);
}
