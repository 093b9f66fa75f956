//! `GET /v1/countries/{code}/changes.atom` and `GET /v1/relations/{from}/{to}/changes.atom`: the
//! changes as Atom feeds (RFC 4287), the latest first, in pages (RFC 5005).
//!
//! An entry is a frame. Its id is made of the frame's cursor, so it never changes; it is dated by
//! the time at which the commit was recorded.

use super::Current;
use detente_api::parse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use atom_syndication::{
    Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text,
};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use detente_api::{Code, Refusal};
use detente_domain::party::Lang;
use detente_http::tag;
use detente_jetstream::inspect;
use detente_jetstream::topology::EVENTS;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::changes::wanted;
use super::params::{Params, bad};
use super::reply::Reply;
use detente_feed::cursor::Cursor;
use detente_feed::error::{Failure, No};
use detente_feed::{Earlier, Filter, Frame, Wanted};
use detente_read_model::queries;
use detente_read_model::read_model::Query;

pub(super) const MEDIA_TYPE: &str = "application/atom+xml";

/// What a feed takes beside the filters.
pub(super) const OWN: [&str; 3] = ["limit", "before", "lang"];
/// The entries of a page, where nothing else is asked for.
pub(super) const LIMIT_DEFAULT: usize = 50;
/// The most entries of a page: each asks for the time of its commit.
pub(super) const LIMIT_MAX: usize = 200;

/// What a feed is about.
struct About {
    /// Names its id: `countries/TJK`.
    path: String,
    title: String,
}

pub(super) async fn country(
    State(Current(query)): State<Current>,
    Path(given): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&OWN, &Wanted::PARTS])?;
    let lang = lang(&params)?;
    let country = parse::state("country", &given)?;
    let filter = Filter {
        countries: [country].into(),
        ..only(&params, &["country", "pair"])?
    };
    let about = About {
        path: format!("countries/{}", country.code()),
        title: titled(lang, country.name(lang)),
    };
    answer(&query, &params, filter, lang, about, &headers).await
}

pub(super) async fn relation(
    State(Current(query)): State<Current>,
    Path((from, to)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&OWN, &Wanted::PARTS])?;
    let lang = lang(&params)?;
    let pair = parse::ends(&from, &to)?.pair;
    let filter = Filter {
        pairs: [pair].into(),
        ..only(&params, &["country", "pair"])?
    };
    let names = format!("{} – {}", pair.a().name(lang), pair.b().name(lang));
    let about = About {
        path: format!("relations/{}/{}", pair.a().code(), pair.b().code()),
        title: titled(lang, &names),
    };
    answer(&query, &params, filter, lang, about, &headers).await
}

fn titled(lang: Lang, names: &str) -> String {
    match lang {
        Lang::Ar => format!("{names}: تغيّرات العلاقات"),
        Lang::En | Lang::Ru => format!("{names}: changes of relations"),
    }
}

/// The filter that is asked for, without what the address says already.
fn only(params: &Params, said: &[&str]) -> Result<Filter, Refusal> {
    for name in said {
        if let Some(given) = params.one(name)? {
            return Err(bad(
                name,
                given,
                "the address says already of whom the feed is",
            ));
        }
    }
    wanted(params)?.read()
}

fn lang(params: &Params) -> Result<Lang, Refusal> {
    match params.one("lang")? {
        None | Some("en") => Ok(Lang::En),
        Some("ar") => Ok(Lang::Ar),
        Some(given) => Err(bad("lang", given, "a feed is in en or ar").allowed(["en", "ar"])),
    }
}

fn limit(params: &Params) -> Result<usize, Refusal> {
    let Some(given) = params.one("limit")? else {
        return Ok(LIMIT_DEFAULT);
    };
    let limit = given.parse().ok();
    limit
        .filter(|limit| (1..=LIMIT_MAX).contains(limit))
        .ok_or_else(|| {
            bad(
                "limit",
                given,
                &format!("a page has 1 to {LIMIT_MAX} entries"),
            )
        })
}

/// The sequence before which a page begins.
fn before(query: &Query, params: &Params, head: u64) -> Result<Option<u64>, Refusal> {
    let Some(given) = params.one("before")? else {
        return Ok(None);
    };
    let cursor = Cursor::parse(given).ok_or_else(|| {
        let refusal = Refusal::new(
            Code::BadCursor,
            "a cursor is a projection, a dash and a sequence",
        );
        refusal.field("before").given(given)
    })?;
    let checked = cursor.within(query.projection(), head.saturating_add(1));
    let sequence = checked.map_err(|refusal| refusal.field("before"))?;
    Ok(Some(sequence))
}

