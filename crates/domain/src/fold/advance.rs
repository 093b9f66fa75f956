//! Advancing a fold: events are added in place, and levels are computed further.
//!
//! The weights of an event are added to the sums of their days, and the levels are judged again
//! from the first of those days on. If an event does more than weigh, what stands is computed again
//! from the structural items (see [`structure`]), or only what such an event touches if few come
//! after it (see `append`), and levels are judged from the first day on which it differs. The result
//! is that of a fold of all events.

mod append;
mod standing;

use super::dedup::DailyDedup;
use super::in_force::Order;
use super::levels::{Levels, pool};
use super::regime::Regimes;
use super::structure::{self, first_difference, is_structural};
use super::term::Term;
use super::{Folded, Item, Lean, Timeline, in_force, life, posture, terms};
use crate::day::Day;
use crate::dimension::{Dimension, Register, Weighed};
use crate::event::EventId;
use crate::relations::Direction;
use crate::rulebook::Rulebook;
use crate::state::Subject;
use append::Ended;
use std::collections::BTreeMap;

/// The timelines that changed when a fold was advanced.
#[derive(Clone, Debug)]
pub struct Advanced {
    /// The first day on which any may differ.
    pub from: Day,
    /// The timelines as they were from that day on, with the step that held before it.
    pub before: BTreeMap<Subject, Timeline>,
}

/// By direction, the first days that differ: of the weighed dimensions, and of the posture.
type FirstDays = [[Option<Day>; 7]; 2];

