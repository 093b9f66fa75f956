//! Words made comparable, and words that are near each other. For matching only: what is shown is
//! always as the registry writes it.

use std::collections::BTreeMap;

use super::Party;
use super::registry::Registry;

/// The longest text that is looked up, in bytes. The longest name in the registry has less than
/// half of it; a bound keeps hostile texts cheap.
pub(super) const MAX_BYTES: usize = 256;

/// How many parties are suggested.
const SUGGESTIONS: usize = 3;
/// From how many characters on a beginning counts as near to the whole.
const PREFIX_CHARS: usize = 4;

/// A word as it is compared: lower case without accents, Arabic without vowel marks, tatweel and
/// the seats of hamza, Persian and Arabic letters as one, punctuation as a single space.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match plain(letter) {
            Plain::Letters(letters) => folded.push_str(letters),
            Plain::Letter(letter) => folded.push(letter),
            Plain::Nothing => {}
            Plain::Space if folded.is_empty() || folded.ends_with(' ') => {}
            Plain::Space => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Up to three parties with a code or a name near the text, nearest first.
pub(super) fn suggest(registry: &Registry, text: &str) -> Vec<Party> {
    let sought: Vec<char> = fold(text).chars().take(MAX_BYTES).collect();
    if sought.is_empty() || text.len() > MAX_BYTES {
        return Vec::new();
    }
    // One slip in three letters: more would make near what is not.
    let allowed = sought.len().div_ceil(3);
    let mut nearest: BTreeMap<Party, usize> = BTreeMap::new();
    for (word, &party) in &registry.by_word {
        let word: Vec<char> = word.chars().collect();
        let begins = sought.len() >= PREFIX_CHARS && word.starts_with(&sought);
        let distance = if begins {
            1
        } else {
            distance(&sought, &word, allowed)
        };
        if distance <= allowed {
            let best = nearest.entry(party).or_insert(distance);
            *best = distance.min(*best);
        }
    }
    let mut ranked: Vec<(usize, Party)> = nearest.into_iter().map(|(p, d)| (d, p)).collect();
    ranked.sort_unstable();
    ranked
        .into_iter()
        .take(SUGGESTIONS)
        .map(|(_, party)| party)
        .collect()
}

/// How many letters must be put in, left out or exchanged to make one word of the other; anything
/// above `limit` once it is sure to be above.
fn distance(left: &[char], right: &[char], limit: usize) -> usize {
    if left.len().abs_diff(right.len()) > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, letter) in left.iter().enumerate() {
        let mut before = above + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(before);
        for (pair, other) in row.windows(2).zip(right) {
            let &[diagonal, up] = pair else { continue };
            before = (diagonal + usize::from(letter != other))
                .min(up + 1)
                .min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(limit + 1)
}

/// What a lower-case letter is compared as.
enum Plain {
    Letters(&'static str),
    Letter(char),
    Nothing,
    Space,
}

fn plain(letter: char) -> Plain {
    match letter {
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
        | '´' => Plain::Nothing,
        'أ' | 'إ' | 'آ' | 'ٱ' => Plain::Letter('ا'),
        'ؤ' => Plain::Letter('و'),
        'ئ' | 'ى' | 'ی' => Plain::Letter('ي'),
        'ة' => Plain::Letter('ه'),
        'ک' => Plain::Letter('ك'),
        'ё' => Plain::Letter('е'),
        // Written with a combining breve, it would be the plain letter.
        'й' => Plain::Letter('и'),
        'à'..='å' | 'ā' | 'ă' | 'ą' => Plain::Letter('a'),
        'ç' | 'ć' | 'č' => Plain::Letter('c'),
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ə' => Plain::Letter('e'),
        'ì'..='ï' | 'ī' | 'ı' => Plain::Letter('i'),
        'ñ' | 'ń' | 'ň' => Plain::Letter('n'),
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => Plain::Letter('o'),
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => Plain::Letter('u'),
        'ý' | 'ÿ' => Plain::Letter('y'),
        'š' | 'ş' | 'ś' => Plain::Letter('s'),
        'ž' | 'ź' | 'ż' => Plain::Letter('z'),
        'ğ' => Plain::Letter('g'),
        'ł' => Plain::Letter('l'),
        'æ' => Plain::Letters("ae"),
        'œ' => Plain::Letters("oe"),
        'ß' => Plain::Letters("ss"),
        '&' => Plain::Letters("and"),
        other if other.is_alphanumeric() => Plain::Letter(other),
        _ => Plain::Space,
    }
}
