//! Laws of the chronicle: any order of records, any retries, rebuilt or grown, gives the same
//! answer.

use crate::grown::grown;
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::record::{Body, Record};
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::{Occasion, State, Subject};
use detente_testkit::histories::rules;
use detente_testkit::histories::{FIRST, LAST, commits, records};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Days at which states are compared: every forty-seventh, and some beyond the last event.
fn days() -> impl Iterator<Item = Day> {
    (FIRST - 5..LAST + 900).step_by(47).map(Day::new)
}

fn pairs(chronicle: &Chronicle) -> Vec<Pair> {
    chronicle.pairs().collect()
}

/// Formats every event as known at a position.
fn believed(chronicle: &Chronicle, known: Option<Position>) -> Vec<String> {
    let mut all: Vec<String> = chronicle
        .events()
        .filter_map(|(event, _)| chronicle.event(event, known))
        .map(|held| {
            let grades = (held.grade, held.reported_grade);
            let content = (held.event, held.act, held.earliest, held.latest, grades);
            let marks = (held.publishers, held.vouching, held.disputed, held.hidden);
            format!("{content:?} {marks:?}")
        })
        .collect();
    all.sort_unstable();
    all
}

/// Formats every state of every relation of both chronicles.
fn all_states(
    one: (&mut Chronicle, Option<Position>),
    other: (&mut Chronicle, Option<Position>),
) -> [Vec<String>; 2] {
    let both: BTreeSet<Pair> = pairs(one.0).into_iter().chain(pairs(other.0)).collect();
    [one, other].map(|(chronicle, known)| states(chronicle, known, &both))
}

/// Formats the states of relations.
fn states(
    chronicle: &mut Chronicle,
    known: Option<Position>,
    pairs: &BTreeSet<Pair>,
) -> Vec<String> {
    let mut all = Vec::new();
    for pair in pairs.iter().copied() {
        for direction in Direction::BOTH {
            for day in days() {
                let state: State = chronicle.state(pair, direction, day, known);
                all.push(format!("{state:?}"));
            }
        }
    }
    all
}

/// Returns the events of each relation, where there are any.
fn listed(chronicle: &Chronicle, known: Option<Position>) -> Vec<(Pair, BTreeSet<EventId>)> {
    let pairs = pairs(chronicle).into_iter();
    let listed = pairs.map(|pair| (pair, chronicle.events_of(pair, known).into_iter().collect()));
    listed
        .filter(|(_, events): &(Pair, BTreeSet<EventId>)| !events.is_empty())
        .collect()
}

