//! Any order, any retries, rebuilt or grown: the same answer.

use crate::grown::grown;
use crate::history::{FIRST, LAST, commits, records};
use crate::rules::rules;
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::record::{Body, Record};
use detente_domain::routes::{Direction, Pair};
use detente_domain::state::{Occasion, State};
use proptest::prelude::*;

/// Days at which states are compared: every seventeenth, and some beyond the last event.
fn days() -> impl Iterator<Item = Day> {
    (FIRST - 5..LAST + 900).step_by(17).map(Day::new)
}

fn pairs(chronicle: &Chronicle) -> Vec<Pair> {
    chronicle.pairs().collect()
}

/// What each event comes to, on how many publishers' word.
fn believed(chronicle: &Chronicle, known: Option<Position>) -> Vec<String> {
    let mut all: Vec<String> = chronicle
        .events()
        .filter_map(|(event, _)| chronicle.event(event, known))
        .map(|held| {
            let grades = (held.grade, held.reported_grade);
            let told = (held.event, held.act, held.earliest, held.latest, grades);
            let marks = (held.publishers, held.vouching, held.disputed, held.silent);
            format!("{told:?} {marks:?}")
        })
        .collect();
    all.sort_unstable();
    all
}

/// Every state of every relation, written out.
fn states(chronicle: &mut Chronicle, known: Option<Position>) -> Vec<String> {
    let mut all = Vec::new();
    for pair in pairs(chronicle) {
        for direction in Direction::BOTH {
            for day in days() {
                let state: State = chronicle.state(pair, direction, day, known);
                let nothing = state.posture.level.is_none() && state.registers.is_empty();
                // A relation that nothing touches any more is no relation.
                if !nothing {
                    all.push(format!("{state:?}"));
                }
            }
        }
    }
    all
}

fn taken(records: &[Record]) -> Chronicle {
    let mut chronicle = Chronicle::new(rules());
    for (place, record) in records.iter().enumerate() {
        chronicle.take(Position(place as u64 + 1), record);
    }
    chronicle
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_order_of_records_gives_the_same_states(
        (records, shuffled) in records(16)
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
    ) {
        let (mut one, mut other) = (taken(&records), taken(&shuffled));
        prop_assert_eq!(believed(&one, None), believed(&other, None));
        prop_assert_eq!(states(&mut one, None), states(&mut other, None));
    }

    #[test]
    fn repeats_change_nothing(records in records(16), again in any::<prop::sample::Index>()) {
        let once = states(&mut taken(&records), None);
        let mut twice = records.clone();
        let from = again.index(records.len());
        twice.extend_from_slice(&records[from..]);
        twice.extend_from_slice(&records);
        let mut chronicle = taken(&twice);
        let repeated = chronicle.counts();
        prop_assert_eq!(repeated.events + repeated.amendments, records.len() as u64);
        prop_assert_eq!(repeated.clashes, 0);
        prop_assert_eq!(once, states(&mut chronicle, None));
    }

    #[test]
    fn one_built_from_nothing_equals_one_that_grew(commits in commits()) {
        let (mut live, told) = grown(&commits);
        let all: Vec<Record> = commits.iter().flatten().cloned().collect();
        prop_assert_eq!(states(&mut live, None), states(&mut taken(&all), None));
        let (_, again) = grown(&commits);
        prop_assert_eq!(&told, &again);
    }

    #[test]
    fn a_feed_that_starts_anew_at_any_commit_goes_on_the_same(
        commits in commits(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (_, whole) = grown(&commits);
        let cut = cut.index(commits.len());
        let mut chronicle = Chronicle::new(rules());
        for (place, commit) in commits.iter().enumerate() {
            let position = Position(place as u64 + 1);
            if place < cut {
                // A restart replays what was told before, without folding.
                for record in commit {
                    chronicle.take(position, record);
                }
                chronicle.reach(position);
                continue;
            }
            chronicle.open();
            for record in commit {
                chronicle.take(position, record);
            }
            prop_assert_eq!(&chronicle.close(position), &whole[place]);
        }
    }

    #[test]
    fn only_reports_happen_spans_are_named_and_a_tick_tells_of_its_own_days_alone(
        commits in commits(),
    ) {
        let (chronicle, told) = grown(&commits);
        for (place, (commit, moved)) in commits.iter().zip(&told).enumerate() {
            let before = chronicle.ticked(Position(place as u64));
            let now = chronicle.ticked(Position(place as u64 + 1));
            let reports = commit.iter().any(|one| matches!(one.body, Body::Reported(_)));
            let only_ticks = commit.iter().all(|one| matches!(one.body, Body::Tick { .. }));
            for change in moved.iter().flat_map(|moved| &moved.changes) {
                prop_assert!(change.from != change.to);
                if change.occasion == Occasion::Learned {
                    prop_assert!(!only_ticks && Some(change.day) <= before, "{:?}", change);
                    prop_assert!(change.until.is_none_or(|until| change.day < until));
                    prop_assert!(!change.causes.is_empty());
                } else {
                    prop_assert_eq!(change.until, None);
                    prop_assert!(reports || change.occasion == Occasion::Lapsed, "{:?}", change);
                }
                if only_ticks {
                    prop_assert!(before < Some(change.day) && Some(change.day) <= now);
                }
            }
        }
    }

    #[test]
    fn what_was_believed_never_changes(
        records in records(16),
        cut in any::<prop::sample::Index>(),
    ) {
        let cut = cut.index(records.len()) + 1;
        let known = Position(cut as u64);
        let (mut then, mut now) = (taken(&records[..cut]), taken(&records));
        prop_assert_eq!(believed(&then, None), believed(&now, Some(known)));
        prop_assert_eq!(states(&mut then, None), states(&mut now, Some(known)));
    }

    #[test]
    fn changes_add_up_to_the_present(commits in commits()) {
        let (mut chronicle, told) = grown(&commits);
        let Some(today) = chronicle.ticked(chronicle.head()) else { return Ok(()) };
        let mut held = std::collections::BTreeMap::new();
        for change in told.into_iter().flatten().flat_map(|moved| moved.changes) {
            prop_assert!(change.day <= today);
            if change.until.is_none() {
                held.insert((change.pair, change.subject.clone()), change.to);
            }
        }
        for pair in pairs(&chronicle) {
            for (subject, timeline) in chronicle.timelines(pair, None) {
                let told = held.get(&(pair, subject.clone())).copied().flatten();
                prop_assert_eq!(told, timeline.held(today), "{:?} {:?}", pair, subject);
            }
        }
    }
}
