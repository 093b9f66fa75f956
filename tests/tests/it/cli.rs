//! The command line for scripts: exit codes, stdout and stderr, start and stop of `up`.

use crate::helpers::{
    DEMO, Feed, clash, count, data, event, eventually, get, ready, stderr, words,
};
use detente_tests::product::{Product, run, run_on};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

/// An address without a server.
const NO_SERVER: &str = "http://127.0.0.1:9";

/// Checks that a command fails with a code and a message on stderr, and prints nothing on stdout.
fn assert_fails(args: &[&str], code: i32, message: &str) {
    let output = run(args);
    let note = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {note}");
    assert!(note.contains(message), "{args:?}: {note}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{args:?}");
}

#[test]
fn each_failure_has_its_exit_code_and_a_message_on_stderr() {
    let directory = tempfile::tempdir().unwrap();
    let rules = directory.path().join("rules.toml").display().to_string();
    std::fs::write(&rules, "version = 7\n[nonsense]\n").unwrap();
    let file = |line: &'static str| {
        let mut args = words(line);
        args.extend(["--file", DEMO]);
        args
    };
    assert!(run(&file("state TJK AFG --at 2022-12-31")).status.success());
    for (args, message) in [
        (words("state TJK"), "TO"),
        (words("frobnicate"), "frobnicate"),
        (words("up --demo wrld --ephemeral"), "central-asia, world"),
        (words("state TJK AFG --at 2023-02-30"), "2023-02-30"),
        (words("watch --count many"), "many"),
        (file("state TJK Afganistan"), "AFG"),
        (file("state AFG AFG"), "itself"),
        (file("state TJK AFG --known-at 9999"), "9999"),
        (file("events --kind visit.mde"), "visit.made"),
        (file("history TJK AFG --dimension mood"), "political"),
        (words("state TJK AFG --server ftp://x"), "ftp://x"),
    ] {
        assert_fails(&args, 2, message);
    }
    let unreachable = ["state", "TJK", "AFG", "--server", NO_SERVER];
    assert_fails(&unreachable, 1, NO_SERVER);
    assert_fails(&words("report /no/such/file"), 1, "/no/such/file");
    assert_fails(&words("rulebook check /no/such/file"), 64, "/no/such/file");
    let checked = run(&["rulebook", "check", &rules]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stdout).contains("nonsense"));
    let mut unreadable = file("state TJK AFG");
    unreadable.extend(["--rulebook", &rules]);
    assert_fails(&unreadable, 64, "nonsense");
    let data_dir = directory.path().join("data").display().to_string();
    let mut up = words("up --http 127.0.0.1:0 --nats-port 0 --rulebook /no/such/file --data-dir");
    up.push(&data_dir);
    assert_fails(&up, 64, "/no/such/file");
}

/// Checks that a command prints a message, and nothing that a terminal obeys but line breaks.
fn assert_clean(args: &[&str], input: &str, message: &str) {
    let output = run_on(input.as_bytes(), args);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
    assert!(printed.contains(message), "{args:?}: {printed:?}");
    let is_bad = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
    assert!(!printed.contains(is_bad), "{args:?}: {printed:?}");
    let forged = printed.lines().any(|line| line.starts_with("FORGED"));
    assert!(!forged, "{args:?}: {printed}");
}

#[test]
fn no_text_of_a_file_or_an_argument_is_obeyed_by_the_terminal() {
    const HOSTILE: &str = "\u{1b}[2J\u{9b}31m\u{202e}\nFORGED";
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).display().to_string();
    let mut row = clash(5);
    row[format!("colour{HOSTILE}")] = HOSTILE.into();
    row["actors"] = [format!("Land{HOSTILE}")].into();
    row["details"][format!("size{HOSTILE}")] = "1".into();
    let row = row.to_string();
    let rules = at("rules.toml");
    let escaped = HOSTILE
        .replace('\u{1b}', "\\u001B")
        .replace('\u{9b}', "\\u009B");
    let escaped = escaped.replace('\n', "\\n");
    let text = format!("version = \"9{escaped}\"\n\"key{escaped}\" = 1\n[\"section{escaped}\"]\n");
    std::fs::write(&rules, text).unwrap();
    let no_file = format!("/no/such{}", HOSTILE.replace('\n', ""));
    let data_dir = at("data");

    assert_clean(
        &["report", "-", "--dry-run", "--server", NO_SERVER],
        &row,
        "127.0.0.1",
    );
    assert_clean(&["state", "KGZ", "UZB", "--file", "-"], &row, "row 1");
    assert_clean(&["events", "--file", "-"], &row, "colour");
    assert_clean(&["rulebook", "check", &rules], "", "section");
    assert_clean(
        &["events", "--file", DEMO, "--rulebook", &rules],
        "",
        "section",
    );
    assert_clean(&["report", &no_file], "", "/no/such");
    let create = [
        "token",
        "create",
        "--role",
        "reader",
        "--data-dir",
        &data_dir,
        "--name",
    ];
    assert_clean(
        &[&create[..], &[HOSTILE]].concat(),
        "",
        "control characters",
    );
    assert_clean(&[&create[..], &["desk\u{202e}"]].concat(), "", "desk");
    assert_clean(&["token", "list", "--data-dir", &data_dir], "", "desk");
    let colour = HOSTILE.replace('\n', "");
    for argument in ["--at", "--known-at", "--kind", "--output", "--nonsense"] {
        assert_clean(&["events", "--file", DEMO, argument, &colour], "", "");
        assert_clean(&["events", &format!("{argument}{colour}")], "", "");
    }
}