/// What a fold is advanced by.
struct Advance<'f, 'a> {
    folded: &'f mut Folded,
    regimes: &'f Regimes<'a>,
    rules: &'f Rulebook,
    first: FirstDays,
    /// The terms to add, by direction and dimension.
    terms: [[Vec<Term>; 6]; 2],
    /// The machine-coded rows to add, with their places, by day.
    coded: BTreeMap<Day, Vec<(Item<'a>, usize)>>,
    /// True for a direction in which the ladder of recognition may have changed.
    recognition: [bool; 2],
    /// The first day on which a timeline that is no level differs.
    moved: Option<Day>,
    /// What ended of entries, which is not among `before` yet.
    ended: Vec<Ended>,
    before: BTreeMap<Subject, Timeline>,
}

/// Adds items to a fold, and computes its levels up to a day. None of the items is in the fold, and
/// regimes and all other items are as they were. `items_of` returns the items of events that are, in
/// any order; it is called only if they are needed.
///
/// Returns `None` if the fold cannot be advanced by the items: it is then to be folded anew. Its
/// timelines are as they were; its sums are not to be used.
pub fn advance<'a>(
    folded: &mut Folded,
    items: &[Item<'a>],
    items_of: impl Fn(Vec<EventId>) -> Vec<Item<'a>>,
    (regimes, rules): (&Regimes<'a>, &Rulebook),
    until: Day,
) -> Option<Advanced> {
    let depends = |item: &Item<'_>| {
        let listed = item.act.kind.register() == Some(Register::Listings);
        item.disputed || in_force::is_moved(item, regimes) || listed && folded.has_late_end
    };
    if items.iter().any(depends) || life::of(folded.pair).end != Day::MAX {
        return None;
    }
    let mut advance = Advance {
        folded,
        regimes,
        rules,
        first: FirstDays::default(),
        terms: Default::default(),
        coded: BTreeMap::new(),
        recognition: [false; 2],
        moved: None,
        ended: Vec::new(),
        before: BTreeMap::new(),
    };
    let mut added = Vec::new();
    for item in in_force::in_force(items, regimes, rules) {
        let place = advance.add(&item);
        if is_structural(&item, rules) {
            added.push((item, place));
        }
    }
    advance.add_coded(&items_of)?;
    advance.add_terms();
    let threat = Weighed::Threat.index();
    let threatened = Direction::BOTH
        .map(Direction::index)
        .into_iter()
        .any(|direction| {
            let ends = advance.folded.sums[direction][threat].groups_end;
            ends && advance.first[direction][threat].is_some()
        });
    let stands = !threatened && advance.append(&added, &items_of);
    let events = advance.folded.structural.iter();
    let events = events.map(|(_, place)| advance.folded.events[*place].0);
    let known = if stands { Vec::new() } else { events.collect() };
    let (new, places): (Vec<Item<'_>>, Vec<usize>) = added.into_iter().unzip();
    advance.place(&structure::in_order((&new, &places), rules));
    if !stands {
        let mut all = items_of(known);
        all.extend(new);
        advance.restructure(&in_force::in_force(&all, regimes, rules))?;
    }
    advance.ladders();
    Some(advance.judged(until))
}

impl<'a> Advance<'_, 'a> {
    /// Adds an item to the events and to the evidence of recognition, and notes its terms. Returns
    /// its place.
    fn add(&mut self, item: &Item<'a>) -> usize {
        let place = self.folded.events.len();
        self.folded.events.push((item.event, item.disputed));
        for direction in Direction::BOTH {
            let ladder = &mut self.folded.recognition[direction.index()];
            if self.rules.moves_ladders(item.grade) {
                self.recognition[direction.index()] |= !ladder.add(item, direction, self.rules);
            }
        }
        if item.act.kind.is_machine_coded() {
            let rows = self.coded.entry(item.earliest).or_default();
            rows.push((*item, place));
        } else {
            for direction in Direction::BOTH {
                self.weigh((item, place), direction);
            }
        }
        place
    }

    /// Adds structural items to the others in order of effect.
    fn place(&mut self, new: &[(Order, usize)]) {
        let Some((first, _)) = new.first() else {
            return;
        };
        let structural = &mut self.folded.structural;
        let at = structural.partition_point(|(other, _)| other < first);
        structural.extend(new);
        // The sort finds the two runs.
        structural[at..].sort();
    }

    /// Notes the terms of an item in a direction.
    fn weigh(&mut self, item: (&Item<'a>, usize), direction: Direction) {
        let all = &mut self.terms[direction.index()];
        let add = |weighed: usize, term| all[weighed].push(term);
        let context = (self.regimes, self.rules);
        terms::each(self.folded.pair, item, direction, context, add);
    }

    /// Notes the terms of the machine-coded rows that count, and removes those of rows that no
    /// longer do.
    fn add_coded(&mut self, items_of: &impl Fn(Vec<EventId>) -> Vec<Item<'a>>) -> Option<()> {
        for (day, added) in std::mem::take(&mut self.coded) {
            let known = self.folded.coded.remove(&day).unwrap_or_default();
            let known = known.into_iter();
            let known: Vec<(EventId, usize)> = known
                .map(|place| (self.folded.events[place].0, place))
                .collect();
            let mut items = Vec::new();
            if !known.is_empty() {
                let of_day = items_of(known.iter().map(|(event, _)| *event).collect());
                items = in_force::in_force(&of_day, self.regimes, self.rules);
            }
            let mut places = structure::places(&items, known.into_iter())?;
            let was = DailyDedup::new(&items, self.rules);
            let before = items.len();
            places.extend(added.iter().map(|(_, place)| *place));
            items.extend(added.iter().map(|(item, _)| *item));
            let is = DailyDedup::new(&items, self.rules);
            for (row, (item, place)) in items.iter().zip(&places).enumerate() {
                for direction in Direction::BOTH {
                    let counted = row < before && was.keeps(item, direction, row);
                    match (counted, is.keeps(item, direction, row)) {
                        (false, true) => self.weigh((item, *place), direction),
                        (true, false) => self.displace((item, *place), direction)?,
                        _ => {}
                    }
                }
            }
            let rows = is.by_day().into_values().flatten();
            let rows = rows.map(|row| places[row]).collect();
            self.folded.coded.insert(day, rows);
        }
        Some(())
    }

    /// Removes the terms of a machine-coded row in a direction.
    fn displace(&mut self, item: (&Item<'a>, usize), direction: Direction) -> Option<()> {
        let mut own: [Vec<Term>; 6] = Default::default();
        let add = |weighed: usize, term| own[weighed].push(term);
        let context = (self.regimes, self.rules);
        terms::each(self.folded.pair, item, direction, context, add);
        for (place, own) in own.iter().enumerate() {
            if !own.iter().all(Term::is_plain) {
                return None;
            }
            if own.is_empty() {
                continue;
            }
            self.note(direction, place, own.first().map(|term| term.from));
            let sums = &mut self.folded.sums[direction.index()][place];
            sums.remove(own, &self.folded.events);
        }
        Some(())
    }

    /// Adds the terms of the items to the sums.
    fn add_terms(&mut self) {
        for (direction, weighed) in Direction::BOTH
            .into_iter()
            .flat_map(|direction| Weighed::ALL.map(move |weighed| (direction, weighed)))
        {
            let (side, place) = (direction.index(), weighed.index());
            let own = std::mem::take(&mut self.terms[side][place]);
            if own.is_empty() {
                continue;
            }
            self.note(direction, place, own.iter().map(|term| term.from).min());
            let (folded, rules) = (&mut *self.folded, self.rules);
            let is_pooled = rules.pooled().any(|pooled| pooled == weighed);
            for term in own.iter().filter(|term| is_pooled && !term.side.machine) {
                let evidence = posture::recent(weighed, (term.from, term.fade), rules);
                folded.silence[side].add(evidence, 0);
            }
            folded.sums[side][place].add(own, &folded.events, (weighed, rules));
        }
    }

    fn note(&mut self, direction: Direction, place: usize, day: Option<Day>) {
        let first = &mut self.first[direction.index()][place];
        *first = first.iter().copied().chain(day).min();
    }

    /// Computes the timelines of recognition again, where they may have changed.
    fn ladders(&mut self) {
        for direction in Direction::BOTH {
            if !self.recognition[direction.index()] {
                continue;
            }
            let [rungs, statements] = self.folded.recognition[direction.index()].timelines();
            let subject = |dimension| Subject::Conduct(direction, dimension);
            self.replace(subject(Dimension::Recognition), rungs);
            self.replace(subject(Dimension::Declared), statements);
        }
    }

    /// Replaces a timeline that is no level, and keeps the one before if its steps differ.
    fn replace(&mut self, subject: Subject, timeline: Timeline) {
        let timelines = &mut self.folded.timelines;
        let old = if timeline.steps.is_empty() {
            timelines.remove(&subject)
        } else {
            timelines.insert(subject.clone(), timeline)
        };
        let old = old.unwrap_or_default();
        let empty = Timeline::default();
        let new = timelines.get(&subject).unwrap_or(&empty);
        if let Some(day) = first_difference(&old, new) {
            self.moved = self.moved.into_iter().chain([day]).min();
            self.before.insert(subject, old);
        }
    }

    /// Judges the levels that may have changed, and those that were not computed before, up to a
    /// day.
    fn judged(mut self, until: Day) -> Advanced {
        let reached = std::mem::replace(&mut self.folded.until, until);
        let extends = reached < until;
        let days = self.first.into_iter().flatten().flatten();
        let days = days.chain(self.moved);
        let from = days.chain(extends.then_some(reached.next())).min();
        let Some(from) = from else {
            return Advanced {
                from: Day::MAX,
                before: self.before,
            };
        };
        self.keep_ended(from);
        for direction in Direction::BOTH {
            let days = self.first[direction.index()];
            if extends || days.iter().any(Option::is_some) {
                let moved = Weighed::ALL.into_iter();
                let moved = moved.filter(|weighed| extends || days[weighed.index()].is_some());
                self.judge(direction, &moved.collect::<Vec<Weighed>>(), from);
            }
        }
        Advanced {
            from,
            before: self.before,
        }
    }

    /// Judges the levels of some dimensions of a conduct from a day on, and keeps those from before.
    fn judge(&mut self, direction: Direction, moved: &[Weighed], from: Day) {
        let (folded, rules) = (&mut *self.folded, self.rules);
        let sums = folded.sums[direction.index()].iter_mut();
        for sums in sums.filter_map(Lean::allocated) {
            sums.table.keep_cursor(from.prev(), rules);
        }
        let levels = Levels {
            pool: pool(&folded.sums, &folded.bands, direction, rules),
            silence: &folded.silence[direction.index()],
            events: &folded.events,
            until: folded.until,
        };
        let (timelines, before) = (&mut folded.timelines, &mut self.before);
        let judged = levels.timelines(moved, |dimension| {
            let subject = Subject::Conduct(direction, dimension);
            let found = timelines.remove(&subject);
            let mut timeline = found.unwrap_or_default();
            let was = before.entry(subject).or_default();
            let ends = timeline.truncate(from);
            was.steps.extend(timeline.steps.last().cloned());
            was.steps.extend(ends);
            was.last_event = timeline.last_event;
            Some((timeline, from))
        });
        for (dimension, timeline) in judged {
            if timeline.last_event.is_some() || !timeline.steps.is_empty() {
                folded
                    .timelines
                    .insert(Subject::Conduct(direction, dimension), timeline);
            }
        }
    }
}
