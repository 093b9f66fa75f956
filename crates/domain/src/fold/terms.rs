//! The terms of items: their weights in each dimension and direction, with their dates.

use super::band::{BandSteps, Bands};
use super::dedup::DailyDedup;
use super::evidence::Evidence;
use super::in_force::last_day;
use super::regime::{Regimes, Takeover};
use super::silence::Silence;
use super::structure::first_of_difference;
use super::sums::MassTable;
use super::term::{Side, Term};
use super::{DimensionSums, Dimensions, Item, Lean, registers, sorted};
use crate::day::Day;
use crate::details::{Field, PLOVER};
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::kind::{DurationClass, Kind};
use crate::relations::{Direction, Pair};
use crate::rulebook::{Rulebook, Weight};

/// The most terms that are added one by one.
pub(super) const FEW: usize = 8;

/// Computes the sums of every direction and dimension.
pub(super) fn build(
    pair: Pair,
    (items, dedup): (&[Item<'_>], &DailyDedup<'_>),
    bands: &Bands,
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> Dimensions {
    let mut terms: [[Vec<Term>; 6]; 2] = Default::default();
    for (place, item) in items.iter().enumerate() {
        for direction in Direction::BOTH {
            if item.act.kind.is_machine_coded() && !dedup.keeps(item, direction, place) {
                continue;
            }
            let all = &mut terms[direction.index()];
            let add = |weighed: usize, term| all[weighed].push(term);
            each(pair, (item, place), direction, (regimes, rules), add);
        }
    }
    let mut sums = Dimensions::default();
    for direction in Direction::BOTH {
        let takeovers = regimes.of_object(direction).takeovers();
        for weighed in Weighed::ALL {
            let own = std::mem::take(&mut terms[direction.index()][weighed.index()]);
            let band = &*bands[direction.index()][weighed.index()];
            let context = (takeovers, (direction, weighed), band);
            sums[direction.index()][weighed.index()] = dimension(own, items, context, rules);
        }
    }
    sums
}

/// Arranges the terms of a dimension.
fn dimension(
    mut terms: Vec<Term>,
    items: &[Item<'_>],
    (takeovers, (direction, weighed), band): (&[Takeover], (Direction, Weighed), &BandSteps),
    rules: &Rulebook,
) -> Lean<DimensionSums> {
    terms.sort_by_cached_key(|term| (term.from, items[term.item as usize].event, term.side));
    let mut people = terms.iter().filter(|term| !term.side.machine);
    let first = people.clone().next().map(|term| term.from);
    let known = [first, band.first()].into_iter().flatten().min();
    let (mut groups_end, mut ends) = (false, Vec::new());
    let released = if weighed == Weighed::Threat {
        (groups_end, ends) = disbanded(items, direction, (known, rules));
        after_groups(&ends, &terms)
    } else {
        let warm = people.clone().filter(|term| !term.side.strain);
        let days = sorted(warm.map(|term| term.from));
        days.into_iter().map(|day| (day, day.next())).collect()
    };
    let recent = people.by_ref().map(|term| (term.from, term.fade));
    let silence = Silence::new(recent, rules.dimension(weighed).stale_days);
    let disputed = |item: u32| items[item as usize].disputed;
    let machine = terms.iter().filter(|term| term.side.machine);
    let leads = machine.map(|term| (term.from, term.item));
    let leads = sorted(leads).into_iter().map(|(from, _)| from).collect();
    if terms.is_empty() && takeovers.is_empty() && known.is_none() && !groups_end {
        return Lean::default();
    }
    Lean::new(DimensionSums {
        evidence: Evidence::new(&terms, disputed),
        table: MassTable::new(&terms, takeovers.to_vec(), rules),
        breaks: breaks(&terms, (takeovers, &released)),
        terms,
        known,
        leads,
        groups_end,
        disbanded: ends,
        released,
        silence,
    })
}

/// Returns whether an armed group that threatened the subject of a direction ended, and the ends
/// since a threat is known, in order of days.
fn disbanded(
    items: &[Item<'_>],
    direction: Direction,
    (known, rules): (Option<Day>, &Rulebook),
) -> (bool, Vec<(Day, EventId)>) {
    let ends = items.iter().filter(|item| {
        let disbanded = item.act.kind == Kind::GroupDisbanded && item.acts(direction);
        disbanded && rules.moves_ladders(item.grade)
    });
    let ends: Vec<(Day, EventId)> = ends.map(|item| (item.earliest, item.event)).collect();
    let is_known = |day: Day| known.is_some_and(|known| known <= day);
    let any = !ends.is_empty();
    let ends = ends.into_iter().filter(|(day, _)| is_known(*day));
    (any, sorted(ends))
}

/// Returns the spans on which a threat may fall to none: from the end of each group until there is
/// evidence by people of a threat again; the day alone, if there is some on it. The terms are in
/// order of days.
fn after_groups(disbanded: &[(Day, EventId)], terms: &[Term]) -> Vec<(Day, Day)> {
    let span = |(day, _): &(Day, EventId)| {
        let begun = terms.partition_point(|term| term.from < *day);
        let mut later = terms[begun..].iter();
        let next = later.find(|term| term.side.strain && !term.side.machine);
        let next = next.map_or(Day::MAX, |term| term.from);
        (*day, next.max(day.next()))
    };
    disbanded.iter().map(span).collect()
}

/// Calls a function with the terms of an item and their dimensions, by [`Weighed::index`]: in full in
/// the direction of its act, and the mutual share in the other. A mission or envoy between other
/// states has none.
pub(super) fn each(
    pair: Pair,
    (item, place): (&Item<'_>, usize),
    direction: Direction,
    (regimes, rules): (&Regimes<'_>, &Rulebook),
    mut add: impl FnMut(usize, Term),
) {
    let (share, trust) = (u64::from(share(item, direction, rules)), trust(item, rules));
    let Ok(number) = u32::try_from(place) else {
        return;
    };
    if share == 0 || trust == 0 || !registers::of_pair(pair, &item.act.details) {
        return;
    }
    let (from, fade) = span(item, regimes);
    for (weighed, weight) in weights(item, rules).into_iter().enumerate() {
        for (strain, weight) in [(false, weight.warmth), (true, weight.strain)] {
            let mass = u64::from(weight) * trust * share / 1000;
            if mass > 0 {
                let term = Term {
                    item: number,
                    from,
                    fade,
                    mass,
                    class: item.act.kind.class(),
                    memory: rules.kind(item.act.kind).memory as u8,
                    side: Side {
                        strain,
                        machine: item.act.kind.is_machine_coded(),
                    },
                };
                add(weighed, term);
            }
        }
    }
}

impl DimensionSums {
    /// Adds terms. To a threat after the end of a group, only together with
    /// [`Lean::set_structure`].
    pub(super) fn add(
        &mut self,
        mut own: Vec<Term>,
        events: &[(EventId, bool)],
        (weighed, rules): (Weighed, &Rulebook),
    ) {
        own.sort_by_key(|term| (term.item, term.side));
        if own.len() > FEW {
            return self.add_many(&own, events, (weighed, rules));
        }
        for own in own.chunk_by(|term, next| term.item == next.item) {
            self.add_event(own, events, (weighed, rules));
        }
    }

    /// Adds many terms, at a cost that does not grow with their number times that of the others.
    fn add_many(
        &mut self,
        own: &[Term],
        events: &[(EventId, bool)],
        (weighed, rules): (Weighed, &Rulebook),
    ) {
        self.terms.extend_from_slice(own);
        let event = |term: &Term| events[term.item as usize];
        self.terms
            .sort_by_key(|term| (term.from, event(term).0, term.side));
        self.evidence = Evidence::new(&self.terms, |item| events[item as usize].1);
        self.table.add(own, rules);
        for own in own.chunk_by(|term, next| term.item == next.item) {
            self.note(own, (weighed, rules));
        }
        self.breaks = breaks(&self.terms, (&self.table.takeovers, &self.released));
    }

    /// Notes the terms of an event as a lead or as evidence by people.
    fn note(&mut self, own: &[Term], (weighed, rules): (Weighed, &Rulebook)) {
        let Some(term) = own.first() else { return };
        let day = term.from;
        if term.side.machine {
            let place = self.leads.partition_point(|lead| *lead <= day);
            return self.leads.insert(place, day);
        }
        self.known = Some(self.known.map_or(day, |known| known.min(day)));
        let stale_days = rules.dimension(weighed).stale_days;
        self.silence.add((day, term.fade), stale_days);
        if own.iter().any(|term| !term.side.strain) && weighed != Weighed::Threat {
            insert(&mut self.released, (day, day.next()));
        }
    }

    /// Removes the terms of a machine-coded row.
    pub(super) fn remove(&mut self, own: &[Term], events: &[(EventId, bool)]) {
        let Some(term) = own.first() else { return };
        let (event, disputed) = events[term.item as usize];
        let is_before =
            |other: &Term| (other.from, events[other.item as usize].0) < (term.from, event);
        let place = self.terms.partition_point(is_before);
        self.terms.drain(place..place + own.len());
        self.evidence.remove(term, disputed);
        for term in own {
            self.table.remove(term);
        }
        if let Ok(place) = self.leads.binary_search(&term.from) {
            self.leads.remove(place);
        }
    }

    /// Adds the terms of an event.
    fn add_event(
        &mut self,
        own: &[Term],
        events: &[(EventId, bool)],
        (weighed, rules): (Weighed, &Rulebook),
    ) {
        let Some(term) = own.first() else { return };
        let (event, disputed) = events[term.item as usize];
        let day = term.from;
        let is_before = |other: &Term| {
            let order = other.from.cmp(&day);
            order
                .then_with(|| events[other.item as usize].0.cmp(&event))
                .is_lt()
        };
        let place = self.terms.partition_point(is_before);
        let is_first = place == 0 && self.breaks.first().is_none_or(|first| day < *first);
        self.terms.splice(place..place, own.iter().copied());
        self.evidence.add(own, disputed);
        self.table.add(own, rules);
        self.note(own, (weighed, rules));
        if is_first {
            let takeovers = &self.table.takeovers;
            self.breaks = breaks(&self.terms, (takeovers, &self.released));
            return;
        }
        for day in [day, term.fade] {
            if day != Day::MAX {
                insert(&mut self.breaks, day);
            }
        }
    }
}

impl Lean<DimensionSums> {
    /// Finds the first day of evidence by people, or of a limit.
    pub(super) fn set_known(&mut self, band: &BandSteps) {
        let mut people = self.terms.iter().filter(|term| !term.side.machine);
        let first = people.next().map(|term| term.from);
        let known = [first, band.first()].into_iter().flatten().min();
        if self.known != known {
            self.known = known;
        }
    }

    /// Takes over what depends on the structural items, once all terms are added. Returns the first
    /// day on which a level may rise that could not before, or could before.
    pub(super) fn set_structure(
        &mut self,
        items: &[Item<'_>],
        (direction, weighed): (Direction, Weighed),
        band: &BandSteps,
        rules: &Rulebook,
    ) -> Option<Day> {
        self.set_known(band);
        if weighed != Weighed::Threat {
            return None;
        }
        let (groups_end, ends) = disbanded(items, direction, (self.known, rules));
        let released = after_groups(&ends, &self.terms);
        let days = [
            first_of_difference(&self.released, &released),
            first_of_difference(&self.disbanded, &ends),
        ];
        let first = days.into_iter().flatten().min();
        if self.groups_end != groups_end {
            self.groups_end = groups_end;
        }
        if first.is_some() {
            (self.released, self.disbanded) = (released, ends);
            self.breaks = breaks(&self.terms, (&self.table.takeovers, &self.released));
        }
        first
    }
}

/// Inserts a value into values in order, unless it is there.
fn insert<T: Ord>(values: &mut Vec<T>, value: T) {
    if let Err(place) = values.binary_search(&value) {
        values.insert(place, value);
    }
}

/// Returns the day from which an item weighs, and the day from which it fades.
///
/// A condition holds from its first day. Any other act was on one day of its date, or on several:
/// it weighs from the middle day, by which it is as likely as not to have been; from the first, if
/// the date has an open beginning. Without an end, it was on its first day. Acts of an authority,
/// and towards it, end with its rule.
fn span(item: &Item<'_>, regimes: &Regimes<'_>) -> (Day, Day) {
    let (earliest, last) = (item.earliest, last_day(item, regimes));
    let lasts = item.act.kind.class() == DurationClass::Condition;
    if earliest == last || earliest.is_open() || lasts {
        return (earliest, last);
    }
    let middle = earliest.plus(item.latest.since(earliest) / 2);
    (middle.min(last), last)
}

/// Returns the share of an item's weight that counts in a direction, in thousandths: all for the
/// side that acts, the mutual share for the side acted upon, and of an organisation's act the
/// rulebook's share for its members.
pub(super) fn share(item: &Item<'_>, direction: Direction, rules: &Rulebook) -> u32 {
    let share = if item.acts(direction) {
        1000
    } else if item.acts(direction.reverse()) {
        rules.kind(item.act.kind).mutual
    } else {
        0
    };
    match item.via(item.acting(direction)) {
        Some(_) => share * rules.via / 1000,
        None => share,
    }
}

/// Returns the share of an item's weight that its grade and a dispute leave, in thousandths.
pub(super) fn trust(item: &Item<'_>, rules: &Rulebook) -> u64 {
    rules.grade_weight(item.grade) * u64::from(1000 - item.denied.min(1000)) / 1000
}

/// Returns the weights of an item's kind, or of its code, by dimension.
pub(super) fn weights(item: &Item<'_>, rules: &Rulebook) -> [Weight; 6] {
    if item.act.kind != Kind::Coded {
        return rules.kind(item.act.kind).weights(&item.act.details);
    }
    let code = item.act.details.text(Field::Plover);
    let rule = code
        .and_then(|code| PLOVER.iter().position(|event| *event == code))
        .and_then(|place| rules.coded.get(place));
    rule.copied().unwrap_or_default()
}

/// Returns the days on which a term begins or begins to fade, an authority changes, or a level may
/// rise. Between them every sum only fades.
fn breaks(terms: &[Term], (takeovers, released): (&[Takeover], &[(Day, Day)])) -> Vec<Day> {
    let Some(first) = terms.first().map(|term| term.from) else {
        return Vec::new();
    };
    let mut breaks: Vec<Day> = terms.iter().map(|term| term.from).collect();
    breaks.dedup();
    let begun = breaks.len();
    let spans = terms.iter().filter(|term| !term.is_plain());
    breaks.extend(spans.map(|term| term.fade));
    breaks.extend(takeovers.iter().map(|takeover| takeover.day));
    breaks.extend(released.iter().map(|(day, _)| *day));
    breaks[begun..].sort_unstable();
    // Two sorted runs, which a stable sort merges.
    breaks.sort();
    breaks.dedup();
    breaks.retain(|day| *day >= first && *day != Day::MAX);
    breaks
}
