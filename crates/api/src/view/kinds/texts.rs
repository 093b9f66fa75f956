//! The texts about kinds: descriptions in every language, and an example of each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use detente_domain::details::Field;
use detente_domain::kind::Kind;
use detente_domain::party::Lang;

use crate::submission::EventDto;
use crate::view::labels::Label;

/// Texts by the columns before those of the languages.
type Texts = BTreeMap<&'static str, Label>;

static KINDS: LazyLock<Texts> = LazyLock::new(|| parse(include_str!("../../../data/kinds.tsv")));
static DETAILS: LazyLock<Texts> =
    LazyLock::new(|| parse(include_str!("../../../data/details.tsv")));
static SEVERITIES: LazyLock<Texts> =
    LazyLock::new(|| parse(include_str!("../../../data/kind_severities.tsv")));
static EXAMPLES: LazyLock<BTreeMap<String, EventDto>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/kind_examples.ndjson").lines();
    let events = lines.filter_map(|line| serde_json::from_str(line).ok());
    events
        .map(|event: EventDto| (event.kind.clone(), event))
        .collect()
});

/// Reads a table whose last columns are en, ar and ru. Lines that begin with `#` are comments.
fn parse(file: &'static str) -> Texts {
    let rows = file.lines().filter(|line| !line.starts_with('#')).skip(1);
    let text = |row: &'static str| {
        let mut columns = row.rsplitn(4, '\t');
        let (ru, ar, en) = (columns.next()?, columns.next()?, columns.next()?);
        Some((columns.next()?, Label::new(en, ar, ru)))
    };
    rows.filter_map(text).collect()
}

fn text(texts: &Texts, key: &str, lang: Lang) -> &'static str {
    texts.get(key).map_or("", |label| label.text(lang))
}

/// Returns what a kind is.
pub(super) fn kind(kind: Kind, lang: Lang) -> &'static str {
    text(&KINDS, kind.as_str(), lang)
}

/// Returns what a detail holds.
pub(in crate::view) fn detail(field: Field, lang: Lang) -> &'static str {
    text(&DETAILS, field.as_str(), lang)
}

/// Returns what a word of severity means for a kind.
pub(super) fn severity(kind: Kind, word: &str, lang: Lang) -> &'static str {
    text(&SEVERITIES, &format!("{kind}\t{word}"), lang)
}

/// Returns an event of a kind.
pub(super) fn example(kind: Kind) -> EventDto {
    EXAMPLES.get(kind.as_str()).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_domain::details::{SEVERITIES as WORDS, schema};

    /// Checks that a text is there in each language, in its letters.
    fn assert_written(texts: &Texts, key: &str) {
        let label = texts
            .get(key)
            .unwrap_or_else(|| panic!("no text of {key:?}"));
        let has = |text: &str, first: char, last: char| {
            text.chars().any(|letter| (first..=last).contains(&letter))
        };
        assert!(
            has(label.en, 'a', 'z') && !has(label.en, 'а', 'я'),
            "{key}: {}",
            label.en
        );
        assert!(
            has(label.ar, 'ء', 'ي') && !has(label.ar, 'а', 'я'),
            "{key}: {}",
            label.ar
        );
        assert!(
            has(label.ru, 'а', 'я') && !has(label.ru, 'ء', 'ي'),
            "{key}: {}",
            label.ru
        );
        for text in [label.en, label.ar, label.ru] {
            assert_eq!(text, text.trim(), "{key}");
        }
    }

    #[test]
    fn every_kind_and_detail_is_described_once() {
        for kind in Kind::ALL {
            assert_written(&KINDS, kind.as_str());
            let label = KINDS[kind.as_str()];
            let ends = [label.en, label.ar, label.ru].map(|text| text.ends_with('.'));
            assert_eq!(ends, [true; 3], "{kind} ends without a full stop");
        }
        for field in Field::ALL {
            assert_written(&DETAILS, field.as_str());
        }
        assert_eq!(
            (KINDS.len(), DETAILS.len()),
            (Kind::ALL.len(), Field::ALL.len())
        );
    }

    #[test]
    fn every_word_of_severity_is_described_for_the_kinds_that_take_one() {
        let takes = |kind: &Kind| schema(*kind).fields().any(|field| field == Field::Severity);
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(takes).collect();
        for kind in &kinds {
            for word in WORDS {
                assert_written(&SEVERITIES, &format!("{kind}\t{word}"));
            }
        }
        assert_eq!(SEVERITIES.len(), kinds.len() * WORDS.len());
    }

    #[test]
    fn a_description_names_only_kinds_and_details_that_exist() {
        for (kind, label) in &*KINDS {
            for text in [label.en, label.ar, label.ru] {
                let words =
                    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
                let codes = words.map(|word| word.trim_matches('.'));
                for code in codes.filter(|code| code.contains('.')) {
                    assert!(
                        Kind::parse(code).is_some() && code != *kind,
                        "{kind} names {code}"
                    );
                }
                for word in text.split('`').skip(1).step_by(2) {
                    assert!(Field::parse(word).is_some(), "{kind} names {word}");
                }
            }
        }
    }
}
