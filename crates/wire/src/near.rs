//! Words that are near a word that somebody mistyped.

/// How many are suggested.
const SUGGESTIONS: usize = 3;
/// Longer words are not compared: nothing of ours is half as long.
const LENGTH_MAX: usize = 64;

/// Up to three of the words that are near the given one, nearest first.
pub(crate) fn nearest<'w>(given: &str, words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    let given: Vec<char> = given
        .trim()
        .to_lowercase()
        .chars()
        .take(LENGTH_MAX)
        .collect();
    if given.is_empty() {
        return Vec::new();
    }
    let allowed = given.len().div_ceil(3);
    let mut ranked: Vec<(usize, &str)> = words
        .filter_map(|word| {
            let letters: Vec<char> = word.chars().collect();
            let shares_part = word.split('.').any(|part| {
                part.len() > 3
                    && given
                        .split(|c| !c.is_alphanumeric() && *c != '_')
                        .any(|g| part.chars().eq(g.iter().copied()))
            });
            let slips = distance(&given, &letters);
            (slips <= allowed || shares_part).then_some((slips, word))
        })
        .collect();
    ranked.sort_unstable();
    ranked
        .into_iter()
        .take(SUGGESTIONS)
        .map(|(_, word)| word)
        .collect()
}

/// How many letters must be put in, left out or exchanged to make one word of the other.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, letter) in left.iter().enumerate() {
        let mut before = above + 1;
        let mut next = vec![before];
        for (pair, other) in row.windows(2).zip(right) {
            let &[diagonal, up] = pair else { continue };
            before = (diagonal + usize::from(letter != other))
                .min(up + 1)
                .min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let words = [
            "mission.opened",
            "mission.closed",
            "visit.made",
            "host",
            "sender",
        ];
        let near = |given| nearest(given, words.iter().copied());
        assert_eq!(near("hots"), ["host"]);
        assert_eq!(near("mission.opend"), ["mission.opened", "mission.closed"]);
        assert_eq!(near("mission.handed"), ["mission.closed", "mission.opened"]);
        assert_eq!(near("visit"), ["visit.made"]);
        assert!(near("zzzzqqq").is_empty());
        assert!(near("").is_empty());
    }
}
