//! Words of the field for kinds that have another code, and suggestions for words that are no code.

mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::Kind;
use crate::normalize::normalize;
use crate::party::Lang;
use crate::suggest::{allowed_edits, suggest};
use table::SYNONYMS;

/// The most kinds that are suggested.
const SUGGESTIONS: usize = 3;
/// The most characters of a text that are compared.
const LENGTH_MAX: usize = 64;
/// The most words of a phrase.
const WORDS_MAX: usize = 4;
/// A phrase within a longer text has at least this many letters.
const PART_MIN: usize = 4;
/// The most letters of the ending of a word, which another form of it may not have, and the least
/// that are left.
const ENDING_MAX: usize = 2;
const STEM_MIN: usize = 5;

/// The kinds by phrase, in normal form: codes, labels and synonyms.
static PHRASES: LazyLock<BTreeMap<String, Vec<Kind>>> = LazyLock::new(|| {
    let mut phrases: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
    for kind in Kind::ALL {
        let labels = Lang::ALL.map(|lang| kind.label(lang));
        for phrase in labels.into_iter().chain([kind.as_str()]) {
            phrases.entry(normalize(phrase)).or_insert(vec![kind]);
        }
    }
    for (kinds, synonyms) in SYNONYMS {
        for phrase in synonyms.split('|') {
            phrases.insert(normalize(phrase), kinds.to_vec());
        }
    }
    phrases
});

impl Kind {
    /// Returns up to three kinds that a text may mean, the likeliest first: by its code or label, by
    /// a word of the field in English, Arabic or Russian, or by a similar code.
    #[must_use]
    pub fn suggest(given: &str) -> Vec<Self> {
        let short: String = given.chars().take(LENGTH_MAX).collect();
        let text = normalize(&short);
        let codes = suggest(&short, Self::ALL.iter().map(|kind| kind.as_str()));
        let similar = codes.into_iter().filter_map(Self::parse);
        let named = PHRASES.get(&text).into_iter().flatten().copied();
        let mut found: Vec<Self> = Vec::new();
        for kind in named
            .chain(misspelt(&text))
            .chain(parts(&text))
            .chain(similar)
        {
            if found.len() < SUGGESTIONS && !found.contains(&kind) {
                found.push(kind);
            }
        }
        found
    }

    /// Returns all kinds that a text may mean: those of [`Kind::suggest`], then those of which a code,
    /// a label or a word of the field has the text within it, in order; without any, those that have
    /// it without its ending.
    #[must_use]
    pub fn search(given: &str) -> Vec<Self> {
        let mut found = Self::suggest(given);
        let short: String = given.chars().take(LENGTH_MAX).collect();
        let text = normalize(&short);
        if text.is_empty() {
            return found;
        }
        let mut named = within(&text);
        let letters = text.chars().count();
        for ending in 1..=ENDING_MAX {
            if named.is_empty() && letters >= STEM_MIN + ending {
                let stem: String = text.chars().take(letters - ending).collect();
                named = within(&stem);
            }
        }
        let further = named.into_iter().filter(|kind| !found.contains(kind));
        let further: Vec<Self> = further.collect();
        found.extend(further);
        found
    }
}

/// Returns the kinds of the phrases that have a text within them.
fn within(text: &str) -> BTreeSet<Kind> {
    let named = PHRASES.iter().filter(|(phrase, _)| phrase.contains(text));
    named.flat_map(|(_, kinds)| kinds).copied().collect()
}

/// Returns the kinds of the phrases from which a text differs by a slip: one letter in eight.
fn misspelt(text: &str) -> Vec<Kind> {
    let length = text.chars().count();
    if length < PART_MIN {
        return Vec::new();
    }
    let allowed = allowed_edits(length).min(length.div_ceil(8));
    let near = PHRASES.iter().filter(|(phrase, _)| {
        phrase.chars().count().abs_diff(length) <= allowed
            && strsim::levenshtein(text, phrase) <= allowed
    });
    near.flat_map(|(_, kinds)| kinds).copied().collect()
}

