//! Bounds of a dimension's sums, advanced from day to day.
//!
//! An exact sum visits every weight. When bounds are advanced, all fading weights are multiplied by
//! one factor, and only weights that begin or end on the way are visited. The bounds include the
//! errors of the decay table and of all roundings; they are as good as the sum itself, except on
//! the few days on which a level is about to be crossed.
//!
//! Let `e(age) = 2^30 · 2^(-age / half_life)`. The table holds `left(age)`, with `left - 1/5 < e <
//! left + 1.01`, for ages before its end; there `e` is `2^30 / 4096`. The amount that is advanced
//! is `E = Σ mass · e(age) / 2^30`, in fractions of a millionth: in `d` days it falls by the factor
//! `e(d) / 2^30`, regardless of its parts.

mod amount;

use super::index::{self, Reading};
use super::sums::{MassTable, Sums};
use super::term::Term;
use crate::day::Day;
use crate::decay::{Decay, HALF_LIVES};
use crate::dimension::Weighed;
use crate::rulebook::Rulebook;
use amount::Amount;

/// The maximum total of all weights, in millionths, for which products cannot overflow. Above it
/// there are no bounds, and every day is summed.
const TOTAL_MAX: u64 = 1 << 60;

/// Takes the value that is bounded from a reading.
type ValueOf = fn(Reading, Weighed) -> i64;

/// A transition of a weight that is not plain. Those in which a weight begins come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Transition {
    /// It counts from now until it is closed.
    Opens,
    /// It is closed.
    Closes,
    /// It counts from now until it fades.
    Begins,
    /// It begins to fade.
    Fades,
    /// It is at the end of the decay table.
    Ends,
}

/// The weights of a dimension, in order of their transitions.
#[derive(Debug)]
pub(super) struct SumBounds<'a> {
    table: &'a MassTable,
    weighed: Weighed,
    rules: &'a Rulebook,
    decay: &'a Decay,
    /// In order of days, then transitions.
    transitions: Vec<(Day, Transition, Term)>,
    is_bounded: bool,
    /// The maximum number of times that a sum is rounded.
    roundings: u64,
}

/// The state of one of the four sums.
#[derive(Clone, Copy, Debug, Default)]
struct SideBounds {
    /// The exact total of weights that stand, in millionths.
    stands: u64,
    /// Weights that count in full until they fade: their masses, and the rest after changes of
    /// authority.
    held: u64,
    holds: Amount,
    /// Weights that fade: their masses, and the rest.
    fading: u64,
    fades: Amount,
    /// The indices of the next day of plain weights to begin, and of the next to end.
    begins: u32,
    ends: u32,
    /// The total mass of weights that have ended.
    ended: u64,
}

/// The bounds of a day: a position in [`SumBounds`].
#[derive(Clone, Copy, Debug)]
pub(super) struct BoundsCursor {
    day: Day,
    parts: [SideBounds; 4],
    transition: usize,
    takeover: usize,
}

impl<'a> SumBounds<'a> {
    pub(super) fn new(table: &'a MassTable, weighed: Weighed, rules: &'a Rulebook) -> Self {
        let decay = &rules.dimension(weighed).decay;
        let mut transitions = Vec::with_capacity(3 * table.spans.len());
        for term in &table.spans {
            if term.stands() {
                transitions.push((term.from, Transition::Opens, *term));
                transitions.push((term.until, Transition::Closes, *term));
            } else {
                transitions.push((term.from, Transition::Begins, *term));
                transitions.push((term.fade, Transition::Fades, *term));
                transitions.push((term.fade.plus(decay.span()), Transition::Ends, *term));
            }
        }
        transitions.sort_unstable_by_key(|(day, transition, _)| (*day, *transition));
        let exact = table.days.iter().flatten().map(|(_, mass)| *mass);
        let total = exact.chain(table.spans.iter().map(|term| term.mass));
        let total = total.fold(0u64, u64::saturating_add);
        // A weight that fades from the open beginning has no age.
        let is_open = table.days.iter().flatten().any(|(from, _)| from.is_open());
        let regimes = table.takeovers.len() + 1;
        let roundings = (table.spans.len() + regimes) * regimes;
        Self {
            table,
            weighed,
            rules,
            decay,
            transitions,
            is_bounded: total <= TOTAL_MAX && !is_open,
            roundings: u64::try_from(roundings).unwrap_or(u64::MAX),
        }
    }

