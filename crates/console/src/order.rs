//! The order of names in lists: as an index of each language has it, without accents and articles.

/// Returns a key by which names are put in order.
///
/// Within the letters of a language the code points are in alphabetical order, apart from those that
/// an alphabet puts beside another one.
pub(crate) fn key(name: &str) -> String {
    let name = name.strip_prefix("ال").unwrap_or(name);
    name.chars()
        .flat_map(char::to_lowercase)
        .filter_map(plain)
        .collect()
}

/// Returns the letter that stands for one in the order of an alphabet; `None` for what does not
/// count.
const fn plain(letter: char) -> Option<char> {
    Some(match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ё' => 'е',
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        'ئ' | 'ى' => 'ي',
        'ة' => 'ه',
        // Vowel signs and the stroke that lengthens a word.
        '\u{0640}' | '\u{064b}'..='\u{0652}' | '\'' | '’' | '.' => return None,
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use detente_domain::party::{Lang, Party};

    use super::*;

    fn sorted<const N: usize>(mut names: [&str; N]) -> [&str; N] {
        names.sort_by_key(|name| key(name));
        names
    }

    #[test]
    fn names_are_in_the_order_of_each_alphabet() {
        assert_eq!(
            sorted(["Azerbaijan", "Zambia", "Åland Islands", "Albania", "Aruba"]),
            ["Åland Islands", "Albania", "Aruba", "Azerbaijan", "Zambia"]
        );
        assert_eq!(
            sorted([
                "العراق",
                "إيران",
                "الصين",
                "أفغانستان",
                "الباكستان",
                "طاجيكستان"
            ]),
            [
                "أفغانستان",
                "إيران",
                "الباكستان",
                "الصين",
                "طاجيكستان",
                "العراق"
            ]
        );
        assert_eq!(
            sorted(["Туркмения", "Тёркс и Кайкос", "Таджикистан"]),
            ["Таджикистан", "Тёркс и Кайкос", "Туркмения"]
        );
    }

    #[test]
    fn every_english_name_has_a_key_of_plain_letters() {
        for party in Party::all() {
            let key = key(party.name(Lang::En));
            assert!(key.is_ascii(), "{key}");
        }
    }
}
