//! The rationale of a weighed dimension: the part of each event, and the events that do not count.

use super::{Cited, Context, ExclusionReason, Rationale, Share, Uncounted, Weighing};
use crate::dimension::{Dimension, Weighed};
use crate::fold::dedup::DailyDedup;
use crate::fold::index::Cap;
use crate::fold::term::Term;
use crate::fold::terms;
use crate::fold::{DimensionSums, FoldedConduct, Item, index};
use std::collections::BTreeMap;

pub(super) fn weighed(context: Context<'_>, weighed: Weighed) -> (Rationale, Vec<Uncounted>) {
    let Context { conduct, at, .. } = context;
    let rules = conduct.rules;
    let items = context.as_folded();
    let own = &conduct.sums()[weighed.index()];
    let rule = rules.dimension(weighed);
    let sums = own.table.at(at, &rules.memory);
    let cap = Cap::new(sums, weighed, rules);
    let shares = shares(context, weighed, own, &items, cap);
    let uncounted = uncounted(context, weighed, own, &items);
    let reading = index::read(sums, weighed, rules);
    let band = conduct.band(weighed, at);
    let weighing = Weighing {
        damping: rule.damping,
        bounds: rules.bounds(weighed).to_vec(),
        levels: index::level_words(weighed),
        before: context.before(Dimension::Weighed(weighed)),
        machine_share: rules.machine_share,
        carry_over: rules.carry_over,
        disputed: rules.disputed,
        sums,
        machine_cap: cap.most,
        reading,
        band,
        floor_breaks_at: rules.floor_breaks_at,
        kept: match weighed {
            Weighed::Threat => None,
            _ => {
                let people = conduct.pool().reading(weighed, at);
                context.kept(Dimension::Weighed(weighed), people.index)
            }
        },
        limited: if weighed == Weighed::Threat {
            reading.index
        } else {
            conduct.index(weighed, reading, at)
        },
        shares,
    };
    (Rationale::Weighed(Box::new(weighing)), uncounted)
}

/// A sum that is being computed.
#[derive(Default)]
struct Running {
    /// The products that are rounded together, by class of memory and by the number of changes of
    /// authority since.
    products: BTreeMap<(usize, usize), u128>,
    /// The sum before the machines' cap.
    total: i128,
}

