//! Secrets are in no log, at any level, and in no message.

use crate::helpers::{ready, run_json, text};
use detente_tests::product::{binary, free_address, run};
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const WEBHOOK_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// Prepares a process with the log level `trace`.
fn command(args: &[&str], token: &str) -> Command {
    let mut command = Command::new(binary());
    command.args(args).env("DETENTE_LOG", "trace");
    command.env("DETENTE_TOKEN", token);
    command.stdin(Stdio::null());
    command
}

/// Starts a process with the log level `trace`, and all that it prints in a file.
fn traced(args: &[&str], token: &str, log: &Path) -> Child {
    let log = File::create(log).unwrap();
    let mut command = command(args, token);
    command.stdout(log.try_clone().unwrap());
    command.stderr(log).spawn().unwrap()
}

fn ran(args: &[&str], token: &str, log: &Path) {
    drop(traced(args, token, log).wait());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_in_no_log_of_the_server_or_of_a_client() {
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
    let up = [&up[..], &["--webhooks-allow-private"]].concat();
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
    let webhook = [
        "webhook",
        "create",
        "http://127.0.0.1:9/hook",
        "--id",
        "desk",
    ];
    let secret_of = ["--secret", WEBHOOK_SECRET, "--server", &base, "-o", "json"];
    let output = command(&[&webhook[..], &secret_of].concat(), &token).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    std::fs::write(at("webhook.log"), output.stderr).unwrap();
    let shown = [
        "webhook",
        "create",
        "http://user:URLPASSWORD@127.0.0.1:9/",
        "--server",
        &base,
    ];
    ran(&shown, &token, &at("refused_webhook.log"));
    for (name, server) in [
        ("refused", "http://desk:URLPASSWORD@127.0.0.1:9"),
        ("unknown", "http://desk:URLPASSWORD@host.invalid"),
        ("invalid", "ftp://desk:URLPASSWORD@127.0.0.1:9"),
        ("malformed", "http://desk:URLPASSWORD@127.0.0.1:port"),
    ] {
        for (command, rest) in [("events", ""), ("doctor", ""), ("report", "/dev/null")] {
            let args = [command, rest, "--server", server];
            let args: Vec<&str> = args.into_iter().filter(|arg| !arg.is_empty()).collect();
            ran(&args, "", &at(&format!("{name}_{command}.log")));
        }
    }
    let nats = ["verify", "--nats", "nats://desk:URLPASSWORD@127.0.0.1:9"];
    ran(&nats, "", &at("nats.log"));
    drop(server.kill());
    drop(server.wait());

    let password = std::fs::read_to_string(at("data").join("nats/password")).unwrap();
    let logs: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
    let is_log = |path: &Path| path.extension().is_some_and(|end| end == "log");
    let logs = logs.into_iter().map(|entry| entry.unwrap().path());
    let logs: Vec<_> = logs.filter(|path| is_log(path)).collect();
    assert!(logs.len() > 20, "{logs:?}");
    let secrets = [&secret[8..], &wrong[wrong.len() - 40..], password.trim()];
    for path in &logs {
        let log = std::fs::read(path).unwrap();
        let log = String::from_utf8_lossy(&log);
        for hidden in secrets
            .into_iter()
            .chain([&WEBHOOK_SECRET[6..], "URLPASSWORD"])
        {
            assert!(
                !log.contains(hidden),
                "{path:?}: a secret is in its log: {log}"
            );
        }
    }
    let log = std::fs::read_to_string(at("server.log")).unwrap();
    assert!(
        log.contains(" INFO detente_"),
        "its own messages are logged"
    );
    let is_of_dependency = |line: &str| {
        let is_detailed = line.contains(" DEBUG ") || line.contains(" TRACE ");
        is_detailed && !line.contains("detente")
    };
    assert!(!log.lines().any(is_of_dependency), "{log}");
    let help = run(&["--help"]);
    assert!(!String::from_utf8_lossy(&help.stdout).contains("detente_"));
    let mut help = command(&["events", "--help"], "");
    help.env("DETENTE_SERVER", "http://desk:URLPASSWORD@127.0.0.1:9");
    let help = help.stdout(Stdio::piped()).output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    assert!(help.contains("DETENTE_SERVER") && !help.contains("URLPASSWORD"));
}
