//! The cost of a chronicle grows as its input does.
//!
//! Each history is grown at two sizes, and read. It is one commit, since each commit judges an event
//! once. What is compared is the CPU time of this thread, so other load counts little; the bound is
//! far above that of a cost in proportion, and far below that of one that grows with the square.

use crate::grown::grown;
use detente_domain::record::Record;
use detente_testkit::notation::records::record;
use rustix::time::{ClockId, clock_gettime};
use time::Date;

/// The larger history is so many times the smaller one.
const TIMES: usize = 8;
/// The most that its cost may be, in costs of the smaller one: 8 in proportion, 64 by the square.
const COST_MAX: f64 = 24.0;
/// The times that each is measured; the least counts.
const TRIES: usize = 3;

/// Returns the CPU time of this thread, in seconds.
fn cpu_seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// Returns the cost of growing and reading a history.
fn cost(history: &[String]) -> f64 {
    let commit: Vec<Record> = history.iter().map(|line| record(line)).collect();
    let costs = (0..TRIES).map(|_| {
        let begun = cpu_seconds();
        let (mut chronicle, _) = grown(std::slice::from_ref(&commit));
        let pairs: Vec<_> = chronicle.pairs().collect();
        for pair in pairs {
            let timelines = chronicle.timelines(pair, None);
            assert!(!timelines.is_empty());
        }
        cpu_seconds() - begun
    });
    costs.fold(f64::MAX, f64::min)
}

/// Checks the growth of a history: `line` gives each of its records after the first ones.
fn grows_in_proportion(what: &str, first: &[String], count: usize, line: impl Fn(usize) -> String) {
    let of = |count: usize| {
        let lines = first.iter().cloned().chain((0..count).map(&line));
        cost(&lines.collect::<Vec<_>>())
    };
    let (small, large) = (of(count), of(count * TIMES));
    let times = large / small;
    assert!(
        times < COST_MAX,
        "{what}: {count} take {small:.3} s, {TIMES} times as many {large:.3} s, {times:.0} times"
    );
}

fn visit() -> Vec<String> {
    vec!["1 2023-03-01 TJK -> AFG visit.made".to_owned()]
}

#[test]
fn a_chain_of_retractions_costs_in_proportion_to_its_length() {
    let next = |place: usize| format!("{} retracts {}", place + 2, place + 1);
    grows_in_proportion("retractions", &visit(), 1_000, next);
}

#[test]
fn a_chain_that_arrives_from_its_end_costs_in_proportion_to_its_length() {
    let last = 100_000;
    let next = |place: usize| format!("{} retracts {}", last - place, last - place - 1);
    grows_in_proportion("pending retractions", &visit(), 1_000, next);
}

#[test]
fn many_reports_of_one_event_cost_in_proportion_to_their_number() {
    let verbs = [
        "corroborates 1 B2 in=Paper",
        "disputes 1 TALIBAN B2 in=Paper",
        "corrects 1 occurred=2023-02 B2 in=Paper",
    ];
    for verb in verbs {
        let next = |place: usize| format!("{} {verb}{place}", place + 2);
        grows_in_proportion(verb, &visit(), 1_000, next);
    }
}

#[test]
fn many_links_of_events_cost_in_proportion_to_their_number() {
    let next = |place: usize| match (place / 2, place % 2) {
        (event, 0) => format!("{} 2023-03-01 TJK -> AFG visit.made", event + 2),
        (event, _) => format!("{} links {} {}", 100_000 + event, event + 1, event + 2),
    };
    grows_in_proportion("links", &visit(), 500, next);
}

#[test]
fn many_changes_of_authority_cost_in_proportion_to_their_number() {
    let neighbours = ["TJK", "UZB", "TKM", "IRN", "PAK", "CHN", "KGZ", "KAZ"];
    let visits = (1..).zip(neighbours);
    let visits = visits.map(|(id, code)| format!("{id} 2023-03-01 {code} -> AFG visit.made"));
    let visits: Vec<String> = visits.collect();
    let next = |place: usize| {
        let day = Date::from_julian_day(2_440_000 + i32::try_from(place).unwrap()).unwrap();
        let authority = ["TALIBAN", "AFG-REPUBLIC"][place % 2];
        let id = place + 100;
        format!("{id} {day} {authority} authority.changed state=AFG authority={authority}")
    };
    grows_in_proportion("changes of authority", &visits, 250, next);
}
