//! How tests write events: one a line.
//!
//! `1 2023-03-23 TJK -> AFG visit.made name=Navruz C3 disputed` is event 1, of that date, with its
//! actors and (after the arrow) recipients, its kind, details, a grade (`A1` if not given), and
//! whether somebody disputes it. An underscore in a detail stands for a space.

use detente_domain::day::Day;
use detente_domain::details::{Details, Field};
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, EventId};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use uuid::Uuid;

pub(crate) mod rules;

/// An event as a line wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) event: EventId,
    pub(crate) act: Act,
    pub(crate) occurred: Edtf,
    pub(crate) grade: Grade,
    pub(crate) disputed: bool,
}

/// The id of a number.
pub(crate) fn id(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

/// The number of an id.
pub(crate) fn number(id: Uuid) -> u128 {
    id.as_u128()
}

#[track_caller]
pub(crate) fn party(code: &str) -> Party {
    Party::find(code).unwrap_or_else(|| panic!("no party {code}"))
}

#[track_caller]
pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|| panic!("no day {text}"))
}

#[track_caller]
pub(crate) fn date(text: &str) -> Edtf {
    Edtf::parse(text).unwrap_or_else(|refusal| panic!("{refusal}"))
}

#[track_caller]
pub(crate) fn detail(text: &str) -> (Field, detente_domain::details::Value) {
    let (field, value) = text
        .split_once('=')
        .unwrap_or_else(|| panic!("no detail {text}"));
    let field = Field::parse(field).unwrap_or_else(|| panic!("no field {field}"));
    let value = field.read(&value.replace('_', " "));
    // Words such as `credentials_presented` keep their underscores.
    let value = value.or_else(|_| field.read(text.split_once('=').unwrap_or_default().1));
    (field, value.unwrap_or_else(|fault| panic!("{fault}")))
}

/// Reads a line.
#[track_caller]
pub(crate) fn written(line: &str) -> Written {
    let mut words = line.split_whitespace().peekable();
    let mut next = || words.next().unwrap_or_else(|| panic!("too short: {line}"));
    let number = next()
        .parse()
        .unwrap_or_else(|_| panic!("no number: {line}"));
    let occurred = date(next());
    let parties = |codes: &str| codes.split(',').map(party).collect();
    let actors = parties(next());
    let (recipients, code) = match next() {
        "->" => (parties(next()), next()),
        code => (Vec::new(), code),
    };
    let kind = Kind::parse(code).unwrap_or_else(|| panic!("no kind {code}"));
    let mut written = Written {
        event: EventId(id(number)),
        act: Act {
            kind,
            actors,
            recipients,
            details: Details::none(),
        },
        occurred,
        grade: Grade::parse("A1").unwrap_or(Grade::UNJUDGED),
        disputed: false,
    };
    for word in words {
        if word == "disputed" {
            written.disputed = true;
        } else if word.contains('=') {
            let (field, value) = detail(word);
            written.act.details.set(field, value);
        } else {
            written.grade = Grade::parse(word).unwrap_or_else(|_| panic!("what is {word}?"));
        }
    }
    let fit = written.act.check();
    assert!(fit.is_ok(), "{line}: {fit:?}");
    written
}

/// The lines of a text that say something.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
