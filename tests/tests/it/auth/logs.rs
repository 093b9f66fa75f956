//! Secrets are in no log, at any level, and in no message.

use crate::helpers::{ready, run_json, text};
use detente_tests::product::{binary, free_address, run};
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Starts a process with the log level `trace` and its log in a file.
fn traced(args: &[&str], token: &str, log: &Path) -> Child {
    let mut command = Command::new(binary());
    command.args(args).env("DETENTE_LOG", "trace");
    command.env("DETENTE_TOKEN", token);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(File::create(log).unwrap()).spawn().unwrap()
}

fn ran(args: &[&str], token: &str, log: &Path) {
    drop(traced(args, token, log).wait());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_in_no_log_of_the_server_or_of_a_client() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let data_dir = at("data").display().to_string();
    let create = ["token", "create", "--name", "desk", "--role", "admin"];
    let create = [&create[..], &["--data-dir", &data_dir]].concat();
    let token = text(&run_json(&create)["token"]);
    let secret = token.rsplit_once('_').unwrap().1.to_owned();
    let wrong = token.replace(&secret[..8], "00000000");

    let address = free_address();
    let up = [
        "up",
        "--http",
        &address,
        "--grpc",
        "127.0.0.1:0",
        "--nats-port",
        "0",
        "--data-dir",
        &data_dir,
    ];
    let mut server = traced(&up, "", &at("server.log"));
    let base = format!("http://{address}");
    ready(&base).await;
    let events = ["events", "--server", &base];
    ran(&events, &token, &at("good.log"));
    ran(&events, &wrong, &at("wrong.log"));
    let list = ["token", "list", "--data-dir", &data_dir];
    ran(&list, "", &at("list.log"));
    ran(&create, "", &at("create.log"));
    let misused = ["events", "--token", &token, "--nonsense", "--server", &base];
    ran(&misused, "", &at("misused.log"));
    let odd = format!("{token}\n{token}");
    ran(
        &["events", "--token", &odd, "--server", &base],
        "",
        &at("odd.log"),
    );
    ran(&["--help"], &token, &at("help.log"));
    drop(server.kill());
    drop(server.wait());

    let password = std::fs::read_to_string(at("data").join("nats/password")).unwrap();
    for name in [
        "server", "good", "wrong", "list", "create", "misused", "odd", "help",
    ] {
        let log = std::fs::read(at(&format!("{name}.log"))).unwrap();
        let log = String::from_utf8_lossy(&log);
        for hidden in [&secret[8..], &wrong[wrong.len() - 40..], password.trim()] {
            assert!(!log.contains(hidden), "{name}: a secret is in its log");
        }
    }
    let log = std::fs::read_to_string(at("server.log")).unwrap();
    assert!(log.contains("TRACE"), "all was logged");
    let help = run(&["--help"]);
    assert!(!String::from_utf8_lossy(&help.stdout).contains("detente_"));
}
