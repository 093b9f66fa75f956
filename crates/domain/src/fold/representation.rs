//! Representation: the diplomatic rank that one state accepts from another, from missions and
//! envoys.
//!
//! An embassy without a known head is `charge`, accredited diplomats of no known rank are
//! `liaison`, a minister counts as `charge` (the ladder of Diplometrics, with the Vienna ranks). A
//! head of mission who is recalled or expelled leaves a chargé d'affaires, unless the embassy
//! closes or is suspended. Premises held by an authority that does not govern do not count. Severed
//! or suspended relations leave an interests section at most.

use super::regime::Regimes;
use super::registers::{self, Entries, EntryUpdate};
use super::{Timeline, sorted};
use crate::day::Day;
use crate::details::{Field, Value};
use crate::dimension::Register;
use crate::level::Representation;
use crate::party::Party;
use crate::relations::{Direction, Pair};
use crate::state::{Basis, EVIDENCE_MAX, EntryKey, Held, RepresentationState};
use std::cmp::Reverse;

/// An entry on a day, as evidence of a rank.
#[derive(Clone, Copy)]
struct Ranked {
    rank: Representation,
    update: EntryUpdate,
    uncertain: bool,
}

/// Returns the rank that an entry stands for.
fn rank(key: &EntryKey) -> Option<Representation> {
    let word = |field: Field| {
        key.fields.iter().find_map(|(name, value)| match value {
            Value::Choice(word) if *name == field => Some(*word),
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
        "interests_section" => Representation::InterestsSection,
        "special_envoy" => Representation::SpecialEnvoy,
        _ => Representation::Liaison,
    })
}

/// Iterates over the entries through which `host` accepts `sender`.
pub(super) fn entries_of(
    entries: &Entries,
    host: Party,
    sender: Party,
) -> impl Iterator<Item = (&EntryKey, Representation, &[EntryUpdate])> {
    let side =
        move |key: &EntryKey, field, party| key.fields.contains(&(field, Value::Party(party)));
    entries.0.iter().filter_map(move |(key, updates)| {
        let ours = side(key, Field::Host, host) && side(key, Field::Sender, sender);
        Some((key, rank(key).filter(|_| ours)?, updates.as_slice()))
    })
}

/// Iterates over the updates of all entries that the rank in a direction depends on, one slice for
/// each entry.
pub(super) fn sources(
    entries: &Entries,
    (host, sender): (Party, Party),
) -> impl Iterator<Item = &[EntryUpdate]> {
    let relations = entries.0.iter();
    let relations = relations.filter(|(key, _)| key.register == Register::Relations);
    let own = entries_of(entries, host, sender).map(|(.., updates)| updates);
    own.chain(relations.map(|(_, updates)| updates.as_slice()))
}

/// What decides on a day whether an entry stands, beside the entry itself.
pub(super) struct Ground<'a> {
    pair: Pair,
    regimes: &'a Regimes<'a>,
    day: Day,
    /// The update that broke off relations, if they are broken off.
    pub(super) broken: Option<EntryUpdate>,
    /// The last day on which relations were broken off.
    last_broken: Option<Day>,
    /// True if there was an embassy, and none is at work.
    embassy_closed: bool,
}

impl<'a> Ground<'a> {
    pub(super) fn new(
        entries: &Entries,
        (pair, direction): (Pair, Direction),
        regimes: &'a Regimes<'a>,
        day: Day,
    ) -> Self {
        let (host, sender) = pair.ends(direction);
        let mut all = entries.0.iter();
        let relations = all.find(|(key, _)| key.register == Register::Relations);
        let relations = relations.map_or(&[][..], |(_, updates)| updates);
        let entry = registers::entry_at(relations, day);
        let entry = entry.filter(|entry| is_broken(entry.status));
        let begun = relations.iter().rev();
        let mut begun = begun.filter(|update| update.since.earliest <= day);
        let mut embassies = entries_of(entries, host, sender)
            .filter(|(key, ..)| key.register == Register::Missions)
            .filter(|(_, rank, _)| *rank == Representation::Charge)
            .filter_map(|(.., updates)| registers::entry_at(updates, day))
            .peekable();
        let works = |embassy: registers::EntryAt<'_>| embassy.open && embassy.status != SUSPENDED;
        Self {
            pair,
            regimes,
            day,
            broken: entry.map(|entry| *entry.update),
            last_broken: begun
                .find(|update| is_broken(update.status))
                .map(|update| update.since.earliest),
            embassy_closed: embassies.peek().is_some() && !embassies.any(works),
        }
    }

