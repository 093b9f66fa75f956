//! The items in force: the acts of a relation that count for its states, from the days on which
//! they do.

use super::regime::{Membership, Regime, Regimes};
use super::{Item, registers};
use crate::day::Day;
use crate::dimension::Register;
use crate::event::EventId;
use crate::kind::{DurationClass, Effect, Kind};
use crate::party::Party;
use crate::relations::{DirectedAct, Direction, Via};
use crate::rulebook::Rulebook;
use std::cmp::Reverse;

/// An item with the days on which it was done and counts.
struct Dated<'a> {
    /// The item; its date begins when it counts.
    item: Item<'a>,
    /// The first day of the date on which it was done.
    done: Day,
    /// In each direction, the reason why it counts later than it was done.
    moved: [Option<Moved>; 2],
}

/// The reason why an act counts later than it was done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// The state joined the organisation later.
    Joined,
    /// The authority that is listed governs later.
    Governs,
}

/// Returns the items with the directed acts that count: those whose authorities governed on the
/// day, and those of organisations that the state was a member of. A date that is a range begins
/// when the authorities govern that it concerns.
///
/// What stands counts for who joins later, from the day of joining: the act by which an
/// organisation began it, unless one that ended it came before. A list names a movement, so its
/// entry counts from the day on which the movement governs.
///
/// Items are in the order in which they apply: by day, then the earlier done, the weaker grade, the
/// less exact date, the kind and the id. So of two contradicting reports of one day the better
/// graded holds, and at equal grade the one that knows the day.
pub(super) fn in_force<'a>(
    items: &[Item<'a>],
    regimes: &Regimes<'a>,
    rules: &Rulebook,
) -> Vec<Item<'a>> {
    let kept = in_order(items, regimes, rules);
    kept.into_iter().map(|dated| dated.item).collect()
}

/// The place of an item in the order in which items apply: see [`in_force`].
pub(super) type Order = (Day, Day, u64, Reverse<i32>, Kind, EventId);

/// Returns the place of an item that was done on a day. With the day from which it counts, it is
/// none before the true one.
pub(super) fn order(item: &Item<'_>, done: Day, rules: &Rulebook) -> Order {
    let span = Reverse(item.latest.since(item.earliest));
    let weight = rules.grade_weight(item.grade);
    (item.earliest, done, weight, span, item.act.kind, item.event)
}

/// Returns an item as it is in force, if it is; `None` if that depends on others.
pub(super) fn alone<'a>(item: Item<'a>, regimes: &Regimes<'a>) -> Option<Item<'a>> {
    let dated = dated(item, regimes);
    let depends = dated.moved.iter().any(Option::is_some);
    Some(dated.item).filter(|_| !depends)
}

/// Returns true if an item counts later than it was done, so that whether it is in force, or others
/// are, may depend on others.
pub(super) fn is_moved(item: &Item<'_>, regimes: &Regimes<'_>) -> bool {
    dated(*item, regimes).moved.iter().any(Option::is_some)
}

/// Returns true if an item takes a movement off a list that counts only when the movement governs.
/// Whether it is in force depends on whether the movement was put on the list before.
pub(super) fn has_late_end(items: &[Item<'_>], regimes: &Regimes<'_>) -> bool {
    let ends = items
        .iter()
        .filter(|item| item.act.kind == Kind::ListingRemoved);
    ends.into_iter().any(|item| is_moved(item, regimes))
}

fn in_order<'a>(items: &[Item<'a>], regimes: &Regimes<'a>, rules: &Rulebook) -> Vec<Dated<'a>> {
    let mut kept: Vec<Dated<'a>> = items.iter().map(|item| dated(*item, regimes)).collect();
    kept.retain(Dated::counts);
    kept.sort_by_cached_key(|Dated { item, done, .. }| order(item, *done, rules));
    leave_out_lifted(&mut kept, rules);
    kept.retain(Dated::counts);
    kept
}

impl Dated<'_> {
    fn counts(&self) -> bool {
        self.item.directed.iter().any(Option::is_some) || self.item.rival.is_some()
    }
}

/// Returns an item with the acts that count, from the day on which they do.
fn dated<'a>(mut item: Item<'a>, regimes: &Regimes<'a>) -> Dated<'a> {
    let done = first_day(&item, regimes);
    item.earliest = done;
    let mut moved = [None; 2];
    let mut begins = done;
    for direction in Direction::BOTH {
        let place = direction.index();
        let counted = item.directed[place].and_then(|act| counted(&item, act, direction, regimes));
        if let Some((day, _)) = counted {
            begins = begins.max(day);
        }
        moved[place] = counted.and_then(|(_, moved)| moved);
        item.directed[place] = item.directed[place].filter(|_| counted.is_some());
    }
    item.earliest = begins;
    item.latest = item.latest.max(begins);
    // Whether the rival's authority governs is not known here.
    item.rival = item.rival.filter(|(direction, act)| {
        let subject = regimes.of_subject(*direction);
        let governs = act.by.is_none_or(|by| subject.is_of(by, item.earliest));
        let acts = act.via.filter(|via| via.acts);
        let member = |via: Via| subject.member(via.organisation, item.earliest).is_some();
        governs && acts.is_none_or(member)
    });
    Dated { item, done, moved }
}

