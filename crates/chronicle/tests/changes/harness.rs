//! Given commits, then the whole list of changes that the last one causes.
//!
//! A commit is written one record a line: an event as [`crate::notation`] has it, or
//! `tick 2023-01-01`, `100 corroborates 1 A1 in=Reuters`, `101 disputes 1 TALIBAN`,
//! `102 corrects 1 occurred=2023-02 city=Khorog B2`, `103 retracts 102`, `104 links 1 2`,
//! `105 unlinks 1 2`.

use crate::notation::{Written, date, day, detail, id, lines, number, party, rules, written};
use detente_chronicle::{Chronicle, Moved, Position, Taken};
use detente_domain::details::Field;
use detente_domain::dimension::Weighed;
use detente_domain::event::{Authorship, Event, EventId, Report};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::record::{Body, Patch, Record, RecordId};
use detente_domain::routes::{Direction, Pair};
use detente_domain::state::{Change, Held, Occasion, State, Subject};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use time::OffsetDateTime;

/// A chronicle that has taken commits, and what the last one caused.
pub(crate) struct Given {
    chronicle: Chronicle,
    taken: Vec<Taken>,
    moved: Vec<Moved>,
}

/// A chronicle that has taken these commits.
#[track_caller]
pub(crate) fn given(commits: &[&str]) -> Given {
    let empty = Given {
        chronicle: Chronicle::new(Arc::new(rules::rules())),
        taken: Vec::new(),
        moved: Vec::new(),
    };
    commits
        .iter()
        .fold(empty, |given, commit| given.when(commit))
}

impl Given {
    /// One more commit.
    #[track_caller]
    pub(crate) fn when(mut self, commit: &str) -> Self {
        let position = Position(self.chronicle.head().0 + 1);
        self.chronicle.open();
        let records = lines(commit).map(record);
        self.taken = records
            .map(|record| self.chronicle.take(position, &record))
            .collect();
        self.moved = self.chronicle.close(position);
        self
    }

    /// Claims all that the last commit caused. A relation that it touched without moving
    /// anything reads `AFG-TJK as before`.
    #[track_caller]
    pub(crate) fn then(self, expected: &[&str]) -> Self {
        let mut told = Vec::new();
        for moved in &self.moved {
            if moved.changes.is_empty() {
                told.push(format!("{}-{} as before", moved.pair.a(), moved.pair.b()));
            }
            told.extend(moved.changes.iter().map(change));
        }
        assert_eq!(told, expected, "by {}", self.chronicle.head().0);
        self
    }

    /// Claims what became of the last commit's records.
    #[track_caller]
    pub(crate) fn taken(self, expected: &[Taken]) -> Self {
        assert_eq!(self.taken, expected);
        self
    }

    /// Claims every state of both conducts of a pair, on many days, to be those of another.
    #[track_caller]
    pub(crate) fn holds_what(mut self, other: &mut Self) -> Self {
        assert_eq!(self.states(None), other.states(None));
        self
    }

    /// Every state of both conducts of Afghanistan and Tajikistan, every tenth day.
    pub(crate) fn states(&mut self, known: Option<Position>) -> Vec<State> {
        let days = (0..120).map(|tens| day("2022-01-01").plus(tens * 10));
        let each = days.flat_map(|day| Direction::BOTH.map(|direction| (day, direction)));
        let mut states = Vec::new();
        for (day, direction) in each {
            if let Some(pair) = Pair::new(party("AFG"), party("TJK")) {
                states.push(self.chronicle.state(pair, direction, day, known));
            }
        }
        states
    }

    /// The state of Tajikistan's conduct towards Afghanistan, as believed after so many commits.
    #[track_caller]
    pub(crate) fn state(&mut self, on: &str, known: Option<u64>) -> State {
        let pair = Pair::new(party("AFG"), party("TJK")).unwrap_or_else(|| panic!("no pair"));
        let known = known.map(Position);
        self.chronicle
            .state(pair, Direction::Backward, day(on), known)
    }

    /// The chronicle, to be asked what this harness does not ask.
    pub(crate) fn chronicle(&mut self) -> &mut Chronicle {
        &mut self.chronicle
    }

