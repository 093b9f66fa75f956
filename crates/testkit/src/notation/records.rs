//! A notation for records in tests: one record per line.
//!
//! An event in the notation of [`super`], or `tick 2023-01-01`, `100 corroborates 1 A1 in=Reuters`,
//! `101 disputes 1 TALIBAN`, `102 corrects 1 occurred=2023-02 city=Khorog B2`, `103 retracts 102`,
//! `104 links 1 2`, `105 unlinks 1 2`. Events and amendments are named by numbers.

use super::{ParsedEvent, date, day, detail, id, parse_event, party};
use detente_domain::details::Field;
use detente_domain::event::{Authorship, Event, EventId, Report};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::record::{Body, Patch, Record, RecordId};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Parses a line.
#[track_caller]
pub fn record(line: &str) -> Record {
    let words: Vec<&str> = line.split_whitespace().collect();
    let numbered = |word: &str| match word.parse() {
        Ok(number) => id(number),
        Err(_) => panic!("no number {word}"),
    };
    let (own, body) = match words[..] {
        ["tick", on] => {
            let day = day(on);
            let own = 1_000_000 + u64::try_from(day.ordinal()).unwrap_or(0);
            (id(own), Body::Tick { day })
        }
        [own, verb, first, ref rest @ ..] if verb.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            let event = EventId(numbered(first));
            (numbered(own), amendment(verb, event, rest))
        }
        _ => {
            let parsed = parse_event(line);
            (parsed.event.0, Body::Reported(Box::new(reported(parsed))))
        }
    };
    Record {
        id: RecordId(own),
        authorship: Authorship {
            author: "local".to_owned(),
            recorded: OffsetDateTime::UNIX_EPOCH,
        },
        body,
    }
}

#[track_caller]
fn amendment(verb: &str, event: EventId, rest: &[&str]) -> Body {
    let graded = rest.iter().find_map(|word| Grade::parse(word).ok());
    let publisher = rest.iter().find_map(|word| word.strip_prefix("in="));
    let report = Report {
        publisher: publisher.unwrap_or("A paper").to_owned(),
        ..report(graded.unwrap_or(Grade::from_packed(0)))
    };
    let other = || match rest.first().and_then(|word| word.parse().ok()) {
        Some(number) => EventId(id(number)),
        None => panic!("{verb} needs another event"),
    };
    match verb {
        "corroborates" => Body::Corroborated { event, report },
        "disputes" => Body::Disputed {
            event,
            by: rest
                .iter()
                .find(|word| !word.contains('=') && Grade::parse(word).is_err())
                .map(|code| party(code)),
            report,
            claim: None,
        },
        "corrects" => Body::Corrected {
            event,
            patch: patch(rest),
            report,
        },
        "retracts" => Body::Retracted {
            record: event.into(),
            reason: "mistaken".to_owned(),
        },
        "links" => Body::Linked {
            one: event,
            other: other(),
        },
        "unlinks" => Body::Unlinked {
            one: event,
            other: other(),
        },
        _ => panic!("unknown verb {verb}"),
    }
}

#[track_caller]
fn patch(words: &[&str]) -> Patch {
    let mut patch = Patch::default();
    for word in words.iter().filter(|word| word.contains('=')) {
        match word.split_once('=') {
            Some(("in", _)) => {}
            Some(("actors", codes)) => patch.actors = Some(codes.split(',').map(party).collect()),
            Some(("clear", word)) => patch.details.extend(Field::parse(word).map(|f| (f, None))),
            Some(("occurred", text)) => patch.occurred = Some(date(text)),
            Some(("kind", code)) => patch.kind = Kind::parse(code),
            _ => {
                let (field, value) = detail(word);
                patch.details.push((field, Some(value)));
            }
        }
    }
    patch
}

fn report(grade: Grade) -> Report {
    Report {
        publisher: "A paper".to_owned(),
        url: None,
        language: None,
        published: None,
        quote: None,
        grade,
    }
}

fn reported(parsed: ParsedEvent) -> Event {
    Event {
        id: parsed.event,
        act: parsed.act,
        occurred: parsed.occurred,
        title: BTreeMap::new(),
        report: report(parsed.grade),
    }
}