#[test]
fn help_completions_and_the_rulebook_go_to_stdout() {
    for args in [
        "--help",
        "--version",
        "completions bash",
        "completions zsh",
        "rulebook show",
    ] {
        let output = run(&words(args));
        assert_eq!(output.status.code(), Some(0), "{args}: {}", stderr(&output));
        assert!(!output.stdout.is_empty(), "{args}");
        assert_eq!(stderr(&output), "", "{args}");
    }
    let completions = run(&words("completions bash")).stdout;
    let completions = String::from_utf8(completions).unwrap();
    assert!(completions.contains("_detente") && completions.contains("rulebook"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_goes_to_stdout_and_all_else_to_stderr() {
    let product = Product::temporary(&["--demo"]);
    for args in [
        "state TJK AFG -o json",
        "country AFG -o json",
        "events -o json",
        "history TJK AFG -o json",
        "doctor -o json",
    ] {
        let output = product.client(&words(args));
        let printed: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{args}: {error}: {}", stderr(&output)));
        assert!(printed.is_object() || printed.is_array(), "{args}");
        if !args.starts_with("doctor") {
            assert_eq!(
                (output.status.code(), &*stderr(&output)),
                (Some(0), ""),
                "{args}"
            );
        }
    }
    let output = product.client(&words("doctor"));
    assert!([Some(0), Some(1)].contains(&output.status.code()));
    assert!(String::from_utf8_lossy(&output.stdout).contains(&product.http));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_rows_fail_a_report_and_good_rows_are_stored() {
    let product = Product::temporary(&[]);
    let before = count(&product).await;
    let good = clash(5);
    let bad = event("clash.occured", &["KGZ", "UZB"], &[], "2023-05-05");
    let lines = format!("{good}\n{bad}\n{good}\n");
    let args = ["report", "-", "-o", "json", "--server", &product.http];
    let output = run_on(lines.as_bytes(), &args);
    assert_eq!(output.status.code(), Some(1));
    let note = stderr(&output);
    assert!(
        note.contains("row 2") && note.contains("unknown_kind"),
        "{note}"
    );
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["accepted"].as_array().unwrap().len(), 2);
    assert_eq!(printed["refused"][0]["row"], 2);
    eventually("both are listed", async || {
        count(&product).await == before + 2
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_stops_everything_including_the_nats_server() {
    let directory = tempfile::tempdir().unwrap();
    let mut product = Product::up(directory.path(), &[]);
    let pid = product.nats_pid().expect("it runs");
    // A connected subscriber does not delay it.
    let mut feed = Feed::open(&product.http, None).await;
    assert_eq!(feed.next().await.event, "heartbeat");
    assert_eq!(product.process.interrupt(), Some(0));
    assert_eq!(product.nats_pid(), None);
    let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&command).contains("nats-server"));
    let product = Product::up(directory.path(), &[]);
    assert_eq!(get(&product, "/readyz").await["ready"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_the_same_data_is_refused_and_the_first_continues() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let data_dir = directory.path().display().to_string();
    let mut args = words("up --http 127.0.0.1:0 --nats-port 0 --data-dir");
    args.push(&data_dir);
    assert_fails(&args, 1, &data_dir);
    let message = stderr(&run(&args));
    assert!(
        message.contains("already") || message.contains("in use"),
        "{message}"
    );
    assert_eq!(get(&product, "/readyz").await["ready"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_nats_server_is_restarted_and_reports_continue() {
    let mut product = Product::temporary(&[]);
    let before = count(&product).await;
    for round in 1..=3 {
        let pid = product.nats_pid().expect("it runs");
        product.kill_nats();
        // The command retries until the server is back.
        let row = clash(round).to_string();
        let args = ["report", "-", "-o", "json", "--server", &product.http];
        let printed = data(&run_on(row.as_bytes(), &args));
        assert_eq!(printed["accepted"].as_array().unwrap().len(), 1);
        eventually("another server runs", async || {
            product.nats_pid().is_some_and(|now| now != pid)
        })
        .await;
        ready(&product.http).await;
        eventually("it is published", async || {
            count(&product).await == before + round as usize
        })
        .await;
    }
    assert!(!product.process.has_ended());
}

/// Serves one answer over HTTP, or none, and returns the address.
fn answering(answer: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let lines = BufReader::new(client.try_clone().unwrap()).lines();
        // Until the empty line, or the end of the connection if there is no answer.
        let rest = lines.map_while(Result::ok);
        rest.take_while(|line| answer.is_none() || !line.is_empty())
            .for_each(drop);
        let _ = client.write_all(answer.unwrap_or_default().as_bytes());
    });
    format!("http://{address}")
}

#[test]
fn a_health_check_fails_with_the_reason_unless_the_service_does_its_work() {
    let product = Product::temporary(&[]);
    for args in [&["healthcheck"] as &[&str], &["healthcheck", "--live"]] {
        let output = product.client(args);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(
            (output.stdout, output.stderr),
            (Vec::new(), Vec::new()),
            "{args:?}"
        );
    }
    let not_ready = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\n\
        connection: close\r\n\r\n\
        {\"ready\":false,\"failing\":[{\"part\":\"log\",\"reason\":\"is away\"}]}";
    for answer in [
        not_ready,
        "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n",
    ] {
        let failing = answering(Some(answer));
        let reason = if answer == not_ready {
            "log: is away"
        } else {
            "it does not say why"
        };
        assert_fails(&["healthcheck", "--server", &failing], 1, reason);
    }
    let silent = answering(None);
    assert_fails(
        &["healthcheck", "--timeout", "1", "--server", &silent],
        1,
        &silent,
    );
    for more in [&[] as &[&str], &["--live"]] {
        let args = [&["healthcheck", "--server", NO_SERVER], more].concat();
        assert_fails(&args, 1, NO_SERVER);
    }
    assert_fails(&["healthcheck", "--timeout", "0"], 2, "0");
}
