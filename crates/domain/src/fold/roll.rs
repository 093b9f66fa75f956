//! Rolling: bounds of a dimension's sums, carried on from day to day.
//!
//! A sum of one day alone takes a look at every weight. Carried on, what fades loses one factor
//! for all, and only what begins or ends on the way is looked at. It is kept with what the decay
//! table and all roundings may come to: bounds that are as good as the sum itself, but on the few
//! days on which a level is about to be crossed.
//!
//! Let `e(age) = 2^30 · 2^(-age / half_life)`. The table holds `left(age)`, with `left - 1/5 < e <
//! left + 1.01`, for ages before its end; there `e` is `2^30 / 4096`. What is carried is
//! `E = Σ mass · e(age) / 2^30`, in fractions of a millionth: from one day to one `d` days later
//! it falls by `e(d)`, whatever its parts are.

use super::index::{self, Reading};
use super::mass::{Mass, Sums};
use super::terms::Term;
use crate::day::Day;
use crate::decay::{Decay, HALF_LIVES};
use crate::dimension::Weighed;
use crate::rulebook::Rulebook;
use amount::Amount;

mod amount;

/// The most that all weights may come to, in millionths, for products to stay within their type;
/// far more than any record. Beyond it nothing is bounded, and every day is summed.
const TOTAL_MAX: u64 = 1 << 60;

/// What happens to a weight that does not simply fade from its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// It begins to stand, until closed.
    Opens,
    /// What stood is closed.
    Closes,
    /// It begins to hold, until it fades.
    Begins,
    /// It begins to fade.
    Fades,
    /// Nothing is left of it.
    Ends,
}

/// The weights of a dimension, in order of what happens to them.
#[derive(Debug)]
pub(super) struct Course<'a> {
    mass: &'a Mass,
    decay: &'a Decay,
    /// By day; first what a weight is in, then out of.
    turns: Vec<(Day, Turn, Term)>,
    is_bounded: bool,
    /// How often a sum is rounded, at most.
    roundings: u64,
}

/// One side of the sums, on the way.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// What stands: exactly, in millionths.
    stands: u64,
    /// What holds until it fades, by whole masses and by what changes of authority left.
    held: u64,
    holds: Amount,
    /// What fades, by whole masses and by what is left.
    fading: u64,
    fades: Amount,
    /// The next day of the mass that begins, and the next that ends.
    begins: u32,
    ends: u32,
    /// Whole masses that have ended so far.
    ended: u64,
}

/// Where a course stands on a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roll {
    day: Day,
    parts: [Part; 4],
    turn: usize,
    restart: usize,
}

impl<'a> Course<'a> {
    pub(super) fn new(mass: &'a Mass, decay: &'a Decay) -> Self {
        let mut turns = Vec::with_capacity(3 * mass.spans.len());
        for term in &mass.spans {
            if term.stands() {
                turns.push((term.from, Turn::Opens, *term));
                turns.push((term.until, Turn::Closes, *term));
            } else {
                turns.push((term.from, Turn::Begins, *term));
                turns.push((term.fade, Turn::Fades, *term));
                turns.push((term.fade.plus(decay.span()), Turn::Ends, *term));
            }
        }
        turns.sort_unstable_by_key(|(day, turn, _)| (*day, *turn));
        let exact = mass.days.iter().flatten().map(|(_, mass)| *mass);
        let total = exact.chain(mass.spans.iter().map(|term| term.mass));
        let total = total.fold(0u64, u64::saturating_add);
        // What fades from the open beginning has no age.
        let is_open = mass.days.iter().flatten().any(|(from, _)| from.is_open());
        let regimes = mass.restarts.len() + 1;
        let roundings = (mass.spans.len() + regimes) * regimes;
        Self {
            mass,
            decay,
            turns,
            is_bounded: total <= TOTAL_MAX && !is_open,
            roundings: u64::try_from(roundings).unwrap_or(u64::MAX),
        }
    }

    /// At the open beginning.
    pub(super) fn begin(&self) -> Roll {
        let mut roll = Roll {
            day: Day::MIN,
            parts: [Part::default(); 4],
            turn: 0,
            restart: 0,
        };
        if self.is_bounded {
            self.step(&mut roll, Day::MIN, Day::MIN);
        }
        roll
    }

    /// Carries on to the end of a day.
    pub(super) fn advance(&self, roll: &mut Roll, to: Day) {
        if !self.is_bounded {
            roll.day = to;
            return;
        }
        // Between changes of authority, which count before all else of their day.
        while let Some(restart) = self
            .mass
            .restarts
            .get(roll.restart)
            .filter(|day| **day <= to)
        {
            roll.restart += 1;
            if restart.is_open() {
                continue;
            }
            self.advance_within(roll, restart.prev());
            for part in &mut roll.parts {
                part.holds = part.holds.carried(self.mass.carry_over, 1);
                part.fades = part.fades.carried(self.mass.carry_over, 1);
            }
        }
        self.advance_within(roll, to);
    }

    /// Carries on to the end of a day, by one authority, in steps shorter than the table.
    fn advance_within(&self, roll: &mut Roll, to: Day) {
        while roll.day < to {
            if roll.parts.iter().all(|part| part.fading == 0) {
                let next = self.next(roll).min(to);
                self.step(roll, next, next);
            } else {
                let next = roll.day.plus(self.decay.span() - 1).min(to);
                self.step(roll, roll.day, next);
            }
        }
    }