    /// Returns a cursor at the open beginning.
    pub(super) fn begin(&self) -> BoundsCursor {
        let mut cursor = BoundsCursor {
            day: Day::MIN,
            parts: [SideBounds::default(); 4],
            transition: 0,
            takeover: 0,
        };
        if self.is_bounded {
            self.step(&mut cursor, Day::MIN, Day::MIN);
        }
        cursor
    }

    /// Advances to the end of a day.
    pub(super) fn advance(&self, cursor: &mut BoundsCursor, to: Day) {
        if !self.is_bounded {
            cursor.day = to;
            return;
        }
        // From one change of authority to the next; it applies before all else of its day.
        let takeovers = &self.table.takeovers;
        while let Some(takeover) = takeovers.get(cursor.takeover).filter(|next| next.day <= to) {
            cursor.takeover += 1;
            if takeover.day.is_open() {
                continue;
            }
            self.advance_within(cursor, takeover.day.prev());
            for part in &mut cursor.parts {
                part.holds = part.holds.carried(self.table.carry_over, 1);
                part.fades = part.fades.carried(self.table.carry_over, 1);
            }
        }
        self.advance_within(cursor, to);
    }

    /// Advances to the end of a day, without a change of authority, in steps shorter than the decay
    /// table.
    fn advance_within(&self, cursor: &mut BoundsCursor, to: Day) {
        while cursor.day < to {
            if cursor.parts.iter().all(|part| part.fading == 0) {
                let next = self.next(cursor).min(to);
                self.step(cursor, next, next);
            } else {
                let next = cursor.day.plus(self.decay.span() - 1).min(to);
                self.step(cursor, cursor.day, next);
            }
        }
    }

    /// Returns the next day on which a weight begins.
    fn next(&self, cursor: &BoundsCursor) -> Day {
        let parts = cursor.parts.iter().zip(&self.table.days);
        let begins = parts.filter_map(|(part, days)| Some(days.get(part.begins as usize)?.0));
        let transitions = self
            .transitions
            .get(cursor.transition)
            .map(|(day, _, _)| *day);
        begins.chain(transitions).min().unwrap_or(Day::MAX)
    }

    /// Advances by one step: fading weights at once, weights that begin or end on the way from
    /// their own day.
    fn step(&self, cursor: &mut BoundsCursor, from: Day, to: Day) {
        let days = to.since(from);
        for (part, masses) in cursor.parts.iter_mut().zip(&self.table.days) {
            if part.fading > 0 {
                part.fades = part.fades.faded(days, self.decay);
            }
            while let Some((day, mass)) =
                masses.get(part.begins as usize).filter(|next| next.0 <= to)
            {
                part.begins += 1;
                part.fade(*mass, Amount::new(*mass).faded(to.since(*day), self.decay));
            }
            while let Some((day, mass)) = masses.get(part.ends as usize) {
                let end = day.plus(self.decay.span());
                if end > to {
                    break;
                }
                part.ends += 1;
                part.end(*mass, self.last(*mass, *day, (end, to)));
            }
        }
        while let Some((day, transition, term)) = self
            .transitions
            .get(cursor.transition)
            .filter(|next| next.0 <= to)
        {
            cursor.transition += 1;
            let part = &mut cursor.parts[term.side.index()];
            let whole = Amount::new(term.mass);
            let times = || self.table.restarted(term.from, *day);
            match transition {
                Transition::Opens => part.stands += term.mass,
                Transition::Closes => part.stands -= term.mass,
                Transition::Begins => part.hold(term.mass, whole),
                Transition::Fades => {
                    let left = whole.carried(self.table.carry_over, times());
                    part.release(term.mass, left);
                    part.fade(term.mass, left.faded(to.since(*day), self.decay));
                }
                Transition::Ends => {
                    part.end(term.mass, self.last(term.mass, term.from, (*day, to)))
                }
            }
        }
        cursor.day = to;
    }

    /// Returns the rest of a weight on the day on which it ended, decayed to another day.
    fn last(&self, mass: u64, from: Day, (end, to): (Day, Day)) -> Amount {
        let times = self.table.restarted(from, end);
        let left = Amount::new(mass).carried(self.table.carry_over, times);
        left.at_end().faded(to.since(end), self.decay)
    }

