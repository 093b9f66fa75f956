//! The rules of the house, as tests: which room may know which, and what every file keeps to.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each room may use of the others. The command line, and the tests, may use all.
const ARROWS: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("chronicle", &["domain"]),
    ("wire", &["domain"]),
    ("stream", &[]),
    ("replay", &["domain", "chronicle", "wire", "stream"]),
    ("guard", &["wire", "stream"]),
    ("http", &["wire", "guard"]),
    ("ingest", &["domain", "wire", "http", "stream", "guard"]),
    (
        "projector",
        &["domain", "chronicle", "wire", "stream", "replay"],
    ),
    (
        "query",
        &["domain", "chronicle", "wire", "http", "stream", "replay"],
    ),
    ("client", &["wire"]),
    ("webhooks", &["wire", "guard", "http", "stream", "query"]),
    (
        "grpc",
        &["domain", "wire", "http", "ingest", "query", "guard"],
    ),
    ("backup", &["stream"]),
    (
        "verify",
        &["domain", "chronicle", "wire", "stream", "projector"],
    ),
];
/// The rooms that may use all.
const TOP: [&str; 2] = ["cli", "tests"];

/// All that the words and laws are built on.
const DOMAIN_NEEDS: [&str; 4] = ["edtf", "thiserror", "time", "uuid"];
/// What would bring IO, tasks or wire forms into a pure room.
const IMPURE: [&str; 7] = [
    "async-nats",
    "axum",
    "reqwest",
    "serde",
    "serde_json",
    "tokio",
    "tracing",
];
/// Crates that only some rooms may know.
const KEPT: [(&str, &[&str]); 7] = [
    ("async-nats", &["stream", "tests"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
    ("csv", &["http"]),
    ("eventsource-stream", &["client"]),
    ("governor", &["http"]),
    ("tonic", &["grpc", "tests"]),
];

/// A file that is longer has two ideas in it.
const LINES_MAX: usize = 400;

/// The pages that lead a stranger in.
const PAGES: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

#[test]
fn arrows_point_to_the_domain() {
    let table: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let mut wrong = Vec::new();
    for room in rooms() {
        if TOP.contains(&room.name.as_str()) {
            continue;
        }
        let Some(allowed) = table.get(room.name.as_str()) else {
            wrong.push(format!("{} has no row in ARROWS", room.name));
            continue;
        };
        for other in room.ours.iter().filter(|o| !allowed.contains(&o.as_str())) {
            wrong.push(format!("{} uses {other}", room.name));
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_domain_is_built_on_four_crates() {
    let rooms = rooms();
    let domain = rooms.iter().find(|room| room.name == "domain");
    let needs: Vec<&str> = domain
        .into_iter()
        .flat_map(|room| &room.others)
        .map(String::as_str)
        .collect();
    assert_eq!(needs, DOMAIN_NEEDS);
}

#[test]
fn pure_rooms_have_nothing_impure() {
    let mut wrong = Vec::new();
    for room in rooms() {
        if ["domain", "chronicle"].contains(&room.name.as_str()) {
            let impure = room.others.iter().filter(|o| IMPURE.contains(&o.as_str()));
            wrong.extend(impure.map(|other| format!("{} uses {other}", room.name)));
        }
    }
    assert_none(&wrong);
}

#[test]
fn each_outside_thing_has_one_room() {
    let mut wrong = Vec::new();
    for room in rooms() {
        for (kept, by) in KEPT {
            if room.others.contains(kept) && !by.contains(&room.name.as_str()) {
                wrong.push(format!("{} uses {kept}", room.name));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_file_says_what_it_is_and_is_short() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        if !first.starts_with("//!") && !first.starts_with("#!") {
            wrong.push(format!("{path} does not begin with what it is"));
        }
        let lines = text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!("{path} has {lines} lines"));
        }
    }
    assert_none(&wrong);
}

#[test]
fn nothing_is_left_undone() {
    // In pieces, so that this file does not find itself.
    let unfinished = [
        concat!("#[", "ignore"),
        concat!("#[", "should_panic"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let found = unfinished.iter().filter(|word| text.contains(**word));
        wrong.extend(found.map(|word| format!("{path} has {word}")));
    }
    assert_none(&wrong);
}

#[test]
fn nothing_names_a_place_on_somebodys_machine() {
    let places = ["home", "root", "work", "Users"].map(|name| format!("/{name}/"));
    let kinds = ["rs", "toml", "md", "conf", "service", "proto", "ndjson"];
    let mut wrong = Vec::new();
    for path in files(&root()) {
        let kind = path.extension().and_then(|kind| kind.to_str());
        if !kind.is_some_and(|kind| kinds.contains(&kind)) {
            continue;
        }
        let text = read(&path);
        // A path begins where a word does; the middle of an address is none.
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
fn every_dependency_says_what_it_is_for() {
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
            // A room of ours says what it is in its own manifest.
            let explained = line.contains(" # ") || inherits || line.contains("path = \"crates/");
            if section.contains("dependencies]") && line.contains(" = ") && !explained {
                wrong.push(format!("{}: {line}", short(&path)));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_pages_name_every_room() {
    let mut wrong = Vec::new();
    for page in ["README.md", "ARCHITECTURE.md"] {
        let text = read(&root().join(page));
        for room in directories(&root().join("crates")) {
            let named = [format!("`{room}`"), format!("`crates/{room}`")];
            if !named.iter().any(|name| text.contains(name)) {
                wrong.push(format!("{page} does not name {room}"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn what_the_pages_point_at_is_there() {
    let mut wrong = Vec::new();
    for page in PAGES {
        let text = read(&root().join(page));
        for target in links(&text).into_iter().chain(paths(&text)) {
            if !root().join(&target).exists() {
                wrong.push(format!("{page} points at {target}"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn links_and_paths_are_found_in_a_page() {
    let page = "See [a](A.md#part), [b](https://b.example), `crates/x/src/y.rs` and `deploy`.";
    assert_eq!(links(page), ["A.md"]);
    assert_eq!(paths(page), ["crates/x/src/y.rs"]);
}

/// The targets of a page's links into the repository, without what stands after `#`.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .map(|target| target.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

/// What stands in backticks and begins as a path of the repository does.
fn paths(text: &str) -> Vec<String> {
    let tops = ["crates/", "tests/", "proto/", "deploy/", ".ci/"];
    let quoted = text
        .lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    quoted
        .filter(|word| tops.iter().any(|top| word.starts_with(top)) && !word.contains(' '))
        .map(str::to_owned)
        .collect()
}

/// A package of the workspace.
struct Room {
    /// Its name, without the prefix.
    name: String,
    /// The rooms that it uses, in tests too.
    ours: BTreeSet<String>,
    /// What else it uses; what its tests use is left out.
    others: BTreeSet<String>,
}

fn rooms() -> Vec<Room> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .arg("--offline")
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    let packages = told["packages"].as_array().into_iter().flatten();
    packages.map(room).collect()
}

fn room(package: &Value) -> Room {
    let mut ours = BTreeSet::new();
    let mut others = BTreeSet::new();
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let name = dependency["name"].as_str().unwrap_or_default();
        if let Some(room) = name.strip_prefix("detente-") {
            ours.insert(room.to_owned());
        } else if dependency["kind"] != "dev" {
            others.insert(name.to_owned());
        }
    }
    let name = package["name"].as_str().unwrap_or_default();
    Room {
        name: name.trim_start_matches("detente-").to_owned(),
        ours,
        others,
    }
}

/// Every Rust file that people write, by its path from the root.
fn sources() -> Vec<(String, String)> {
    let files = files(&root()).into_iter();
    files
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .filter(|path| !path.components().any(|part| part.as_os_str() == "gen"))
        .map(|path| (short(&path), read(&path)))
        .collect()
}

/// Every file below a directory, without what is built and what is hidden.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in entries(directory) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if entry.is_dir() {
            found.extend(files(&entry));
        } else {
            found.push(entry);
        }
    }
    found
}

fn directories(directory: &Path) -> Vec<String> {
    let directories = entries(directory)
        .into_iter()
        .filter(|entry| entry.is_dir());
    directories
        .filter_map(|entry| Some(entry.file_name()?.to_string_lossy().into_owned()))
        .collect()
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let listed =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut entries: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn short(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
