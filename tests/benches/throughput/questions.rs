//! Reads of a chronicle: states, reasons and differences by both clocks; late records; memory.

use crate::table::{Table, note, quantile, sorted};
use detente_chronicle::{Chronicle, Point, Position};
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::edtf::Edtf;
use detente_domain::party::Party;
use detente_domain::record::{Body, Record};
use detente_domain::relations::{Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_rulebook as rulebook;
use detente_tests::sample;
use std::fs;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// The sizes of the relation that is read.
const SIZES: [u64; 3] = [10, 1_000, 100_000];
/// The number of reads; fewer for the largest relation.
const ASKED: u64 = 200;
const ASKED_OF_LARGE: u64 = 9;
/// The records in the chronicle of the whole world, if memory allows.
const WORLD: u64 = 10_000_000;
/// The most bytes of a record, with a reserve for growth by doubling.
const RECORD_BYTES: u64 = 250;
/// The records that are made at once.
const CHUNK: u64 = 100_000;
/// The first day of the sample, and the number of days.
const FIRST: i32 = 16_000;
const DAYS: u64 = 3_650;
/// The day of the tick.
const LAST: i32 = 19_650;
/// The sizes of the relation to which a record is added.
const SIZES_AT_HEAD: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const PAGE_BYTES: u64 = 4_096;

const POLITICAL: Dimension = Dimension::Weighed(Weighed::Political);

pub(crate) fn run(table: &mut Table) {
    let Ok(rules) = rulebook::default_rulebook() else {
        return note("no rulebook");
    };
    let rules = Arc::new(rules);
    let states = (Party::find("AFG"), Party::find("TJK"));
    let (Some(afghanistan), Some(tajikistan)) = states else {
        return note("no states");
    };
    let states = (afghanistan, tajikistan);
    let Some(pair) = Pair::new(afghanistan, tajikistan) else {
        return note("no pair");
    };
    for size in SIZES {
        let mut chronicle = chronicle(&rules, states, size);
        one_relation(&mut chronicle, pair, size, table);
        let late = (size + 1, FIRST);
        appended(&mut chronicle, states, late, "ten years late", table);
    }
    for size in SIZES_AT_HEAD {
        let mut chronicle = chronicle(&rules, states, size);
        appended(&mut chronicle, states, (size + 1, LAST), "of today", table);
    }
    world(&rules, table);
}

/// Measures calls. Returns microseconds, sorted.
fn timed(times: u64, mut call: impl FnMut(u64)) -> Vec<f64> {
    let taken = (0..times).map(|turn| {
        let started = Instant::now();
        call(turn);
        started.elapsed().as_secs_f64() * 1e6
    });
    sorted(taken.collect())
}

fn add_row(table: &mut Table, what: &str, taken: &[f64]) {
    table.row(what, quantile(taken, 0.5), None, "us");
}

/// Returns a day of the sample.
fn day(turn: u64) -> Day {
    let place = turn.wrapping_mul(2_654_435_761) % DAYS;
    Day::new(FIRST + i32::try_from(place).unwrap_or(0))
}

fn one_relation(chronicle: &mut Chronicle, pair: Pair, size: u64, table: &mut Table) {
    let times = if size > 10_000 { ASKED_OF_LARGE } else { ASKED };
    let way = Direction::Forward;
    let half = Position(size / 2);
    // Each call uses a position that was not read before.
    let other = |turn: u64| Position(size / 4 + turn % (size / 4).max(1));
    black_box(chronicle.state(pair, way, day(0), None));
    let taken = timed(times, |turn| {
        black_box(chronicle.state(pair, way, day(turn), None));
    });
    add_row(
        table,
        &format!("state, {size} records, as known now"),
        &taken,
    );
    let taken = timed(times.min(size / 4), |turn| {
        black_box(chronicle.state(pair, way, day(turn), Some(other(turn))));
    });
    add_row(
        table,
        &format!("state, {size}, as known earlier, first"),
        &taken,
    );
    black_box(chronicle.state(pair, way, day(0), Some(half)));
    let taken = timed(times, |turn| {
        black_box(chronicle.state(pair, way, day(turn), Some(half)));
    });
    add_row(
        table,
        &format!("state, {size}, as known earlier, again"),
        &taken,
    );
    let taken = timed(times, |turn| {
        black_box(chronicle.why(pair, way, POLITICAL, day(turn), Some(half)));
    });
    add_row(table, &format!("why political, {size}"), &taken);
    let taken = timed(times, |turn| {
        let from = Point {
            at: day(turn).min(day(turn + 1)),
            known: half,
        };
        let to = Point {
            at: day(turn).max(day(turn + 1)),
            known: Position(size),
        };
        black_box(chronicle.diff(pair, way, from, to));
    });
    add_row(table, &format!("diff along both clocks, {size}"), &taken);
}

/// Returns a chronicle of one relation, up to the tick of its last day.
fn chronicle(rules: &Arc<Rulebook>, states: (Party, Party), size: u64) -> Chronicle {
    let mut chronicle = Chronicle::new(Arc::clone(rules));
    let records = sample::between(states, 0, size);
    for (record, position) in records.iter().zip(1..) {
        chronicle.apply(Position(position), record);
    }
    chronicle.apply(Position(size + 1), &sample::tick(Day::new(LAST)));
    chronicle
}

/// Measures records of a day, one in each commit, with their changes.
fn appended(
    chronicle: &mut Chronicle,
    states: (Party, Party),
    (first, day): (u64, i32),
    what: &str,
    table: &mut Table,
) {
    let mut records: Vec<Record> = sample::between(states, first, ASKED + 1);
    for record in &mut records {
        if let Body::Reported(event) = &mut record.body {
            event.occurred = Edtf::day(Day::new(day));
        }
    }
    let size = chronicle.head().0;
    let mut take = |turn: u64| {
        let place = usize::try_from(turn).unwrap_or(0);
        let position = Position(size + 1 + turn);
        chronicle.begin_commit();
        if let Some(record) = records.get(place) {
            chronicle.apply(position, record);
        }
        black_box(chronicle.end_commit(position));
    };
    take(0);
    let taken = timed(ASKED, |turn| take(turn + 1));
    add_row(table, &format!("a record {what}, {size}"), &taken);
    let mean = taken.iter().sum::<f64>() / taken.len() as f64;
    table.row("  in the mean", mean, None, "us");
}

/// Measures states of random relations, on random days, as known at random positions.
fn world(rules: &Arc<Rulebook>, table: &mut Table) {
    let capacity = available() / 2 / RECORD_BYTES;
    let count = WORLD.min(capacity / CHUNK * CHUNK);
    let before = resident();
    let mut chronicle = Chronicle::new(Arc::clone(rules));
    for first in (0..count).step_by(usize::try_from(CHUNK).unwrap_or(1)) {
        let records = sample::world(first, CHUNK);
        for (record, number) in records.iter().zip(first..) {
            chronicle.apply(Position(1 + number / 1_000), record);
        }
    }
    let grown = resident().saturating_sub(before);
    let pairs: Vec<Pair> = chronicle.pairs().collect();
    note(&format!(
        "    {count} records of {} relations, {} MB",
        pairs.len(),
        grown >> 20
    ));
    let each = grown as f64 / (count as f64 / 1e6) / f64::from(1 << 20);
    table.row("memory per million records", each, None, "MB");
    let head = chronicle.head().0;
    let asked = |turn: u64| {
        let place = usize::try_from(turn.wrapping_mul(0x9e37_79b9) % pairs.len() as u64);
        let known = turn.wrapping_mul(0x85eb_ca6b) % head;
        (pairs[place.unwrap_or(0)], day(turn), Some(Position(known)))
    };
    for (what, known_now) in [("earlier", false), ("now", true)] {
        for again in ["first", "again"] {
            let taken = timed(2_000, |turn| {
                let (pair, at, known) = asked(turn);
                let known = known.filter(|_| !known_now);
                black_box(chronicle.state(pair, Direction::Forward, at, known));
            });
            add_row(
                table,
                &format!("state, {count} in all, as known {what}, {again}"),
                &taken,
            );
            let most = quantile(&taken, 0.99);
            table.row("  of a hundred the slowest", most, None, "us");
        }
    }
    let taken = timed(2_000, |turn| {
        let (pair, at, known) = asked(turn);
        black_box(chronicle.why(pair, Direction::Forward, POLITICAL, at, known));
    });
    add_row(
        table,
        &format!("why, {count} in all, as known earlier"),
        &taken,
    );
}

/// Returns the resident memory, in bytes.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split_whitespace().nth(1);
    pages
        .and_then(|pages| pages.parse::<u64>().ok())
        .unwrap_or(0)
        * PAGE_BYTES
}

/// Returns the available memory, in bytes.
fn available() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse::<u64>().ok())
        .unwrap_or(0)
        << 10
}
