//! The names of official lists.

use super::*;
use crate::party::registry::{OFFICIAL_NAMES, name_key};

/// The rows of the file: code, name and lists.
fn rows() -> Vec<[&'static str; 3]> {
    tsv::rows(OFFICIAL_NAMES)
        .map(|row| tsv::columns(row).unwrap())
        .collect()
}

/// The names of a list, with their parties.
fn names_of(list: &str) -> Vec<(&'static str, &'static str)> {
    let rows = rows().into_iter();
    let of_list = rows.filter(|row| row[2].split('|').any(|other| other == list));
    of_list.map(|[code, name, _]| (code, name)).collect()
}

#[test]
fn every_official_name_means_its_party_however_it_is_written() {
    for [code, name, _] in rows() {
        let (first, rest) = name.split_once(", ").unwrap_or((name, ""));
        for text in [
            name.to_owned(),
            name.to_uppercase(),
            format!("the {name}"),
            format!("{name} (the)"),
            format!("{first} ({rest})"),
            format!("{first} (the {rest})"),
            name.replace("St. ", "Saint "),
        ] {
            means(&text, code);
        }
        assert!(name.len() * 2 <= TEXT_MAX, "{name}");
    }
    assert_eq!(Party::resolve("the"), None);
    assert_eq!(Party::suggest("the"), []);
}

#[test]
fn the_lists_are_whole() {
    let iso: BTreeSet<&str> = names_of("iso3166-1").iter().map(|row| row.0).collect();
    let states = Party::all().filter(|party| party.entry().unwrap().iso2.is_some());
    let states: BTreeSet<&str> = states
        .map(Party::code)
        .filter(|code| *code != "XKX")
        .collect();
    assert_eq!(iso, states);
    // Of 217 economies, the Channel Islands are no party; three more names are in use.
    let bank: BTreeSet<&str> = names_of("world-bank").iter().map(|row| row.0).collect();
    assert_eq!(bank.len(), 217);
    for (text, code) in [
        ("Egypt, Arab Rep.", "EGY"),
        ("Congo, Dem. Rep.", "COD"),
        ("St. Vincent and the Grenadines", "VCT"),
        ("West Bank and Gaza", "PSE"),
        ("Korea, Democratic People's Republic of", "PRK"),
        ("Taiwan, Province of China", "TWN"),
        ("Democratic Republic of Congo", "COD"),
        ("Zaire, Republic of", "COD"),
        ("الولايات المتحدة الأميركية", "USA"),
        ("Республика Узбекистан", "UZB"),
    ] {
        means(text, code);
    }
}

#[test]
fn no_name_has_two_parties() {
    let mut parties: BTreeMap<String, Party> = BTreeMap::new();
    let own = Party::all().flat_map(|party| {
        let entry = party.entry().unwrap();
        let names = [entry.code, entry.en, entry.ar, entry.ru].into_iter();
        let names = names.chain(entry.aliases.iter().copied());
        names.map(move |name| (name, party))
    });
    let official = rows();
    let official = official.iter().map(|[code, name, _]| (*name, party(code)));
    for (name, party) in own.chain(official).filter(|(name, _)| !name.is_empty()) {
        let first = *parties.entry(name_key(name)).or_insert(party);
        assert_eq!(first, party, "{name:?}");
    }
    // The list has it for the state; it is what one authority calls itself.
    means("Islamic Republic of Afghanistan", "AFG-REPUBLIC");
    assert_eq!(party("AFG-REPUBLIC").state(), Some(party("AFG")));
}

#[test]
fn every_code_of_iso_3166_3_means_the_party_with_its_years() {
    for (codes, code) in [
        ("AFI", "DJI"),
        ("ATB ATN", "ATA"),
        ("BUR", "MMR"),
        ("BYS", "BLR"),
        ("CTE GEL", "KIR"),
        ("DHY", "BEN"),
        ("FXX", "FRA"),
        ("HVO", "BFA"),
        ("JTN MID PUS WAK", "UMI"),
        ("NHB", "VUT"),
        ("RHO", "ZWE"),
        ("SCG", "YUG"),
        ("TMP", "TLS"),
        ("VDR", "VNM"),
        ("ZAR", "COD"),
    ] {
        codes.split(' ').for_each(|former| means(former, code));
    }
    for code in [
        "ANT", "CSK", "DDR", "NTZ", "PCI", "PCZ", "SKM", "SUN", "YMD", "YUG",
    ] {
        means(code, code);
        assert!(party(code).life().to.is_some(), "{code}");
    }
    let antilles = party("ANT");
    assert_eq!(antilles.life().to_string(), "from 1954-12-15 to 2010-10-10");
    assert_eq!(antilles.successors()[0], party("CUW"));
}

#[test]
fn official_names_are_no_part_of_a_projection() {
    // They resolve what clients write, and nothing that is stored.
    assert!(!REGISTRY_FILES.contains(&OFFICIAL_NAMES.as_bytes()));
}
