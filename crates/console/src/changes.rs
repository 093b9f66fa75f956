//! The changes as they happen: the newest first, through a filter, and that filter as a subscription.

mod entry;
mod filter;
mod subscription;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::Response;
use detente_api::Refusal;
use detente_api::request::{FilterRequest, Part as _};
use detente_api::view::EventView;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_feed::{Cursor, EarlierPage, Error, Filter};
use detente_read_model::{ReadSource as _, event_views};
use maud::{Markup, html};
use uuid::Uuid;

use crate::ask::Ask;
use crate::link::address;
use crate::shell::{self, Page};

/// The most frames of a page. A frame is the changes of a relation that were published together.
const FRAMES: usize = 25;
/// The most events whose titles a page has.
const TITLES_MAX: usize = 200;
/// The events that are read at once.
const READ_AT_ONCE: usize = 100;

/// What a page of changes shows.
struct Changes {
    page: EarlierPage,
    /// The events that caused them.
    events: BTreeMap<Uuid, EventView>,
    /// The days on which commits were recorded, by position.
    recorded: BTreeMap<u64, Day>,
    /// The cursor before which the next page begins.
    before: Option<String>,
}

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    if let Err(error) = ask.require_reader() {
        return ask.answer(Err(error));
    }
    let request = match FilterRequest::parse_part("", &ask.params) {
        Ok(request) => request,
        Err(refusal) => return refused(&ask, &FilterRequest::default(), refusal),
    };
    match Filter::parse(&request) {
        Ok(filter) => ask.answer(view(&ask, &request, &filter).await),
        Err(refusal) => refused(&ask, &request, refusal),
    }
}

/// Answers with the form, which says what was refused.
fn refused(ask: &Ask, request: &FilterRequest, refusal: Refusal) -> Response {
    let body = filter::form(ask, request, Some(refusal));
    let page = Page::new(ask.texts.say("changes-title"), body);
    shell::response(ask, StatusCode::BAD_REQUEST, &page)
}

async fn view(ask: &Ask, request: &FilterRequest, filter: &Filter) -> Result<Page, Error> {
    let changes = read(ask, filter).await?;
    let is_newest = ask.get("before")?.is_none();
    let body = html! {
        (filter::form(ask, request, None))
        p.parts { a href="#subscribe" { (ask.texts.say("subscribe-title")) } }
        (list(ask, &changes))
        (pages(ask, &changes, is_newest))
        (subscription::render(ask, request, filter))
    };
    let page = Page::new(ask.texts.say("changes-title"), body);
    Ok(if is_newest {
        page.following(query(request))
    } else {
        page
    })
}

/// Returns a filter as a query, without its question mark.
fn query(request: &FilterRequest) -> String {
    let mut pairs = Vec::new();
    request.add_pairs("", &mut pairs);
    let pairs = pairs.iter().map(|(name, value)| (*name, &**value));
    let address = address("", pairs);
    address.strip_prefix('?').unwrap_or_default().to_owned()
}

async fn read(ask: &Ask, filter: &Filter) -> Result<Changes, Error> {
    let feed = ask.model.feed();
    let before = match ask.get("before")? {
        Some(text) => Some(Cursor::before(text, &feed.end().await?)?),
        None => None,
    };
    let page = feed.earlier(filter, before, FRAMES).await?;
    let positions: Vec<u64> = page.frames.iter().map(|frame| frame.position).collect();
    let recorded = ask.model.with_archive(move |archive| {
        let of = |position| Some((position, archive.recorded(position)?));
        positions.into_iter().filter_map(of).collect()
    });
    Ok(Changes {
        recorded: recorded.await,
        events: causes(ask, &page).await?,
        before: page.before.map(|before| feed.cursor(before).to_string()),
        page,
    })
}

/// Reads the events that caused the changes which are shown.
async fn causes(ask: &Ask, page: &EarlierPage) -> Result<BTreeMap<Uuid, EventView>, Error> {
    let known = ask.model.head(0).await?;
    let shown = page.frames.iter().flat_map(|frame| entry::shown(frame));
    let causes = shown.flat_map(entry::causes).copied().map(EventId);
    let mut ids: Vec<EventId> = Vec::new();
    for id in causes {
        if ids.len() < TITLES_MAX && !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut events = BTreeMap::new();
    for ids in ids.chunks(READ_AT_ONCE) {
        let views = event_views::views(&ask.model, ids, known).await?;
        events.extend(
            views
                .into_iter()
                .filter_map(|view| Some((view.event.id?, view))),
        );
    }
    Ok(events)
}

fn list(ask: &Ask, changes: &Changes) -> Markup {
    if changes.page.frames.is_empty() {
        return html! { p.empty { (ask.texts.say("changes-none")) } };
    }
    html! {
        ol.feed {
            @for frame in &changes.page.frames { (entry::render(ask, frame, changes)) }
        }
    }
}

/// Writes the links to further pages.
fn pages(ask: &Ask, changes: &Changes, is_newest: bool) -> Markup {
    let texts = ask.texts;
    html! {
        nav.parts aria-label=(texts.say("changes-pages")) {
            @if !is_newest { a href=(ask.here(&[("before", "")])) { (texts.say("changes-newest")) } }
            @if let Some(before) = &changes.before {
                a href=(ask.here(&[("before", before)])) rel="next" { (texts.say("changes-older")) }
            }
        }
    }
}
