//! A frame of the feed: the changes of one relation that were published together.

use detente_api::request::Topic;
use detente_api::view::{ChangeView, labels};
use detente_feed::Frame;
use maud::{Markup, html};
use uuid::Uuid;

use super::Changes;
use crate::ask::Ask;
use crate::cite::Cite;
use crate::dates;
use crate::link::address;

/// The most changes of a frame that are shown.
const CHANGES_MAX: usize = 20;
/// The most causes of a change that are shown.
const CAUSES_MAX: usize = 3;

/// Returns the changes of a frame that are shown.
pub(super) fn shown(frame: &Frame) -> &[ChangeView] {
    let first = frame.changes.get(..CHANGES_MAX);
    first.unwrap_or(&frame.changes)
}

/// Returns the causes of a change that are shown.
pub(super) fn causes(change: &ChangeView) -> impl Iterator<Item = &Uuid> {
    change.causes.iter().take(CAUSES_MAX)
}

/// Writes a frame.
pub(super) fn render(ask: &Ask, frame: &Frame, changes: &Changes) -> Markup {
    let texts = ask.texts;
    let (a, b) = frame.states().unwrap_or_default();
    let relation = page(ask, &format!("relations/{a}/{b}"), None, frame.position);
    let recorded = changes.recorded.get(&frame.position);
    let recorded = recorded.map(|day| dates::words(&day.to_string(), texts));
    let more = frame.changes.len().saturating_sub(CHANGES_MAX);
    html! {
        li data-key=(frame.cursor) {
            h2 { a href=(relation) { (ask.name_of(a)) " – " (ask.name_of(b)) } }
            p.stamp {
                (texts.with("changes-position", [("position", frame.position.to_string().into())]))
                @if let Some(day) = recorded { " · " (texts.with("changes-recorded", [("day", day.into())])) }
            }
            ul {
                @for group in shown(frame).chunk_by(is_of_one_cause) { li { (self::group(ask, group, changes)) } }
                @if more > 0 { li { a href=(relation) { (labels::more(more, ask.lang)) } } }
            }
        }
    }
}

/// Returns true if the causes of both changes can be told once.
fn is_of_one_cause(one: &ChangeView, other: &ChangeView) -> bool {
    one.causes == other.causes && one.occasion == other.occasion
}

/// Writes changes with the same causes.
fn group(ask: &Ask, group: &[ChangeView], changes: &Changes) -> Markup {
    let first = group.first();
    let more = first.map_or(0, |first| first.cause_count().saturating_sub(CAUSES_MAX));
    let causes = first.into_iter().flat_map(causes);
    let cited: Vec<_> = causes.filter_map(|id| changes.events.get(id)).collect();
    html! {
        @for change in group { p { (self::change(ask, change)) } }
        @if !cited.is_empty() {
            ul.causes {
                @for view in cited {
                    @let cite = Cite::from(view);
                    li {
                        a href=[cite.href(ask)] {
                            @match cite.title(ask) {
                                Some((lang, title)) => bdi lang=(lang) dir="auto" { (title) },
                                None => (cite.text(ask)),
                            }
                        }
                    }
                }
                @if more > 0 { li { (labels::more(more, ask.lang)) } }
            }
        }
    }
}

fn change(ask: &Ask, change: &ChangeView) -> Markup {
    let occasion = change.occasion.0;
    let link = if is_level(change) {
        "changes-why"
    } else {
        "changes-relation"
    };
    html! {
        span class={ "occasion " (occasion.as_str()) } { (labels::occasion(occasion).text(ask.lang)) } " "
        (dates::in_words(change.sentence().text(ask.lang), ask.texts))
        @if change.disputed { " " strong.flag { (labels::DISPUTED.text(ask.lang)) } }
        " " a.why href=(reasons(ask, change)) { (ask.texts.say(link)) }
    }
}

const fn is_level(change: &ChangeView) -> bool {
    matches!(change.dimension.0, Topic::Dimension(_))
}

/// Returns the address of the reasons for a level on the day of the change, or of the relation for an
/// entry of a register.
fn reasons(ask: &Ask, change: &ChangeView) -> String {
    let ends = change.direction.as_ref().map(|way| (&*way.from, &*way.to));
    let (from, to) = ends
        .or_else(|| change.relation.split_once('-'))
        .unwrap_or_default();
    let path = match change.dimension.0 {
        Topic::Dimension(dimension) => format!("relations/{from}/{to}/why/{}", dimension.as_str()),
        Topic::Register(_) => format!("relations/{from}/{to}"),
    };
    page(ask, &path, Some(&change.day), change.position)
}

/// Returns the address of a page as known at a position, on a day if it is given and not open.
fn page(ask: &Ask, path: &str, day: Option<&str>, position: u64) -> String {
    let day = day.filter(|day| *day != "..").map(|day| ("at", day));
    let position = position.to_string();
    let path = format!("/{}/{path}", ask.lang.as_str());
    address(&path, day.into_iter().chain([("known_at", &*position)]))
}
