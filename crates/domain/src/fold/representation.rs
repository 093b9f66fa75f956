//! Representation: the rank that one state accepts from another, from missions and envoys.
//!
//! An embassy without a known head is `charge`, accredited diplomats of no known rank are
//! `liaison`, a minister counts as `charge` (the ladder of Diplometrics, with the Vienna ranks).
//! Premises held by an authority that does not govern represent nobody. Severed or suspended
//! relations leave nothing.

use super::regime::Regimes;
use super::registers::{self, Entries, Mark};
use super::{Item, Timeline};
use crate::day::Day;
use crate::details::{Field, Value};
use crate::dimension::Register;
use crate::event::EventId;
use crate::level::Representation;
use crate::party::Party;
use crate::routes::{Direction, Pair};
use crate::state::{EntryKey, Held, Since};

/// Representation on a day.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// The rank; `None` is unknown.
    pub level: Option<Representation>,
    /// Since when its highest entry stands, or the last one fell.
    pub since: Option<Since>,
    /// It rests on an imprecise date whose bounds the day is within.
    pub uncertain: bool,
    /// It rests on a disputed event.
    pub disputed: bool,
    /// The events behind the entries that stand, highest rank first; where none does, behind
    /// those that stood.
    pub evidence: Vec<EventId>,
}

/// The rank that an entry stands for.
fn rank(key: &EntryKey) -> Option<Representation> {
    let word = |field: Field| {
        key.fields.iter().find_map(|(held, value)| match value {
            Value::Choice(word) if *held == field => Some(*word),
            _ => None,
        })
    };
    let named = match key.register {
        Register::Missions => word(Field::Mission),
        Register::Envoys => word(Field::Rank),
        _ => None,
    }?;
    Some(match named {
        "ambassador" => Representation::Ambassador,
        "embassy" | "minister" | "charge" => Representation::Charge,
        "consulate_general" | "consulate" | "consul" => Representation::Consular,
        _ => Representation::Liaison,
    })
}

/// The entries through which `host` accepts `sender`.
pub(super) fn entries_of(
    entries: &Entries,
    host: Party,
    sender: Party,
) -> impl Iterator<Item = (Representation, &[Mark])> {
    let side =
        move |key: &EntryKey, field, party| key.fields.contains(&(field, Value::Party(party)));
    entries.0.iter().filter_map(move |(key, marks)| {
        let ours = side(key, Field::Host, host) && side(key, Field::Sender, sender);
        Some((rank(key).filter(|_| ours)?, marks.as_slice()))
    })
}

/// The rank that the subject of a conduct accepts from its object, on a day.
#[must_use]
pub fn at(
    pair: Pair,
    direction: Direction,
    entries: &Entries,
    regimes: &Regimes<'_>,
    day: Day,
) -> Accepted {
    let (host, sender) = pair.ends(direction);
    let mut accepted = Accepted::default();
    let mut standing: Vec<(Representation, Mark, bool)> = Vec::new();
    let mut fallen: Vec<(Representation, Mark, bool)> = Vec::new();
    for (rank, marks) in entries_of(entries, host, sender) {
        let Some(shown) = registers::shown(marks, day) else {
            continue;
        };
        accepted.level = accepted.level.max(Some(Representation::None));
        let mark = marks[shown.place];
        let governs = mark
            .controlled_by
            .is_none_or(|by| regimes.governs(pair, by, day));
        if shown.open && shown.status != "suspended" && governs {
            standing.push((rank, mark, shown.uncertain));
        } else {
            fallen.push((rank, mark, shown.uncertain));
        }
    }
    if let Some(mark) = broken(entries, day) {
        return Accepted {
            level: Some(Representation::None),
            since: Some(mark.since),
            uncertain: mark.since.latest > day,
            disputed: mark.disputed,
            evidence: vec![mark.event],
        };
    }
    standing.sort_by_key(|(rank, mark, _)| (std::cmp::Reverse(*rank), mark.since, mark.event));
    if let Some((rank, mark, uncertain)) = standing.first().copied() {
        // Certain if any entry of the highest rank is.
        let highest = || standing.iter().filter(|(other, _, _)| *other == rank);
        accepted.level = Some(rank);
        accepted.since = Some(mark.since);
        accepted.uncertain = uncertain && highest().all(|(_, _, uncertain)| *uncertain);
        accepted.disputed = highest().all(|(_, mark, _)| mark.disputed);
        accepted.evidence = standing.iter().map(|(_, mark, _)| mark.event).collect();
    } else {
        // Nobody, since the last one fell.
        fallen.sort_by_key(|(_, mark, _)| std::cmp::Reverse((mark.since, mark.event)));
        accepted.since = fallen.first().map(|(_, mark, _)| mark.since);
        accepted.evidence = fallen.iter().map(|(_, mark, _)| mark.event).collect();
    }
    // A higher rank, if what fell did not fall.
    let doubted = fallen
        .iter()
        .filter(|(rank, _, _)| Some(*rank) > accepted.level);
    for (_, mark, uncertain) in doubted {
        accepted.uncertain |= uncertain;
        accepted.disputed |= mark.disputed;
    }
    accepted
}

/// The event that broke relations off, if they are broken on that day.
pub(super) fn broken(entries: &Entries, day: Day) -> Option<Mark> {
    let relations = entries
        .0
        .iter()
        .find(|(key, _)| key.register == Register::Relations)?
        .1;
    let shown = registers::shown(relations, day)?;
    matches!(shown.status, "severed" | "suspended").then(|| relations[shown.place])
}

/// The step timeline of the rank accepted.
pub(super) fn timeline(
    pair: Pair,
    direction: Direction,
    entries: &Entries,
    items: &[Item<'_>],
    regimes: &Regimes<'_>,
) -> Timeline {
    let (host, sender) = pair.ends(direction);
    let own = entries_of(entries, host, sender).map(|(_, marks)| marks);
    let relations = entries
        .0
        .iter()
        .filter(|(key, _)| key.register == Register::Relations);
    let marks: Vec<&[Mark]> = own
        .chain(relations.map(|(_, marks)| marks.as_slice()))
        .collect();
    let first = marks
        .iter()
        .flat_map(|marks| marks.first())
        .map(|mark| mark.since.earliest)
        .min();
    let Some(first) = first else {
        return Timeline::default();
    };
    let takeovers = || {
        [regimes.a, regimes.b]
            .into_iter()
            .flat_map(|regime| regime.takeovers())
    };
    let mut days: Vec<Day> = marks
        .iter()
        .flat_map(|marks| registers::days(marks))
        .collect();
    days.extend(
        takeovers()
            .map(|takeover| takeover.day)
            .filter(|day| *day >= first),
    );
    days.sort_unstable();
    days.dedup();
    let mut timeline = Timeline::default();
    for day in days {
        let accepted = at(pair, direction, entries, regimes, day);
        let held = accepted.level.map(|level| Held {
            word: level.as_str(),
            controlled_by: None,
            uncertain: accepted.uncertain,
        });
        let begun = marks.iter().flat_map(|marks| marks.iter());
        let mut causes: Vec<EventId> = begun
            .filter(|mark| mark.since.earliest == day)
            .filter_map(|mark| items.get(mark.item))
            .map(|item| item.event)
            .chain(
                takeovers()
                    .filter(|t| t.day == day)
                    .map(|takeover| takeover.event),
            )
            .collect();
        causes.sort_unstable();
        causes.dedup();
        if !causes.is_empty() {
            timeline.note(day);
        }
        timeline.push(day, held, causes);
    }
    timeline
}
