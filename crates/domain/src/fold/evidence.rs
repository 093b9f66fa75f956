//! Evidence: what a dimension rests on, the weightiest first.
//!
//! A state names no more than the first few of it. Of weights that fade from the day on which they
//! begin, those of later days come first where they are as heavy: they are looked at from the last
//! back to where nothing before can weigh as much as what was found.

use super::mass::Mass;
use super::terms::Term;
use super::{Folded, Sum};
use crate::day::Day;
use crate::decay::{Decay, HALF_LIVES};
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::kind::Class;
use crate::routes::Direction;
use crate::rulebook::Rulebook;
use crate::state::{Basis, EVIDENCE_MAX};
use std::cmp::Reverse;

/// An event whose weights fade from the day on which they begin.
#[derive(Clone, Copy, Debug)]
struct Plain {
    /// The day.
    from: Day,
    /// The place of its first term.
    term: usize,
    /// How many of these events are disputed, up to it.
    disputed: u32,
    /// The most that one of them weighs, up to it.
    most: u64,
}

/// What stands in order to be found.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// In order of terms.
    plain: Vec<Plain>,
    /// The least that a term of theirs weighs.
    least: u64,
}

impl Evidence {
    /// Arranges terms, in their order; `disputed` tells of the place of an item.
    pub(super) fn new(terms: &[Term], disputed: impl Fn(u32) -> bool) -> Self {
        let mut plain: Vec<Plain> = Vec::new();
        let mut least = u64::MAX;
        let mut place = 0;
        for own in terms.chunk_by(of_one_event) {
            let (first, term) = (own[0], place);
            place += own.len();
            if !first.is_plain() {
                continue;
            }
            let before = plain.last();
            let (count, most) = before.map_or((0, 0), |before| (before.disputed, before.most));
            let masses = own.iter().map(|term| term.mass);
            least = masses.clone().fold(least, u64::min);
            plain.push(Plain {
                from: first.from,
                term,
                disputed: count + u32::from(disputed(first.item)),
                most: most.max(masses.fold(0, u64::saturating_add)),
            });
        }
        Self { plain, least }
    }

    /// Whether every one of them counts for as long as it is within the decay table, however many
    /// changes of authority there were.
    fn all_count(&self, mass: &Mass) -> bool {
        mass.carried(self.least >> HALF_LIVES, mass.restarts.len()) > 0
    }
}

/// An event's terms stand side by side.
fn of_one_event(one: &Term, next: &Term) -> bool {
    one.item == next.item
}

/// The last day, up to the day asked for, that the evidence of a dimension speaks of.
pub(super) fn last_spoken_of(sum: &Sum, day: Day) -> Option<Day> {
    let plain = &sum.evidence.plain;
    let begun = plain.partition_point(|plain| plain.from <= day);
    let last = begun.checked_sub(1).map(|last| plain[last].from);
    let spans = spans(sum, day).iter().map(|term| {
        if term.stands() {
            term.from
        } else {
            term.fade.min(day)
        }
    });
    spans.chain(last).max()
}

/// The weights that have begun by a day and do not simply fade.
fn spans(sum: &Sum, day: Day) -> &[Term] {
    let spans = &sum.mass.spans;
    &spans[..spans.partition_point(|term| term.from <= day)]
}

/// The weightiest evidence of a dimension on a day.
pub(super) fn weights(
    folded: &Folded,
    direction: Direction,
    weighed: Weighed,
    day: Day,
    rules: &Rulebook,
) -> Basis {
    let sum = folded.sum(direction, weighed);
    let mut found = Found {
        folded,
        sum,
        decay: &rules.dimension(weighed).decay,
        day,
        basis: Basis::default(),
        first: Vec::new(),
        least: None,
    };
    for own in spans(sum, day).chunk_by(of_one_event) {
        let first = own[0];
        if found.add(own) {
            found.basis.uncertain |= first.class == Class::Point && day < first.fade;
        }
    }
    found.add_plain();
    if found.basis.count == 0 {
        found.add_gone();
    }
    found.name()
}

