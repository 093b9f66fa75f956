//! How an event is shown in a list: its title, kind, date, publishers and grade, and a link to it.

use std::collections::BTreeMap;

use detente_api::view::{CitedView, EventView, labels};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use maud::{Markup, html};
use uuid::Uuid;

use crate::ask::Ask;
use crate::dates;

/// The most publishers that a list names for one event.
const PUBLISHERS_MAX: usize = 4;

/// An event, as lists show it.
#[derive(Clone, Debug)]
pub(crate) struct Cite<'v> {
    id: Option<Uuid>,
    kind: &'v str,
    titles: &'v BTreeMap<String, String>,
    occurred: &'v str,
    grade: &'v str,
    published: Vec<Published<'v>>,
    disputed: bool,
    retracted: bool,
}

/// A publication of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Published<'v> {
    /// The name of the publisher.
    pub(crate) publisher: &'v str,
    /// The web address.
    pub(crate) url: Option<&'v str>,
    /// The language, as a BCP 47 tag.
    pub(crate) language: Option<&'v str>,
}

impl<'v> From<&'v EventView> for Cite<'v> {
    fn from(view: &'v EventView) -> Self {
        let further = view.reports.iter().filter(|record| !record.retracted);
        let further = further.filter_map(|record| record.report.as_ref());
        let reports = std::iter::once(&view.event.report).chain(further);
        Self {
            id: view.event.id,
            kind: &view.event.kind,
            titles: &view.event.title,
            occurred: &view.event.occurred,
            grade: &view.standing.grade,
            published: reports
                .map(|report| Published {
                    publisher: &report.publisher,
                    url: report.url.as_deref(),
                    language: report.language.as_deref(),
                })
                .collect(),
            disputed: view.disputed,
            retracted: view.retracted.is_some(),
        }
    }
}

impl<'v> From<&'v CitedView> for Cite<'v> {
    fn from(view: &'v CitedView) -> Self {
        Self {
            id: Some(view.event),
            kind: &view.kind,
            titles: &view.title,
            occurred: &view.occurred,
            grade: &view.grade,
            published: view
                .published
                .iter()
                .map(|publication| Published {
                    publisher: &publication.publisher,
                    url: publication.url.as_deref(),
                    language: publication.language.as_deref(),
                })
                .collect(),
            disputed: view.disputed,
            retracted: false,
        }
    }
}

impl<'v> Cite<'v> {
    /// Marks the event as retracted.
    pub(crate) const fn retracted(mut self, retracted: bool) -> Self {
        self.retracted = retracted;
        self
    }

    /// Returns the title and its language: that of the page, or else English, or else of the original,
    /// or any; `None` if it has none.
    pub(crate) fn title(&self, ask: &Ask) -> Option<(&'v str, &'v str)> {
        let original = self.published.first().and_then(|first| first.language);
        title(self.titles, original, ask.lang.as_str())
    }

    /// Returns the title in the language of the first publication, and that language, if it is another
    /// than the one shown.
    fn original(&self, ask: &Ask) -> Option<(&'v str, &'v str)> {
        let tag = self.published.first()?.language?;
        let primary = tag.split('-').next();
        let mut tags = [Some(tag), primary].into_iter().flatten();
        let (lang, title) = tags.find_map(|tag| self.titles.get_key_value(tag))?;
        let shown = self.title(ask).map(|(shown, _)| shown);
        (shown != Some(lang)).then_some((lang, title))
    }

    /// Returns the title, or the label of the kind without one.
    pub(crate) fn text(&self, ask: &Ask) -> &'v str {
        self.title(ask)
            .map_or_else(|| kind_label(ask, self.kind), |(_, title)| title)
    }

    /// Returns the address of the page of the event.
    pub(crate) fn href(&self, ask: &Ask) -> Option<String> {
        let id = self.id?;
        Some(ask.href(&format!("events/{id}"), &[]))
    }

    /// Writes the event: the title with its link, then what is known of it in one line.
    pub(crate) fn render(&self, ask: &Ask) -> Markup {
        let (label, title) = (kind_label(ask, self.kind), self.title(ask));
        html! {
            div.cite {
                a href=[self.href(ask)] {
                    @match title {
                        Some((lang, title)) => bdi lang=(lang) { (title) },
                        None => (label),
                    }
                }
                @if let Some((lang, title)) = self.original(ask) {
                    p.original { bdi lang=(lang) { (title) } }
                }
                p {
                    @if title.is_some() { span.kind { (label) } }
                    span { (dates::words(self.occurred, ask.texts)) }
                    (grade(ask, self.grade))
                    (self.publishers(ask))
                    (self.flags(ask))
                }
            }
        }
    }

    /// Writes the publishers, each once, with their links.
    fn publishers(&self, ask: &Ask) -> Markup {
        let mut published: Vec<Published<'_>> = Vec::new();
        for publication in &self.published {
            if !published.contains(publication) {
                published.push(*publication);
            }
        }
        let more = published.len().saturating_sub(PUBLISHERS_MAX);
        html! {
            @for publication in published.iter().take(PUBLISHERS_MAX) {
                span { (publisher(publication.publisher, publication.url)) }
            }
            @if more > 0 { span { (labels::more(more, ask.lang)) } }
        }
    }

    fn flags(&self, ask: &Ask) -> Markup {
        html! {
            @if self.disputed { strong.flag { (labels::DISPUTED.text(ask.lang)) } }
            @if self.retracted { strong.flag { (ask.texts.say("cite-retracted")) } }
        }
    }
}

