//! The Atom document of a page of frames.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use atom_syndication::{
    Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text,
};
use detente_api::request::Params;
use detente_api::request::Topic;
use detente_api::text;
use detente_api::view::labels;
use detente_domain::party::Lang;
use detente_feed::{EarlierPage, Frame};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub(in crate::http) const MEDIA_TYPE: &str = "application/atom+xml";

/// The characters of a query value that are escaped: all but the unreserved ones of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The subject of a feed.
pub(super) struct FeedSubject {
    /// The part of its id: `countries/TJK`.
    pub(super) path: String,
    /// The title.
    pub(super) title: String,
    /// The language.
    pub(super) lang: Lang,
}

/// Returns the document. `times` are those of the commits, by position; `older` is the cursor of
/// the next page.
pub(super) fn document(
    page: &EarlierPage,
    times: &BTreeMap<u64, FixedDateTime>,
    subject: FeedSubject,
    params: &Params,
    older: Option<&str>,
) -> Feed {
    let FeedSubject { path, title, lang } = subject;
    let entries = page.frames.iter().map(|frame| entry(frame, times, lang));
    let entries: Vec<Entry> = entries.collect();
    let newest = entries.iter().map(|entry| entry.updated).max();
    let is_kept = |(name, _): &(&str, &str)| *name != "before";
    let first = || params.pairs().filter(is_kept);
    let mut links = vec![link("self", params.pairs()), link("first", first())];
    links.extend(older.map(|older| link("next", first().chain([("before", older)]))));
    Feed {
        id: format!("tag:detente,2026:{path}/changes/{}", lang.as_str()),
        title: Text::plain(title),
        updated: newest.unwrap_or_default(),
        authors: vec![Person {
            name: "Detente".to_owned(),
            ..Person::default()
        }],
        generator: Some(Generator {
            value: "Detente".to_owned(),
            ..Generator::default()
        }),
        lang: Some(lang.as_str().to_owned()),
        links,
        entries,
        ..Feed::default()
    }
}

/// Returns a link to the same route with these query pairs.
fn link<'g>(rel: &str, pairs: impl Iterator<Item = (&'g str, &'g str)>) -> Link {
    let pairs = pairs.map(|(name, value)| {
        let value = utf8_percent_encode(value, ESCAPED);
        format!("{name}={value}")
    });
    Link {
        rel: rel.to_owned(),
        href: format!("?{}", pairs.collect::<Vec<_>>().join("&")),
        mime_type: Some(MEDIA_TYPE.to_owned()),
        ..Link::default()
    }
}

fn entry(frame: &Frame, times: &BTreeMap<u64, FixedDateTime>, lang: Lang) -> Entry {
    let lines = frame.changes.iter().map(|change| change.sentence());
    let lines: Vec<String> = lines
        .map(|line| text::line(line.text(lang)).into_owned())
        .collect();
    let mut list = "<ul>".to_owned();
    for line in &lines {
        let _ = write!(list, "<li>{}</li>", escape_html(line));
    }
    list.push_str("</ul>");
    let topics: BTreeSet<&str> = frame.topics().map(Topic::as_str).collect();
    let more = match lines.len() {
        0 | 1 => String::new(),
        count => format!(" ({})", labels::more(count - 1, lang)),
    };
    let title = lines.first().map_or("", String::as_str);
    Entry {
        id: format!("tag:detente,2026:changes/{}", frame.cursor),
        title: Text::plain(format!("{title}{more}")),
        updated: times.get(&frame.position).copied().unwrap_or_default(),
        categories: topics
            .into_iter()
            .map(|topic| Category {
                term: topic.to_owned(),
                ..Category::default()
            })
            .collect(),
        links: vec![Link {
            rel: "related".to_owned(),
            href: format!(
                "/v1/relations/{}?known_at={}",
                frame.relation.replace('-', "/"),
                frame.position
            ),
            mime_type: Some("application/json".to_owned()),
            ..Link::default()
        }],
        content: Some(Content {
            content_type: Some("html".to_owned()),
            lang: Some(lang.as_str().to_owned()),
            value: Some(list),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn escape_html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}
