//! Applies given commits and asserts all changes that the last one causes.
//!
//! A commit has one record per line, in the notation of [`detente_testkit::notation::records`].

use detente_chronicle::{Applied, Chronicle, Position, RelationChanges};
use detente_domain::background;
use detente_domain::dimension::Weighed;
use detente_domain::event::EventId;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::{Change, Held, Occasion, State, Subject};
use detente_testkit::notation::records::record;
use detente_testkit::notation::{day, id, lines, number, party, rules};
use std::fmt::Write;
use std::sync::Arc;

/// A chronicle with commits applied, and the results of the last one.
pub(crate) struct Given {
    chronicle: Chronicle,
    applied: Vec<Applied>,
    changed: Vec<RelationChanges>,
}

/// Applies commits to a new chronicle.
#[track_caller]
pub(crate) fn given(commits: &[&str]) -> Given {
    let empty = Given {
        chronicle: Chronicle::new(Arc::new(rules::rules())),
        applied: Vec::new(),
        changed: Vec::new(),
    };
    commits
        .iter()
        .fold(empty, |given, commit| given.when(commit))
}

impl Given {
    /// Applies one more commit.
    #[track_caller]
    pub(crate) fn when(mut self, commit: &str) -> Self {
        let position = Position(self.chronicle.head().0 + 1);
        self.chronicle.begin_commit();
        let records = lines(commit).map(record);
        self.applied = records
            .map(|record| self.chronicle.apply(position, &record))
            .collect();
        self.changed = self.chronicle.end_commit(position);
        self
    }

    /// Asserts all changes of the last commit. A relation touched without a change is written
    /// `AFG-TJK as before`.
    #[track_caller]
    pub(crate) fn then(self, expected: &[&str]) -> Self {
        let mut lines = Vec::new();
        for relation in &self.changed {
            if relation.changes.is_empty() {
                let (a, b) = (relation.pair.a(), relation.pair.b());
                lines.push(format!("{a}-{b} as before"));
            }
            lines.extend(relation.changes.iter().map(format_change));
        }
        assert_eq!(lines, expected, "by {}", self.chronicle.head().0);
        self
    }

    /// Returns the relations that the last commit changed.
    pub(crate) fn changed(self) -> Vec<RelationChanges> {
        let relations = self.changed.into_iter();
        relations
            .filter(|relation| !relation.changes.is_empty())
            .collect()
    }

    /// Asserts the results of applying the last commit's records.
    #[track_caller]
    pub(crate) fn applied(self, expected: &[Applied]) -> Self {
        assert_eq!(self.applied, expected);
        self
    }

    /// Asserts that every state of both conducts, on many days, equals that of another.
    #[track_caller]
    pub(crate) fn same_states(mut self, other: &mut Self) -> Self {
        assert_eq!(self.states(None), other.states(None));
        self
    }

    /// Returns the states of both conducts of Afghanistan and Tajikistan, every tenth day.
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

    /// Returns the state of Tajikistan's conduct towards Afghanistan, as known after so many
    /// commits.
    #[track_caller]
    pub(crate) fn state(&mut self, on: &str, known: Option<u64>) -> State {
        let pair = Pair::new(party("AFG"), party("TJK")).unwrap_or_else(|| panic!("no pair"));
        let known = known.map(Position);
        self.chronicle
            .state(pair, Direction::Backward, day(on), known)
    }

    /// Returns the chronicle.
    pub(crate) fn chronicle(&mut self) -> &mut Chronicle {
        &mut self.chronicle
    }

    /// Asserts the warmth of Tajikistan's political conduct, in thousandths.
    #[track_caller]
    pub(crate) fn warmth(mut self, on: &str, known: Option<u64>, expected: i64) -> Self {
        let state = self.state(on, known);
        assert_eq!(state.weighed[Weighed::Political.index()].warmth, expected);
        self
    }

    /// Asserts the corroboration of an event: its grade, the grade of its best report, and the
    /// numbers of publishers and of those that count.
    #[track_caller]
    pub(crate) fn corroborated(self, event: u64, known: Option<u64>, expected: &str) -> Self {
        let event = EventId(id(event));
        let held = self.chronicle.event(event, known.map(Position));
        let held = held.unwrap_or_else(|| panic!("no event"));
        let (grade, reported) = (held.grade, held.reported_grade);
        let found = format!("{grade} {reported} {} {}", held.publishers, held.vouching);
        assert_eq!(found, expected);
        self
    }

    /// Asserts the disputes, as `event: deniers`.
    #[track_caller]
    pub(crate) fn denials(mut self, on: &str, known: Option<u64>, expected: &[&str]) -> Self {
        let disputes = self.state(on, known).disputes;
        let found: Vec<String> = disputes
            .iter()
            .map(|dispute| {
                let by: Vec<&str> = dispute.denied_by.iter().map(|by| by.code()).collect();
                format!("{}: {}", number(dispute.event.0), by.join(" "))
            })
            .collect();
        assert_eq!(found, expected);
        self
    }
}

fn format_change(change: &Change) -> String {
    let mut text = match &change.subject {
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
    let _ = write!(text, " {} {}", change.occasion.as_str(), change.day);
    if change.occasion == Occasion::Learned {
        text.push_str("..");
        if let Some(until) = change.until {
            let _ = write!(text, "{until}");
        }
    } else {
        assert_eq!(change.until, None);
    }
    let _ = write!(
        text,
        " {} to {}",
        format_value(change.from),
        format_value(change.to)
    );
    if !change.causes.is_empty() {
        text.push_str(" by");
    }
    for cause in &change.causes {
        if background::find(*cause).is_some() {
            text.push_str(" background");
        } else {
            let _ = write!(text, " {}", number(cause.0));
        }
    }
    text
}

pub(crate) fn format_value(held: Option<Held>) -> String {
    let Some(held) = held else {
        return "unknown".to_owned();
    };
    let mut text = held.word.to_owned();
    if let Some(by) = held.controlled_by {
        let _ = write!(text, " held by {by}");
    }
    if held.uncertain {
        text.push_str(" uncertain");
    }
    if held.presumed {
        text.push_str(" presumed");
    }
    if held.stale {
        text.push_str(" stale");
    }
    text
}
