//! Tables and text for a terminal.
//!
//! A table in English has the words of the API; in Arabic and Russian it has their labels.

mod changes;
mod country;
mod diff;
mod event;
mod events;
mod kinds;
mod preview;
mod registers;
mod rulebooks;
mod state;
mod table;
mod tokens;
mod webhooks;
mod why;

pub(crate) use changes::{change, history};
pub(crate) use country::country;
pub(crate) use diff::diff;
pub(crate) use event::{event, pending};
pub(crate) use events::{all_pending, events};
pub(crate) use kinds::{kind, kinds};
pub(crate) use preview::preview;
pub(crate) use registers::register;
pub(crate) use rulebooks::{comparison, rulebooks};
pub(crate) use state::{cited, state};
pub(crate) use tokens::tokens;
pub(crate) use webhooks::{deliveries, webhook, webhooks};
pub(crate) use why::why;

use std::collections::BTreeMap;

use detente_api::request::Topic;
use detente_api::submission::DetailDto;
use detente_api::view::labels::{self, Label};
use detente_api::view::localized;
use detente_api::view::{DirectionView, DisputeView, UNKNOWN};
use detente_domain::level::Trajectory;
use detente_domain::party::{Lang, Party};
use uuid::Uuid;

use crate::source::Titles;

/// Marks of values, which the legend explains.
const UNCERTAIN: &str = "?";
const DISPUTED: &str = "!";
const MIXED: &str = "±";
const STALE: &str = "°";
const PRESUMED: &str = "~";
const RETRACTED: &str = "×";
const WARMING: &str = "↑";
const COOLING: &str = "↓";

const LEGEND: [(&str, Label); 8] = [
    (WARMING, Label::new("warming", "نحو التحسن", "потепление")),
    (COOLING, Label::new("cooling", "نحو التدهور", "охлаждение")),
    (
        STALE,
        Label::new("stale: no new evidence", "بلا جديد", "без новых данных"),
    ),
    (
        PRESUMED,
        Label::new(
            "presumed, not declared",
            "مفترض ولم يُعلن",
            "презюмируется, не заявлено",
        ),
    ),
    (UNCERTAIN, labels::UNCERTAIN),
    (
        DISPUTED,
        Label::new(
            "rests on a disputed event",
            "يستند إلى حدث متنازع عليه",
            "опирается на оспариваемое событие",
        ),
    ),
    (
        MIXED,
        Label::new(
            "both sides are heavy",
            "الكفّتان ثقيلتان",
            "обе стороны весомы",
        ),
    ),
    (RETRACTED, Label::new("taken back", "مسحوب", "отозвано")),
];

