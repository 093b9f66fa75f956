//! Services that others reach do not start without a token, and say what makes one.

use super::{asked, status};
use crate::ask::{data, text};
use detente_tests::product::{Process, binary, run};
use detente_tests::server;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// The command that a refusal to start has printed.
fn printed(refused: &Output) -> String {
    let note = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(64), "{note}");
    assert!(refused.stdout.is_empty());
    let command = note.lines().find(|line| line.starts_with("  detente "));
    command
        .unwrap_or_else(|| panic!("{note}"))
        .trim()
        .to_owned()
}

/// Runs a command as a person would who copies it into a shell.
fn copied(command: &str) -> String {
    let line = command.replacen("detente", &binary().display().to_string(), 1);
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    let note = String::from_utf8_lossy(&output.stderr);
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

fn words(line: &[String]) -> Vec<&str> {
    line.iter().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_needs_a_token_where_others_reach_it_and_the_command_that_it_prints_makes_one() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().join("it's mine");
    for http in ["0.0.0.0:0", "[::]:0"] {
        let command = printed(&run(&words(&up(&data_dir, http))));
        assert!(command.contains("--data-dir"), "{command}");
    }
    let thrown = run(&[
        "up",
        "--ephemeral",
        "--http",
        "0.0.0.0:0",
        "--grpc",
        "127.0.0.1:0",
        "--nats-port",
        "0",
    ]);
    assert!(printed(&thrown).contains("--data-dir DIR"));

    let token = copied(&printed(&run(&words(&up(&data_dir, "0.0.0.0:0")))));
    let mut process = Process::start(&words(&up(&data_dir, "0.0.0.0:0")));
    let ready: Value = serde_json::from_str(&process.line()).unwrap();
    assert_eq!(ready["tokens"], 1);
    let http = text(&ready["http"]).replace("0.0.0.0", "127.0.0.1");
    assert_eq!(status(asked(&http, "/v1/countries", "")).await, 401);
    assert_eq!(status(asked(&http, "/v1/countries", &token)).await, 200);

    // The same command works beside the server that runs now.
    let data_dir = data_dir.display().to_string();
    let list = ["token", "list", "--data-dir", &data_dir, "-o", "json"];
    let listed = data(&run(&list));
    assert_eq!(listed[0]["name"], "admin");
    let id = text(&listed[0]["id"]);
    data(&run(&[
        "token",
        "revoke",
        &id,
        "--data-dir",
        &data_dir,
        "-o",
        "json",
    ]));
    assert_eq!(process.interrupt(), Some(0));
    // A token that was revoked opens nothing, so it is as if there were none.
    printed(&run(&words(&up(Path::new(&data_dir), "0.0.0.0:0"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_needs_a_token_where_others_reach_it() {
    let directory = tempfile::tempdir().unwrap();
    let nats = server::start(directory.path().join("nats")).await;
    let serve = |role: &'static str| {
        ["serve", role, "--nats", nats.url(), "--http", "0.0.0.0:0"].map(str::to_owned)
    };
    let mut command = String::new();
    for role in ["ingest", "projector", "query"] {
        command = printed(&run(&words(&serve(role))));
        assert!(command.contains(nats.url()), "{command}");
    }
    let token = copied(&command);
    let started: Vec<(Process, String)> = ["ingest", "projector", "query"]
        .into_iter()
        .map(|role| {
            let process = Process::start(&words(&serve(role)));
            let address = process.note_after("http://0.0.0.0:");
            (process, format!("http://127.0.0.1:{address}"))
        })
        .collect();
    for (_, http) in &started {
        assert_eq!(status(asked(http, "/livez", "")).await, 200);
        assert_eq!(status(asked(http, "/metrics", "")).await, 401);
        assert_eq!(status(asked(http, "/metrics", &token)).await, 200);
    }
}

#[test]
fn what_cannot_be_a_token_is_refused() {
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
