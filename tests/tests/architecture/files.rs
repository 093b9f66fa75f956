//! Rules that every file follows.

use crate::{assert_none, files, read, root, short};

/// The most lines of a file.
const LINES_MAX: usize = 400;

#[test]
fn every_file_begins_with_its_documentation_and_is_short() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        if !first.starts_with("//!") && !first.starts_with("#!") {
            wrong.push(format!("{path} does not begin with //!"));
        }
        let lines = text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!("{path} has {lines} lines"));
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_test_is_ignored_and_no_code_unfinished() {
    // In pieces, so that this file does not find itself.
    let unfinished = [
        concat!("#[", "ignore"),
        concat!("#[", "should_panic"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let words = unfinished.iter().filter(|word| text.contains(**word));
        wrong.extend(words.map(|word| format!("{path} has {word}")));
    }
    assert_none(&wrong);
}

#[test]
fn no_file_names_a_path_of_a_machine() {
    let places = ["home", "root", "work", "Users"].map(|name| format!("/{name}/"));
    let extensions = ["rs", "toml", "md", "conf", "service", "proto", "ndjson"];
    let mut wrong = Vec::new();
    for path in files(&root()) {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if !extension.is_some_and(|extension| extensions.contains(&extension)) {
            continue;
        }
        let text = read(&path);
        // A path begins where a word does, not in the middle of a URL.
        let begins = |at: usize| {
            let before = text[..at].chars().next_back();
            before.is_none_or(|c| c.is_whitespace() || "\"'`(=:".contains(c))
        };
        for place in &places {
            if text.match_indices(place).any(|(at, _)| begins(at)) {
                wrong.push(format!("{} names {place}", short(&path)));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_dependency_has_a_comment() {
    let mut wrong = Vec::new();
    for path in files(&root()) {
        if path.file_name().is_none_or(|name| name != "Cargo.toml") {
            continue;
        }
        let mut section = String::new();
        for line in read(&path).lines() {
            if line.starts_with('[') {
                line.clone_into(&mut section);
            }
            let inherits = line.contains("workspace = true");
            // A crate of the workspace is described in its own manifest.
            let explained = line.contains(" # ") || inherits || line.contains("path = \"crates/");
            if section.contains("dependencies]") && line.contains(" = ") && !explained {
                wrong.push(format!("{}: {line}", short(&path)));
            }
        }
    }
    assert_none(&wrong);
}

/// Returns every Rust file that is not generated, by its path from the root.
fn sources() -> Vec<(String, String)> {
    let files = files(&root()).into_iter();
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| path.iter().all(|part| part != "generated"))
        .map(|path| (short(&path), read(&path)))
        .collect()
}
