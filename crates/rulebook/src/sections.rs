//! The sections of a rulebook file.

mod grades;
mod kinds;
mod levels;
mod limits;
mod organisations;
mod sums;

use detente_domain::rulebook::Rulebook;

use crate::reader::{Reader, Section};

const SECTIONS: [&str; 16] = [
    "version",
    "memory",
    "grades",
    "corroboration",
    "authority",
    "machine",
    "dimensions",
    "posture",
    "floors",
    "levels",
    "threat",
    "trajectory",
    "severity",
    "organisations",
    "kinds",
    "coded",
];

/// Factors with which the kinds are read, for their problems alone, if those of the file are wrong.
const FACTORS: [u32; 3] = [1000; 3];

/// Reads every section, so that every problem is reported, and then builds the rules.
pub(crate) fn rulebook<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Rulebook> {
    reader.check_keys(root, &SECTIONS);
    let version = reader.text(root, "version").map(str::to_owned);
    let memory = sums::memory(reader, root);
    let grades = grades::grades(reader, root);
    let corroboration = grades::corroboration(reader, root);
    let carry_over = share_of(reader, root, ["authority", "carry_over"], 1000);
    let machine_share = share_of(reader, root, ["machine", "share"], 900);
    let dimensions = sums::dimensions(reader, root);
    let posture = sums::posture(reader, root);
    let floors = levels::floors(reader, root);
    let levels = levels::levels(reader, root);
    let threat = levels::threat(reader, root);
    let trajectory = levels::trajectory(reader, root);
    let severity = kinds::factors(reader, root);
    let organisations = organisations::organisations(reader, root);
    let kinds = kinds::kinds(reader, root, severity.unwrap_or(FACTORS));
    let coded = kinds::coded(reader, root);
    severity?;
    let (grades, organisations) = (grades?, organisations?);
    let ((levels, mixed), (trajectory_days, trajectory_step)) = (levels?, trajectory?);
    Some(Rulebook {
        version: version?,
        kinds: kinds?,
        coded: coded?,
        memory: memory?,
        dimensions: dimensions?,
        source: grades.source,
        information: grades.information,
        ladder: grades.ladder,
        disputed: grades.disputed,
        accused: grades.accused,
        corroboration: corroboration?,
        carry_over: carry_over?,
        via: organisations.via,
        organisations: organisations.limits,
        machine_share: machine_share?,
        floor_breaks_at: floors?,
        levels,
        threat: threat?,
        mixed,
        posture: posture?,
        trajectory_days,
        trajectory_step,
    })
}

/// Reads a table that has one share and nothing else.
fn share_of<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
    [table, key]: [&str; 2],
    most: u32,
) -> Option<u32> {
    let section = reader.table(root, table, &[key])?;
    reader.share(&section, key, most)
}

/// Returns all values, or `None` if one is missing.
fn all<T, const N: usize>(read: [Option<T>; N]) -> Option<[T; N]> {
    let read: Option<Vec<T>> = read.into_iter().collect();
    read?.try_into().ok()
}
