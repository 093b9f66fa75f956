//! Other names of the words that a detail is chosen from.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Field, Type};
use crate::normalize::normalize;

/// The longest name that is looked up, in bytes; all are shorter.
const NAME_MAX: usize = 128;

/// Names in English, Arabic and Russian, separated by `|`, with the word that each means. Arabic
/// names are without the article.
const NAMES: &[(Field, &str, &str)] = &[
    // States of the Commonwealth exchange high commissions; the Holy See sends nuncios.
    (
        Field::Mission,
        "embassy",
        "high commission|apostolic nunciature|nunciature|سفارة|مفوضية سامية|مفوضية عليا|\
         سفارة بابوية|посольство|высокая комиссия|верховный комиссариат|апостольская нунциатура|\
         нунциатура",
    ),
    (
        Field::Mission,
        "consulate_general",
        "general consulate|deputy high commission|قنصلية عامة|генеральное консульство|\
         генконсульство",
    ),
    (
        Field::Mission,
        "consulate",
        "vice consulate|assistant high commission|قنصلية|نيابة قنصلية|консульство|\
         вице-консульство",
    ),
    (
        Field::Mission,
        "liaison",
        "liaison office|liaison mission|مكتب اتصال|مكتب ارتباط|بعثة اتصال|бюро связи|\
         миссия связи|отделение связи",
    ),
    (
        Field::Mission,
        "interests_section",
        "interest section|section of interests|قسم رعاية مصالح|شعبة رعاية مصالح|\
         مكتب رعاية مصالح|секция интересов|секция по интересам",
    ),
    (
        Field::Rank,
        "ambassador",
        "high commissioner|ambassador extraordinary and plenipotentiary|nuncio|apostolic nuncio|\
         سفير|سفير فوق العادة|سفير فوق العادة ومفوض|مفوض سامي|مفوض سام|قاصد رسولي|سفير بابوي|\
         посол|чрезвычайный и полномочный посол|верховный комиссар|нунций|апостольский нунций",
    ),
    (
        Field::Rank,
        "minister",
        "minister plenipotentiary|envoy extraordinary and minister plenipotentiary|internuncio|\
         وزير مفوض|مندوب فوق العادة ووزير مفوض|посланник|чрезвычайный и полномочный посланник|\
         чрезвычайный посланник и полномочный министр|интернунций",
    ),
    (
        Field::Rank,
        "charge",
        "chargé d'affaires|chargé d'affaires ad interim|chargé d'affaires a.i.|\
         acting high commissioner|قائم بالأعمال|قائم بأعمال|قائم بالأعمال بالنيابة|\
         قائم بأعمال السفارة|временный поверенный в делах|временный поверенный|поверенный в делах",
    ),
    (
        Field::Rank,
        "consul",
        "consul general|vice consul|قنصل|قنصل عام|نائب قنصل|консул|генеральный консул|генконсул|\
         вице-консул",
    ),
    (Field::Rank, "diplomat", "دبلوماسي|дипломат"),
    (
        Field::Rank,
        "special_envoy",
        "special representative|مبعوث خاص|ممثل خاص|специальный посланник|спецпосланник|\
         специальный представитель|спецпредставитель",
    ),
];

/// The words of each field by their names, in normal form; a word is a name of itself.
static WORDS: LazyLock<BTreeMap<(Field, String), &str>> = LazyLock::new(|| {
    let own = Field::ALL.into_iter().flat_map(|field| {
        let words: &[&str] = match field.ty() {
            Type::Choice(words) => words,
            Type::Party(_) | Type::Text | Type::Count => &[],
        };
        words.iter().map(move |word| ((field, normal(word)), *word))
    });
    let names = NAMES.iter().flat_map(|(field, word, names)| {
        let names = names.split('|');
        names.map(|name| ((*field, normal(name)), *word))
    });
    own.chain(names).collect()
});

impl Field {
    /// Finds the word of this field's list that a text means: the word itself in any case, with
    /// blanks or hyphens, or one of its names in English, Arabic or Russian, such as `high
    /// commission` for `embassy`. `None` if the field has no list.
    #[must_use]
    pub fn word(self, given: &str) -> Option<&'static str> {
        let is_short = given.len() <= NAME_MAX;
        is_short.then(|| WORDS.get(&(self, normal(given))).copied())?
    }
}

/// Normalises a name, without Arabic articles.
fn normal(name: &str) -> String {
    let normal = normalize(name);
    let words = normal.split(' ');
    let bare: Vec<&str> = words
        .map(|word| word.strip_prefix("ال").unwrap_or(word))
        .collect();
    bare.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_means_one_word_of_its_list() {
        let mut seen = BTreeMap::new();
        for (field, word, names) in NAMES {
            assert!(field.parse_value(word).is_ok(), "{field} {word}");
            for name in names.split('|') {
                assert!(name.len() <= NAME_MAX && !normal(name).is_empty(), "{name}");
                assert_eq!(seen.insert((field, normal(name)), word), None, "{name}");
                assert_eq!(field.word(name), Some(*word), "{name}");
                assert!(field.parse_value(name).is_err(), "{name} is a word itself");
            }
        }
    }

    #[test]
    fn words_and_names_are_found_as_they_are_written() {
        for (field, given, word) in [
            (Field::Mission, "embassy", "embassy"),
            (Field::Mission, "High Commission", "embassy"),
            (Field::Mission, "المفوضية السامية", "embassy"),
            (Field::Mission, "Consulate-General", "consulate_general"),
            (Field::Mission, "القنصلية العامة", "consulate_general"),
            (
                Field::Mission,
                "Генеральное консульство",
                "consulate_general",
            ),
            (Field::Mission, "interests section", "interests_section"),
            (Field::Rank, "High Commissioner", "ambassador"),
            (Field::Rank, "charge d’affaires", "charge"),
            (Field::Rank, "القائم بالأعمال", "charge"),
            (Field::Rank, "Посол", "ambassador"),
            (Field::Level, "Head of State", "head_of_state"),
            (Field::Plover, "agree", "AGREE"),
        ] {
            assert_eq!(field.word(given), Some(word), "{given}");
        }
        for (field, given) in [
            (Field::Mission, ""),
            (Field::Mission, "palace"),
            (Field::Mission, "high commissioner"),
            (Field::Rank, "embassy"),
            (Field::City, "embassy"),
            (Field::People, "4"),
        ] {
            assert_eq!(field.word(given), None, "{given}");
        }
        assert_eq!(Field::Mission.word(&"embassy ".repeat(1_000)), None);
    }

    #[test]
    fn every_word_is_found() {
        for field in Field::ALL {
            if let Type::Choice(words) = field.ty() {
                for word in words {
                    assert_eq!(field.word(word), Some(*word), "{field}");
                }
            }
        }
    }
}
