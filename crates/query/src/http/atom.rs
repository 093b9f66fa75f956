//! `GET /v1/countries/{code}/changes.atom` and `GET /v1/relations/{from}/{to}/changes.atom`: the
//! changes as Atom feeds (RFC 4287), the latest first, in pages (RFC 5005).
//!
//! An entry is a frame. Its id is made of the frame's cursor, so it never changes; its date is the
//! time at which the commit was recorded.

mod document;

use std::collections::BTreeMap;

use atom_syndication::FixedDateTime;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use detente_api::request::{
    AtomRequest, CountryAtomRequest, FilterRequest, Params, RelationAtomRequest,
};
use detente_api::{Refusal, text};
use detente_domain::party::{Lang, Party};
use detente_feed::{Cursor, EarlierPage, Error, Filter};
use detente_http::etag;
use detente_jetstream::stream_info;
use detente_jetstream::topology::EVENTS;
use detente_read_model::ReadModel;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::Reply;
use super::extract::{Address, Current, refuse_params};
use document::FeedSubject;

pub(super) use document::MEDIA_TYPE;

/// The parameters of the filter that the path replaces.
pub(super) const REPLACED: [&str; 2] = ["country", "pair"];

pub(super) async fn country(Current(model): Current, address: Address) -> Reply {
    let CountryAtomRequest { country, feed } = address.parse()?;
    let country = country.party();
    let filter = Filter {
        countries: [country].into(),
        ..filter(&address.params, &feed.filter)?
    };
    let names = country.name(feed.lang.unwrap_or(Lang::En));
    let path = format!("countries/{country}");
    answer(&model, &address, &feed, filter, path, names).await
}

pub(super) async fn relation(Current(model): Current, address: Address) -> Reply {
    let RelationAtomRequest { relation, feed } = address.parse()?;
    let (a, b) = (relation.pair.a(), relation.pair.b());
    let filter = Filter {
        pairs: [relation.pair].into(),
        ..filter(&address.params, &feed.filter)?
    };
    let name = |party: Party| party.name(feed.lang.unwrap_or(Lang::En));
    let names = format!("{} – {}", name(a), name(b));
    let path = format!("relations/{a}/{b}");
    answer(&model, &address, &feed, filter, path, &names).await
}

/// Returns the filter; refuses parameters that the path replaces.
fn filter(params: &Params, request: &FilterRequest) -> Result<Filter, Refusal> {
    let message = "the path says already whose changes the feed has";
    refuse_params(params, &REPLACED, message)?;
    Filter::parse(request)
}

/// Answers with a page of the feed of that path, about the parties of those names.
async fn answer(
    model: &ReadModel,
    address: &Address,
    request: &AtomRequest,
    filter: Filter,
    path: String,
    names: &str,
) -> Reply {
    let lang = request.lang.unwrap_or(Lang::En);
    let title = match lang {
        Lang::En => format!("{names}: changes of relations"),
        Lang::Ar => format!("{names}: تغيّرات العلاقات"),
        Lang::Ru => format!("{names}: изменения в отношениях"),
    };
    let subject = FeedSubject { path, title, lang };
    let feed = model.feed();
    let head = feed.end().await?;
    let before = request.before.as_deref();
    let before = before.map(|text| Cursor::before(text, &head));
    let limit = request.limit.unwrap_or_default().get();
    let page = feed.earlier(&filter, before.transpose()?, limit).await?;
    let newest = page.frames.first().map_or("none", |frame| &frame.cursor);
    let oldest = page.frames.last().map_or("none", |frame| &frame.cursor);
    let tag = format!("\"{newest}_{oldest}_{lang}\"");
    if etag::is_cached(&address.headers, &tag) {
        return Ok(etag::tagged(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let times = commit_times(model, &page).await?;
    let older = page.before.map(|before| feed.cursor(before).to_string());
    let older = older.as_deref();
    let document = document::document(&page, &times, subject, &address.params, older);
    let document = text::lines(&document.to_string()).into_owned();
    let content_type = HeaderValue::from_static("application/atom+xml; charset=utf-8");
    let headers = [(header::CONTENT_TYPE, content_type)];
    Ok(etag::tagged((headers, document).into_response(), &tag))
}

/// Reads the times at which the commits of a page were recorded, by position.
async fn commit_times(
    model: &ReadModel,
    page: &EarlierPage,
) -> Result<BTreeMap<u64, FixedDateTime>, Error> {
    let mut times = BTreeMap::new();
    for frame in &page.frames {
        if times.contains_key(&frame.position) {
            continue;
        }
        let connection = &model.deps().connection;
        let message = stream_info::read_one(connection, EVENTS, frame.position).await?;
        if let Some(time) = message.and_then(|message| to_atom(message.published)) {
            times.insert(frame.position, time);
        }
    }
    Ok(times)
}

fn to_atom(time: OffsetDateTime) -> Option<FixedDateTime> {
    time.format(&Rfc3339).ok()?.parse().ok()
}
