//! A notation for events in tests: one event per line.
//!
//! `1 2023-03-23 TJK -> AFG visit.made name=Navruz C3 disputed` is event 1 on that date, with its
//! actors, its recipients after the arrow, its kind, its details, a grade (`A1` by default), and
//! `disputed` if it is disputed. An underscore in a detail stands for a space.
//!
//! Every function panics on text that it cannot parse: a test fails at the faulty line.

use detente_domain::day::Day;
use detente_domain::details::{Details, Field, Value};
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, EventId};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use uuid::Uuid;

pub mod records;
pub mod rules;

/// An event parsed from a line.
#[derive(Clone, Debug)]
pub struct ParsedEvent {
    /// Its id.
    pub event: EventId,
    /// Its actors, recipients, kind and details.
    pub act: Act,
    /// Its date.
    pub occurred: Edtf,
    /// The grade of its report.
    pub grade: Grade,
    /// True if it is disputed.
    pub disputed: bool,
}

/// Returns the id for a number.
pub fn id(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

/// Returns the number of an id made by [`id`].
pub fn number(id: Uuid) -> u128 {
    id.as_u128()
}

/// Returns the party with a code.
#[track_caller]
pub fn party(code: &str) -> Party {
    Party::find(code).unwrap_or_else(|| panic!("no party {code}"))
}

/// Parses a day.
#[track_caller]
pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|| panic!("no day {text}"))
}

/// Parses a date.
#[track_caller]
pub fn date(text: &str) -> Edtf {
    Edtf::parse(text).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Parses a detail, `field=value`.
#[track_caller]
pub fn detail(text: &str) -> (Field, Value) {
    let (field, written) = text
        .split_once('=')
        .unwrap_or_else(|| panic!("no detail {text}"));
    let field = Field::parse(field).unwrap_or_else(|| panic!("no field {field}"));
    let value = field.parse_value(&written.replace('_', " "));
    // Words such as `credentials_presented` keep their underscores.
    let value = value.or_else(|_| field.parse_value(written));
    (field, value.unwrap_or_else(|fault| panic!("{fault}")))
}

/// Parses a line.
#[track_caller]
pub fn parse_event(line: &str) -> ParsedEvent {
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
    let mut parsed = ParsedEvent {
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
            parsed.disputed = true;
        } else if word.contains('=') {
            let (field, value) = detail(word);
            parsed.act.details.set(field, value);
        } else {
            parsed.grade = Grade::parse(word).unwrap_or_else(|_| panic!("no grade {word}"));
        }
    }
    let fit = parsed.act.check();
    assert!(fit.is_ok(), "{line}: {fit:?}");
    parsed
}

/// Returns the trimmed lines of a text that are not empty.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
