//! Servers on public addresses need a token to start, and print the command that creates one.

use super::{get_as, status};
use crate::helpers::{run_json, stderr, text, words};
use detente_testkit::nats;
use detente_tests::product::{Process, binary, run};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Returns the command that a server printed when it refused to start.
fn printed_command(refused: &Output) -> String {
    let note = stderr(refused);
    assert_eq!(refused.status.code(), Some(64), "{note}");
    assert!(refused.stdout.is_empty());
    let command = note.lines().find(|line| line.starts_with("  detente "));
    command
        .unwrap_or_else(|| panic!("{note}"))
        .trim()
        .to_owned()
}

/// Runs a command in a shell.
fn run_in_shell(command: &str) -> String {
    let line = command.replacen("detente", &binary().display().to_string(), 1);
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    let note = stderr(&output);
    assert!(output.status.success(), "{line}: {note}");
    assert!(!note.contains("WARN"), "{note}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn up(data: &Path, http: &str) -> Vec<String> {
    let data = data.display().to_string();
    let line = ["up", "-o", "json", "--nats-port", "0", "--http", http];
    let more = ["--grpc", "127.0.0.1:0", "--data-dir", &data];
    let line = line.into_iter().chain(more);
    line.map(str::to_owned).collect()
}

fn borrowed(line: &[String]) -> Vec<&str> {
    line.iter().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_on_a_public_address_needs_a_token_and_prints_the_command_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().join("it's mine");
    for http in ["0.0.0.0:0", "[::]:0"] {
        let command = printed_command(&run(&borrowed(&up(&data_dir, http))));
        assert!(command.contains("--data-dir"), "{command}");
    }
    let line = "up --ephemeral --http 0.0.0.0:0 --grpc 127.0.0.1:0 --nats-port 0";
    let ephemeral = run(&words(line));
    assert!(printed_command(&ephemeral).contains("--data-dir DIR"));

    let token = run_in_shell(&printed_command(&run(&borrowed(&up(
        &data_dir,
        "0.0.0.0:0",
    )))));
    let mut process = Process::start(&borrowed(&up(&data_dir, "0.0.0.0:0")));
    let ready: Value = serde_json::from_str(&process.line()).unwrap();
    assert_eq!(ready["tokens"], 1);
    let http = text(&ready["http"]).replace("0.0.0.0", "127.0.0.1");
    assert_eq!(status(get_as(&http, "/v1/countries", "")).await, 401);
    assert_eq!(status(get_as(&http, "/v1/countries", &token)).await, 200);

    // The same command works while the server runs.
    let data_dir = data_dir.display().to_string();
    let listed = run_json(&["token", "list", "--data-dir", &data_dir]);
    assert_eq!(listed[0]["name"], "admin");
    let id = text(&listed[0]["id"]);
    run_json(&["token", "revoke", &id, "--data-dir", &data_dir]);
    assert_eq!(process.interrupt(), Some(0));
    // A revoked token does not count.
    printed_command(&run(&borrowed(&up(Path::new(&data_dir), "0.0.0.0:0"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_on_a_public_address_needs_a_token() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let serve = |role: &'static str| {
        ["serve", role, "--nats", nats.url(), "--http", "0.0.0.0:0"].map(str::to_owned)
    };
    let mut command = String::new();
    for role in ["ingest", "projector", "query"] {
        command = printed_command(&run(&borrowed(&serve(role))));
        assert!(command.contains(nats.url()), "{command}");
    }
    let token = run_in_shell(&command);
    let started: Vec<(Process, String)> = ["ingest", "projector", "query"]
        .into_iter()
        .map(|role| {
            let process = Process::start(&borrowed(&serve(role)));
            let address = process.note_after("http://0.0.0.0:");
            (process, format!("http://127.0.0.1:{address}"))
        })
        .collect();
    for (_, http) in &started {
        assert_eq!(status(get_as(http, "/livez", "")).await, 200);
        assert_eq!(status(get_as(http, "/metrics", "")).await, 401);
        assert_eq!(status(get_as(http, "/metrics", &token)).await, 200);
    }
}

#[test]
fn bad_tokens_are_refused_at_creation() {
    let create = ["token", "create", "--nats", "nats://127.0.0.1:9"];
    for (name, role) in [
        ("local", "admin"),
        ("", "admin"),
        ("a\nb", "admin"),
        ("a", "king"),
    ] {
        let args = [&create[..], &["--name", name, "--role", role]].concat();
        assert_eq!(run(&args).status.code(), Some(2), "{name:?} {role}");
    }
}
