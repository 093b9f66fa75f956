//! A test harness: given events, on a day, between two states, asserts the whole state.

use detente_domain::day::Day;
use detente_domain::details::{Field, Value};
use detente_domain::dimension::Weighed;
use detente_domain::event::EventId;
use detente_domain::fold::regime::Takeover;
use detente_domain::fold::{self, Folded, FoldedConduct, Item, Regime, Regimes, Resume, Step};
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::relations::{self, Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_domain::state::{Basis, Since, State, Subject};
use detente_testkit::notation::{ParsedEvent, day, lines, number, parse_event, party, rules};
use std::fmt::Write;

/// Events and a rulebook.
pub(crate) struct Given {
    events: Vec<ParsedEvent>,
    rules: Rulebook,
}

/// Parses events, one per line.
#[track_caller]
pub(crate) fn given(text: &str) -> Given {
    Given {
        events: lines(text).map(parse_event).collect(),
        rules: rules::rules(),
    }
}

impl Given {
    /// Tweaks the rulebook.
    pub(crate) fn with(mut self, tweak: impl FnOnce(&mut Rulebook)) -> Self {
        tweak(&mut self.rules);
        self
    }

    /// The conduct of one state towards another.
    #[track_caller]
    pub(crate) fn between(self, from: &str, to: &str) -> View {
        let (from, to) = (party(from), party(to));
        let pair = Pair::new(from, to).unwrap_or_else(|| panic!("{from} and {to} are no pair"));
        let regimes = [pair.a(), pair.b()].map(|state| regime(&self.events, state));
        let folded = folded(pair, &self.events, &regimes, &self.rules, None);
        View {
            rules: self.rules,
            regimes,
            folded,
            direction: pair.from(from).unwrap_or(Direction::Forward),
            day: None,
        }
    }
}

/// The conduct of Tajikistan towards Afghanistan, given events, one per line.
#[track_caller]
pub(crate) fn tajikistan(text: &str) -> View {
    given(text).between("TJK", "AFG")
}

/// The regime of a state, from the events.
pub(crate) fn regime(events: &[ParsedEvent], state: Party) -> Regime {
    let changes = events
        .iter()
        .filter(|one| one.act.kind == Kind::AuthorityChanged);
    let own = changes.filter(|one| one.act.details.party(Field::State) == Some(state));
    Regime::new(
        own.filter_map(|one| {
            Some(Takeover {
                day: one.occurred.earliest(),
                event: one.event,
                authority: one.act.details.party(Field::Authority)?,
            })
        })
        .collect(),
    )
}

/// The fold of a pair.
pub(crate) fn folded(
    pair: Pair,
    events: &[ParsedEvent],
    regimes: &[Regime; 2],
    rules: &Rulebook,
    resume: Option<Resume<'_>>,
) -> Folded {
    let items: Vec<Item<'_>> = events
        .iter()
        .filter_map(|one| {
            let affected = relations::affected(&one.act);
            let affected = affected.into_iter().find(|one| one.pair == pair)?;
            Some(Item {
                event: one.event,
                act: &one.act,
                earliest: one.occurred.earliest(),
                latest: one.occurred.latest(),
                grade: one.grade,
                disputed: one.disputed,
                directed: affected.directed,
            })
        })
        .collect();
    let [a, b] = regimes;
    fold::fold(pair, &items, &Regimes { a, b }, rules, resume)
}

/// One conduct, read on a day.
pub(crate) struct View {
    rules: Rulebook,
    regimes: [Regime; 2],
    folded: Folded,
    direction: Direction,
    day: Option<Day>,
}

impl View {
    /// The conduct on a day.
    #[track_caller]
    pub(crate) fn on(mut self, text: &str) -> Self {
        self.day = Some(day(text));
        self
    }

    /// The conduct of the other side.
    pub(crate) const fn reversed(mut self) -> Self {
        self.direction = self.direction.reverse();
        self
    }

    #[track_caller]
    pub(crate) fn state(&self) -> State {
        let [a, b] = &self.regimes;
        let conduct = FoldedConduct {
            folded: &self.folded,
            regimes: Regimes { a, b },
            rules: &self.rules,
            direction: self.direction,
        };
        let day = self.day.unwrap_or_else(|| panic!("no day is chosen"));
        conduct.state(day)
    }

    #[track_caller]
    pub(crate) fn then(self, claim: impl FnOnce(State)) -> Self {
        claim(self.state());
        self
    }

    /// Asserts the whole state except posture, which follows from the rest. Unknown values have no
    /// line.
    #[track_caller]
    pub(crate) fn reads(self, expected: &[&str]) -> Self {
        assert_eq!(render(&self.state()), expected, "on {:?}", self.day);
        self
    }

    /// Asserts that nothing is known.
    #[track_caller]
    pub(crate) fn reads_nothing(self) -> Self {
        self.reads(&[])
    }

    /// Asserts the posture.
    #[track_caller]
    pub(crate) fn posture(self, expected: &str) -> Self {
        let posture = self.state().posture;
        let level = posture.level.map_or("unknown", |level| level.as_str());
        let trajectory = posture.trajectory.map_or("none", |moved| moved.as_str());
        let index = index(posture.index);
        assert_eq!(
            format!("{level} {index} {trajectory}"),
            expected,
            "on {:?}",
            self.day
        );
        self
    }

    /// Asserts all steps of a dimension of the conduct (`political`), or of the only entry of a
    /// register (`missions`).
    #[track_caller]
    pub(crate) fn steps(self, of: &str, expected: &[&str]) -> Self {
        let mut timelines = self
            .folded
            .timelines
            .iter()
            .filter(|(subject, _)| match subject {
                Subject::Conduct(direction, dimension) => {
                    *direction == self.direction && dimension.as_str() == of
                }
                Subject::Entry(key) => key.register.as_str() == of,
            });
        let steps: Vec<String> = match (timelines.next(), timelines.next()) {
            (Some((_, timeline)), None) => timeline.steps.iter().map(step).collect(),
            (None, _) => Vec::new(),
            _ => panic!("{of} has more than one timeline"),
        };
        assert_eq!(steps, expected);
        self
    }
}

fn step(step: &Step) -> String {
    let mut line = format!("{} {}", step.day, step.held.map_or("unknown", |h| h.word));
    if let Some(by) = step.held.and_then(|held| held.controlled_by) {
        let _ = write!(line, " held by {by}");
    }
    if step.held.is_some_and(|held| held.uncertain) {
        line.push_str(" uncertain");
    }
    numbers(&mut line, "by", &step.causes);
    line
}

fn render(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    let recognition = &state.recognition;
    if recognition.level.is_some() || !recognition.signals.is_empty() {
        let level = recognition.level.map_or("unknown", |level| level.as_str());
        let mut line = format!("recognition {level}");
        if let Some(declared) = recognition.declared {
            let _ = write!(line, " {}", declared.as_str());
        }
        since(&mut line, recognition.since);
        basis(&mut line, &recognition.basis);
        numbers(&mut line, "signals", &recognition.signals);
        lines.push(line);
    }
    let representation = &state.representation;
    if representation.level.is_some() || representation.sends.is_some() {
        let word = |level: Option<detente_domain::level::Representation>| {
            level.map_or("unknown", |level| level.as_str())
        };
        let mut line = format!(
            "representation {} sends {}",
            word(representation.level),
            word(representation.sends)
        );
        since(&mut line, representation.since);
        basis(&mut line, &representation.basis);
        lines.push(line);
    }
    for (weighed, held) in Weighed::ALL.into_iter().zip(&state.weighed) {
        let level = held.level.map(|level| level.as_str());
        let Some(level) = level.or(held.threat.map(|threat| threat.as_str())) else {
            continue;
        };
        let mut line = format!("{} {level}", weighed.as_str());
        if weighed != Weighed::Threat {
            let _ = write!(line, " {}", index(held.index));
        }
        let _ = write!(
            line,
            " of {}/{}",
            thousandths(held.warmth),
            thousandths(held.strain)
        );
        if held.mixed {
            line.push_str(" mixed");
        }
        let _ = write!(
            line,
            " since {} last {}",
            or_never(held.since),
            or_never(held.last_evidence)
        );
        basis(&mut line, &held.basis);
        lines.push(line);
    }
    for (register, entries) in &state.registers {
        for entry in entries {
            let mut line = register.as_str().to_owned();
            for (_, value) in &entry.key.fields {
                let _ = match value {
                    Value::Party(party) => write!(line, " {party}"),
                    Value::Choice(word) => write!(line, " {word}"),
                    Value::Text(text) => write!(line, " {text}"),
                    Value::Count(count) => write!(line, " {count}"),
                };
            }
            if entry.key.by.is_some_and(|by| by != state.direction) {
                line.push_str(" theirs");
            }
            let _ = write!(line, " {}", entry.status);
            if !entry.open {
                line.push_str(" (over)");
            }
            if let Some(by) = entry.controlled_by {
                let _ = write!(line, " held by {by}");
            }
            since(&mut line, Some(entry.since));
            basis(&mut line, &entry.basis);
            lines.push(line);
        }
    }
    for dispute in &state.disputes {
        let mut line = format!("dispute of {}", number(dispute.event.0));
        for party in &dispute.claimed_by {
            let _ = write!(line, " {party}");
        }
        lines.push(line);
    }
    lines
}

fn index(thousandths: i64) -> String {
    let sign = if thousandths < 0 { '-' } else { '+' };
    format!("{sign}{}", self::thousandths(thousandths.abs()))
}

fn thousandths(value: i64) -> String {
    format!("{}.{:03}", value / 1000, value % 1000)
}

fn or_never(day: Option<Day>) -> String {
    day.map_or_else(|| "never".to_owned(), |day| day.to_string())
}

fn since(line: &mut String, since: Option<Since>) {
    let _ = match since {
        Some(since) if since.earliest == since.latest => write!(line, " since {}", since.earliest),
        Some(since) => write!(line, " since {}..{}", since.earliest, since.latest),
        None => Ok(()),
    };
}

fn basis(line: &mut String, basis: &Basis) {
    if basis.uncertain {
        line.push_str(" uncertain");
    }
    if basis.disputed {
        line.push_str(" disputed");
    }
    assert_eq!(basis.count, basis.evidence.len(), "{line}");
    numbers(line, "by", &basis.evidence);
}

fn numbers(line: &mut String, word: &str, events: &[EventId]) {
    if !events.is_empty() {
        let _ = write!(line, " {word}");
        for event in events {
            let _ = write!(line, " {}", number(event.0));
        }
    }
}
