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

use super::sums::{MassTable, Sums};
use super::term::Term;
use crate::day::Day;
use crate::decay::Decay;
use crate::rulebook::{MEMORIES, Rulebook};
use amount::Amount;

/// The maximum total of all weights, in millionths, for which products cannot overflow. Above it
/// there are no bounds, and every day is summed.
const TOTAL_MAX: u64 = 1 << 60;

/// A transition of a weight that is not plain. Those in which a weight begins come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Transition {
    /// It counts from now until it fades.
    Begins,
    /// It begins to fade.
    Fades,
    /// It is at the end of the decay table.
    Ends,
}

/// The transitions of weights that are not plain, in order of days, then transitions.
pub(super) type Transitions = Vec<(Day, Transition, Term)>;

/// The weights of a dimension, for bounds of their sums.
#[derive(Debug)]
pub(super) struct SumBounds<'a> {
    table: &'a MassTable,
    rules: &'a Rulebook,
    is_bounded: bool,
    /// The maximum number of times that a sum is rounded.
    roundings: u64,
}

/// The state of one of the four sums.
#[derive(Clone, Copy, Debug, Default)]
struct SideBounds {
    /// Weights that count in full until they fade: their masses, and the same as an amount.
    held: u64,
    holds: Amount,
    /// Weights that fade: their masses, and the rest after changes of authority.
    fading: u64,
    fades: Amount,
    /// The indices of the next day of plain weights to begin, and of the next to end.
    begins: u32,
    ends: u32,
}

/// The bounds of a day: a position in [`SumBounds`].
#[derive(Clone, Copy, Debug)]
pub(super) struct BoundsCursor {
    day: Day,
    /// By class of memory, then by side.
    parts: [[SideBounds; 4]; MEMORIES],
    transition: usize,
    takeover: usize,
}

impl<'a> SumBounds<'a> {
    pub(super) fn new(table: &'a MassTable, rules: &'a Rulebook) -> Self {
        let regimes = table.takeovers.len() + 1;
        let roundings = (table.spans.len() + MEMORIES * regimes) * regimes;
        Self {
            table,
            rules,
            // A weight that fades from the open beginning has no age.
            is_bounded: table.total <= TOTAL_MAX && !table.is_open,
            roundings: u64::try_from(roundings).unwrap_or(u64::MAX),
        }
    }

    /// Returns a cursor to advance to a day: that of the table, if the day is not before it, or else
    /// one at the open beginning.
    pub(super) fn begin(&self, to: Day) -> BoundsCursor {
        let kept = self.table.cursor.as_deref().filter(|kept| kept.day <= to);
        if let Some(kept) = kept {
            return *kept;
        }
        let mut cursor = BoundsCursor {
            day: Day::MIN,
            parts: [[SideBounds::default(); 4]; MEMORIES],
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
            for part in cursor.parts.as_flattened_mut() {
                part.fades = part.fades.carried(self.table.carry_over, 1);
            }
        }
        self.advance_within(cursor, to);
    }

    /// Advances to the end of a day, without a change of authority, in steps shorter than any decay
    /// table.
    fn advance_within(&self, cursor: &mut BoundsCursor, to: Day) {
        let spans = self.rules.memory.iter().map(|memory| memory.decay.span());
        let shortest = spans.min().unwrap_or(1);
        while cursor.day < to {
            let mut parts = cursor.parts.as_flattened().iter();
            if parts.all(|part| part.fading == 0) {
                let next = self.next(cursor).min(to);
                self.step(cursor, next, next);
            } else {
                let next = cursor.day.plus(shortest - 1).min(to);
                self.step(cursor, cursor.day, next);
            }
        }
    }

    /// Returns the next day on which a weight begins.
    fn next(&self, cursor: &BoundsCursor) -> Day {
        let parts = cursor.parts.as_flattened().iter();
        let parts = parts.zip(self.table.days.as_flattened());
        let begins = parts.filter_map(|(part, days)| Some(days.get(part.begins as usize)?.0));
        let transitions = self
            .table
            .transitions
            .get(cursor.transition)
            .map(|(day, _, _)| *day);
        begins.chain(transitions).min().unwrap_or(Day::MAX)
    }