    /// The next day on which anything begins.
    fn next(&self, roll: &Roll) -> Day {
        let parts = roll.parts.iter().zip(&self.mass.days);
        let begins = parts.filter_map(|(part, days)| Some(days.get(part.begins as usize)?.0));
        let turns = self.turns.get(roll.turn).map(|(day, _, _)| *day);
        begins.chain(turns).min().unwrap_or(Day::MAX)
    }

    /// What fades is taken at once to the last day; what begins or ends on the way is faded from
    /// its own day on.
    fn step(&self, roll: &mut Roll, from: Day, to: Day) {
        let days = to.since(from);
        for (part, masses) in roll.parts.iter_mut().zip(&self.mass.days) {
            if part.fading > 0 {
                part.fades = part.fades.faded(days, self.decay);
            }
            while let Some((day, mass)) =
                masses.get(part.begins as usize).filter(|next| next.0 <= to)
            {
                part.begins += 1;
                part.fade(*mass, Amount::of(*mass).faded(to.since(*day), self.decay));
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
        while let Some((day, turn, term)) = self.turns.get(roll.turn).filter(|next| next.0 <= to) {
            roll.turn += 1;
            let part = &mut roll.parts[term.side.index()];
            let whole = Amount::of(term.mass);
            let times = || self.mass.restarted(term.from, *day);
            match turn {
                Turn::Opens => part.stands += term.mass,
                Turn::Closes => part.stands -= term.mass,
                Turn::Begins => part.hold(term.mass, whole),
                Turn::Fades => {
                    let left = whole.carried(self.mass.carry_over, times());
                    part.release(term.mass, left);
                    part.fade(term.mass, left.faded(to.since(*day), self.decay));
                }
                Turn::Ends => part.end(term.mass, self.last(term.mass, term.from, (*day, to))),
            }
        }
        roll.day = to;
    }

    /// What a weight of a day came to on the day on which it ended, faded to another day.
    fn last(&self, mass: u64, from: Day, (end, to): (Day, Day)) -> Amount {
        let times = self.mass.restarted(from, end);
        let left = Amount::of(mass).carried(self.mass.carry_over, times);
        left.last().faded(to.since(end), self.decay)
    }

    /// Bounds of the sums: each no less than the first, no more than the second; `None` where
    /// nothing is bounded.
    fn sums(&self, roll: &Roll) -> Option<(Sums, Sums)> {
        let bounds = roll.parts.map(|part| part.bounds(self.roundings));
        let sums = |of: fn((u64, u64)) -> u64| {
            let [warmth, strain, machine_warmth, machine_strain] = bounds.map(of);
            Sums {
                warmth,
                strain,
                machine_warmth,
                machine_strain,
            }
        };
        let bounded = (sums(|bounds| bounds.0), sums(|bounds| bounds.1));
        self.is_bounded.then_some(bounded)
    }

    /// Bounds of a dimension's value on the day of a roll. The value is the index, or the strain
    /// of threat.
    pub(super) fn on(
        &self,
        roll: &Roll,
        weighed: Weighed,
        rules: &Rulebook,
        value: fn(Reading, Weighed) -> i64,
    ) -> Option<(i64, i64)> {
        let (least, greatest) = self.sums(roll)?;
        Some(bounds((greatest, least), weighed, rules, value))
    }

    /// Bounds of a dimension's value on the days of two rolls and on all between them, without a
    /// break after the first: every weight stands, holds or fades all the way, or ends on it.
    ///
    /// People's sums are then `a + b x`, with one factor `x` that falls from day to day, less what
    /// ended. A quotient of such sums only rises or only falls, so that it lies between its ends:
    /// those of sums less all that ended, and of sums with it. Where machines' share is cut, or so
    /// little is left that nothing can be taken off, the bounds are those of sums that are as far
    /// apart as the ends allow.
    pub(super) fn between(
        &self,
        (first, last): (&Roll, &Roll),
        weighed: Weighed,
        rules: &Rulebook,
        value: fn(Reading, Weighed) -> i64,
    ) -> Option<(i64, i64)> {
        let ((from_least, from), (to, to_greatest)) = (self.sums(first)?, self.sums(last)?);
        let roughly = || Some(bounds((from, to), weighed, rules, value));
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
            bounds((greatest, least), weighed, rules, value)
        };
        let (one, other) = (wide((from_least, from)), wide((to, to_greatest)));
        Some((one.0.min(other.0), one.1.max(other.1)))
    }
}

impl Part {
    fn hold(&mut self, mass: u64, amount: Amount) {
        self.held += mass;
        self.holds = self.holds.plus(amount);
    }

    fn release(&mut self, mass: u64, amount: Amount) {
        self.held -= mass;
        self.holds = self.holds.less(amount);
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
        self.fades = self.fades.less(amount);
        if self.fading == 0 {
            self.fades = Amount::default();
        }
    }

    /// How far the table's own rounding may lead, in millionths: `1.01 / 2^30` of each mass.
    const fn slack(&self) -> u64 {
        (self.fading >> 29) + 1
    }

    /// The least and the greatest that a sum may be.
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

/// Bounds of the value of sums that lie between others, from the greatest to the least. Cutting
/// machines' share rounds three times.
fn bounds(
    (from, to): (Sums, Sums),
    weighed: Weighed,
    rules: &Rulebook,
    value: fn(Reading, Weighed) -> i64,
) -> (i64, i64) {
    let (one, other) = index::extremes(from, to, weighed);
    let value = |sums| value(index::read(sums, weighed, rules), weighed);
    let (one, other) = (value(one), value(other));
    let slack = index::slack(3, rules.dimension(weighed));
    (one.min(other) - slack, one.max(other) + slack)
}
