//! The introductory pages: everything that they refer to exists.

use crate::{assert_none, entries, read, root};
use std::path::Path;

/// The pages whose links and paths are checked.
const PAGES: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

#[test]
fn the_pages_name_every_crate() {
    let mut wrong = Vec::new();
    for page in ["README.md", "ARCHITECTURE.md"] {
        let text = read(&root().join(page));
        for name in directories(&root().join("crates")) {
            let quoted = [format!("`{name}`"), format!("`crates/{name}`")];
            if !quoted.iter().any(|quoted| text.contains(quoted)) {
                wrong.push(format!("{page} does not name {name}"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn links_and_paths_in_the_pages_exist() {
    let mut wrong = Vec::new();
    for page in PAGES {
        let text = read(&root().join(page));
        for target in links(&text).into_iter().chain(paths(&text)) {
            if !root().join(&target).exists() {
                wrong.push(format!("{page} names {target}, which does not exist"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn links_and_paths_of_a_page_are_recognised() {
    let page = "See [a](A.md#part), [b](https://b.example), `crates/x/src/y.rs` and `deploy`.";
    assert_eq!(links(page), ["A.md"]);
    assert_eq!(paths(page), ["crates/x/src/y.rs"]);
}

/// Returns the targets of a page's links into the repository, without fragments.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .map(|target| target.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

/// Returns texts in backticks that begin like a path of the repository.
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

fn directories(directory: &Path) -> Vec<String> {
    let directories = entries(directory)
        .into_iter()
        .filter(|entry| entry.is_dir());
    directories
        .filter_map(|entry| Some(entry.file_name()?.to_string_lossy().into_owned()))
        .collect()
}
