//! Suggestions for mistyped words.

/// The maximum number of suggested words.
const SUGGESTIONS: usize = 3;
/// The maximum number of characters compared; all known words are shorter.
const LENGTH_MAX: usize = 64;

/// Returns up to three of the words that resemble the given one, the closest first.
#[must_use]
pub fn suggest<'w>(given: &str, words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    let given: String = given
        .trim()
        .to_lowercase()
        .chars()
        .take(LENGTH_MAX)
        .collect();
    if given.is_empty() {
        return Vec::new();
    }
    let allowed = allowed_edits(given.chars().count());
    let is_separator = |c: char| !c.is_alphanumeric() && c != '_';
    let has_part = |part: &str| part.len() > 3 && given.split(is_separator).any(|g| g == part);
    let candidates = words.filter_map(|word| {
        let edits = strsim::levenshtein(&given, word);
        (edits <= allowed || word.split('.').any(has_part)).then_some((edits, word))
    });
    closest(candidates)
}

/// Returns up to three candidates, those with the fewest edits first.
pub(crate) fn closest<T: Ord>(candidates: impl Iterator<Item = (usize, T)>) -> Vec<T> {
    let mut ranked: Vec<(usize, T)> = candidates.collect();
    ranked.sort_unstable();
    let ranked = ranked.into_iter().take(SUGGESTIONS);
    ranked.map(|(_, candidate)| candidate).collect()
}

/// The number of edits up to which a word resembles one of `length` characters: one in three
/// characters. With more, unrelated words match.
pub(crate) const fn allowed_edits(length: usize) -> usize {
    length.div_ceil(3)
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
        let near = |given| suggest(given, words.iter().copied());
        assert_eq!(near("hots"), ["host"]);
        assert_eq!(near("mission.opend"), ["mission.opened", "mission.closed"]);
        assert_eq!(near("mission.handed"), ["mission.closed", "mission.opened"]);
        assert_eq!(near("visit"), ["visit.made"]);
        assert!(near("zzzzqqq").is_empty());
        assert!(near("").is_empty());
    }
}
