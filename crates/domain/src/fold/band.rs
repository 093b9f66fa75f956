//! Bands: the limits that standing facts and severe acts put on levels, by day.
//!
//! While a register entry is open, the rule of the event that set its status limits the levels; a
//! severe act without an entry limits them for the days of its rule. While an entry stays open, an
//! act that only strains leaves its ceilings, and one that only warms its floors: a lesser sanction
//! does not lift a greater one. Of several ceilings the lowest counts, of several floors the
//! highest, and a ceiling prevails over a floor. A floor gives way to strain: the more strain, the
//! lower the index that it holds up, and from the rulebook's bound on it holds nothing.

mod append;
mod refusals;
mod steps;

pub(super) use crate::rulebook::POSTURE;

use super::in_force::last_day;
use super::regime::Regimes;
use super::registers::{self, Entries, EntryUpdate};
use super::{Item, Lean};
use crate::day::Day;
use crate::dimension::Register;
use crate::event::EventId;
use crate::kind::{DurationClass, Kind};
use crate::relations::{Direction, Pair};
use crate::rulebook::{ENDLESS, Limits, Rule, Rulebook, Stance};
use crate::state::{EntryKey, Limit};
use refusals::Refusals;
use steps::Span;

pub(super) use append::Appended;
pub use steps::BandSteps;

/// The number of limited levels: those of the weighed dimensions, and of the posture.
pub(super) const LEVELS: usize = 7;

/// What limits are computed from, beside register entries.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) pair: Pair,
    /// In order of effect.
    pub(super) items: &'a [Item<'a>],
    pub(super) regimes: &'a Regimes<'a>,
    pub(super) rules: &'a Rulebook,
}

/// The limits of all levels, by [`Direction::index`] and then by index in [`Limits`].
pub type Bands = [[Lean<BandSteps>; LEVELS]; 2];

/// The spans of each level, as in [`Bands`].
type Spans = [[Vec<Span>; LEVELS]; 2];

/// The source of limits: an event, and the days on which they hold.
#[derive(Clone, Copy)]
struct Source {
    event: EventId,
    kind: Kind,
    from: Day,
    /// The last day of the event's date.
    settled: Day,
    /// The ends of its ceilings, and of its floors.
    until: [End; 2],
}

/// The end of limits: the first day on which they no longer hold, and the event that ends them.
type End = (Day, Option<EventId>);

/// Computes the limits.
pub(super) fn build(facts: Facts<'_>, entries: &Entries) -> Bands {
    let mut spans = Spans::default();
    for (key, updates) in &entries.0 {
        let mut until = [(Day::MAX, None); 2];
        for update in updates.iter().rev() {
            let item = facts.items.get(update.item);
            let of = (key, update, item);
            add_entry(&mut spans, of, (until, [true; 2]), facts);
            until = end_before(of, until, facts);
        }
    }
    let refusals = Refusals::new(facts);
    for place in 0..facts.items.len() {
        add_act(&mut spans, place, &refusals, facts);
    }
    let steps = |spans: Vec<Span>| match spans.is_empty() {
        true => Lean::default(),
        false => Lean::new(BandSteps::new(spans)),
    };
    spans.map(|levels| levels.map(steps))
}

/// An update of an entry, with the item that it takes its status from.
type Update<'a> = (&'a EntryKey, &'a EntryUpdate, Option<&'a Item<'a>>);

/// Returns the ends of the ceilings, and of the floors, of the update before one whose limits have
/// these ends. One that was made by another event than it takes its status from leaves none.
fn end_before((_, update, item): Update<'_>, until: [End; 2], facts: Facts<'_>) -> [End; 2] {
    let item = item.filter(|item| update.open && item.event == update.event);
    let stance = item.and_then(|item| {
        let rule = facts.rules.kind(item.act.kind).rule(&item.act.details);
        rule.stance()
    });
    let [ceilings, floors] = until;
    let own = (update.since.earliest, Some(update.event));
    let kept = |kept: Stance, until: End| if stance == Some(kept) { until } else { own };
    [
        kept(Stance::Hostile, ceilings),
        kept(Stance::Friendly, floors),
    ]
}

