//! Bands: the limits that standing facts and severe acts put on levels, by day.
//!
//! While a register entry is open, the rule of the event that set its status limits the levels; a
//! severe act without an entry limits them for the days of its rule. While an entry stays open, an
//! act that only strains leaves its ceilings, and one that only warms its floors: a lesser sanction
//! does not lift a greater one. Of several ceilings the lowest counts, of several floors the
//! highest, and a ceiling prevails over a floor. A floor gives way to strain: the more strain, the
//! lower the index that it holds up, and from the rulebook's bound on it holds nothing.

pub(super) use crate::rulebook::POSTURE;

use super::registers::{self, Entries, EntryUpdate};
use super::{Item, sorted};
use crate::day::Day;
use crate::dimension::Register;
use crate::event::EventId;
use crate::kind::{DurationClass, Kind};
use crate::level::Level;
use crate::relations::Direction;
use crate::rulebook::{ENDLESS, Limits, Rule, Rulebook, Stance};
use crate::state::{Band, Limit};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The number of limited levels: those of the weighed dimensions, and of the posture.
pub(super) const LEVELS: usize = 7;

/// The limits of one level, in order of days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BandSteps {
    steps: Vec<(Day, Band)>,
    /// The events that begin a limit, in order of days.
    begun: Vec<(Day, EventId)>,
    /// The events that end a limit, in order of days.
    ended: Vec<(Day, EventId)>,
}

/// The limits of all levels, by [`Direction::index`] and then by index in [`Limits`].
pub type Bands = [[BandSteps; LEVELS]; 2];

/// A limit over a span of days.
#[derive(Clone, Copy)]
struct Span {
    from: Day,
    /// The first day on which it no longer holds.
    until: Day,
    /// The event that ends it; `None` if time alone does.
    ended_by: Option<EventId>,
    ceiling: bool,
    limit: Limit,
}

/// The order of limits of one sort: the strictest level first; of equals, the one that holds
/// longest, then the first event.
type Strictness = (usize, Reverse<Day>, Day, EventId);

impl Span {
    fn strictness(&self) -> Strictness {
        let level = self.limit.level as usize;
        let rank = if self.ceiling {
            level
        } else {
            Level::ALL.len() - level
        };
        (rank, Reverse(self.until), self.from, self.limit.event)
    }
}

/// The spans of each level, as in [`Bands`].
type Spans = [[Vec<Span>; LEVELS]; 2];

/// The source of limits: an event, and the days on which they hold.
struct Source {
    event: EventId,
    kind: Kind,
    from: Day,
    /// The ends of its ceilings, and of its floors.
    until: [End; 2],
}

/// The end of limits: the first day on which they no longer hold, and the event that ends them.
type End = (Day, Option<EventId>);