/// Returns the kinds of the phrases within a text, the longest first.
fn parts(text: &str) -> Vec<Kind> {
    let words: Vec<&str> = text.split(' ').collect();
    let mut kinds = Vec::new();
    for count in (1..=WORDS_MAX).rev() {
        for phrase in words.windows(count) {
            let phrase = phrase.join(" ");
            if phrase.chars().count() >= PART_MIN {
                kinds.extend(PHRASES.get(&phrase).into_iter().flatten());
            }
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::*;

    #[test]
    fn a_phrase_has_one_row_and_is_no_code_or_label() {
        let mut seen = BTreeMap::new();
        for (kinds, synonyms) in SYNONYMS {
            for phrase in synonyms.split('|') {
                let normal = normalize(phrase);
                assert!(
                    !normal.is_empty() && normal.split(' ').count() <= WORDS_MAX,
                    "{phrase}"
                );
                assert!(Kind::parse(phrase).is_none(), "{phrase} is a code");
                assert_eq!(seen.insert(normal, kinds), None, "{phrase} is listed twice");
            }
        }
    }

    #[test]
    fn words_of_the_field_lead_to_their_kinds() {
        for (given, kind) in [
            ("war.declared", WarBegan),
            ("War declared", WarBegan),
            ("treaty.signed", AgreementSigned),
            ("embassy.opened", MissionOpened),
            ("ambassador.recalled", EnvoyRecalled),
            ("diplomat.expelled", EnvoyExpelled),
            ("airstrike", ForceUsed),
            ("missile_launched", ForceUsed),
            ("shelling", ForceUsed),
            ("border.clash", ClashOccurred),
            ("terror.attack", AttackOccurred),
            ("sanctions.imposed", SanctionImposed),
            ("sanctions.lifted", SanctionEased),
            ("truce.signed", CeasefireAgreed),
            ("armistice.signed", CeasefireAgreed),
            ("peace.signed", PeaceAgreed),
            ("tariffs.raised", TariffImposed),
            ("trade.deal.signed", AgreementSigned),
            ("pact.signed", AllianceFormed),
            ("exercise.conducted", ExerciseHeld),
            ("summit.held", TalksHeld),
            ("ties.severed", RelationsSevered),
            ("relations.broken", RelationsSevered),
            ("airstrike.on.a.village", ForceUsed),
            ("ambasador.recalled", EnvoyRecalled),
            ("غارة جوية", ForceUsed),
            ("قطع العلاقات", RelationsSevered),
            ("هدنة", CeasefireAgreed),
            ("استدعاء السفير", EnvoySummoned),
            ("санкции", SanctionImposed),
            ("перемирие", CeasefireAgreed),
            ("Отзыв посла", EnvoyRecalled),
            ("визит", VisitMade),
            ("mission.opend", MissionOpened),
            ("visit", VisitMade),
        ] {
            assert_eq!(Kind::suggest(given).first(), Some(&kind), "{given}");
        }
    }

    #[test]
    fn a_part_of_a_word_finds_every_kind_that_has_it() {
        for (given, kinds) in [
            ("airst", &[ForceUsed][..]),
            ("Embass", &[MissionOpened, MissionClosed]),
            ("سفار", &[MissionOpened]),
            ("посоль", &[MissionOpened]),
            ("посольство", &[MissionOpened, MissionClosed]),
            ("посол", &[EnvoyAppointed, EnvoyRecalled, MissionOpened]),
            ("airstrike", &[ForceUsed]),
        ] {
            let found = Kind::search(given);
            let missing = kinds.iter().filter(|kind| !found.contains(kind));
            assert_eq!(missing.count(), 0, "{given}: {found:?}");
        }
        assert_eq!(Kind::search("airstrike").first(), Some(&ForceUsed));
        for given in ["", " ", "zzzzqqq"] {
            assert_eq!(Kind::search(given), [], "{given}");
        }
    }

    #[test]
    fn nonsense_leads_nowhere() {
        for given in ["", " ", "zzzzqqq", "x", "١٢٣"] {
            assert_eq!(Kind::suggest(given), [], "{given}");
        }
    }
}
