//! One difference: before and after, why, and the events that explain it.

use detente_api::request::Topic;
use detente_api::view::localized::figure;
use detente_api::view::{CauseView, DifferenceView, PointView, ValueView, labels};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::link::address;
use crate::{cite, dates, level};

/// The most causes that are listed.
const CAUSES_MAX: usize = 8;

/// Writes a difference between two points, of the conduct whose pages are under a path.
pub(super) fn render(
    ask: &Ask,
    path: &str,
    item: &DifferenceView,
    points: [&PointView; 2],
) -> Markup {
    let texts = ask.texts;
    let topic = item.dimension.0;
    let more = item
        .cause_count
        .saturating_sub(item.causes.len().min(CAUSES_MAX));
    let [before, after] = points.map(|point| page(ask, path, topic, point));
    html! {
        article.difference {
            h3 { (name(ask, item)) }
            p.values {
                (value(ask, topic, &item.from))
                span.then aria-hidden="true" { (texts.say("diff-arrow")) }
                span.unseen { (texts.say("diff-then")) }
                (value(ask, topic, &item.to))
                @if let Some(since) = &item.since {
                    span.since { (texts.with("cell-since", [("date", dates::words(since, texts).into())])) }
                }
            }
            p.line { (dates::in_words(item.line.text(ask.lang), texts)) }
            @if !item.causes.is_empty() {
                ul.causes {
                    @for cause in item.causes.iter().take(CAUSES_MAX) { li { (self::cause(ask, cause)) } }
                    @if more > 0 { li { (labels::more(more, ask.lang)) } }
                }
            }
            p.parts {
                a href=(before) { (texts.say(if is_level(topic) { "diff-why-before" } else { "diff-state-before" })) }
                a href=(after) { (texts.say(if is_level(topic) { "diff-why-after" } else { "diff-state-after" })) }
            }
        }
    }
}

const fn is_level(topic: Topic) -> bool {
    matches!(topic, Topic::Dimension(_))
}

/// Returns the address of the reasons at a point; of the relation for an entry of a register.
fn page(ask: &Ask, path: &str, topic: Topic, point: &PointView) -> String {
    let lang = ask.lang.as_str();
    let page = match topic {
        Topic::Dimension(dimension) => format!("/{lang}/{path}/why/{}", dimension.as_str()),
        Topic::Register(_) => format!("/{lang}/{path}"),
    };
    let known = point.known_at.to_string();
    address(&page, [("at", &*point.at), ("known_at", &*known)])
}

/// Returns the name of the dimension, or of the entry with its details.
fn name(ask: &Ask, item: &DifferenceView) -> String {
    let lang = ask.lang;
    let mut details: Vec<String> = Vec::new();
    details.extend(item.by.as_deref().map(|by| ask.name_of(by).to_owned()));
    let key = item.key.as_ref().map(|key| labels::key(key, lang));
    details.extend(key.into_iter().flatten());
    let via = item.via.as_deref().map(|via| ask.name_of(via));
    details.extend(via.map(|via| format!("{} {via}", labels::VIA.text(lang))));
    let label = labels::topic(item.dimension.0).text(lang);
    if details.is_empty() {
        return label.to_owned();
    }
    let details = details.join(" · ");
    format!("{label}: {details}")
}

fn value(ask: &Ask, topic: Topic, value: &ValueView) -> Markup {
    let lang = ask.lang;
    let flags = [
        (value.stale, labels::STALE),
        (value.disputed, labels::DISPUTED),
        (value.uncertain, labels::UNCERTAIN),
        (value.presumed, labels::PRESUMED),
    ];
    let classes = match topic {
        Topic::Dimension(dimension) => level::classes(dimension, &value.level),
        Topic::Register(_) => String::new(),
    };
    html! {
        span class={ "value " (classes) } {
            @if let Topic::Dimension(dimension) = topic {
                span.mark aria-hidden="true" { (level::mark(dimension, &value.level)) } " "
            }
            (labels::word(topic, &value.level, lang))
            @if let Some(number) = value.number { " " bdi.figure { (figure(&number.to_string(), lang)) } }
            @if let Some(holder) = &value.controlled_by {
                " (" (labels::HELD_BY.text(lang)) " " (ask.name_of(holder)) ")"
            }
            @for (_, flag) in flags.into_iter().filter(|(is_set, _)| *is_set) { " · " (flag.text(lang)) }
        }
    }
}

fn cause(ask: &Ask, cause: &CauseView) -> Markup {
    let texts = ask.texts;
    let label = cause.label.text(ask.lang);
    let title = cite::title(&cause.title, None, ask.lang.as_str());
    html! {
        a href=(ask.href(&format!("events/{}", cause.event), &[])) {
            @match title { Some((lang, title)) => bdi lang=(lang) dir="auto" { (title) }, None => (label) }
        }
        span.about {
            @if title.is_some() { " · " (label) }
            " · " (dates::words(&cause.occurred, texts))
            @if let Some(days) = cause.lag_days.filter(|days| *days > 0) {
                " · " (texts.with("diff-lag", [("count", days.into())]))
            }
            @if cause.silent { " · " (texts.say("diff-silent")) }
        }
    }
}
