//! The allowed dependencies of each crate, in the workspace and outside it.

use crate::{assert_none, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The crates of the workspace that each crate may use, bottom layer first.
const LAYERS: [(&str, &str); 24] = [
    // Pure core.
    ("domain", ""),
    ("chronicle", "domain"),
    // NATS.
    ("jetstream", ""),
    ("nats-server", "jetstream"),
    // Formats.
    ("codec", "domain"),
    ("rulebook", "domain"),
    ("api", "domain rulebook"),
    // From the log to a chronicle.
    ("rulebook-store", "domain rulebook jetstream"),
    ("apply", "domain chronicle codec jetstream"),
    // Shared by services.
    ("auth", "api jetstream"),
    ("http", "api auth"),
    ("feed", "domain api jetstream"),
    (
        "read-model",
        "domain chronicle codec rulebook api jetstream rulebook-store apply feed",
    ),
    ("client", "api"),
    // Services.
    ("ingest", "domain codec api jetstream auth http"),
    (
        "projector",
        "domain chronicle api jetstream rulebook-store apply",
    ),
    (
        "query",
        "domain api jetstream rulebook-store http feed read-model",
    ),
    ("webhooks", "api jetstream auth http feed read-model"),
    ("grpc", "api auth http feed read-model ingest"),
    (
        "console",
        "domain chronicle rulebook api auth http feed read-model ingest",
    ),
    ("backup", "jetstream"),
    (
        "verify",
        "domain chronicle codec jetstream rulebook-store projector",
    ),
    // For tests.
    ("testkit", "domain jetstream nats-server"),
    ("fuzz", "domain codec rulebook api feed backup"),
];
/// The crates that may use all others.
const TOP: [&str; 2] = ["cli", "tests"];
/// The crate that only tests may use.
const FOR_TESTS: &str = "testkit";

/// The dependencies of `domain`.
const DOMAIN_DEPENDENCIES: [&str; 5] = ["edtf", "strsim", "thiserror", "time", "uuid"];
/// Dependencies that would bring IO, tasks or serialization into the pure core.
const IMPURE: [&str; 7] = [
    "async-nats",
    "axum",
    "reqwest",
    "serde",
    "serde_json",
    "tokio",
    "tracing",
];
/// Dependencies that only some crates may use.
const RESTRICTED: [(&str, &[&str]); 7] = [
    ("async-nats", &["jetstream", "tests"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
    ("csv", &["http"]),
    ("eventsource-stream", &["client"]),
    ("governor", &["http"]),
    ("tonic", &["grpc", "tests"]),
];

#[test]
fn crates_use_only_the_layers_below() {
    let table: BTreeMap<_, _> = LAYERS.into_iter().collect();
    let mut wrong = Vec::new();
    for package in packages() {
        let name = package.name.as_str();
        if name != "tests" && package.ours.contains(FOR_TESTS) {
            wrong.push(format!("{name} uses {FOR_TESTS} outside tests"));
        }
        if TOP.contains(&name) {
            continue;
        }
        let Some(allowed) = table.get(name) else {
            wrong.push(format!("{name} has no row in LAYERS"));
            continue;
        };
        let is_allowed = |other: &str| allowed.split(' ').any(|allowed| allowed == other);
        for other in package.ours.iter().filter(|other| !is_allowed(other)) {
            wrong.push(format!("{name} uses {other}"));
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_domain_has_few_dependencies() {
    let packages = packages();
    let domain = packages.iter().find(|package| package.name == "domain");
    let dependencies: Vec<&str> = domain
        .into_iter()
        .flat_map(|package| &package.others)
        .map(String::as_str)
        .collect();
    assert_eq!(dependencies, DOMAIN_DEPENDENCIES);
}

#[test]
fn the_pure_core_has_no_impure_dependency() {
    let mut wrong = Vec::new();
    for package in packages() {
        if ["domain", "chronicle"].contains(&package.name.as_str()) {
            let others = package.others.iter();
            let impure = others.filter(|other| IMPURE.contains(&other.as_str()));
            wrong.extend(impure.map(|other| format!("{} uses {other}", package.name)));
        }
    }
    assert_none(&wrong);
}

#[test]
fn restricted_dependencies_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for package in packages() {
        for (dependency, users) in RESTRICTED {
            if package.others.contains(dependency) && !users.contains(&package.name.as_str()) {
                wrong.push(format!("{} uses {dependency}", package.name));
            }
        }
    }
    assert_none(&wrong);
}

/// A package of the workspace.
struct Package {
    /// Its name, without the prefix.
    name: String,
    /// The crates of the workspace that it uses outside tests.
    ours: BTreeSet<String>,
    /// Its other dependencies outside tests.
    others: BTreeSet<String>,
}

fn packages() -> Vec<Package> {
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
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages.map(package).collect()
}

fn package(metadata: &Value) -> Package {
    let mut ours = BTreeSet::new();
    let mut others = BTreeSet::new();
    for dependency in metadata["dependencies"].as_array().into_iter().flatten() {
        let name = dependency["name"].as_str().unwrap_or_default();
        if dependency["kind"] == "dev" {
            continue;
        }
        if let Some(name) = name.strip_prefix("detente-") {
            ours.insert(name.to_owned());
        } else {
            others.insert(name.to_owned());
        }
    }
    let name = metadata["name"].as_str().unwrap_or_default();
    Package {
        name: name.trim_start_matches("detente-").to_owned(),
        ours,
        others,
    }
}
