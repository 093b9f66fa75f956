//! The sections of a rulebook file.

mod grades;
mod kinds;
mod levels;

use detente_domain::rulebook::Rulebook;

use crate::reader::{Reader, Section};

const SECTIONS: [&str; 11] = [
    "version",
    "grades",
    "corroboration",
    "authority",
    "machine",
    "dimensions",
    "levels",
    "threat",
    "trajectory",
    "kinds",
    "coded",
];

/// Reads every section, so that every problem is reported, and then builds the rules.
pub(crate) fn rulebook<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Rulebook> {
    reader.check_keys(root, &SECTIONS);
    let version = reader.text(root, "version").map(str::to_owned);
    let grades = grades::grades(reader, root);
    let corroboration = grades::corroboration(reader, root);
    let carry_over = share_of(reader, root, ["authority", "carry_over"], 1000);
    let machine_share = share_of(reader, root, ["machine", "share"], 900);
    let dimensions = levels::dimensions(reader, root);
    let levels = levels::levels(reader, root);
    let threat = levels::threat(reader, root);
    let trajectory = levels::trajectory(reader, root);
    let kinds = kinds::kinds(reader, root);
    let coded = kinds::coded(reader, root);
    let (grades, (dimensions, posture)) = (grades?, dimensions?);
    let ((levels, mixed), (trajectory_days, trajectory_step)) = (levels?, trajectory?);
    Some(Rulebook {
        version: version?,
        kinds: kinds?,
        coded: coded?,
        dimensions,
        source: grades.source,
        information: grades.information,
        ladder: grades.ladder,
        disputed: grades.disputed,
        corroboration: corroboration?,
        carry_over: carry_over?,
        machine_share: machine_share?,
        levels,
        threat: threat?,
        mixed,
        posture,
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