    /// Advances by one step: fading weights at once, weights that begin or end on the way from
    /// their own day.
    fn step(&self, cursor: &mut BoundsCursor, from: Day, to: Day) {
        let days = to.since(from);
        let classes = cursor.parts.iter_mut().zip(&self.table.days);
        for ((parts, masses), memory) in classes.zip(&self.rules.memory) {
            for (part, masses) in parts.iter_mut().zip(masses) {
                self.step_plain(part, masses, &memory.decay, (days, to));
            }
        }
        while let Some((day, transition, term)) = self
            .table
            .transitions
            .get(cursor.transition)
            .filter(|next| next.0 <= to)
        {
            cursor.transition += 1;
            let decay = &self.rules.memory[term.memory].decay;
            let part = &mut cursor.parts[term.memory][term.side.index()];
            let whole = Amount::new(term.mass);
            match transition {
                Transition::Begins => part.hold(term.mass, whole),
                Transition::Fades => {
                    part.release(term.mass, whole);
                    part.fade(term.mass, whole.faded(to.since(*day), decay));
                }
                Transition::Ends => {
                    part.end(
                        term.mass,
                        self.last(decay, term.mass, term.fade, (*day, to)),
                    );
                }
            }
        }
        cursor.day = to;
    }

    /// Advances the plain weights of one class and side by some days, to a day.
    fn step_plain(
        &self,
        part: &mut SideBounds,
        masses: &[(Day, u64)],
        decay: &Decay,
        (days, to): (i32, Day),
    ) {
        if part.fading > 0 {
            part.fades = part.fades.faded(days, decay);
        }
        while let Some((day, mass)) = masses.get(part.begins as usize).filter(|next| next.0 <= to) {
            part.begins += 1;
            part.fade(*mass, Amount::new(*mass).faded(to.since(*day), decay));
        }
        while let Some((day, mass)) = masses.get(part.ends as usize) {
            let end = day.plus(decay.span());
            if end > to {
                break;
            }
            part.ends += 1;
            part.end(*mass, self.last(decay, *mass, *day, (end, to)));
        }
    }

    /// Returns the rest of a weight on the day on which it ended, decayed to another day.
    fn last(&self, decay: &Decay, mass: u64, fade: Day, (end, to): (Day, Day)) -> Amount {
        let times = self.table.restarted(fade, end);
        let left = Amount::new(mass).carried(self.table.carry_over, times);
        left.at_end().faded(to.since(end), decay)
    }

    /// Returns a lower and an upper bound of each sum; `None` if there are no bounds.
    pub(super) fn sums(&self, cursor: &BoundsCursor) -> Option<(Sums, Sums)> {
        let (mut least, mut greatest) = ([0u64; 4], [0u64; 4]);
        for parts in &cursor.parts {
            for (side, part) in parts.iter().enumerate() {
                let bounds = part.bounds(self.roundings);
                least[side] += bounds.0;
                greatest[side] = greatest[side].saturating_add(bounds.1);
            }
        }
        self.is_bounded.then_some((least.into(), greatest.into()))
    }

    /// Returns bounds of the sums on the days of two cursors and all days between them, without a
    /// break after the first: every weight holds or fades all the way, so that each sum only falls.
    pub(super) fn between(
        &self,
        (first, last): (&BoundsCursor, &BoundsCursor),
    ) -> Option<(Sums, Sums)> {
        let ((_, greatest), (least, _)) = (self.sums(first)?, self.sums(last)?);
        Some((least, greatest))
    }
}

impl BoundsCursor {
    /// The day whose end it is at.
    pub(super) const fn day(&self) -> Day {
        self.day
    }
}

impl Transition {
    /// Returns the transitions of a weight, with their days.
    pub(super) fn of(term: &Term, rules: &Rulebook) -> [(Day, Self, Term); 3] {
        let span = rules.memory[term.memory].decay.span();
        [
            (term.from, Self::Begins, *term),
            (term.fade, Self::Fades, *term),
            (term.fade.plus(span), Self::Ends, *term),
        ]
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
            return (0, 0);
        }
        let (least, greatest) = self.holds.plus(self.fades).whole();
        let least = least.saturating_sub(self.slack() + roundings);
        let greatest = greatest.saturating_add(self.slack());
        (least, greatest)
    }
}