async fn answer(
    query: &Query,
    params: &Params,
    filter: Filter,
    lang: Lang,
    about: About,
    headers: &HeaderMap,
) -> Reply {
    let feed = &query.parts().feed;
    let head = feed.head().await?;
    let (limit, before) = (limit(params)?, before(query, params, head)?);
    let page = feed.earlier(&filter, before, limit).await?;
    let newest = page.frames.first().map_or("none", |frame| &frame.cursor);
    let oldest = page.frames.last().map_or("none", |frame| &frame.cursor);
    let tag = format!("\"{newest}_{oldest}_{}\"", lang.as_str());
    if tag::is_held(headers, &tag) {
        return Ok(tag::tagged(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let times = times(query, &page).await?;
    let older = page.before.map(|before| feed.cursor(before).to_string());
    let atom = atom(&page, &times, lang, &about, params, older.as_deref());
    Ok(written(&atom, &tag))
}

fn as_str(lang: Lang) -> &'static str {
    match lang {
        Lang::Ar => "ar",
        Lang::En | Lang::Ru => "en",
    }
}

/// When the commits of a page were recorded.
async fn times(query: &Query, page: &Earlier) -> Result<BTreeMap<u64, FixedDateTime>, No> {
    let mut times = BTreeMap::new();
    for frame in &page.frames {
        if times.contains_key(&frame.position) {
            continue;
        }
        let connection = &query.parts().deps.connection;
        let message = inspect::read_one(connection, EVENTS, frame.position).await;
        let message = message.map_err(Failure::from)?;
        if let Some(time) = message.and_then(|message| fixed(message.published)) {
            times.insert(frame.position, time);
        }
    }
    Ok(times)
}

fn fixed(time: OffsetDateTime) -> Option<FixedDateTime> {
    time.format(&Rfc3339).ok()?.parse().ok()
}

fn atom(
    page: &Earlier,
    times: &BTreeMap<u64, FixedDateTime>,
    lang: Lang,
    about: &About,
    params: &Params,
    older: Option<&str>,
) -> Feed {
    let entries: Vec<Entry> = page
        .frames
        .iter()
        .map(|frame| entry(frame, times, lang))
        .collect();
    let newest = entries.iter().map(|entry| entry.updated).max();
    let mut links = vec![
        link("self", params.address(None)),
        link("first", params.address(Some(None))),
    ];
    links.extend(older.map(|older| link("next", params.address(Some(Some(older))))));
    Feed {
        id: format!("tag:detente,2026:{}/changes/{}", about.path, lang.as_str()),
        title: Text::plain(about.title.clone()),
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

fn link(rel: &str, href: String) -> Link {
    Link {
        rel: rel.to_owned(),
        href,
        mime_type: Some(MEDIA_TYPE.to_owned()),
        ..Link::default()
    }
}

fn entry(frame: &Frame, times: &BTreeMap<u64, FixedDateTime>, lang: Lang) -> Entry {
    let lines = frame.changes.iter().map(|change| change.line());
    let lines: Vec<String> = lines.map(|line| line.text(lang).to_owned()).collect();
    let mut list = "<ul>".to_owned();
    for line in &lines {
        let _ = write!(list, "<li>{}</li>", escaped(line));
    }
    list.push_str("</ul>");
    let mut topics: Vec<_> = frame.topics().collect();
    topics.sort();
    topics.dedup();
    let more = match (lines.len(), lang) {
        (0 | 1, _) => String::new(),
        (count, Lang::Ar) => format!(" (+{})", count - 1),
        (count, Lang::En | Lang::Ru) => format!(" (+{} more)", count - 1),
    };
    let title = lines.first().map_or("", String::as_str);
    Entry {
        id: format!("tag:detente,2026:changes/{}", frame.cursor),
        title: Text::plain(format!("{title}{more}")),
        updated: times.get(&frame.position).copied().unwrap_or_default(),
        categories: topics
            .into_iter()
            .map(|topic| Category {
                term: topic.to_string(),
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

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}

fn written(feed: &Feed, tag: &str) -> Response {
    let headers = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/atom+xml; charset=utf-8"),
    )];
    tag::tagged((headers, feed.to_string()).into_response(), tag)
}
