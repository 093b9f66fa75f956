//! Properties of groups: wherever a log is cut, the same changes are published.

use super::*;
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::party::Party;
use detente_domain::relations::Direction;
use detente_domain::state::{Occasion, Subject};
use proptest::prelude::*;

const CODES: [&str; 6] = ["AFG", "KAZ", "KGZ", "TJK", "TKM", "UZB"];

fn pair(one: usize, other: usize) -> Option<Pair> {
    Pair::new(Party::find(CODES[one])?, Party::find(CODES[other])?)
}

fn change(pair: Pair, day: i32) -> Change {
    Change {
        pair,
        subject: Subject::Conduct(Direction::Forward, Dimension::Posture),
        from: None,
        to: None,
        day: Day::new(day),
        until: None,
        occasion: Occasion::Happened,
        causes: Vec::new(),
    }
}

fn at(position: u64) -> CommitStamp {
    CommitStamp {
        position,
        recorded: Day::new(0),
    }
}

/// The changes of a commit, in order of pairs; a relation may be affected without a change.
fn commit() -> impl Strategy<Value = Vec<RelationChanges>> {
    let relation = ((0..6_usize, 0..6_usize), 0..250_usize);
    proptest::collection::vec(relation, 0..6).prop_map(|relations| {
        let relations = relations.into_iter().filter_map(|((one, other), count)| {
            let pair = pair(one, other)?;
            let changes = (0..count as i32).map(|day| change(pair, day)).collect();
            Some((pair, changes))
        });
        let by_pair: BTreeMap<Pair, Vec<Change>> = relations.collect();
        by_pair
            .into_iter()
            .map(|(pair, changes)| RelationChanges { pair, changes })
            .collect()
    })
}

/// Cuts a log into groups, and returns the parts of each.
fn cut(log: &[Vec<RelationChanges>], mut is_end: impl FnMut(&Group) -> bool) -> Vec<Vec<Part>> {
    let mut groups = Vec::new();
    let mut open: Option<Group> = None;
    for (place, moved) in log.iter().enumerate() {
        let position = place as u64 + 1;
        let group = open.get_or_insert_with(|| Group::new(position));
        group.add(at(position), position, moved.clone());
        if is_end(group) || place + 1 == log.len() {
            groups.extend(open.take().map(Group::parts));
        }
    }
    groups
}

/// Returns every change with its position, in order of positions and pairs.
fn changes(groups: &[Vec<Part>]) -> Vec<(u64, Pair, Change)> {
    let parts = groups.iter().flatten();
    let changes = parts.flat_map(|part| part.changes.iter().map(|(at, c)| (part.pair, *at, c)));
    let mut sorted: Vec<_> = changes
        .map(|(pair, at, c)| (at.position, pair, c.clone()))
        .collect();
    sorted.sort_by_key(|(position, pair, _)| (*position, *pair));
    sorted
}

/// Returns the last commit of each relation.
fn last(groups: &[Vec<Part>]) -> BTreeMap<Pair, u64> {
    groups
        .iter()
        .flatten()
        .map(|part| (part.pair, part.last.position))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn wherever_a_log_is_cut_the_same_changes_are_published(
        log in proptest::collection::vec(commit(), 1..20),
        cuts in any::<u32>(),
    ) {
        let single = cut(&log, |_| true);
        for groups in [
            cut(&log, |group| cuts >> (group.position % 32) & 1 == 1),
            cut(&log, Group::is_full),
            cut(&log, |_| false),
        ] {
            prop_assert_eq!(changes(&groups), changes(&single));
            prop_assert_eq!(last(&groups), last(&single));
        }
    }

    #[test]
    fn no_message_has_too_many_changes_and_none_is_without_need(
        log in proptest::collection::vec(commit(), 1..20),
    ) {
        for parts in cut(&log, |_| false) {
            prop_assert!(parts.is_sorted_by_key(|part| part.pair));
            for (place, part) in parts.iter().enumerate() {
                prop_assert!(part.changes.len() <= CHANGES_MAX);
                let follows = place > 0 && parts[place - 1].pair == part.pair;
                prop_assert!(!part.changes.is_empty());
                prop_assert!(!follows || parts[place - 1].changes.len() == CHANGES_MAX);
            }
        }
    }
}

#[test]
fn a_relation_that_was_touched_without_a_change_is_not_part_of_a_group() {
    let pair = pair(0, 1).expect("two states");
    let touched = |changes| vec![RelationChanges { pair, changes }];
    let mut group = Group::new(5);
    group.add(at(5), 50, touched(Vec::new()));
    group.add(at(6), 60, touched(vec![change(pair, 0)]));
    group.add(at(7), 70, touched(Vec::new()));
    assert_eq!((group.from, group.position, group.digest()), (5, 7, 70));
    assert_eq!((group.relations(), group.changes()), (1, 1));
    assert_eq!(
        group.parts(),
        [Part {
            pair,
            last: at(6),
            changes: vec![(at(6), change(pair, 0))]
        }]
    );
}

#[test]
fn a_group_is_full_by_relations_changes_or_commits() {
    let pair = pair(0, 1).expect("two states");
    let mut many_changes = Group::new(1);
    let changes = vec![change(pair, 0); CHANGES_MAX];
    many_changes.add(at(1), 1, vec![RelationChanges { pair, changes }]);
    assert!(many_changes.is_full());
    let mut many_commits = Group::new(1);
    for position in 1..COMMITS_FULL as u64 {
        many_commits.add(at(position), position, Vec::new());
        assert!(!many_commits.is_full());
    }
    many_commits.add(at(COMMITS_FULL as u64), 1, Vec::new());
    assert!(many_commits.is_full());
}

#[test]
fn a_group_that_was_published_in_part_begins_where_it_began() {
    let partial = Some(Checkpoint {
        from: 5,
        position: 9,
        part: 1,
        parts: 2,
        digest: 0,
    });
    // Commits 5 to 7 change nothing, and were dropped when another projector had said so.
    assert_eq!(Group::after(partial, 8).from, 5);
    assert_eq!(Group::after(partial, 10).from, 10);
    assert_eq!(Group::after(None, 8).from, 8);
}