impl Running {
    /// Adds a term with this product, and returns the growth of the sum after the cap.
    fn add(
        &mut self,
        (memory, product): (usize, u128),
        share: &Share,
        sums: &DimensionSums,
        cut: impl Fn(i128) -> i128,
    ) -> u64 {
        let whole = |product: u128| {
            let left = u64::try_from(product >> 30).unwrap_or(u64::MAX);
            i128::from(sums.table.carried(left, share.carried))
        };
        let grown = if share.together {
            let product_before = self.products.entry((memory, share.carried)).or_default();
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
    context: Context<'_>,
    weighed: Weighed,
    sums: &DimensionSums,
    items: &[Item<'_>],
    cap: Cap,
) -> Vec<Share> {
    let Context { conduct, at, .. } = context;
    let rules = conduct.rules;
    let mut running: [Running; 4] = Default::default();
    let mut shares = Vec::new();
    for term in sums.terms.iter().filter(|term| term.from <= at) {
        let memory = &rules.memory[usize::from(term.memory)];
        let decay = &memory.decay;
        let age_days = at.since(term.fade).max(0);
        let share = decay.left(age_days);
        let Some(item) = items.get(term.item as usize).filter(|_| share > 0) else {
            continue;
        };
        let weight = terms::weights(item, rules)[weighed.index()];
        let mut share = Share {
            cited: Cited::new(item),
            side: term.side,
            weight: if term.side.strain {
                weight.strain
            } else {
                weight.warmth
            },
            trust: rules.grade_weight(item.grade),
            denied: item.denied.min(1000),
            mutual: terms::share(item, conduct.direction, rules),
            mass: term.mass,
            half_life_days: memory.half_life_days,
            age_days,
            decay: share,
            carried: sums.table.restarted(term.fade, at),
            together: term.fade <= at,
            left: sums.table.left(term, at, &rules.memory),
            counted: 0,
        };
        let product = u128::from(share.mass) * u128::from(share.decay);
        let ignored = weighed == Weighed::Threat && !share.side.strain;
        let counted = running[term.side.index()].add(
            (usize::from(term.memory), product),
            &share,
            sums,
            |mass| {
                if share.side.machine {
                    cap.apply(mass)
                } else {
                    mass
                }
            },
        );
        if !ignored {
            share.counted = counted;
        }
        if share.left > 0 || share.counted > 0 {
            shares.push(share);
        }
    }
    shares.sort_by_cached_key(|share| {
        let weight = std::cmp::Reverse((share.counted, share.left));
        (weight, share.cited.event, share.side)
    });
    shares
}

/// Returns every event of a kind that has weight in the dimension, but does not count.
fn uncounted(
    context: Context<'_>,
    weighed: Weighed,
    sums: &DimensionSums,
    items: &[Item<'_>],
) -> Vec<Uncounted> {
    let FoldedConduct {
        rules, direction, ..
    } = context.conduct;
    let weighs = |item: &Item<'_>| {
        let weight = terms::weights(item, rules)[weighed.index()];
        terms::share(item, direction, rules) > 0 && weight.warmth + weight.strain > 0
    };
    let mut terms: Vec<Option<&Term>> = vec![None; items.len()];
    for term in &sums.terms {
        if let Some(of_item) = terms.get_mut(term.item as usize) {
            *of_item = Some(term);
        }
    }
    let judge = TermJudge {
        context,
        sums,
        items,
        dedup: DailyDedup::new(items, rules),
    };
    let mut uncounted: Vec<Uncounted> = items
        .iter()
        .zip(&terms)
        .enumerate()
        .filter(|(_, (item, _))| weighs(item))
        .filter_map(|(place, (item, term))| {
            let reason = match term {
                Some(term) => judge.term_reason(term)?,
                None => judge.item_reason(place, item),
            };
            Some(Uncounted::new(item, reason))
        })
        .collect();
    uncounted.extend(context.outside_fold(items, weighs));
    uncounted
}

/// Judges items for one dimension.
struct TermJudge<'a> {
    context: Context<'a>,
    sums: &'a DimensionSums,
    items: &'a [Item<'a>],
    dedup: DailyDedup<'a>,
}

impl TermJudge<'_> {
    /// Returns the reason why a term does not count; `None` if it does.
    fn term_reason(&self, term: &Term) -> Option<ExclusionReason> {
        let at = self.context.at;
        if at < term.from {
            return Some(ExclusionReason::NotYet);
        }
        let memory = &self.context.conduct.rules.memory;
        let decay = &memory[usize::from(term.memory)].decay;
        if self.sums.table.left(term, at, memory) > 0 {
            return None;
        }
        let product = u128::from(term.mass) * u128::from(decay.left(at.since(term.fade)));
        let faded = product >> 30 == 0;
        let mut takeovers = self.sums.table.takeovers.iter();
        let takeover = takeovers.find(|takeover| term.fade < takeover.day && takeover.day <= at);
        Some(match takeover {
            Some(takeover) if !faded => ExclusionReason::BeforeAuthority {
                by: takeover.event,
                on: takeover.day,
            },
            _ => ExclusionReason::Faded,
        })
    }

    /// Returns the reason why an event has no term.
    fn item_reason(&self, place: usize, item: &Item<'_>) -> ExclusionReason {
        let FoldedConduct {
            rules, direction, ..
        } = self.context.conduct;
        if rules.grade_weight(item.grade) == 0 {
            return ExclusionReason::TooWeak;
        }
        if terms::trust(item, rules) == 0 {
            return ExclusionReason::Disputed;
        }
        if item.act.kind.is_machine_coded()
            && let Some(other) = self.dedup.counted(item, direction)
            && other != place
            && let Some(other) = self.items.get(other)
        {
            return ExclusionReason::Repeated { by: other.event };
        }
        ExclusionReason::NoEntry
    }
}
