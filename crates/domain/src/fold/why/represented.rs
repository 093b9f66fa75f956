//! Representation: which missions and envoys set the rank, and what else was considered.

use super::{Asked, Because, Cited, Ground, Ladder, Role, Stone, Uncounted, shares};
use crate::details::Field;
use crate::dimension::Register;
use crate::event::EventId;
use crate::fold::registers::{self, Mark};
use crate::fold::{Item, representation};
use crate::kind::Effect;
use crate::level::Representation;
use crate::party::Party;
use std::collections::BTreeSet;

pub(super) fn ladder(asked: Asked<'_>) -> (Ground, Vec<Uncounted>) {
    let items = asked.in_force();
    let (host, sender) = asked.folded.pair.ends(asked.direction);
    let entries = &asked.folded.entries;
    let accepted = representation::at(
        asked.folded.pair,
        asked.direction,
        entries,
        &asked.regimes,
        asked.at,
    );
    let mut stones: Vec<(Stone, Mark)> = Vec::new();
    let mut uncounted = Vec::new();
    for (rank, marks) in representation::entries_of(entries, host, sender) {
        uncounted.extend(overtaken(asked, &items, marks));
        let Some(shown) = registers::shown(marks, asked.at) else {
            continue;
        };
        let mark = marks[shown.place];
        let Some(item) = items.get(mark.item) else {
            continue;
        };
        let held_by = mark.controlled_by;
        let pair = asked.folded.pair;
        if shown.open && held_by.is_some_and(|by| !asked.regimes.governs(pair, by, asked.at)) {
            uncounted.push(Uncounted::of(item, Because::NotGoverning));
            continue;
        }
        let stands = shown.open && shown.status != "suspended";
        let rank = if stands { rank } else { Representation::None };
        stones.push((stone(item, role(item), Some(rank.as_str())), mark));
    }
    if let Some(mark) = representation::broken(entries, asked.at)
        && let Some(item) = items.get(mark.item)
    {
        let broken = stone(item, Role::Break, Some(Representation::None.as_str()));
        stones.push((broken, mark));
    }
    let sets = accepted.evidence.first().copied();
    let level = accepted.level.map(Representation::as_str);
    for (stone, _) in &mut stones {
        stone.sets = Some(stone.cited.event) == sets && stone.rung == level;
    }
    stones.sort_by_key(|(stone, mark)| {
        let latest = std::cmp::Reverse((mark.since, mark.event));
        (!stone.sets, latest)
    });
    uncounted.extend(outside(asked, &items, host, sender));
    let ladder = Ladder {
        weakest: shares::weakest(asked.rules),
        authority: asked.regimes.of_object(asked.direction).governing(asked.at),
        declared: None,
        disputed: accepted.disputed,
        stones: stones.into_iter().map(|(stone, _)| stone).collect(),
    };
    (Ground::Ladder(ladder), uncounted)
}

fn stone(item: &Item<'_>, role: Role, rung: Option<&'static str>) -> Stone {
    Stone {
        cited: Cited::of(item),
        role,
        rung,
        sets: false,
    }
}

fn role(item: &Item<'_>) -> Role {
    match item.act.kind.register() {
        Some(Register::Envoys) => Role::Envoy,
        _ => Role::Mission,
    }
}

/// The events of an entry that later ones took the place of, and those still to come.
fn overtaken(asked: Asked<'_>, items: &[Item<'_>], marks: &[Mark]) -> Vec<Uncounted> {
    let nexts = marks.iter().skip(1).map(Some).chain([None]);
    let reason = |mark: &Mark, next: Option<&Mark>| {
        if mark.since.earliest > asked.at {
            return Some(Because::NotYet);
        }
        let next = next.filter(|next| next.since.earliest <= asked.at)?;
        let (by, on) = (next.event, next.since.earliest);
        let closes = items
            .get(next.item)
            .is_some_and(|item| matches!(item.act.kind.effect(), Effect::Closes(_)));
        Some(if closes {
            Because::Closed { by, on }
        } else {
            Because::Superseded { by, on }
        })
    };
    marks
        .iter()
        .zip(nexts)
        .filter_map(|(mark, next)| {
            let item = items.get(mark.item)?;
            Some(Uncounted::of(item, reason(mark, next)?))
        })
        .collect()
}

/// Events of missions and envoys of these two that are in no entry.
fn outside(asked: Asked<'_>, items: &[Item<'_>], host: Party, sender: Party) -> Vec<Uncounted> {
    let concerns = |item: &Item<'_>| {
        let register = item.act.kind.register();
        let named = |field| item.act.details.party(field);
        matches!(register, Some(Register::Missions | Register::Envoys))
            && named(Field::Host) == Some(host)
            && named(Field::Sender) == Some(sender)
            || register == Some(Register::Relations)
    };
    let entered: BTreeSet<EventId> = asked
        .folded
        .entries
        .0
        .values()
        .flatten()
        .map(|mark| mark.event)
        .collect();
    let missing = |item: &&Item<'_>| concerns(item) && !entered.contains(&item.event);
    let because = |item: &Item<'_>| {
        if !asked.rules.moves_ladders(item.grade) {
            Because::TooWeak
        } else if item.earliest > asked.at {
            Because::NotYet
        } else {
            Because::NoEntry
        }
    };
    let mut outside: Vec<Uncounted> = items
        .iter()
        .filter(missing)
        .map(|item| Uncounted::of(item, because(item)))
        .collect();
    outside.extend(asked.not_governing(items, concerns));
    outside.extend(asked.left_out(concerns));
    outside
}