/// Adds the limits of an entry, for the days on which those of one update of it hold: its ceilings,
/// and its floors.
fn add_entry(
    spans: &mut Spans,
    (key, update, item): Update<'_>,
    (until, [ceilings, floors]): ([End; 2], [bool; 2]),
    facts: Facts<'_>,
) {
    if !update.open {
        return;
    }
    let (rule, (kind, event)) = if key.register == Register::Memberships {
        let shared = registers::organisation(key);
        let listed = facts.rules.organisations.iter();
        let rule = listed
            .clone()
            .find(|(organisation, _)| Some(*organisation) == shared)
            .map_or_else(Rule::default, |(_, rule)| *rule);
        (rule, (Kind::MembershipJoined, update.event))
    } else {
        let Some(item) = item else { return };
        let rule = facts.rules.kind(item.act.kind).rule(&item.act.details);
        (rule, (item.act.kind, item.event))
    };
    let lapses = update.holds_until.map_or(Day::MAX, Day::next);
    let until = until.map(|end| if end.0 <= lapses { end } else { (lapses, None) });
    let source = Source {
        event,
        kind,
        from: update.since.earliest,
        settled: update.since.latest,
        until,
    };
    for direction in Direction::BOTH {
        let acts = key.by.is_none_or(|by| by == direction);
        let [ceiling, floor] = if acts {
            [rule.ceiling, rule.floor]
        } else {
            [rule.ceiling_back, Limits::default()]
        };
        let limits = [(ceiling, ceilings), (floor, floors)];
        let limits = limits.map(|(limits, counts)| if counts { limits } else { Limits::default() });
        // What a state itself agreed on, such as a truce in an organisation's war, is its own.
        let of_organisation = key.via.is_some() && !item.is_some_and(Item::is_own);
        let limits = limits.map(|limits| via(limits, of_organisation));
        for source in while_listed(&source, (key, update, item), facts) {
            add(&mut spans[direction.index()], &source, limits);
        }
    }
}

/// Returns the spans in which an entry limits: for the listing of an authority those in which it
/// governs, and for any other the whole.
fn while_listed(source: &Source, (key, _, item): Update<'_>, facts: Facts<'_>) -> Vec<Source> {
    let by = key.by.filter(|_| key.register == Register::Listings);
    let listed = by.and_then(|by| {
        let act = item?.directed[by.index()]?;
        Some((act.to?, by))
    });
    let Some((authority, by)) = listed else {
        return vec![*source];
    };
    let within = |(from, next): (Day, Option<(Day, EventId)>)| Source {
        from: source.from.max(from),
        until: source.until.map(|end| match next {
            Some((day, event)) if day < end.0 => (day, Some(event)),
            _ => end,
        }),
        ..*source
    };
    let tenures = facts.regimes.of_object(by).tenures(authority);
    tenures.map(within).collect()
}

/// Returns the limits that count. Those of an organisation's act bind its members in its subject
/// alone: it decides neither how each of them feels nor their posture.
fn via(mut limits: Limits, organisation: bool) -> Limits {
    if organisation {
        limits[crate::dimension::Weighed::Political.index()] = None;
        limits[POSTURE] = None;
    }
    limits
}

/// Adds the limits of an act without an entry.
fn add_act(spans: &mut Spans, place: usize, refusals: &Refusals, facts: Facts<'_>) {
    let (item, rules) = (&facts.items[place], facts.rules);
    let kind = item.act.kind;
    let rule = rules.kind(kind).rule(&item.act.details);
    let standing = kind.class() == DurationClass::Standing;
    let limits = rule.limits() && item.directions().next().is_some();
    if standing || !limits || !rules.moves_ladders(item.grade) {
        return;
    }
    let last = last_day(item, facts.regimes);
    let ends = match i32::try_from(rule.days) {
        Ok(days) if rule.days < ENDLESS => last.plus(days).next(),
        _ => Day::MAX,
    };
    for direction in Direction::BOTH {
        let [ceiling, floor] = if item.acts(direction) {
            [rule.ceiling, rule.floor]
        } else {
            [rule.ceiling_back, Limits::default()]
        };
        let acting = item.acting(direction);
        let Some(revoked) = refusals.end(facts, (place, item), acting) else {
            continue;
        };
        let until = if revoked.0 <= ends {
            revoked
        } else {
            (ends, None)
        };
        let source = Source {
            event: item.event,
            kind,
            from: item.earliest,
            settled: if kind.class() == DurationClass::Condition {
                item.earliest
            } else {
                last
            },
            until: [until; 2],
        };
        let limits = [ceiling, floor].map(|limits| via(limits, item.via(acting).is_some()));
        add(&mut spans[direction.index()], &source, limits);
    }
}

fn add(levels: &mut [Vec<Span>; LEVELS], source: &Source, [ceiling, floor]: [Limits; 2]) {
    let [ceilings_end, floors_end] = source.until;
    let sorts = [(ceiling, true, ceilings_end), (floor, false, floors_end)];
    for (limits, ceiling, (until, ended_by)) in sorts {
        if source.from >= until {
            continue;
        }
        for (spans, level) in levels.iter_mut().zip(limits) {
            let Some(level) = level else { continue };
            spans.push(Span {
                from: source.from,
                until,
                ended_by,
                settled: source.settled,
                ceiling,
                limit: Limit {
                    level,
                    event: source.event,
                    kind: source.kind,
                    until: (until != Day::MAX).then_some(until),
                },
            });
        }
    }
}
