//! The histories told together, as `detente up --demo world` loads them.

use crate::cells::{History, Runs};
use crate::{MISSES, facts, is_law, shipped};
use detente_cli::args::Demo;
use std::path::Path;

const BACKGROUND: &str = include_str!("../../../crates/cli/data/background.ndjson");

/// Returns one run with all that the demonstration has.
fn told() -> Runs {
    let files = [("background", BACKGROUND)].into_iter();
    let files = files.chain(Demo::World.files());
    let records: Vec<_> = files
        .flat_map(|(name, text)| facts::rows(name, text))
        .collect();
    let chronicle = facts::chronicle([records.as_slice()].into_iter(), &shipped());
    Runs::from([(String::new(), chronicle)])
}

#[test]
fn the_histories_hold_when_they_are_told_together() {
    let mut runs = told();
    let mut failed: Vec<String> = Vec::new();
    for history in History::all()
        .iter()
        .filter(|history| !is_law(&history.name))
    {
        for (cell, answer) in history.failures_in(&mut runs) {
            let name = format!("{} {cell}", history.name);
            if MISSES.iter().all(|(miss, _)| *miss != name) {
                failed.push(format!("{name}: {answer}"));
            }
        }
    }
    assert!(
        failed.is_empty(),
        "{} cells:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn every_file_of_the_world_is_loaded_once() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/cli/data/world");
    let files = std::fs::read_dir(directory).unwrap_or_else(|why| panic!("{why}"));
    let stem = |path: &Path| Some(path.file_stem()?.to_str()?.to_owned());
    let mut present: Vec<String> = files.filter_map(|file| stem(&file.ok()?.path())).collect();
    present.push("demo".to_owned());
    present.sort();
    let mut loaded: Vec<&str> = Demo::World.files().map(|(name, _)| name).collect();
    loaded.sort_unstable();
    assert_eq!(loaded, present);
}

#[test]
fn the_rows_have_ids_of_their_own_and_titles_in_english_and_arabic() {
    let mut ids = std::collections::BTreeSet::new();
    for (name, text) in Demo::World.files() {
        for line in text.lines().filter(|line| line.starts_with('{')) {
            let row: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            assert!(ids.insert(row["id"].to_string()), "{name}: {line}");
            let titled = ["en", "ar"]
                .iter()
                .all(|lang| row["title"][lang].is_string());
            assert!(row["kind"].is_null() || titled, "{name}: {line}");
        }
    }
}
