//! Relations of many events: what is bounded or left out for speed changes nothing.

use crate::harness::{folded, regime};
use crate::notation::party;
use crate::walks::{compare, histories, rulebooks};
use detente_domain::day::Day;
use detente_domain::dimension::Weighed;
use detente_domain::event::EventId;
use detente_domain::fold::{self, Folded, Regimes};
use detente_domain::routes::{Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_domain::state::EVIDENCE_MAX;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// All of which anything is left on a day, the weightiest first, and whether any is disputed.
fn all_evidence(
    folded: &Folded,
    (direction, weighed): (Direction, Weighed),
    day: Day,
    rules: &Rulebook,
) -> (Vec<EventId>, bool) {
    let sum = folded.sum(direction, weighed);
    let decay = &rules.dimension(weighed).decay;
    let mut left: BTreeMap<(EventId, bool), u64> = BTreeMap::new();
    for term in &sum.terms {
        let event = folded.events[term.item as usize];
        *left.entry(event).or_default() += sum.mass.left(term, day, decay);
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
    fn a_busy_relation_is_what_a_judge_of_every_day_finds(
        events in histories(60..240),
        rules in rulebooks(),
        days in proptest::collection::vec(0..700i32, 12),
    ) {
        let (tjk, afg) = (party("TJK"), party("AFG"));
        let pair = Pair::new(tjk, afg).ok_or(TestCaseError::fail("no pair"))?;
        let regimes = [afg, tjk].map(|state| regime(&events, state));
        let folded = folded(pair, &events, &regimes, &rules, None);
        compare(&folded, &rules)?;
        for (direction, day) in Direction::BOTH.into_iter().cycle().zip(days) {
            let day = Day::new(18_790 + day);
            let governed = Regimes { a: &regimes[0], b: &regimes[1] };
            let state = fold::state(&folded, direction, day, &governed, &rules);
            for weighed in Weighed::ALL {
                let asked = (direction, weighed);
                let (mut all, disputed) = all_evidence(&folded, asked, day, &rules);
                if all.is_empty() {
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