/// Returns the first day on which an act counts in a direction, and why that is not the day on
/// which it was done; `None` if it never counts.
fn counted(
    item: &Item<'_>,
    act: DirectedAct,
    direction: Direction,
    regimes: &Regimes<'_>,
) -> Option<(Day, Option<Moved>)> {
    let mut day = item.earliest;
    let governs = |authority: Option<Party>, regime: &Regime| {
        authority.is_none_or(|authority| regime.is_of(authority, item.earliest))
    };
    let mut moved = None;
    if !governs(act.by, regimes.of_subject(direction)) {
        return None;
    }
    let object = regimes.of_object(direction);
    if !governs(act.to, object) {
        let listed = act.to.filter(|_| lists(item.act.kind))?;
        day = object.tenure(listed, day)?.0;
        moved = Some(Moved::Governs);
    }
    if let Some(via) = act.via {
        let from = membership(item.act.kind, via, day, direction, regimes)?.from;
        if day < from {
            day = from;
            moved = Some(Moved::Joined);
        }
    }
    Some((day, moved))
}

/// Returns true for acts that put a movement on a list, or take it off.
const fn lists(kind: Kind) -> bool {
    matches!(kind, Kind::ListingAdded | Kind::ListingRemoved)
}

/// Returns the membership through which an act counts that was done on a day: that of the day, or
/// for what stands, and for its end, the first that has not ended before it.
fn membership<'a>(
    kind: Kind,
    via: Via,
    day: Day,
    direction: Direction,
    regimes: &Regimes<'a>,
) -> Option<&'a Membership> {
    let regime = if via.acts {
        regimes.of_subject(direction)
    } else {
        regimes.of_object(direction)
    };
    // A group, which others report of, is there or gone on its own days.
    let closes =
        matches!(kind.effect(), Effect::Closes(_)) && kind.register() != Some(Register::Groups);
    if kind.class() != DurationClass::Standing && !closes {
        return regime.member(via.organisation, day);
    }
    let mut own = regime.in_organisation(via.organisation);
    own.find(|membership| day < membership.until())
}

/// Leaves out what was begun and ended before it could count, and the acts that ended it.
fn leave_out_lifted(items: &mut [Dated<'_>], rules: &Rulebook) {
    for place in 0..items.len() {
        let (before, rest) = items.split_at_mut(place);
        let Some(last) = rest.first_mut() else { return };
        if !matches!(last.item.act.kind.effect(), Effect::Closes(_)) {
            continue;
        }
        for direction in Direction::BOTH.map(Direction::index) {
            let (Some(moved), Some(act)) = (last.moved[direction], last.item.directed[direction])
            else {
                continue;
            };
            let mut stands = false;
            for other in before.iter_mut() {
                let closed = other.item.directed[direction]
                    .is_some_and(|other| other.via == act.via)
                    && rules.moves_ladders(last.item.grade)
                    && registers::closes(&last.item, &other.item);
                let together =
                    other.moved[direction].is_some() && other.item.earliest == last.item.earliest;
                if closed && together {
                    other.item.directed[direction] = None;
                }
                stands |= closed && !together;
            }
            // One that joined later has no part in it; a list may have held before.
            if moved == Moved::Joined || !stands {
                last.item.directed[direction] = None;
            }
        }
    }
}

/// Iterates over the authorities that act in an item, are acted upon or recognised, with the
/// regimes of the states that they claim.
fn authorities<'a>(
    item: &Item<'_>,
    regimes: &Regimes<'a>,
) -> impl Iterator<Item = (Party, &'a Regime)> {
    let of = item.act.details.party(crate::details::Field::Of);
    let directed = item.directed.into_iter().zip(Direction::BOTH);
    let ends = directed.filter_map(|(act, direction)| Some((act?, direction)));
    let (subjects, objects) = (*regimes, *regimes);
    let authorities = ends.flat_map(move |(act, direction)| {
        let (subject, object) = (subjects.of_subject(direction), objects.of_object(direction));
        [(act.by, subject), (act.to, object), (of, object)]
    });
    authorities.filter_map(|(authority, regime)| Some((authority?, regime)))
}

/// Returns the first day of an item's date on which its authorities govern; the first of all, if
/// they never do in that time.
fn first_day(item: &Item<'_>, regimes: &Regimes<'_>) -> Day {
    if item.earliest == item.latest {
        return item.earliest;
    }
    authorities(item, regimes).fold(item.earliest, |day, (authority, regime)| {
        let days = regime.tenure(authority, day);
        days.map(|(first, _)| first)
            .filter(|first| *first <= item.latest)
            .unwrap_or(day)
    })
}

/// Returns the last day of an item's date that counts: no later than its authorities govern in a
/// row from its first day on. An act that does not last was done on its first day, if its date has
/// no end.
pub(super) fn last_day(item: &Item<'_>, regimes: &Regimes<'_>) -> Day {
    let lasts = item.act.kind.class() == DurationClass::Condition;
    let latest = if lasts || item.latest != Day::MAX {
        item.latest
    } else {
        item.earliest
    };
    let tenures = authorities(item, regimes)
        .filter_map(|(authority, regime)| regime.tenure(authority, item.earliest));
    let current = tenures.filter(|(first, _)| *first == item.earliest);
    let last = current.map(|(_, last)| last).min();
    last.map_or(latest, |last| latest.min(last))
}
