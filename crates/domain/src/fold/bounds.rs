//! Bounds of a dimension's sums, advanced from day to day.
//!
//! An exact sum visits the weights of every day. When bounds are advanced, all fading weights are
//! multiplied by one factor, and only weights that begin to fade or end on the way are visited. The
//! bounds include the errors of the decay table and of all roundings; they are as good as the sum
//! itself, except on the few days on which a level is about to be crossed. Levels are judged by the
//! evidence of people, so machine-coded weights have none.
//!
//! Let `e(age) = 2^30 · 2^(-age / half_life)`. The table holds `left(age)`, with `left - 1/5 < e <
//! left + 1.01`, for ages before its end; there `e` is `2^30 / 4096`. The amount that is advanced
//! is `E = Σ mass · e(age) / 2^30`, in fractions of a millionth: in `d` days it falls by the factor
//! `e(d) / 2^30`, regardless of its parts.

mod amount;
mod spread;

use super::sums::{MassTable, Masses, Sums};
use crate::day::Day;
use crate::decay::Decay;
use crate::rulebook::{MEMORIES, Rulebook};
use amount::Amount;
pub(super) use spread::Spread;

/// The maximum total of all weights, in millionths, for which amounts cannot overflow. Above it
/// there are no bounds, and every day is summed.
const TOTAL_MAX: u64 = u64::MAX >> (amount::BITS + 1);

/// The sums of the evidence of people: warmth and strain.
const SIDES: usize = 2;

/// The weights of a dimension, for bounds of their sums.
#[derive(Debug)]
pub(super) struct SumBounds<'a> {
    table: &'a MassTable,
    rules: &'a Rulebook,
    is_bounded: bool,
    /// The maximum number of times that a sum is rounded.
    roundings: u64,
    /// The days of the shortest decay table.
    shortest: i32,
}

/// The fading weights of one class of memory and side.
#[derive(Clone, Copy, Debug, Default)]
struct Fading {
    /// Their masses, and the rest after changes of authority.
    mass: u64,
    left: Amount,
    /// By table, the index of the next day on which weights begin to fade, and of the next on which
    /// they end.
    next: [[u32; 2]; 2],
}

/// The bounds of a day: a position in [`SumBounds`].
#[derive(Clone, Copy, Debug)]
pub(super) struct BoundsCursor {
    day: Day,
    takeover: u32,
    /// By class of memory, then by side.
    parts: [[Fading; SIDES]; MEMORIES],
}

impl<'a> SumBounds<'a> {
    pub(super) fn new(table: &'a MassTable, rules: &'a Rulebook) -> Self {
        let regimes = table.takeovers.len() + 1;
        let roundings = MEMORIES * regimes * regimes;
        let spans = rules.memory.iter().map(|memory| memory.decay.span());
        Self {
            table,
            rules,
            // A weight that fades from the open beginning has no age.
            is_bounded: table.total <= TOTAL_MAX && !table.is_open,
            roundings: u64::try_from(roundings).unwrap_or(u64::MAX),
            shortest: spans.min().unwrap_or(1),
        }
    }