    /// Returns a lower and an upper bound of each sum; `None` if there are no bounds.
    fn sums(&self, cursor: &BoundsCursor) -> Option<(Sums, Sums)> {
        let bounds = cursor.parts.map(|part| part.bounds(self.roundings));
        let least = Sums::from(bounds.map(|bounds| bounds.0));
        let greatest = Sums::from(bounds.map(|bounds| bounds.1));
        self.is_bounded.then_some((least, greatest))
    }

    /// Returns bounds of the dimension's value (the index, or the strain of threat) on the cursor's
    /// day.
    pub(super) fn on(&self, cursor: &BoundsCursor, value: ValueOf) -> Option<(i64, i64)> {
        let (least, greatest) = self.sums(cursor)?;
        Some(self.bounds(greatest, least, value))
    }

    /// Returns bounds of the dimension's value on the days of two cursors and all days between them,
    /// without a break after the first: every weight stands, holds or fades all the way, or ends.
    ///
    /// Sums of people's evidence are then `a + b x`, with one factor `x` that falls from day to
    /// day, less the weights that ended. A quotient of such sums is monotonic, so that it lies
    /// between its values at both ends, with and without the weights that ended. If there is
    /// machine-coded evidence, or too little is left to subtract from, the bounds are those of any
    /// sums between those of the ends.
    pub(super) fn between(
        &self,
        (first, last): (&BoundsCursor, &BoundsCursor),
        value: ValueOf,
    ) -> Option<(i64, i64)> {
        let ((from_least, from), (to, to_greatest)) = (self.sums(first)?, self.sums(last)?);
        let roughly = || Some(self.bounds(from, to, value));
        if from.machine_warmth + from.machine_strain > 0 {
            return roughly();
        }
        let slack = |side: usize| {
            let (first, last) = (&first.parts[side], &last.parts[side]);
            let ended = ((last.ended - first.ended) >> HALF_LIVES) + 1;
            let any = first.held + first.fading > 0;
            if any {
                ended + first.slack() + self.roundings
            } else {
                0
            }
        };
        let (warmth, strain) = (slack(0), slack(1));
        if to.warmth < warmth || to.strain < strain {
            return roughly();
        }
        let wide = |(least, greatest): (Sums, Sums)| {
            let least = Sums {
                warmth: least.warmth - warmth,
                strain: least.strain - strain,
                ..least
            };
            let greatest = Sums {
                warmth: greatest.warmth + warmth,
                strain: greatest.strain + strain,
                ..greatest
            };
            self.bounds(greatest, least, value)
        };
        let (first, last) = (wide((from_least, from)), wide((to, to_greatest)));
        Some((first.0.min(last.0), first.1.max(last.1)))
    }

    /// Returns bounds of the value of any sums between two others, from the greatest to the least.
    fn bounds(&self, from: Sums, to: Sums, value: ValueOf) -> (i64, i64) {
        let (from, to) = index::extremes(from, to, self.weighed);
        let value = |sums| value(index::read(sums, self.weighed, self.rules), self.weighed);
        let (from, to) = (value(from), value(to));
        let slack = index::slack(self.rules.dimension(self.weighed));
        (from.min(to) - slack, from.max(to) + slack)
    }
}

impl SideBounds {
    fn hold(&mut self, mass: u64, amount: Amount) {
        self.held += mass;
        self.holds = self.holds.plus(amount);
    }

    fn release(&mut self, mass: u64, amount: Amount) {
        self.held -= mass;
        self.holds = self.holds.minus(amount);
        if self.held == 0 {
            self.holds = Amount::default();
        }
    }

    fn fade(&mut self, mass: u64, amount: Amount) {
        self.fading += mass;
        self.fades = self.fades.plus(amount);
    }

    fn end(&mut self, mass: u64, amount: Amount) {
        self.fading -= mass;
        self.ended += mass;
        self.fades = self.fades.minus(amount);
        if self.fading == 0 {
            self.fades = Amount::default();
        }
    }

    /// The error of the decay table, in millionths: `1.01 / 2^30` of each mass.
    const fn slack(&self) -> u64 {
        (self.fading >> 29) + 1
    }

    /// Returns a lower and an upper bound of the sum.
    fn bounds(&self, roundings: u64) -> (u64, u64) {
        if self.held == 0 && self.fading == 0 {
            return (self.stands, self.stands);
        }
        let (least, greatest) = self.holds.plus(self.fades).whole();
        let least = least.saturating_sub(self.slack() + roundings);
        let greatest = greatest.saturating_add(self.slack());
        (self.stands + least, self.stands.saturating_add(greatest))
    }
}