    /// Returns the rank that an entry stands for on the day; `None` if it does not stand.
    pub(super) fn stands(
        &self,
        rank: Representation,
        entry: &registers::EntryAt<'_>,
    ) -> Option<Representation> {
        let update = entry.update;
        if self.broken.is_some() && rank > Representation::InterestsSection {
            return None;
        }
        if entry.open {
            let governs = |by| self.regimes.governs(self.pair, by, self.day);
            let governed = update.controlled_by.is_none_or(governs);
            return (entry.status != SUSPENDED && governed).then_some(rank);
        }
        let called_away = matches!(entry.status, "recalled" | "expelled");
        let head = rank >= Representation::Charge;
        // Nobody is left in an embassy that was closed or suspended, or whose relations were broken
        // off since.
        let broken = self.last_broken >= Some(update.since.earliest);
        let left = called_away && head && !self.embassy_closed && !broken;
        left.then_some(Representation::Charge)
    }
}

/// Returns the rank that the subject of a conduct accepts from its object, on a day. The rank that
/// it sends is left out.
#[must_use]
pub fn at(
    pair: Pair,
    direction: Direction,
    entries: &Entries,
    regimes: &Regimes<'_>,
    day: Day,
) -> RepresentationState {
    let (host, sender) = pair.ends(direction);
    let ground = Ground::new(entries, (pair, direction), regimes, day);
    let (mut standing, mut fallen) = (Vec::new(), Vec::new());
    for (_, rank, updates) in entries_of(entries, host, sender) {
        let Some(entry) = registers::entry_at(updates, day) else {
            continue;
        };
        let ranked = |rank| Ranked {
            rank,
            update: *entry.update,
            uncertain: entry.uncertain,
        };
        match ground.stands(rank, &entry) {
            Some(rank) => standing.push(ranked(rank)),
            None => fallen.push(ranked(rank)),
        }
    }
    if let Some(update) = ground.broken.filter(|_| standing.is_empty()) {
        let basis = Basis {
            uncertain: update.since.latest > day,
            disputed: update.disputed,
            evidence: vec![update.event],
            count: 1,
        };
        return RepresentationState {
            level: Some(Representation::None),
            since: Some(update.since),
            basis,
            ..RepresentationState::default()
        };
    }
    standing.sort_by_key(|entry| (Reverse(entry.rank), entry.update.since, entry.update.event));
    fallen.sort_by_key(|entry| Reverse((entry.update.since, entry.update.event)));
    let mut basis = Basis::default();
    let (level, entries) = match standing.first() {
        Some(first) => {
            // Certain if any entry of the highest rank is.
            let mut highest = standing.iter().filter(|entry| entry.rank == first.rank);
            basis.uncertain = highest.clone().all(|entry| entry.uncertain);
            basis.disputed = highest.all(|entry| entry.update.disputed);
            (Some(first.rank), &standing)
        }
        // None, since the last one fell.
        None => (fallen.first().map(|_| Representation::None), &fallen),
    };
    // A higher rank, if the entries that fell did not fall.
    for entry in fallen.iter().filter(|entry| Some(entry.rank) > level) {
        basis.uncertain |= entry.uncertain;
        basis.disputed |= entry.update.disputed;
    }
    let events = entries.iter().map(|entry| entry.update.event);
    basis.count = entries.len();
    basis.evidence = events.take(EVIDENCE_MAX).collect();
    RepresentationState {
        level,
        sends: None,
        since: entries.first().map(|entry| entry.update.since),
        basis,
    }
}

/// The status of missions, and of relations, that are suspended.
const SUSPENDED: &str = "suspended";

fn is_broken(status: &str) -> bool {
    matches!(status, "severed" | SUSPENDED)
}

/// Computes the timeline of the rank accepted.
pub(super) fn timeline(
    pair: Pair,
    direction: Direction,
    entries: &Entries,
    regimes: &Regimes<'_>,
) -> Timeline {
    let sources: Vec<&[EntryUpdate]> = sources(entries, pair.ends(direction)).collect();
    let first = sources.iter().flat_map(|updates| updates.first());
    let Some(first) = first.map(|update| update.since.earliest).min() else {
        return Timeline::default();
    };
    let both = || [regimes.a, regimes.b].into_iter();
    let takeovers = || both().flat_map(|regime| regime.takeovers());
    let days = sources
        .iter()
        .flat_map(|updates| registers::days(updates, Day::MIN));
    let takeover_days = takeovers().map(|takeover| takeover.day);
    let takeover_days = takeover_days.filter(|day| *day >= first);
    let updates = sources.iter().flat_map(|updates| updates.iter());
    let begun = updates.map(|update| (update.since.earliest, update.event));
    let begun = begun.chain(takeovers().map(|takeover| (takeover.day, takeover.event)));
    let begun = sorted(begun);
    let mut timeline = Timeline::default();
    for day in sorted(days.chain(takeover_days)) {
        let accepted = at(pair, direction, entries, regimes, day);
        let held = accepted.level.map(|level| Held {
            uncertain: accepted.basis.uncertain,
            ..Held::certain(level.as_str())
        });
        let from = begun.partition_point(|(from, _)| *from < day);
        let on_day = begun[from..].iter().take_while(|(from, _)| *from == day);
        timeline.push_events(day, held, on_day.map(|(_, event)| *event).collect());
    }
    timeline
}
