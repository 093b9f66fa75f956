//! Weighed dimensions: what each event counts for, and which do not count.

use super::{Asked, Because, Cited, Ground, Share, Uncounted, Weighing};
use crate::day::Day;
use crate::dimension::{Dimension, Weighed};
use crate::fold::index::Cap;
use crate::fold::registers::End;
use crate::fold::terms::{self, OneADay, Term};
use crate::fold::{Item, Sum, index};
use crate::grade::Grade;
use crate::kind::{Class, Effect};
use crate::level::{Level, Threat};
use std::collections::BTreeMap;

pub(super) fn weighed(asked: Asked<'_>, weighed: Weighed) -> (Ground, Vec<Uncounted>) {
    let Asked {
        folded,
        rules,
        direction,
        at,
        ..
    } = asked;
    let items = asked.in_force();
    let sum = folded.sum(direction, weighed);
    let rule = rules.dimension(weighed);
    let sums = sum.mass.at(at, &rule.decay);
    let cap = Cap::of(sums, weighed, rules);
    let (bounds, levels) = match weighed {
        Weighed::Threat => (
            rules.threat.to_vec(),
            Threat::ALL.iter().map(|level| level.as_str()).collect(),
        ),
        _ => (
            rules.levels.to_vec(),
            Level::ALL.iter().map(|level| level.as_str()).collect(),
        ),
    };
    let shares = shares(asked, weighed, sum, &items, cap);
    let uncounted = uncounted(asked, weighed, sum, &items);
    let weighing = Weighing {
        half_life_days: rule.half_life_days,
        damping: rule.damping,
        bounds,
        levels,
        before: asked.before(Dimension::Weighed(weighed)),
        machine_share: rules.machine_share,
        carry_over: rules.carry_over,
        disputed: rules.disputed,
        sums,
        machine_cap: cap.most,
        reading: index::read(sums, weighed, rules),
        shares,
    };
    (Ground::Weighed(Box::new(weighing)), uncounted)
}

/// A sum in the making: what was added so far, before it is rounded, and after machines' share is
/// cut.
#[derive(Default)]
struct Running {
    /// By how many changes of authority there were since: products of what is rounded together.
    products: BTreeMap<usize, u128>,
    total: i128,
}

impl Running {
    /// Adds a term that stands at `product`, and gives by how much the sum grows.
    fn add(&mut self, product: u128, share: &Share, sum: &Sum, cut: impl Fn(i128) -> i128) -> u64 {
        let whole = |product: u128| {
            let left = u64::try_from(product >> 30).unwrap_or(u64::MAX);
            i128::from(sum.mass.carried(left, share.carried))
        };
        let grown = if share.together {
            let product_before = self.products.entry(share.carried).or_default();
            let before = whole(*product_before);
            *product_before += product;
            whole(*product_before) - before
        } else {
            whole(product)
        };
        let before = cut(self.total);
        self.total += grown;
        u64::try_from(cut(self.total) - before).unwrap_or(u64::MAX)
    }
}

fn shares(
    asked: Asked<'_>,
    weighed: Weighed,
    sum: &Sum,
    items: &[Item<'_>],
    cap: Cap,
) -> Vec<Share> {
    let decay = &asked.rules.dimension(weighed).decay;
    let mut running: [Running; 4] = Default::default();
    let mut shares = Vec::new();
    let counting = |term: &&Term| term.from <= asked.at && asked.at < term.until;
    for term in sum.terms.iter().filter(counting) {
        let age_days = asked.at.since(term.fade).max(0);
        let share = decay.left(age_days);
        let Some(item) = item_of(items, term).filter(|_| share > 0) else {
            continue;
        };
        let weight = terms::weight(item, weighed, asked.rules);
        let mut share = Share {
            cited: Cited::of(item),
            side: term.side,
            weight: if term.side.strain {
                weight.strain
            } else {
                weight.warmth
            },
            trust: asked.rules.grade_weight(item.grade),
            mutual: terms::share(item, asked.direction, asked.rules),
            mass: term.mass,
            age_days,
            decay: share,
            carried: if term.stands() {
                0
            } else {
                sum.mass.restarted(term.from, asked.at)
            },
            together: term.from == term.fade && term.until == Day::MAX,
            left: sum.mass.left(term, asked.at, decay),
            counted: 0,
        };
        let product = u128::from(share.mass) * u128::from(share.decay);
        let ignored = weighed == Weighed::Threat && !share.side.strain;
        let counted = running[term.side.index()].add(product, &share, sum, |mass| {
            if share.side.machine {
                cap.cut(mass)
            } else {
                mass
            }
        });
        if !ignored {
            share.counted = counted;
        }
        if share.left > 0 || share.counted > 0 {
            shares.push(share);
        }
    }
    shares.sort_by_key(|share| {
        let weight = std::cmp::Reverse((share.counted, share.left));
        (weight, share.cited.event, share.side)
    });
    shares
}

fn item_of<'i, 'a>(items: &'i [Item<'a>], term: &Term) -> Option<&'i Item<'a>> {
    items.get(usize::try_from(term.item).ok()?)
}

