//! Relations with many events: optimisations do not change the result.

use crate::crossings::{histories, parsed, rulebooks};
use crate::harness::{folded, regime};
use crate::naive::compare;
use detente_domain::day::Day;
use detente_domain::dimension::Weighed;
use detente_domain::event::EventId;
use detente_domain::fold::{Folded, FoldedConduct, Regimes};
use detente_domain::relations::{Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_domain::state::EVIDENCE_MAX;
use detente_testkit::notation::party;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// All events of which any weight is left on a day, greatest first, and whether one is disputed.
fn all_evidence(
    folded: &Folded,
    (direction, weighed): (Direction, Weighed),
    day: Day,
    rules: &Rulebook,
) -> (Vec<EventId>, bool) {
    let sum = &folded.sums[direction.index()][weighed.index()];
    let mut left: BTreeMap<(EventId, bool), u64> = BTreeMap::new();
    for term in &sum.terms {
        let event = folded.events[term.item as usize];
        *left.entry(event).or_default() += sum.table.left(term, day, &rules.memory);
    }
    left.retain(|_, left| *left > 0);
    let disputed = left.keys().any(|(_, disputed)| *disputed);
    let mut ranked: Vec<(u64, EventId)> = left.iter().map(|((e, _), left)| (*left, *e)).collect();
    ranked.sort_by_key(|(left, event)| (Reverse(*left), *event));
    let events = ranked.into_iter().map(|(_, event)| event).collect();
    (events, disputed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_busy_relation_equals_one_judged_day_by_day(
        lines in histories(60..240),
        rules in rulebooks(),
        days in proptest::collection::vec(0..700i32, 12),
    ) {
        let events = parsed(&lines);
        let (tjk, afg) = (party("TJK"), party("AFG"));
        let pair = Pair::new(tjk, afg).ok_or(TestCaseError::fail("no pair"))?;
        let regimes = [afg, tjk].map(|state| regime(&events, state));
        let folded = folded(pair, &events, &regimes, &rules, None);
        compare(&folded, &events, &rules)?;
        for (direction, day) in Direction::BOTH.into_iter().cycle().zip(days) {
            let day = Day::new(18_790 + day);
            let conduct = FoldedConduct {
                folded: &folded,
                regimes: Regimes { a: &regimes[0], b: &regimes[1] },
                rules: &rules,
                direction,
            };
            let state = conduct.state(day);
            for weighed in Weighed::ALL {
                let asked = (direction, weighed);
                let (mut all, disputed) = all_evidence(&folded, asked, day, &rules);
                let known = folded.sums[direction.index()][weighed.index()].is_known(day);
                if all.is_empty() || !known {
                    continue;
                }
                let basis = &state.weighed[weighed.index()].basis;
                prop_assert_eq!((basis.count, basis.disputed), (all.len(), disputed));
                all.truncate(EVIDENCE_MAX);
                prop_assert_eq!(&basis.evidence, &all, "{:?} on {}", weighed, day);
            }
        }
    }
}
