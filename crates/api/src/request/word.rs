//! Values that are one of a few words.

use detente_domain::state::Occasion;
use schemars::{Schema, json_schema};

use super::Value;
use super::value::bad;
use crate::refusal::Refusal;

/// A value that is one of a few words.
pub trait Word: Copy + PartialEq + 'static {
    /// All words, with what they mean.
    const WORDS: &'static [(&'static str, Self)];
    /// The word that is meant where none is given.
    const DEFAULT: Option<&'static str>;
    /// Says to a person what the words are.
    const MESSAGE: &'static str;

    /// Refuses anything else with `bad_query` and the words.
    fn refused(field: &str, given: &str) -> Refusal {
        let words = Self::WORDS.iter().map(|(word, _)| *word);
        bad(field, given, Self::MESSAGE).allowed(words)
    }
}

impl<T: Word> Value for T {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        let found = T::WORDS.iter().find(|(word, _)| *word == text);
        found.map_or_else(|| Err(T::refused(field, text)), |(_, value)| Ok(*value))
    }

    fn write(&self) -> String {
        let found = T::WORDS.iter().find(|(_, value)| value == self);
        found.map_or_else(String::new, |(word, _)| (*word).to_owned())
    }

    fn schema() -> Schema {
        let words: Vec<_> = T::WORDS.iter().map(|(word, _)| *word).collect();
        let mut schema = json_schema!({"type": "string", "enum": words});
        if let Some(word) = T::DEFAULT {
            schema.insert("default".to_owned(), word.into());
        }
        schema
    }
}

/// Defines words, of which the first is the default.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident, $message:literal,
        $(#[doc = $first_doc:literal])+ $first:ident = $first_word:literal,
        $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $first_doc])+
            #[default]
            $first,
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Word for $name {
            const WORDS: &'static [(&'static str, Self)] =
                &[($first_word, Self::$first), $(($word, Self::$variant)),+];
            const DEFAULT: Option<&'static str> = Some($first_word);
            const MESSAGE: &'static str = $message;
        }
    };
}

words! {
    /// The order of a list of events.
    Order, "events are in order of arrival: oldest or newest first",
    /// As they arrived.
    Oldest = "oldest",
    /// The last to arrive first.
    Newest = "newest",
}

words! {
    /// The order of a replay.
    ReplayClock, "a replay goes by the valid clock, or by the known one",
    /// By the days on which it was so, as it is believed at one position.
    Valid = "valid",
    /// As the change feed told it.
    Known = "known",
}

words! {
    /// The form of the frames of an event stream.
    Envelope, "frames of an event stream are plain, or CloudEvents; a page is plain",
    /// As in a page.
    Plain = "plain",
    /// CloudEvents 1.0.
    CloudEvents = "cloudevents",
}

words! {
    /// The language of an Atom feed.
    AtomLang, "a feed is in en or ar",
    /// English.
    En = "en",
    /// Arabic.
    Ar = "ar",
}

impl Word for Occasion {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("happened", Self::Happened),
        ("learned", Self::Learned),
        ("lapsed", Self::Lapsed),
    ];
    const DEFAULT: Option<&'static str> = None;
    const MESSAGE: &'static str = "a change happened, was learned, or lapsed";
}

impl Word for bool {
    const WORDS: &'static [(&'static str, Self)] = &[("true", true), ("false", false)];
    const DEFAULT: Option<&'static str> = Some("false");
    const MESSAGE: &'static str = "this is true or false";
}
