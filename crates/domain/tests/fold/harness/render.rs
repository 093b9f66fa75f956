//! States and steps as lines of text.

use detente_domain::day::Day;
use detente_domain::details::Value;
use detente_domain::dimension::Weighed;
use detente_domain::event::EventId;
use detente_domain::fold::Step;
use detente_domain::state::{Band, Basis, Since, State, WeighedState};
use detente_testkit::notation::number;
use std::fmt::Write;

pub(super) fn step(step: &Step) -> String {
    let mut line = format!("{} {}", step.day, step.held.map_or("unknown", |h| h.word));
    if let Some(by) = step.held.and_then(|held| held.controlled_by) {
        let _ = write!(line, " held by {by}");
    }
    let marks = [
        (step.held.is_some_and(|held| held.presumed), " presumed"),
        (step.held.is_some_and(|held| held.stale), " stale"),
        (step.held.is_some_and(|held| held.uncertain), " uncertain"),
    ];
    for (_, mark) in marks.iter().filter(|(marked, _)| *marked) {
        line.push_str(mark);
    }
    numbers(&mut line, "by", &step.causes);
    line
}

pub(super) fn render(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    let recognition = &state.recognition;
    if recognition.level.is_some() || !recognition.signals.is_empty() {
        let level = recognition.level.map_or("unknown", |level| level.as_str());
        let mut line = format!("recognition {level}");
        if recognition.presumed {
            line.push_str(" presumed");
        }
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
        lines.extend(render_weighed(weighed, held));
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
            if let Some(via) = entry.key.via {
                let _ = write!(line, " via {via}");
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

/// The line of a weighed dimension; none if nothing at all is reported.
fn render_weighed(weighed: Weighed, held: &WeighedState) -> Option<String> {
    let level = held.level.map(|level| level.as_str());
    let mut line = weighed.as_str().to_owned();
    let Some(level) = level.or(held.threat.map(|threat| threat.as_str())) else {
        let _ = write!(line, " unknown leads {}", held.leads);
        return (held.leads > 0).then_some(line);
    };
    let _ = write!(line, " {level}");
    if held.stale {
        line.push_str(" stale");
    }
    if weighed != Weighed::Threat {
        let _ = write!(line, " {}", index(held.index));
    }
    let [warmth, strain] = [held.warmth, held.strain].map(thousandths);
    let _ = write!(line, " of {warmth}/{strain}");
    limits(&mut line, held.band);
    if held.mixed {
        line.push_str(" mixed");
    }
    let [begun, last] = [held.since, held.last_evidence].map(or_never);
    let _ = write!(line, " since {begun} last {last}");
    if held.leads > 0 {
        let _ = write!(line, " leads {}", held.leads);
    }
    basis(&mut line, &held.basis);
    Some(line)
}

pub(super) fn limits(line: &mut String, band: Band) {
    for (word, limit) in [("ceiling", band.ceiling), ("floor", band.floor)] {
        if let Some(limit) = limit {
            let (level, event) = (limit.level.as_str(), number(limit.event.0));
            let _ = write!(line, " {word} {level} by {event}");
        }
    }
}

pub(super) fn index(thousandths: i64) -> String {
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