/// Returns the label of a kind in the language of the page; a code without one as it is.
pub(crate) fn kind_label<'v>(ask: &Ask, code: &'v str) -> &'v str {
    Kind::parse(code).map_or(code, |kind| kind.label(ask.lang))
}

/// Chooses a title: that in a language, or else in English, in the original one, or in any. Returns
/// its language with it.
pub(crate) fn title<'v>(
    titles: &'v BTreeMap<String, String>,
    original: Option<&str>,
    lang: &str,
) -> Option<(&'v str, &'v str)> {
    let primary = original.and_then(|tag| tag.split('-').next());
    let wanted = [Some(lang), Some("en"), original, primary];
    let mut found = wanted
        .into_iter()
        .flatten()
        .filter_map(|tag| titles.get_key_value(tag));
    let found = found.next().or_else(|| titles.iter().next());
    found.map(|(lang, title)| (lang.as_str(), title.as_str()))
}

/// Writes a publisher, linked to the publication if that has a web address.
pub(crate) fn publisher(name: &str, url: Option<&str>) -> Markup {
    html! {
        @match url.filter(|url| is_web(url)) {
            Some(url) => a href=(url) rel="noopener noreferrer external" { bdi { (name) } },
            None => bdi { (name) },
        }
    }
}

/// Returns true for an address that may be a link: no script, no data.
pub(crate) fn is_web(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
    })
}

/// Writes an Admiralty grade with its meaning.
pub(crate) fn grade(ask: &Ask, grade: &str) -> Markup {
    html! { abbr.grade title=[meaning(ask, grade)] { (grade) } }
}

/// Returns the meaning of a grade in words; `None` for other text.
pub(crate) fn meaning(ask: &Ask, grade: &str) -> Option<String> {
    let texts = ask.texts;
    let grade = Grade::parse(grade).ok()?;
    let letter = char::from(b'a' + grade.source());
    let source = texts.say(&format!("grade-{letter}"));
    let information = texts.say(&format!("grade-{}", grade.information() + 1));
    let args = [
        ("source", source.into()),
        ("information", information.into()),
    ];
    Some(texts.with("grade-meaning", args).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_of_the_page_or_english_or_the_original_before_any_other() {
        let titles = |all: &[(&str, &str)]| -> BTreeMap<String, String> {
            let own = |(lang, title): &(&str, &str)| ((*lang).to_owned(), (*title).to_owned());
            all.iter().map(own).collect()
        };
        let all = titles(&[("ar", "ع"), ("en", "E"), ("tg", "Т")]);
        assert_eq!(title(&all, Some("tg"), "ar"), Some(("ar", "ع")));
        assert_eq!(title(&all, Some("tg"), "ru"), Some(("en", "E")));
        let two = titles(&[("ar", "ع"), ("tg", "Т")]);
        assert_eq!(title(&two, Some("tg-TJ"), "ru"), Some(("tg", "Т")));
        assert_eq!(
            title(&titles(&[("fa", "ف")]), None, "ru"),
            Some(("fa", "ف"))
        );
        assert_eq!(title(&titles(&[]), Some("en"), "en"), None);
    }

    #[test]
    fn only_web_addresses_become_links() {
        for url in ["https://example.org/a", "HTTP://example.org"] {
            let written = publisher("P", Some(url)).into_string();
            assert!(
                written.contains("rel=\"noopener noreferrer external\""),
                "{written}"
            );
        }
        for url in [
            "javascript:alert(1)",
            "javascript://x%0aalert(1)",
            "data:,x",
            "//x",
            "ftp://x",
            "",
        ] {
            assert_eq!(publisher("P", Some(url)).into_string(), "<bdi>P</bdi>");
        }
        let hostile = publisher("<b>\"", Some("https://x/\"><script>")).into_string();
        assert!(!hostile.contains("<script>") && !hostile.contains("<b>"));
    }
}
