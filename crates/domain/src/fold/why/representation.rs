//! The rationale of representation: the missions and envoys that set the rank, and the others.

use super::{
    Cited, Context, EvidenceRole, ExclusionReason, Ladder, LadderEvidence, Rationale, Uncounted,
};
use crate::details::Field;
use crate::dimension::Register;
use crate::event::EventId;
use crate::fold::registers::{self, EntryUpdate};
use crate::fold::{Item, representation};
use crate::level::Representation;
use crate::party::Party;
use std::cmp::Reverse;
use std::collections::BTreeSet;

pub(super) fn ladder(context: Context<'_>) -> (Rationale, Vec<Uncounted>) {
    let Context { conduct, at, .. } = context;
    let items = context.as_folded();
    let (pair, entries) = (conduct.folded.pair, &conduct.folded.entries);
    let (direction, regimes) = (conduct.direction, &conduct.regimes);
    let (host, sender) = pair.ends(direction);
    let accepted = conduct.representation(at);
    let ground = representation::Ground::new(entries, (pair, direction), regimes, at);
    let mut evidence: Vec<(LadderEvidence, EntryUpdate)> = Vec::new();
    let mut uncounted = Vec::new();
    for (_, rank, updates) in representation::entries_of(entries, host, sender) {
        uncounted.extend(replaced(context, &items, updates));
        let Some(entry) = registers::entry_at(updates, at) else {
            continue;
        };
        let update = *entry.update;
        let Some(item) = items.get(update.item) else {
            continue;
        };
        let governs = |by| regimes.governs(pair, by, at);
        if entry.open && !update.controlled_by.is_none_or(governs) {
            uncounted.push(Uncounted::new(item, ExclusionReason::NotGoverning));
            continue;
        }
        let rank = ground.stands(rank, &entry);
        let rank = rank.unwrap_or(Representation::None);
        evidence.push((cite(item, role(item), rank), update));
    }
    if let Some(update) = ground.broken
        && let Some(item) = items.get(update.item)
    {
        evidence.push((
            cite(item, EvidenceRole::Break, Representation::None),
            update,
        ));
    }
    let sets = accepted.basis.evidence.first().copied();
    let level = accepted.level.map(Representation::as_str);
    for (event, _) in &mut evidence {
        event.sets = Some(event.cited.event) == sets && event.rung == level;
    }
    evidence.sort_by_key(|(event, update)| (!event.sets, Reverse((update.since, update.event))));
    uncounted.extend(outside(context, &items, host, sender));
    let ladder = Ladder {
        weakest: conduct.rules.ladder,
        authority: regimes.of_object(direction).governing(at),
        declared: None,
        presumed: false,
        disputed: accepted.basis.disputed,
        evidence: evidence.into_iter().map(|(event, _)| event).collect(),
    };
    (Rationale::Ladder(ladder), uncounted)
}

fn cite(item: &Item<'_>, role: EvidenceRole, rank: Representation) -> LadderEvidence {
    LadderEvidence {
        cited: Cited::new(item),
        role,
        rung: Some(rank.as_str()),
        sets: false,
    }
}

fn role(item: &Item<'_>) -> EvidenceRole {
    match item.act.kind.register() {
        Some(Register::Envoys) => EvidenceRole::Envoy,
        _ => EvidenceRole::Mission,
    }
}

/// Returns the events of an entry that later ones replaced, and those of later days.
fn replaced(context: Context<'_>, items: &[Item<'_>], updates: &[EntryUpdate]) -> Vec<Uncounted> {
    let reason = |update: &EntryUpdate, next: Option<&EntryUpdate>| {
        if update.since.earliest > context.at {
            return Some(ExclusionReason::NotYet);
        }
        let next = next.filter(|next| next.since.earliest <= context.at)?;
        let by = items.get(next.item)?;
        Some(ExclusionReason::ended(by, next.since.earliest))
    };
    registers::with_next(updates)
        .filter_map(|(update, next)| {
            let item = items.get(update.item)?;
            Some(Uncounted::new(item, reason(update, next)?))
        })
        .collect()
}

/// Returns the events of missions and envoys of the two states that update no entry.
fn outside(context: Context<'_>, items: &[Item<'_>], host: Party, sender: Party) -> Vec<Uncounted> {
    let concerns = |item: &Item<'_>| {
        let register = item.act.kind.register();
        let named = |field| item.act.details.party(field);
        matches!(register, Some(Register::Missions | Register::Envoys))
            && named(Field::Host) == Some(host)
            && named(Field::Sender) == Some(sender)
            || register == Some(Register::Relations)
    };
    let updates = context.conduct.folded.entries.0.values().flatten();
    let entered: BTreeSet<EventId> = updates.map(|update| update.event).collect();
    let missing = |item: &&Item<'_>| concerns(item) && !entered.contains(&item.event);
    let reason = |item| context.barred(item).unwrap_or(ExclusionReason::NoEntry);
    let missing = items.iter().filter(missing);
    let mut outside: Vec<Uncounted> = missing
        .map(|item| Uncounted::new(item, reason(item)))
        .collect();
    outside.extend(context.outside_fold(items, concerns));
    outside
}
