//! Suggestions for a mistyped word.

/// How many are suggested.
const SUGGESTIONS: usize = 3;
/// Longer words are not compared: nothing of ours is half as long.
const LENGTH_MAX: usize = 64;

/// Up to three of the words that resemble the given one, the closest first.
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
    let allowed = given.chars().count().div_ceil(3);
    let mut ranked: Vec<(usize, &str)> = words
        .filter_map(|word| {
            let shares_part = word.split('.').any(|part| {
                part.len() > 3
                    && given
                        .split(|c: char| !c.is_alphanumeric() && c != '_')
                        .any(|g| g == part)
            });
            let slips = strsim::levenshtein(&given, word);
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