fn applied(records: &[Record]) -> Chronicle {
    let mut chronicle = Chronicle::new(rules());
    for (index, record) in records.iter().enumerate() {
        chronicle.apply(Position(index as u64 + 1), record);
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
        let (mut one, mut other) = (applied(&records), applied(&shuffled));
        prop_assert_eq!(believed(&one, None), believed(&other, None));
        prop_assert_eq!(listed(&one, None), listed(&other, None));
        let [one, other] = all_states((&mut one, None), (&mut other, None));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn repeats_change_nothing(records in records(16), again in any::<prop::sample::Index>()) {
        let mut twice = records.clone();
        let from = again.index(records.len());
        twice.extend_from_slice(&records[from..]);
        twice.extend_from_slice(&records);
        let mut chronicle = applied(&twice);
        let repeated = chronicle.counts();
        prop_assert_eq!(repeated.events + repeated.amendments, records.len() as u64);
        prop_assert_eq!(repeated.clashes, 0);
        let [once, again] = all_states((&mut applied(&records), None), (&mut chronicle, None));
        prop_assert_eq!(once, again);
    }

    #[test]
    fn a_rebuilt_chronicle_equals_one_that_grew(commits in commits()) {
        let (mut live, changes) = grown(&commits);
        let all: Vec<Record> = commits.iter().flatten().cloned().collect();
        let [live, rebuilt] = all_states((&mut live, None), (&mut applied(&all), None));
        prop_assert_eq!(live, rebuilt);
        let (_, again) = grown(&commits);
        prop_assert_eq!(&changes, &again);
    }

    #[test]
    fn a_feed_restarted_at_any_commit_continues_the_same(
        commits in commits(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (_, whole) = grown(&commits);
        let cut = cut.index(commits.len());
        let mut chronicle = Chronicle::new(rules());
        for (index, commit) in commits.iter().enumerate() {
            let position = Position(index as u64 + 1);
            if index < cut {
                // A restart replays the published commits without folding.
                chronicle.open_commit();
                for record in commit {
                    chronicle.apply(position, record);
                }
                chronicle.close_commit(position);
                continue;
            }
            chronicle.begin_commit();
            for record in commit {
                chronicle.apply(position, record);
            }
            prop_assert_eq!(&chronicle.end_commit(position), &whole[index]);
        }
    }

    #[test]
    fn a_relation_moved_last_with_the_last_commit_that_named_it_or_touched_it_to_no_effect(
        commits in commits(),
    ) {
        let (mut chronicle, changes) = grown(&commits);
        let mut last = BTreeMap::new();
        for (index, relations) in changes.iter().enumerate() {
            for relation in relations {
                last.insert(relation.pair, Position(index as u64 + 1));
            }
        }
        for pair in pairs(&chronicle) {
            let named = last.get(&pair).copied().unwrap_or(Position(0));
            let moved = chronicle.last_moved(pair);
            prop_assert!(moved >= named, "{pair}: {moved:?}, named by {named:?}");
            prop_assert!(moved == named || moved == chronicle.last_touched(pair), "{pair}");
        }
    }

    #[test]
    fn occasions_match_records_and_a_tick_changes_only_its_own_days(
        commits in commits(),
    ) {
        let (chronicle, changes) = grown(&commits);
        for (index, (commit, relations)) in commits.iter().zip(&changes).enumerate() {
            let before = chronicle.ticked(Position(index as u64));
            let now = chronicle.ticked(Position(index as u64 + 1));
            let reports = commit.iter().any(|one| matches!(one.body, Body::Reported(_)));
            let only_ticks = commit.iter().all(|one| matches!(one.body, Body::Tick { .. }));
            for change in relations.iter().flat_map(|relation| &relation.changes) {
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
    fn an_earlier_belief_never_changes(
        records in records(16),
        cut in any::<prop::sample::Index>(),
    ) {
        let cut = cut.index(records.len()) + 1;
        let known = Position(cut as u64);
        let (mut then, mut now) = (applied(&records[..cut]), applied(&records));
        prop_assert_eq!(believed(&then, None), believed(&now, Some(known)));
        prop_assert_eq!(listed(&then, None), listed(&now, Some(known)));
        let [then, now] = all_states((&mut then, None), (&mut now, Some(known)));
        prop_assert_eq!(then, now);
    }

    #[test]
    fn changes_add_up_to_the_present(commits in commits()) {
        let (mut chronicle, changes) = grown(&commits);
        let Some(today) = chronicle.ticked(chronicle.head()) else { return Ok(()) };
        let mut held = std::collections::BTreeMap::new();
        for change in changes.iter().flatten().flat_map(|relation| &relation.changes) {
            prop_assert!(change.day <= today);
            if change.until.is_none() {
                held.insert((change.pair, change.subject.clone()), change.to);
            }
        }
        for pair in pairs(&chronicle) {
            // What no report tells holds already before the first one.
            let first = changes.iter().position(|relations| {
                relations.iter().any(|relation| relation.pair == pair)
            });
            let known = Position(first.unwrap_or(0) as u64);
            let before = chronicle.timelines(pair, Some(known));
            let published = chronicle.ticked(known);
            let unreported = |subject: &Subject| before.get(subject)?.held(published?);
            for (subject, timeline) in chronicle.timelines(pair, None) {
                let latest = held.get(&(pair, subject.clone())).copied();
                let latest = latest.unwrap_or_else(|| unreported(&subject));
                prop_assert_eq!(latest, timeline.held(today), "{:?} {:?}", pair, subject);
            }
        }
    }
}

/// Formats what is read of all relations now: timelines and reasons.
pub(crate) fn all_reasons(chronicle: &mut Chronicle) -> Vec<String> {
    let days = [FIRST + 200, LAST, LAST + 300].map(Day::new);
    let mut all = Vec::new();
    for pair in pairs(chronicle) {
        all.push(format!("{pair} {:?}", chronicle.timelines(pair, None)));
        for (direction, dimension) in Direction::BOTH
            .into_iter()
            .flat_map(|direction| Dimension::ALL.map(move |dimension| (direction, dimension)))
        {
            let why = days.map(|day| chronicle.why(pair, direction, dimension, day, None));
            all.push(format!("{pair} {direction:?} {dimension:?} {why:?}"));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// A fold that is asked for is kept, and later events are added to it where they can be.
    #[test]
    fn a_chronicle_that_is_asked_after_each_commit_answers_as_a_new_one(commits in commits()) {
        let mut asked = Chronicle::new(rules());
        for (index, commit) in commits.iter().enumerate() {
            let position = Position(index as u64 + 1);
            asked.open_commit();
            for record in commit {
                asked.apply(position, record);
            }
            asked.close_commit(position);
            let (mut new, _) = grown(&commits[..=index]);
            let (asked, new) = (all_reasons(&mut asked), all_reasons(&mut new));
            let differs = asked.iter().zip(&new).find(|(asked, new)| asked != new);
            prop_assert_eq!(differs, None);
            prop_assert_eq!(asked.len(), new.len());
        }
    }
}