/// Returns the marks that are set.
fn marks<const N: usize>(marks: [(bool, &'static str); N]) -> String {
    let marks = marks.into_iter();
    marks
        .filter_map(|(set, mark)| set.then_some(mark))
        .collect()
}

/// Appends marks to a day.
fn marked(since: &str, marks: &str) -> String {
    if marks.is_empty() {
        since.to_owned()
    } else {
        format!("{since} {marks}").trim_start().to_owned()
    }
}

/// Appends an arrow to the level of a posture that is moving.
fn moving(level: &str, trajectory: Option<Trajectory>) -> String {
    match trajectory {
        Some(Trajectory::Warming) => format!("{level} {WARMING}"),
        Some(Trajectory::Cooling) => format!("{level} {COOLING}"),
        Some(Trajectory::Steady) | None => level.to_owned(),
    }
}

/// Returns the title of an event, or its id.
fn title_or_id(titles: &Titles, event: Uuid) -> String {
    let label = titles.get(&event);
    label.map_or_else(|| event.to_string(), |label| label.title.clone())
}

/// Replaces the underscores of a code by spaces.
fn plain(code: &str) -> String {
    code.replace('_', " ")
}

/// Explains the marks in a text, on one line; empty without marks.
fn legend(used: &str, lang: Lang) -> String {
    let marks = LEGEND.into_iter().filter(|(mark, _)| used.contains(mark));
    let marks: Vec<String> = marks
        .map(|(mark, meaning)| format!("{mark} {}", meaning.text(lang)))
        .collect();
    if marks.is_empty() {
        String::new()
    } else {
        marks.join("   ") + "\n"
    }
}

/// Returns the name of a party with its code; any other word as it is.
fn party(code: &str, lang: Lang) -> String {
    Party::find(code).map_or_else(
        || match code {
            UNKNOWN => labels::UNKNOWN.text(lang).to_owned(),
            code => code.to_owned(),
        },
        |party| format!("{} ({code})", party.name(lang)),
    )
}

/// Returns the two states of a conduct, with their codes.
fn towards(from: &str, to: &str, lang: Lang) -> String {
    localized::towards(&party(from, lang), &party(to, lang), lang)
}

/// Returns a line about the point of both clocks: the rest of a title.
fn as_of(at: &str, known_at: u64, lang: Lang) -> String {
    match lang {
        Lang::En => format!(", on {at}, as known at {known_at}"),
        Lang::Ar => format!(
            "، في {}، وفق المعلوم عند {known_at}",
            localized::figure(at, lang)
        ),
        Lang::Ru => format!(", на {at}, по сведениям на {known_at}"),
    }
}

/// Returns a dimension or register: in English the word that commands take.
fn topic(topic: Topic, lang: Lang) -> &'static str {
    match lang {
        Lang::En => topic.as_str(),
        Lang::Ar | Lang::Ru => match topic {
            Topic::Dimension(dimension) => labels::heading(dimension).text(lang),
            Topic::Register(register) => labels::register(register).text(lang),
        },
    }
}

/// Lists the details that name an entry: in English as the API gives them.
fn details<K: AsRef<str>>(key: &BTreeMap<K, DetailDto>, lang: Lang) -> Vec<String> {
    match lang {
        Lang::En => key.values().map(ToString::to_string).collect(),
        Lang::Ar | Lang::Ru => labels::key(key, lang),
    }
}

/// Returns the organisation whose act an entry is, as a detail.
fn via(code: &str, lang: Lang) -> String {
    format!("{} {}", labels::VIA.text(lang), code_or_name(code, lang))
}

/// Returns a dimension, or a register with its entry.
fn subject<K: AsRef<str>>(
    of: Topic,
    key: Option<&BTreeMap<K, DetailDto>>,
    by: Option<&str>,
    lang: Lang,
) -> String {
    let mut key = key.map_or_else(Vec::new, |key| details(key, lang));
    key.extend(by.map(|by| via(by, lang)));
    let of = topic(of, lang);
    if key.is_empty() {
        of.to_owned()
    } else {
        format!("{of} ({})", key.join(comma(lang)))
    }
}

/// Separates the items of a list.
const fn comma(lang: Lang) -> &'static str {
    Label::new(", ", "، ", ", ").text(lang)
}

/// Returns the two states of a conduct, or the relation.
fn conduct(direction: Option<&DirectionView>, relation: &str) -> String {
    match direction {
        Some(direction) => format!("{}→{}", direction.from, direction.to),
        None => relation.to_owned(),
    }
}

/// Returns the authority that holds premises, in parentheses.
fn held_by(code: &str, lang: Lang) -> String {
    let by = code_or_name(code, lang);
    format!(" ({} {by})", labels::HELD_BY.text(lang))
}

/// Returns a party: in English its code, which commands take.
fn code_or_name(code: &str, lang: Lang) -> String {
    match lang {
        Lang::En => code.to_owned(),
        Lang::Ar | Lang::Ru => localized::name(code, lang),
    }
}

/// Describes both sides of a dispute.
fn sides(dispute: &DisputeView, lang: Lang) -> String {
    let unnamed = Label::new("an unnamed party", "طرف غير مسمى", "неназванная сторона").text(lang);
    let claimed = dispute.claimed_by.as_deref().unwrap_or(unnamed);
    let another = another_source(lang);
    let denied = dispute.denied_by.as_deref().unwrap_or(another);
    match lang {
        Lang::En => format!("said by {claimed}, denied by {denied}"),
        Lang::Ar => format!("يقوله: {claimed}، وينفيه: {denied}"),
        Lang::Ru => format!("утверждает: {claimed}, отрицает: {denied}"),
    }
}

const fn another_source(lang: Lang) -> &'static str {
    Label::new("another source", "مصدر آخر", "другой источник").text(lang)
}

/// Counts the items after the first, such as ` (+2 more)`; empty without any.
fn further(count: usize, lang: Lang) -> String {
    match count {
        0 | 1 => String::new(),
        count => format!(" ({})", labels::more(count - 1, lang)),
    }
}

/// Counts the items after the first in a narrow column, such as ` (+2)`; empty without any.
fn further_short(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        count => format!(" (+{})", count - 1),
    }
}

/// Returns a lag in days.
fn lag(days: Option<i32>, lang: Lang) -> String {
    let unit = Label::new("d", "ي", "дн.").text(lang);
    days.map_or_else(String::new, |days| format!("{days} {unit}"))
}
