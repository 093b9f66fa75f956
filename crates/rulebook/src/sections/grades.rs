//! The sections about grades: `grades` and `corroboration`.

use detente_domain::grade::Grade;
use detente_domain::rulebook::Corroboration;

use super::all;
use crate::reader::{Reader, Section};

const SOURCES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
const INFORMATION: [&str; 6] = ["1", "2", "3", "4", "5", "6"];
/// The most publishers that a step may ask for.
const PUBLISHERS_MAX: i64 = 1_000;

pub(super) struct Grades {
    pub(super) source: [u32; 6],
    pub(super) information: [u32; 6],
    pub(super) ladder: Grade,
    pub(super) disputed: u32,
    pub(super) accused: u32,
}

pub(super) fn grades<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Grades> {
    let section = reader.table(
        root,
        "grades",
        &["source", "information", "ladder", "disputed", "accused"],
    )?;
    let source = shares(reader, &section, "source", SOURCES);
    let information = shares(reader, &section, "information", INFORMATION);
    let ladder = reader.grade(&section, "ladder");
    let disputed = reader.share(&section, "disputed", 1000);
    let accused = reader.share(&section, "accused", 1000);
    Some(Grades {
        source: source?,
        information: information?,
        ladder: ladder?,
        disputed: disputed?,
        accused: accused?,
    })
}

pub(super) fn corroboration<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<Corroboration> {
    let section = reader.table(root, "corroboration", &["counts", "steps", "ceiling"])?;
    let counts = reader.grade(&section, "counts");
    let steps = reader.numbers(&section, "steps", 2..=PUBLISHERS_MAX);
    let ceiling = reader
        .table(&section, "ceiling", &SOURCES)
        .and_then(|table| all(SOURCES.map(|letter| reader.whole(&table, letter, 1..=6))));
    Some(Corroboration {
        steps: steps?
            .into_iter()
            .filter_map(|n| u32::try_from(n).ok())
            .collect(),
        counts: counts?,
        ceiling: ceiling?.map(|digit| u8::try_from(digit - 1).unwrap_or(u8::MAX)),
    })
}

/// Reads a table of six shares.
fn shares<'t>(
    reader: &mut Reader<'t>,
    parent: &Section<'_, 't>,
    table: &str,
    keys: [&str; 6],
) -> Option<[u32; 6]> {
    let section = reader.table(parent, table, &keys)?;
    all(keys.map(|key| reader.share(&section, key, 1000)))
}
