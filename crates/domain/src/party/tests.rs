//! The embedded files are well-formed, and names resolve to the intended parties.

mod lives;
mod official;
mod schemes;

use super::*;
use crate::tsv;
use std::collections::BTreeSet;

fn party(code: &str) -> Party {
    Party::find(code).unwrap_or_else(|| panic!("{code} is not in the registry"))
}

#[track_caller]
fn means(text: &str, code: &str) {
    assert_eq!(
        Party::resolve(text).map(Party::code),
        Some(code),
        "{text:?}"
    );
}

#[test]
fn every_row_of_the_registry_parses() {
    let rows = tsv::rows(include_str!("../../data/parties.tsv"));
    let rows: Vec<[&str; 11]> = rows.map(|row| tsv::columns(row).unwrap()).collect();
    assert_eq!(Party::all().count(), rows.len());
    for [code, _, _, claims, ..] in rows {
        let claimed = (!claims.is_empty()).then(|| party(claims));
        assert_eq!(party(code).claims(), claimed, "{code}");
    }
    let of_kind = |kind| Party::all().filter(|party| party.kind() == kind).count();
    assert_eq!(
        of_kind(PartyKind::State),
        261,
        "ISO 3166-1 has 249; Kosovo and 11 states and territories that have ended are added"
    );
    assert_eq!(of_kind(PartyKind::DeFacto), 9);
    assert!(of_kind(PartyKind::Authority) >= 2);
    assert!(of_kind(PartyKind::Group) >= 30);
    assert!(of_kind(PartyKind::Organisation) >= 50);
}

#[test]
fn parties_order_by_code_and_have_their_index() {
    let all: Vec<Party> = Party::all().collect();
    assert!(all.windows(2).all(|pair| pair[0].code() < pair[1].code()));
    for (place, &party) in all.iter().enumerate() {
        assert_eq!(usize::from(party.index()), place);
        assert_eq!(Party::at(party.index()), Some(party));
        assert_eq!(Party::find(party.code()), Some(party));
        assert_eq!(party.to_string(), party.code());
    }
    assert_eq!(Party::at(u16::MAX), None);
    assert_eq!(format!("{:?}", party("KAZ")), "Party(KAZ)");
}

#[test]
fn only_states_that_have_not_ended_have_alpha_2_codes_which_no_code_hides() {
    let codes: BTreeSet<&str> = Party::all().map(Party::code).collect();
    for party in Party::all() {
        match party.entry().unwrap().iso2 {
            Some(iso2) => {
                assert_eq!(
                    (party.kind(), iso2.len(), party.code().len()),
                    (PartyKind::State, 2, 3)
                );
                assert!(!codes.contains(iso2), "{iso2}");
                means(iso2, party.code());
            }
            None if party.kind() == PartyKind::State => {
                assert_eq!(party.code().len(), 3);
                assert!(party.life().to.is_some(), "{party}");
            }
            None => {}
        }
    }
}

#[test]
fn only_authorities_claim_a_state() {
    assert_eq!(party("TALIBAN").claims(), Some(party("AFG")));
    assert_eq!(party("AFG-REPUBLIC").claims(), Some(party("AFG")));
    for party in Party::all() {
        let claimed = party.claims().map(Party::kind);
        let is_authority = party.kind() == PartyKind::Authority;
        assert_eq!(claimed, is_authority.then_some(PartyKind::State), "{party}");
    }
}

#[test]
fn every_name_and_alias_resolves_to_its_party() {
    for party in Party::all() {
        for lang in Lang::ALL {
            assert!(!party.name(lang).is_empty(), "{party}");
            means(party.name(lang), party.code());
        }
        for alias in &party.entry().unwrap().aliases {
            means(alias, party.code());
            assert!(alias.len() * 2 <= TEXT_MAX, "{alias}");
        }
    }
}

#[test]
fn spellings_resolve() {
    for (text, code) in [
        ("KAZ", "KAZ"),
        ("kaz", "KAZ"),
        (" kz ", "KAZ"),
        ("Kazakhstan", "KAZ"),
        ("КАЗАХСТАН", "KAZ"),
        ("كازاخستان", "KAZ"),
        ("Kirgizstan", "KGZ"),
        ("Киргизия", "KGZ"),
        ("قرغيزستان", "KGZ"),
        ("turkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Cote d’Ivoire", "CIV"),
        ("Saint Kitts & Nevis", "KNA"),
        ("Islamic Emirate of Afghanistan", "TALIBAN"),
        ("حركة طالبان", "TALIBAN"),
        ("حَرَكَة طــالبان", "TALIBAN"),
        ("افغانستان", "AFG"),
        ("أوزبكستان", "UZB"),
        ("اوزبکستان", "UZB"),
        ("الامارات العربيه المتحده", "ARE"),
        ("the taliban", "TALIBAN"),
        ("ISIS-K", "ISKP"),
        ("al qaida", "ALQAEDA"),
        ("un", "UN"),
        ("AU", "AUS"),
        ("African Union", "AFRICAN-UNION"),
    ] {
        means(text, code);
    }
    let long = "Kazakhstan ".repeat(40);
    for text in [
        "",
        " ",
        "Atlantis",
        "AFGHAN",
        "--",
        "\u{640}",
        long.as_str(),
    ] {
        assert_eq!(Party::resolve(text), None, "{text:?}");
    }
    assert_eq!(Party::find("kaz"), None);
}

#[test]
fn names_fall_back_to_english() {
    assert_eq!(party("TKM").name(Lang::En), "Turkmenistan");
    assert_eq!(party("TKM").name(Lang::Ar), "تركمانستان");
    assert_eq!(party("KGZ").name(Lang::Ru), "Кыргызстан");
    assert_eq!(party("PSE").name(Lang::En), "Palestine");
    assert_eq!(Lang::default(), Lang::En);
}

#[test]
fn near_misses_are_suggested() {
    for (text, code) in [
        ("KAX", "KAZ"),
        ("Tajikstan", "TJK"),
        ("Uzbek", "UZB"),
        ("TALEBAN1", "TALIBAN"),
        ("تركمانستن", "TKM"),
    ] {
        let near = Party::suggest(text);
        assert!(
            near.len() <= 3 && near.contains(&party(code)),
            "{text}: {near:?}"
        );
    }
    assert_eq!(Party::suggest("Tajikstan")[0], party("TJK"));
    for text in ["", "Atlantis-under-the-sea", "\u{640}"] {
        assert_eq!(Party::suggest(text), [], "{text:?}");
    }
    assert_eq!(Party::suggest(&"Kazakhstan".repeat(100)), []);
}
