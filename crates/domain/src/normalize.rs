//! Normalisation of names, so that spellings of one name compare equal.

/// Normalises a text: lower case, no accents, no Arabic vowel marks or tatweel, one form of hamza
/// and of letters that Arabic and Persian write differently, one space for any punctuation.
///
/// For comparison only: names are displayed as the registries write them.
pub(crate) fn normalize(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'æ' => normal.push_str("ae"),
            'œ' => normal.push_str("oe"),
            'ß' => normal.push_str("ss"),
            '&' => normal.push_str("and"),
            _ => match map(letter) {
                Some(' ') if normal.is_empty() || normal.ends_with(' ') => {}
                Some(letter) => normal.push(letter),
                None => {}
            },
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// Maps a lower-case letter to its normal form; `None` if it is dropped.
fn map(letter: char) -> Option<char> {
    Some(match letter {
        // Combining accents, Arabic vowel and Koranic marks, tatweel, the lone hamza, zero-width
        // and direction marks, and apostrophes in all their forms.
        '\u{300}'..='\u{36f}'
        | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6ed}'
        | '\u{640}'
        | 'ء'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\''
        | '’'
        | '‘'
        | 'ʼ'
        | 'ʻ'
        | '`'
        | '´' => return None,
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        'ئ' | 'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        'ё' => 'е',
        // Written with a combining breve, it would be the plain letter.
        'й' => 'и',
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ə' => 'e',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'š' | 'ş' | 'ś' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        'ğ' => 'g',
        'ł' => 'l',
        other if other.is_alphanumeric() => other,
        _ => ' ',
    })
}
