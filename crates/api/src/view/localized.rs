//! Texts in every language.

use std::collections::BTreeMap;

use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party};
use serde::{Deserialize, Serialize};

/// A text in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LocalizedText {
    /// In English.
    pub en: String,
    /// In Arabic.
    pub ar: String,
    /// In Russian.
    pub ru: String,
}

impl LocalizedText {
    /// Writes a text in each language.
    #[must_use]
    pub fn new(write: impl Fn(Lang) -> String) -> Self {
        Self {
            en: write(Lang::En),
            ar: write(Lang::Ar),
            ru: write(Lang::Ru),
        }
    }

    /// Returns the text in a language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ar => &self.ar,
            Lang::Ru => &self.ru,
        }
    }

    /// Returns the label of a kind.
    pub(super) fn label(kind: Kind) -> Self {
        Self::new(|lang| kind.label(lang).to_owned())
    }
}

/// Returns the name of a party; any other text unchanged.
#[must_use]
pub fn name(code: &str, lang: Lang) -> String {
    let party = Party::find(code);
    party.map_or(code, |party| party.name(lang)).to_owned()
}

/// Returns the title in a language, else in English, else in any; `None` if there is none.
#[must_use]
pub fn title_in(titles: &BTreeMap<String, String>, lang: Lang) -> Option<&str> {
    let first = titles.get(lang.as_str()).or_else(|| titles.get("en"));
    let title = first.or_else(|| titles.values().next());
    title.map(String::as_str)
}

/// Returns a date or a number for a sentence. In Arabic it is marked as left-to-right, so that
/// signs and dashes keep their place.
#[must_use]
pub fn figure(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Ar => format!("\u{200e}{text}\u{200e}"),
        Lang::En | Lang::Ru => text.to_owned(),
    }
}

/// Returns the two states of a conduct: that whose conduct it is, and that which it is towards.
///
/// In Russian they are joined by an arrow, since names are not inflected.
#[must_use]
pub fn towards(from: &str, to: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{from} towards {to}"),
        Lang::Ar => format!("{from} تجاه {to}"),
        Lang::Ru => format!("{from} → {to}"),
    }
}