    /// Claims what warms Tajikistan's political conduct, in thousandths.
    #[track_caller]
    pub(crate) fn warmth(mut self, on: &str, known: Option<u64>, expected: i64) -> Self {
        let state = self.state(on, known);
        assert_eq!(state.weighed[Weighed::Political.index()].warmth, expected);
        self
    }

    /// Claims on whose word an event stands: `grade, of the best report, publishers, vouching`.
    #[track_caller]
    pub(crate) fn stands(self, event: u64, known: Option<u64>, expected: &str) -> Self {
        let event = EventId(id(event));
        let held = self.chronicle.event(event, known.map(Position));
        let held = held.unwrap_or_else(|| panic!("no event"));
        let (grade, reported) = (held.grade, held.reported_grade);
        let told = format!("{grade} {reported} {} {}", held.publishers, held.vouching);
        assert_eq!(told, expected);
        self
    }

    /// Claims who denies what, as `event: deniers`.
    #[track_caller]
    pub(crate) fn denials(mut self, on: &str, known: Option<u64>, expected: &[&str]) -> Self {
        let disputes = self.state(on, known).disputes;
        let told: Vec<String> = disputes
            .iter()
            .map(|dispute| {
                let by: Vec<&str> = dispute.denied_by.iter().map(|by| by.code()).collect();
                format!("{}: {}", number(dispute.event.0), by.join(" "))
            })
            .collect();
        assert_eq!(told, expected);
        self
    }
}

#[track_caller]
fn record(line: &str) -> Record {
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
        [own, deed, first, ref rest @ ..] if deed.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            let event = EventId(numbered(first));
            (numbered(own), amendment(deed, event, rest))
        }
        _ => {
            let written = written(line);
            (written.event.0, Body::Reported(Box::new(reported(written))))
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
fn amendment(deed: &str, event: EventId, rest: &[&str]) -> Body {
    let graded = rest.iter().find_map(|word| Grade::parse(word).ok());
    let publisher = rest.iter().find_map(|word| word.strip_prefix("in="));
    let report = Report {
        publisher: publisher.unwrap_or("A paper").to_owned(),
        ..report(graded.unwrap_or(Grade::from_packed(0)))
    };
    let other = || match rest.first().and_then(|word| word.parse().ok()) {
        Some(number) => EventId(id(number)),
        None => panic!("{deed} what?"),
    };
    match deed {
        "corroborates" => Body::Corroborated { event, report },
        "disputes" => Body::Disputed {
            event,
            by: rest.first().map(|code| party(code)),
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
        _ => panic!("what is {deed}?"),
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

fn reported(written: Written) -> Event {
    Event {
        id: written.event,
        act: written.act,
        occurred: written.occurred,
        title: BTreeMap::new(),
        report: report(written.grade),
    }
}

fn change(change: &Change) -> String {
    let mut told = match &change.subject {
        Subject::Conduct(direction, dimension) => {
            let (from, to) = change.pair.ends(*direction);
            format!("{from}>{to} {}", dimension.as_str())
        }
        Subject::Entry(key) => format!(
            "{}-{} {}",
            change.pair.a(),
            change.pair.b(),
            key.register.as_str()
        ),
    };
    let _ = write!(told, " {} {}", change.occasion.as_str(), change.day);
    if change.occasion == Occasion::Learned {
        told.push_str("..");
        if let Some(until) = change.until {
            let _ = write!(told, "{until}");
        }
    } else {
        assert_eq!(change.until, None);
    }
    let _ = write!(told, " {} to {}", word(change.from), word(change.to));
    if !change.causes.is_empty() {
        told.push_str(" by");
    }
    for cause in &change.causes {
        let _ = write!(told, " {}", number(cause.0));
    }
    told
}

pub(crate) fn as_str(held: Option<Held>) -> String {
    let Some(held) = held else {
        return "unknown".to_owned();
    };
    let mut word = held.word.to_owned();
    if let Some(by) = held.controlled_by {
        let _ = write!(word, " held by {by}");
    }
    if held.uncertain {
        word.push_str(" uncertain");
    }
    word
}
