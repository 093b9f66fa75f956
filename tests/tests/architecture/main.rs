//! The rules of ARCHITECTURE.md and CONTRIBUTING.md that can be checked automatically.

mod files;
mod layers;
mod pages;

use std::fs;
use std::path::{Path, PathBuf};

/// Returns every file below a directory, except hidden and built ones.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files_below = Vec::new();
    for entry in entries(directory) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if entry.is_dir() {
            files_below.extend(files(&entry));
        } else {
            files_below.push(entry);
        }
    }
    files_below
}

/// Returns the paths in a directory, sorted.
pub(crate) fn entries(directory: &Path) -> Vec<PathBuf> {
    let listed =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut entries: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the path from the root of the repository.
pub(crate) fn short(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

#[track_caller]
pub(crate) fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