/// Every event that would weigh in the dimension, and why it does not.
fn uncounted(asked: Asked<'_>, weighed: Weighed, sum: &Sum, items: &[Item<'_>]) -> Vec<Uncounted> {
    let Asked {
        rules, direction, ..
    } = asked;
    let weighs = |item: &Item<'_>| {
        let weight = terms::weight(item, weighed, rules);
        terms::share(item, direction, rules) > 0 && weight.warmth + weight.strain > 0
    };
    let mut counted = vec![None; items.len()];
    for term in &sum.terms {
        let place = usize::try_from(term.item).ok();
        if let Some(slot) = place.and_then(|place| counted.get_mut(place)) {
            *slot = Some(term);
        }
    }
    let once = terms::one_a_day(items, rules);
    let ends = asked.folded.entries.ends(items.len());
    let judge = Judge {
        asked,
        weighed,
        sum,
        items,
        once: &once,
        ends: &ends,
    };
    let mut uncounted: Vec<Uncounted> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| weighs(item))
        .filter_map(|(place, item)| {
            let because = match counted[place] {
                Some(term) => judge.weighed_but_gone(term)?,
                None => judge.not_weighed(place, item),
            };
            Some(Uncounted::of(item, because))
        })
        .collect();
    uncounted.extend(asked.not_governing(items, weighs));
    uncounted.extend(asked.left_out(weighs));
    uncounted
}

struct Judge<'a> {
    asked: Asked<'a>,
    weighed: Weighed,
    sum: &'a Sum,
    items: &'a [Item<'a>],
    once: &'a OneADay<'a>,
    ends: &'a [[Option<End>; 2]],
}

impl Judge<'_> {
    /// Why a term does not count; `None` if it does.
    fn weighed_but_gone(&self, term: &Term) -> Option<Because> {
        let at = self.asked.at;
        if at < term.from {
            return Some(Because::NotYet);
        }
        if at >= term.until {
            return Some(self.ended(term.until, term.ended_by));
        }
        let decay = &self.asked.rules.dimension(self.weighed).decay;
        if self.sum.mass.left(term, at, decay) > 0 {
            return None;
        }
        let product = u128::from(term.mass) * u128::from(decay.left(at.since(term.fade)));
        let faded = product >> 30 == 0;
        let takeover = self
            .sum
            .restarts
            .iter()
            .find(|takeover| term.from < takeover.day && takeover.day <= at);
        Some(match takeover {
            Some(takeover) if !faded => Because::BeforeAuthority {
                by: takeover.event,
                on: takeover.day,
            },
            _ => Because::Faded,
        })
    }

    /// Why an event has no term at all.
    fn not_weighed(&self, place: usize, item: &Item<'_>) -> Because {
        let Asked {
            rules, direction, ..
        } = self.asked;
        if rules.grade_weight(item.grade) == 0 {
            return Because::TooWeak;
        }
        if terms::trust(item, rules) == 0 {
            return Because::Disputed;
        }
        if item.act.kind.is_machine_coded()
            && let Some(other) = self.once.counted(item, direction)
            && other != place
            && let Some(other) = self.items.get(other)
        {
            return Because::Repeated { by: other.event };
        }
        let acting = terms::acting(item, direction);
        match self.ends[place][acting.index()] {
            Some((on, by)) if item.act.kind.class() == Class::Standing => self.ended(on, by),
            _ if !rules.moves_ladders(item.grade) => Because::TooWeak,
            _ => Because::NoEntry,
        }
    }

    fn ended(&self, on: Day, by: Option<u32>) -> Because {
        let by = by.and_then(|by| self.items.get(usize::try_from(by).ok()?));
        match by {
            Some(by) if matches!(by.act.kind.effect(), Effect::Closes(_)) => {
                Because::Closed { by: by.event, on }
            }
            Some(by) => Because::Superseded { by: by.event, on },
            None => Because::NoEntry,
        }
    }
}

/// The weakest grade that moves ladders.
pub(super) fn weakest(rules: &crate::rulebook::Rulebook) -> Grade {
    Grade::from_packed(rules.ladder_source * 6 + rules.ladder_information)
}