/// Computes the limits.
pub(super) fn build(items: &[Item<'_>], entries: &Entries, rules: &Rulebook) -> Bands {
    let mut spans = Spans::default();
    for (key, updates) in &entries.0 {
        let ends = ends(updates, items, rules);
        for (update, until) in updates.iter().zip(ends).filter(|(update, _)| update.open) {
            add_entry(&mut spans, items, (key, update, until), rules);
        }
    }
    let revocations = revocations(items);
    for item in items {
        add_act(&mut spans, &revocations, item, rules);
    }
    spans.map(|levels| levels.map(|spans| BandSteps::new(&spans)))
}

/// Returns the ends of the ceilings, and of the floors, of each update of an entry.
fn ends(updates: &[EntryUpdate], items: &[Item<'_>], rules: &Rulebook) -> Vec<[End; 2]> {
    let mut ends = vec![[(Day::MAX, None); 2]; updates.len()];
    for (place, next) in updates.iter().enumerate().skip(1).rev() {
        let kept = kept_by(next, items, rules);
        let after = ends[place];
        let own = (next.since.earliest, Some(next.event));
        let end = |sort: usize| if kept[sort] { after[sort] } else { own };
        ends[place - 1] = [end(0), end(1)];
    }
    ends
}

/// Returns whether an update leaves the ceilings, and the floors, of those before it.
fn kept_by(update: &EntryUpdate, items: &[Item<'_>], rules: &Rulebook) -> [bool; 2] {
    let item = items.get(update.item).filter(|_| update.open);
    let stance = item.and_then(|item| rules.kind(item.act.kind).rule(&item.act.details).stance());
    [Stance::Hostile, Stance::Friendly].map(|kept| stance == Some(kept))
}

/// Adds the limits of an entry, for the days on which those of one update of it hold.
fn add_entry(
    spans: &mut Spans,
    items: &[Item<'_>],
    (key, update, until): (&crate::state::EntryKey, &EntryUpdate, [End; 2]),
    rules: &Rulebook,
) {
    let (rule, (kind, event)) = if key.register == Register::Memberships {
        let shared = registers::organisation(key);
        let listed = rules.organisations.iter();
        let rule = listed
            .clone()
            .find(|(organisation, _)| Some(*organisation) == shared)
            .map_or_else(Rule::default, |(_, rule)| *rule);
        (rule, (Kind::MembershipJoined, update.event))
    } else {
        let Some(item) = items.get(update.item) else {
            return;
        };
        let rule = rules.kind(item.act.kind).rule(&item.act.details);
        (rule, (item.act.kind, item.event))
    };
    let lapses = update.holds_until.map_or(Day::MAX, Day::next);
    let until = until.map(|end| if end.0 <= lapses { end } else { (lapses, None) });
    let source = Source {
        event,
        kind,
        from: update.since.earliest,
        until,
    };
    for direction in Direction::BOTH {
        let acts = key.by.is_none_or(|by| by == direction);
        let [ceiling, floor] = if acts {
            [rule.ceiling, rule.floor]
        } else {
            [rule.ceiling_back, Limits::default()]
        };
        let limits = [ceiling, floor].map(|limits| via(limits, key.via.is_some()));
        add(&mut spans[direction.index()], &source, limits);
    }
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
fn add_act(spans: &mut Spans, revocations: &[Vec<Day>; 2], item: &Item<'_>, rules: &Rulebook) {
    let kind = item.act.kind;
    let rule = rules.kind(kind).rule(&item.act.details);
    let standing = kind.class() == DurationClass::Standing;
    if standing || !rule.limits() || !rules.moves_ladders(item.grade) {
        return;
    }
    let ends = |latest: Day| match i32::try_from(rule.days) {
        Ok(days) if rule.days < ENDLESS => latest.plus(days).next(),
        _ => Day::MAX,
    };
    for direction in Direction::BOTH {
        let [ceiling, floor] = if item.acts(direction) {
            [rule.ceiling, rule.floor]
        } else {
            [rule.ceiling_back, Limits::default()]
        };
        let acting = item.acting(direction);
        let revoked = revoked(item, &revocations[acting.index()]);
        let source = Source {
            event: item.event,
            kind,
            from: item.earliest,
            until: [(ends(item.latest).min(revoked), None); 2],
        };
        let limits = [ceiling, floor].map(|limits| via(limits, item.via(acting).is_some()));
        add(&mut spans[direction.index()], &source, limits);
    }
}

/// Returns the days of the events that revoke a refusal to recognise, by direction, in order.
fn revocations(items: &[Item<'_>]) -> [Vec<Day>; 2] {
    let revokes = |kind: Kind| {
        matches!(
            kind,
            Kind::RecognitionGranted | Kind::RelationsEstablished | Kind::RelationsRestored
        )
    };
    [Direction::Forward, Direction::Backward].map(|direction| {
        let revoking = items.iter();
        let revoking = revoking.filter(|item| revokes(item.act.kind) && item.acts(direction));
        revoking.map(|item| item.earliest).collect()
    })
}

/// Returns the day on which a refusal to recognise is revoked; [`Day::MAX`] for other acts.
fn revoked(item: &Item<'_>, revocations: &[Day]) -> Day {
    let refuses = matches!(
        item.act.kind,
        Kind::RecognitionRefused | Kind::RecognitionWithdrawn
    );
    let later = revocations.partition_point(|day| *day <= item.earliest);
    let first = revocations.get(later).copied().filter(|_| refuses);
    first.unwrap_or(Day::MAX)
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

impl BandSteps {
    fn new(spans: &[Span]) -> Self {
        let begun = spans.iter().map(|span| (span.from, span.limit.event));
        let begun = sorted(begun);
        let begins = spans.iter().map(|span| (span.from, true, span));
        let ends = spans.iter().map(|span| (span.until, false, span));
        let mut edges: Vec<(Day, bool, &Span)> = begins.chain(ends).collect();
        edges.sort_by_key(|(day, begins, _)| (*day, *begins));
        // The spans that hold, the strictest first: ceilings, then floors.
        let mut holding: [BTreeMap<Strictness, Limit>; 2] = Default::default();
        let mut steps: Vec<(Day, Band)> = Vec::new();
        for edges in edges.chunk_by(|one, other| one.0 == other.0) {
            for (_, begins, span) in edges {
                let holding = &mut holding[usize::from(!span.ceiling)];
                if *begins {
                    holding.insert(span.strictness(), span.limit);
                } else {
                    holding.remove(&span.strictness());
                }
            }
            let [ceiling, floor] = holding
                .each_ref()
                .map(|holding| holding.first_key_value().map(|(_, limit)| *limit));
            let band = Band { ceiling, floor };
            let before = steps.last().map_or(Band::default(), |(_, last)| *last);
            if before != band && edges[0].0 != Day::MAX {
                steps.push((edges[0].0, band));
            }
        }
        let ended = spans
            .iter()
            .filter_map(|span| Some((span.until, span.ended_by?)));
        Self {
            ended: sorted(ended),
            steps,
            begun,
        }
    }

    /// Returns the limits on a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Band {
        let begun = self.steps.partition_point(|(from, _)| *from <= day);
        self.steps[..begun]
            .last()
            .map_or(Band::default(), |(_, band)| *band)
    }

    /// Iterates over the days on which the limits change.
    pub(super) fn days(&self) -> impl Iterator<Item = Day> {
        self.steps.iter().map(|(day, _)| *day)
    }

    /// Returns the first day with a limit.
    pub(super) fn first(&self) -> Option<Day> {
        self.days().next()
    }

    /// Returns the last day on which a limit begins.
    pub(super) fn last_begin(&self) -> Option<Day> {
        self.begun.last().map(|(day, _)| *day)
    }

    /// Returns the events whose limits change those of a day: by beginning on it, or ending on it.
    pub(super) fn causes(&self, day: Day) -> impl Iterator<Item = EventId> {
        let place = self
            .steps
            .binary_search_by_key(&day, |(from, _)| *from)
            .ok();
        let band = place.map(|place| self.steps[place].1).unwrap_or_default();
        let limits = [band.ceiling, band.floor].into_iter().flatten();
        let begins = move |event: &EventId| self.begun.binary_search(&(day, *event)).is_ok();
        let begun = limits.map(|limit| limit.event).filter(begins);
        let first = self.ended.partition_point(|(ended, _)| *ended < day);
        let ended = self.ended[first..].iter();
        let ended = ended.take_while(move |(ended, _)| place.is_some() && *ended == day);
        begun.chain(ended.map(|(_, event)| *event))
    }
}

impl Band {
    /// Returns an index within the limits, under a strain.
    ///
    /// It rises with the index and falls with strain.
    #[must_use]
    pub fn limit(self, index: i64, strain: i64, rules: &Rulebook) -> i64 {
        let mut limited = index;
        if let Some(level) = self.holds_up(strain, rules) {
            limited = limited.max(held_up(level, strain, rules));
        }
        if let Some(ceiling) = self.ceiling {
            limited = limited.min(rules.highest(ceiling.level));
        }
        limited
    }

    /// Returns the level that the floor holds up under a strain, if it does.
    pub(super) fn holds_up(self, strain: i64, rules: &Rulebook) -> Option<Level> {
        let floor = self.floor.filter(|_| strain < rules.floor_breaks_at)?;
        Some(floor.level)
    }

    /// Returns true if it limits nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.ceiling.is_none() && self.floor.is_none()
    }
}

/// Returns the index that a floor holds up under a strain: the lowest of its level at the strain at
/// which it breaks, and with less strain up to half a level above.
fn held_up(level: Level, strain: i64, rules: &Rulebook) -> i64 {
    let breaks_at = rules.floor_breaks_at.max(1);
    let (lowest, highest) = (rules.lowest(level), rules.highest(level));
    let room = (highest - lowest) / 2;
    lowest + room * (breaks_at - strain).max(0) / breaks_at
}
