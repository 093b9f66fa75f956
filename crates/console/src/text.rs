//! The texts of pages, in Fluent. A text that is missing in a language is a failure of a test.

use std::borrow::Cow;
use std::sync::LazyLock;

use detente_domain::party::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// Names the files of each language: one for all pages, and one for each page.
macro_rules! files {
    ($($file:literal),+ $(,)?) => {
        const fn files(lang: Lang) -> &'static [&'static str] {
            match lang {
                Lang::En => &[$(include_str!(concat!("../texts/en/", $file, ".ftl"))),+],
                Lang::Ar => &[$(include_str!(concat!("../texts/ar/", $file, ".ftl"))),+],
                Lang::Ru => &[$(include_str!(concat!("../texts/ru/", $file, ".ftl"))),+],
            }
        }
    };
}

files!(
    "common",
    "cite",
    "board",
    "brief",
    "changes",
    "country",
    "diff",
    "event",
    "map",
    "methodology",
    "relation",
    "report",
    "session",
    "sources",
    "why",
);

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 3]> =
    LazyLock::new(|| Lang::ALL.map(bundle));

/// The texts in a language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts {
    /// The language.
    pub(crate) lang: Lang,
}

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = lang.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Pages isolate what may run the other way by elements.
    bundle.set_use_isolating(false);
    for file in files(lang) {
        // What cannot be parsed is left out, which a test finds.
        let resource = FluentResource::try_new((*file).to_owned());
        let resource = resource.unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

impl Texts {
    /// Returns a text.
    pub(crate) fn say(self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// Returns a text with its arguments.
    pub(crate) fn with<'a, const N: usize>(
        self,
        key: &str,
        args: [(&'static str, FluentValue<'a>); N],
    ) -> Cow<'static, str> {
        let args = FluentArgs::from_iter(args);
        self.format(key, Some(&args))
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let [en, ar, ru] = &*BUNDLES;
        let bundle = match self.lang {
            Lang::En => en,
            Lang::Ar => ar,
            Lang::Ru => ru,
        };
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            tracing::error!(key, lang = self.lang.as_str(), "a text is missing");
            return Cow::Owned(key.to_owned());
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors);
        Cow::Owned(text.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The messages of a language: each begins a line, before an equals sign.
    fn keys(lang: Lang) -> BTreeSet<&'static str> {
        let lines = files(lang).iter().flat_map(|file| file.lines());
        let keys = lines.filter_map(|line| Some(line.split_once(" =")?.0));
        keys.filter(|key| key.starts_with(|letter: char| letter.is_ascii_lowercase()))
            .collect()
    }

    #[test]
    fn every_file_is_parsed_and_every_language_has_the_same_texts() {
        for lang in Lang::ALL {
            for file in files(lang) {
                let parsed = FluentResource::try_new((*file).to_owned());
                assert!(
                    parsed.is_ok(),
                    "{lang:?}: {:?}",
                    parsed.err().map(|(_, errors)| errors)
                );
            }
            assert_eq!(keys(lang), keys(Lang::En), "{lang:?}");
            let count: usize = files(lang)
                .iter()
                .map(|file| {
                    file.lines()
                        .filter(|line| line.contains(" =") && !line.starts_with([' ', '#']))
                        .count()
                })
                .sum();
            assert_eq!(count, keys(lang).len(), "{lang:?}: a text is defined twice");
        }
    }

    /// Keys stand in the source as literals: those that are passed to `say` and `with`.
    #[test]
    fn every_text_that_a_page_names_exists() {
        let keys = keys(Lang::En);
        let mut missing = Vec::new();
        let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    directories.push(path);
                    continue;
                }
                let source = std::fs::read_to_string(path).expect("a file");
                for call in [".say(\"", ".with(\""] {
                    let named = source.split(call).skip(1);
                    let named = named.filter_map(|rest| rest.split('"').next());
                    missing.extend(named.filter(|key| !keys.contains(key)).map(str::to_owned));
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }
}
