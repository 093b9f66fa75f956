//! How the cost of folding grows with inputs that are hard to fold, in commits as an appender makes
//! them. The time for each record should not depend on their number.

use crate::table::{Table, note};
use detente_chronicle::{Chronicle, Position};
use detente_domain::record::Record;
use detente_rulebook as rulebook;
use detente_testkit::notation::records::record;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// The numbers of records; the last is tried only if the one before took less than [`PATIENCE_S`].
const SIZES: [u64; 3] = [1_000, 10_000, 100_000];
/// The records of a commit.
const COMMIT: usize = 1_000;
/// The seconds after which a larger input is not tried.
const PATIENCE_S: f64 = 30.0;

/// An input: its name, and its record of a number from 2 on.
type Input = (&'static str, fn(u64) -> String);

const INPUTS: [Input; 12] = [
    ("visits on one day", |n| {
        format!("{n} 2023-03-23 TJK -> AFG visit.made")
    }),
    ("visits, a day each", |n| {
        format!("{n} {} TJK -> AFG visit.made", date(n))
    }),
    ("reports of one event", |n| {
        format!("{n} corroborates 1 B2 in=Paper_{n}")
    }),
    ("denials of one event", |n| {
        format!("{n} disputes 1 TALIBAN B2")
    }),
    ("corrections of one event", |n| {
        format!("{n} corrects 1 occurred={} A1", date(n))
    }),
    ("retractions of one event", |n| format!("{n} retracts 1")),
    ("a chain of retractions", |n| {
        format!("{n} retracts {}", n - 1)
    }),
    ("a chain of links", |n| {
        if n % 2 == 0 {
            format!("{n} 2023-03-23 TJK -> AFG visit.made")
        } else {
            format!("{n} links {} {}", n - 1, if n == 3 { 1 } else { n - 3 })
        }
    }),
    ("changes of authority", |n| {
        let authority = ["TALIBAN", "AFG-REPUBLIC"][usize::from(n % 2 == 0)];
        format!(
            "{n} {} TALIBAN authority.changed state=AFG authority={authority}",
            date(n)
        )
    }),
    ("memberships", |n| {
        let kind = ["membership.joined", "membership.left"][usize::from(n % 2 == 0)];
        format!("{n} {} TJK -> EAEU {kind}", date(n))
    }),
    ("entries of a register", |n| {
        format!(
            "{n} {} TJK -> AFG agreement.signed name=Agreement_{n}",
            date(n)
        )
    }),
    ("conditions of ten thousand years", |n| {
        format!("{n} 0001/9999 TJK,AFG tension.prevailed")
    }),
];

/// Returns one of the days of 27 years.
fn date(number: u64) -> String {
    let (year, month, day) = (
        1995 + number / 300 % 27,
        1 + number / 25 % 12,
        1 + number % 25,
    );
    format!("{year}-{month:02}-{day:02}")
}

pub(crate) fn run(table: &mut Table) {
    let Ok(rules) = rulebook::default_rulebook() else {
        return note("no rulebook");
    };
    let rules = Arc::new(rules);
    for (name, line) in INPUTS {
        for size in SIZES {
            let first = ["1 2023-03-23 TJK -> AFG visit.made", "tick 2024-01-01"].map(record);
            let records: Vec<Record> = (2..size + 2).map(|number| record(&line(number))).collect();
            let mut chronicle = Chronicle::new(Arc::clone(&rules));
            let started = Instant::now();
            let commits = [&first[..]].into_iter().chain(records.chunks(COMMIT));
            for (commit, position) in commits.zip(1..) {
                chronicle.begin_commit();
                for record in commit {
                    chronicle.apply(Position(position), record);
                }
                black_box(chronicle.end_commit(Position(position)));
            }
            let taken = started.elapsed().as_secs_f64();
            let each = taken * 1e6 / size as f64;
            table.row(&format!("{name}, {size}, for each"), each, None, "us");
            if taken > PATIENCE_S {
                break;
            }
        }
    }
}