    pub(super) const fn is_bounded(&self) -> bool {
        self.is_bounded
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
            takeover: 0,
            parts: Default::default(),
        };
        if self.is_bounded {
            self.step(&mut cursor, Day::MIN, Day::MIN);
        }
        cursor
    }

    /// Advances to the end of a day.
    pub(super) fn advance(&self, cursor: &mut BoundsCursor, to: Day) {
        if !self.is_bounded || self.table.total == 0 {
            cursor.day = to;
            return;
        }
        // From one change of authority to the next; it applies before all else of its day.
        let takeovers = &self.table.takeovers;
        while let Some(takeover) = takeovers
            .get(cursor.takeover as usize)
            .filter(|next| next.day <= to)
        {
            cursor.takeover += 1;
            if takeover.day.is_open() {
                continue;
            }
            self.advance_within(cursor, takeover.day.prev());
            for part in cursor.parts.as_flattened_mut() {
                part.left = part.left.carried(self.table.carry_over, 1);
            }
        }
        self.advance_within(cursor, to);
    }

    /// Advances to the end of a day, without a change of authority, in steps shorter than any decay
    /// table.
    fn advance_within(&self, cursor: &mut BoundsCursor, to: Day) {
        while cursor.day < to {
            let mut parts = cursor.parts.as_flattened().iter();
            if parts.all(|part| part.mass == 0) {
                let next = self.next(cursor).min(to);
                self.step(cursor, next, next);
            } else {
                let next = cursor.day.plus(self.shortest - 1).min(to);
                self.step(cursor, cursor.day, next);
            }
        }
    }

    /// Returns the next day on which a weight begins to fade.
    fn next(&self, cursor: &BoundsCursor) -> Day {
        let days = self.masses().filter_map(|(table, masses)| {
            let (class, side) = masses.place();
            let [begins, _] = cursor.parts[class][side].next[table];
            masses.days.get(begins as usize).map(|(day, _)| *day)
        });
        days.min().unwrap_or(Day::MAX)
    }

    /// Iterates over the weights of people's evidence, with the number of their table.
    fn masses(&self) -> impl Iterator<Item = (usize, &'a Masses)> {
        let tables = [&self.table.days, &self.table.fades]
            .into_iter()
            .enumerate();
        let all = tables.flat_map(|(table, fades)| {
            let lists = fades.lists().iter();
            lists.map(move |masses| (table, masses))
        });
        all.filter(|(_, masses)| masses.place().1 < SIDES)
    }

    /// Advances by one step: fading weights at once, weights that begin to fade or end on the way
    /// from their own day.
    fn step(&self, cursor: &mut BoundsCursor, from: Day, to: Day) {
        let days = to.since(from);
        for (class, parts) in cursor.parts.iter_mut().enumerate() {
            let decay = &self.rules.memory[class].decay;
            for part in parts.iter_mut().filter(|part| part.mass > 0) {
                part.left = part.left.faded(days, decay);
            }
        }
        for (table, masses) in self.masses() {
            let (class, side) = masses.place();
            let decay = &self.rules.memory[class].decay;
            let part = &mut cursor.parts[class][side];
            self.step_table(part, (table, &masses.days), decay, to);
        }
        cursor.day = to;
    }

    /// Adds the weights of a table that begin to fade by a day, and removes those that end.
    fn step_table(
        &self,
        part: &mut Fading,
        (table, masses): (usize, &[(Day, u64)]),
        decay: &Decay,
        to: Day,
    ) {
        let [begins, ends] = part.next[table];
        let begun = masses.get(begins as usize..).unwrap_or_default().iter();
        for (day, mass) in begun.take_while(|(day, _)| *day <= to) {
            part.next[table][0] += 1;
            part.begin(*mass, Amount::new(*mass).faded(to.since(*day), decay));
        }
        let ended = masses.get(ends as usize..).unwrap_or_default().iter();
        for (day, mass) in ended {
            let end = day.plus(decay.span());
            if end > to {
                break;
            }
            part.next[table][1] += 1;
            part.end(*mass, self.last(decay, *mass, *day, (end, to)));
        }
    }

    /// Returns the rest of a weight on the day on which it ended, decayed to another day.
    fn last(&self, decay: &Decay, mass: u64, fade: Day, (end, to): (Day, Day)) -> Amount {
        let times = self.table.restarted(fade, end);
        let left = Amount::new(mass).carried(self.table.carry_over, times);
        left.at_end().faded(to.since(end), decay)
    }

    /// Returns a lower and an upper bound of the sums of people's evidence; `None` if there are no
    /// bounds.
    pub(super) fn sums(&self, cursor: &BoundsCursor) -> Option<(Sums, Sums)> {
        if self.table.total == 0 {
            return Some(Default::default());
        }
        let [warmth, strain, ..] = self.table.held.at(cursor.day);
        let (mut least, mut greatest) = ([warmth, strain], [warmth, strain]);
        for parts in &cursor.parts {
            for (side, part) in parts.iter().enumerate() {
                let bounds = part.bounds(self.roundings);
                least[side] += bounds.0;
                greatest[side] = greatest[side].saturating_add(bounds.1);
            }
        }
        let sums = |[warmth, strain]: [u64; SIDES]| Sums {
            warmth,
            strain,
            ..Sums::default()
        };
        self.is_bounded.then(|| (sums(least), sums(greatest)))
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

impl Fading {
    fn begin(&mut self, mass: u64, left: Amount) {
        self.mass += mass;
        self.left = self.left.plus(left);
    }

    fn end(&mut self, mass: u64, left: Amount) {
        self.mass -= mass;
        self.left = self.left.minus(left);
        if self.mass == 0 {
            self.left = Amount::default();
        }
    }

    /// The error of the decay table, in millionths: `1.01 / 2^30` of each mass.
    const fn slack(&self) -> u64 {
        (self.mass >> 29) + 1
    }

    /// Returns a lower and an upper bound of the sum.
    fn bounds(&self, roundings: u64) -> (u64, u64) {
        if self.mass == 0 {
            return (0, 0);
        }
        let (least, greatest) = self.left.whole();
        let least = least.saturating_sub(self.slack() + roundings);
        let greatest = greatest.saturating_add(self.slack());
        (least, greatest)
    }
}
