//! The codes of other schemes mean parties that existed in their years.

use super::*;
use crate::day::Day;

/// The rows of the file of other schemes: scheme, code, party, first and last year.
fn scheme_rows() -> Vec<(&'static str, &'static str, Party, i32, i32)> {
    let year = |field: &str, open: i32| match field {
        "" => open,
        year => year.parse().unwrap(),
    };
    let row = |row| {
        let [scheme, code, code_of, from, to] = tsv::columns(row).unwrap();
        assert!(["fips", "cameo", "cow", "gw"].contains(&scheme) && !code.is_empty());
        let (from, to) = (year(from, i32::MIN), year(to, i32::MAX));
        assert!(from <= to, "{row}");
        (scheme, code, party(code_of), from, to)
    };
    tsv::rows(include_str!("../../../data/party_schemes.tsv"))
        .map(row)
        .collect()
}

#[test]
fn every_row_of_the_other_schemes_parses() {
    let rows = scheme_rows();
    assert!(rows.len() >= 900);
    let of = |scheme, code| {
        let of_2020 = |row: &&(&str, &str, Party, i32, i32)| {
            (row.0, row.1) == (scheme, code) && (row.3..=row.4).contains(&2020)
        };
        rows.iter().find(of_2020).map(|row| row.2.code())
    };
    assert_eq!(of("fips", "AJ"), Some("AZE"));
    assert_eq!(of("fips", "AU"), Some("AUT"));
    assert_eq!(of("fips", "TI"), Some("TJK"));
    assert_eq!(of("fips", "GZ"), Some("PSE"));
    assert_eq!(of("cameo", "ROM"), Some("ROU"));
    assert_eq!(of("cameo", "TAL"), Some("TALIBAN"));
    assert_eq!(of("cameo", "PSE"), Some("PSE"));
    assert_eq!(of("cameo", "AFR"), None, "regions are not parties");
    assert_eq!(of("gw", "700"), Some("AFG"));
    assert_eq!(of("gw", "702"), Some("TJK"));
    assert_eq!(of("gw", "971"), Some("NRU"));
    assert_eq!(of("cow", "970"), Some("NRU"));
    assert_eq!(of("cow", "2"), Some("USA"));
}

#[test]
fn a_code_of_another_scheme_means_one_party_in_each_year() {
    let rows = scheme_rows();
    for (place, (scheme, code, party, from, to)) in rows.iter().enumerate() {
        for other in &rows[..place] {
            let same = (&other.0, &other.1) == (scheme, code) && other.2 != *party;
            let overlap = other.3.max(*from) <= other.4.min(*to);
            assert!(!(same && overlap), "{scheme} {code}");
        }
    }
    let years = |scheme, code| {
        let of_code = rows.iter().filter(|row| (row.0, row.1) == (scheme, code));
        let years = of_code.map(|row| (row.2.code(), row.3, row.4));
        years.collect::<Vec<_>>()
    };
    assert_eq!(years("cow", "702"), [("TJK", 1991, i32::MAX)]);
    let (first, last) = (i32::MIN, i32::MAX);
    assert_eq!(
        years("cow", "345"),
        [("YUG", 1918, 2006), ("SRB", 2007, last)]
    );
    assert_eq!(years("gw", "345"), [("YUG", 1918, 2006)]);
    assert_eq!(years("gw", "396"), [("ABKHAZIA", 2008, last)]);
    for (code, party, from, to) in [
        ("265", "DDR", 1949, 1990),
        ("315", "CSK", 1918, 1992),
        ("680", "YMD", 1967, 1990),
        ("817", "RVN", 1954, 1975),
    ] {
        assert_eq!(years("cow", code), [(party, from, to)]);
        assert_eq!(years("gw", code), [(party, from, to)]);
    }
    for scheme in ["cow", "gw"] {
        let russia = [("SUN", 1922, 1991), ("RUS", 1992, last)];
        assert_eq!(years(scheme, "365"), russia);
    }
    let russia = [("SUN", first, 1991), ("RUS", 1992, last)];
    assert_eq!(years("cameo", "RUS"), russia);
    assert_eq!(years("cow", "260"), [("DEU", 1949, 1990)]);
    assert!(
        years("gw", "340")
            .iter()
            .any(|row| row.0 == "SRB" && row.1 <= 2010 && row.2 >= 2010)
    );
    assert!(years("cow", "700").iter().all(|row| row.0 == "AFG"));
    let kazakh = rows.iter().filter(|row| row.2 == party("KAZ"));
    let kazakh: BTreeSet<&str> = kazakh.map(|row| row.1).collect();
    assert_eq!(kazakh, BTreeSet::from(["705", "KAZ", "KZ"]));
}

#[test]
fn a_code_of_another_scheme_means_a_party_that_existed() {
    for (scheme, code, party, from, to) in scheme_rows() {
        let day = |year, month, day, open| Day::from_ymd(year, month, day).unwrap_or(open);
        let (first, last) = (day(from, 1, 1, Day::MIN), day(to, 12, 31, Day::MAX));
        assert!(party.life().overlaps(first, last), "{scheme} {code}");
        // The schemes of state systems have years of their own.
        if ["cow", "gw"].contains(&scheme) {
            let first_year = day(from, 1, 1, Day::MIN)..=day(from, 12, 31, Day::MIN);
            let last_year = day(to, 1, 1, Day::MAX)..=last;
            let life = party.life();
            assert!(
                life.from.is_none_or(|day| day <= *first_year.end()),
                "{scheme} {code}"
            );
            assert!(
                life.to.is_none_or(|day| day >= *last_year.start()),
                "{scheme} {code}"
            );
        }
    }
}