/// What was found so far.
struct Found<'a> {
    folded: &'a Folded,
    sum: &'a Sum,
    decay: &'a Decay,
    day: Day,
    basis: Basis,
    /// What is left of an event, and its place among the items; the first ones among them.
    first: Vec<(u64, u32)>,
    /// What is left of the last of the first ones, once there are as many.
    least: Option<u64>,
}

impl Found<'_> {
    /// Counts an event by its terms; says whether anything is left of it.
    fn add(&mut self, own: &[Term]) -> bool {
        let counts = self.weigh(own);
        if counts {
            let disputed = self.event(own[0].item).is_some_and(|event| event.1);
            self.basis.count += 1;
            self.basis.disputed |= disputed;
        }
        counts
    }

    /// Puts an event in its place, if anything is left of it.
    fn weigh(&mut self, own: &[Term]) -> bool {
        let left = own
            .iter()
            .map(|term| self.sum.mass.left(term, self.day, self.decay));
        let left: u64 = left.sum();
        if left > 0 && self.least.is_none_or(|least| least <= left) {
            self.first.push((left, own[0].item));
            if self.first.len() >= 2 * EVIDENCE_MAX {
                self.cut();
            }
        }
        left > 0
    }

    /// Adds what fades from the day on which it begins, from the last to the first.
    fn add_plain(&mut self) {
        let sum = self.sum;
        let plain = &sum.evidence.plain;
        let begun = &plain[..plain.partition_point(|plain| plain.from <= self.day)];
        let all_count = sum.evidence.all_count(&sum.mass) && !self.day.is_open();
        let oldest = self.day.plus(-self.decay.span());
        let over = begun.partition_point(|plain| all_count && plain.from <= oldest);
        if all_count {
            let disputed = |upto: usize| upto.checked_sub(1).map_or(0, |at| begun[at].disputed);
            self.basis.count += begun.len() - over;
            self.basis.disputed |= disputed(begun.len()) > disputed(over);
        }
        for plain in begun[over..].iter().rev() {
            let terms = &sum.terms[plain.term..];
            let Some(own) = terms.chunk_by(of_one_event).next() else {
                continue;
            };
            if !all_count {
                self.add(own);
                continue;
            }
            let left = u128::from(self.decay.left(self.day.since(plain.from)));
            let most = (u128::from(plain.most) * left) >> 30;
            if self.least.is_some_and(|least| most < u128::from(least)) {
                break;
            }
            self.weigh(own);
        }
    }

    /// Nothing is left: it rests on what there was, the latest first.
    fn add_gone(&mut self) {
        let terms = &self.sum.terms;
        let begun = &terms[..terms.partition_point(|term| term.from <= self.day)];
        let gone = begun.chunk_by(of_one_event);
        self.basis.count = gone.clone().count();
        let latest = gone.rev().take(EVIDENCE_MAX).map(|own| own[0].item);
        self.first
            .extend((0..EVIDENCE_MAX as u64).rev().zip(latest));
    }

    fn event(&self, item: u32) -> Option<(EventId, bool)> {
        self.folded.events.get(usize::try_from(item).ok()?).copied()
    }

    /// Keeps no more than are named.
    fn cut(&mut self) {
        let mut first = std::mem::take(&mut self.first);
        let rank = |(left, item): &(u64, u32)| (Reverse(*left), self.event(*item));
        if first.len() > EVIDENCE_MAX {
            first.select_nth_unstable_by_key(EVIDENCE_MAX - 1, rank);
            first.truncate(EVIDENCE_MAX);
            self.least = first.last().map(|(left, _)| *left);
        }
        self.first = first;
    }

    fn name(mut self) -> Basis {
        self.cut();
        let mut first = std::mem::take(&mut self.first);
        first.sort_unstable_by_key(|(left, item)| (Reverse(*left), self.event(*item)));
        let events = first.iter().filter_map(|(_, item)| self.event(*item));
        self.basis.evidence = events.map(|(event, _)| event).collect();
        self.basis
    }
}
