//! The embedded files are whole, and words lead to the parties that people mean.

use std::collections::BTreeSet;

use super::*;

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
fn every_row_of_the_embedded_files_is_understood() {
    assert_eq!(REGISTRY.faults, Vec::<String>::new());
    let of_kind = |kind| Party::all().filter(|party| party.kind() == kind).count();
    assert_eq!(
        of_kind(PartyKind::State),
        250,
        "ISO 3166-1 has 249, and there is Kosovo"
    );
    assert!(of_kind(PartyKind::Authority) >= 2);
    assert!(of_kind(PartyKind::Group) >= 30);
    assert!(of_kind(PartyKind::Organisation) >= 50);
    assert!(REGISTRY.schemes.len() >= 900);
    assert_eq!(registry_bytes().len(), 2);
}

#[test]
fn a_broken_row_is_a_fault_and_no_party() {
    let parties = "head\n\
        AAA\tstate\tAA\t\tAland\t\t\tone|two\n\
        AAA\tstate\tAB\t\tAgain\t\t\t\n\
        bbb\tstate\t\t\tLower case\t\t\t\n\
        CCC\tplanet\t\t\tNo such kind\t\t\t\n\
        DDD\tgroup\t\t\t\t\t\t\n\
        EEE\tgroup\ttoo few\n\
        FFF\tauthority\t\tZZZ\tClaims nobody\t\t\tTWO\n";
    let schemes =
        "head\ncow\t1\tAAA\t1990\t1980\ncow\t1\tZZZ\t\t\nnone\t1\tAAA\t\t\ncow\t2\tAAA\tx\t\n";
    let registry = registry::Registry::read(parties, schemes);
    assert_eq!(registry.len(), 2);
    assert_eq!(registry.schemes, []);
    assert_eq!(
        registry.faults.len(),
        5 + 1 + 1 + 4,
        "{:?}",
        registry.faults
    );
}

#[test]
fn parties_order_by_code_and_know_their_place() {
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
fn states_alone_have_alpha_2_codes_which_no_code_hides() {
    let codes: BTreeSet<&str> = Party::all().map(Party::code).collect();
    for party in Party::all() {
        match party.iso2() {
            Some(iso2) => {
                assert_eq!(
                    (party.kind(), iso2.len(), party.code().len()),
                    (PartyKind::State, 2, 3)
                );
                assert!(!codes.contains(iso2), "{iso2}");
                means(iso2, party.code());
            }
            None => assert_ne!(party.kind(), PartyKind::State, "{party}"),
        }
    }
}

#[test]
fn authorities_alone_claim_a_state() {
    assert_eq!(party("TALIBAN").claims(), Some(party("AFG")));
    assert_eq!(party("AFG-REPUBLIC").claims(), Some(party("AFG")));
    for party in Party::all() {
        let claimed = party.claims().map(Party::kind);
        let is_authority = party.kind() == PartyKind::Authority;
        assert_eq!(claimed, is_authority.then_some(PartyKind::State), "{party}");
    }
}

#[test]
fn every_name_and_alias_leads_back_to_its_party() {
    for party in Party::all() {
        for lang in [Lang::En, Lang::Ar, Lang::Ru] {
            assert!(!party.name(lang).is_empty(), "{party}");
            means(party.name(lang), party.code());
        }
        for alias in party.aliases() {
            means(alias, party.code());
            assert!(alias.len() * 2 <= words::MAX_BYTES, "{alias}");
        }
    }
}

#[test]
fn people_find_what_they_mean() {
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

#[test]
fn a_code_of_another_scheme_is_read_in_its_scheme() {
    let in_2020 = |scheme, code| SchemeCode::party_in(scheme, code, 2020).map(Party::code);
    assert_eq!(in_2020(Scheme::Fips, "AJ"), Some("AZE"));
    assert_eq!(in_2020(Scheme::Fips, "AU"), Some("AUT"));
    assert_eq!(in_2020(Scheme::Fips, "TI"), Some("TJK"));
    assert_eq!(in_2020(Scheme::Fips, "GZ"), Some("PSE"));
    assert_eq!(in_2020(Scheme::Cameo, "ROM"), Some("ROU"));
    assert_eq!(in_2020(Scheme::Cameo, "TAL"), Some("TALIBAN"));
    assert_eq!(in_2020(Scheme::Cameo, "PSE"), Some("PSE"));
    assert_eq!(in_2020(Scheme::GleditschWard, "700"), Some("AFG"));
    assert_eq!(in_2020(Scheme::GleditschWard, "702"), Some("TJK"));
    assert_eq!(in_2020(Scheme::GleditschWard, "971"), Some("NRU"));
    assert_eq!(in_2020(Scheme::Cow, "970"), Some("NRU"));
    assert_eq!(in_2020(Scheme::Cow, " 002"), Some("USA"));
    assert_eq!(in_2020(Scheme::Cow, ""), None);
    assert_eq!(in_2020(Scheme::Cameo, "AFR"), None, "a region is no party");
}

#[test]
fn a_code_holds_for_its_years() {
    assert_eq!(SchemeCode::party_in(Scheme::Cow, "702", 1990), None);
    assert_eq!(
        SchemeCode::party_in(Scheme::Cow, "702", 1991),
        Some(party("TJK"))
    );
    assert_eq!(
        SchemeCode::party_in(Scheme::Cow, "345", 1999),
        Some(party("SRB"))
    );
    assert_eq!(
        SchemeCode::party_in(Scheme::GleditschWard, "345", 2010),
        None
    );
    assert_eq!(
        SchemeCode::party_in(Scheme::GleditschWard, "340", 2010),
        Some(party("SRB"))
    );
    let spans = SchemeCode::find(Scheme::Cow, "700");
    assert!(
        !spans.is_empty() && spans.iter().all(|row| row.party == party("AFG")),
        "{spans:?}"
    );
}

#[test]
fn no_code_of_a_scheme_means_two_parties_in_one_year() {
    for row in &REGISTRY.schemes {
        for year in [row.from, row.to, Some(2020)].into_iter().flatten() {
            if row.held_in(year) {
                assert_eq!(
                    SchemeCode::party_in(row.scheme, row.code, year),
                    Some(row.party)
                );
            }
        }
    }
    let kazakh: BTreeSet<&str> = party("KAZ").scheme_codes().map(|row| row.code).collect();
    assert_eq!(kazakh, BTreeSet::from(["705", "KAZ", "KZ"]));
}
