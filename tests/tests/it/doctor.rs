//! `detente doctor` finds nothing wrong with a sound installation, and each fault by its code.

mod fakes;

use crate::auth::create_token;
use crate::helpers::{eventually, get};
use detente_jetstream::topology::{Bucket, Replicas, ensure_bucket};
use detente_testkit::nats;
use detente_tests::product::{Product, binary, run};
use fakes::{Http, nats_server};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use tokio::net::TcpListener;

/// Arguments that look at this machine alone, with ports that are always free.
const ALONE: [&str; 11] = [
    "doctor",
    "-o",
    "json",
    "--http",
    "127.0.0.1:0",
    "--grpc",
    "127.0.0.1:0",
    "--nats-port",
    "0",
    "--disk-free",
    "1",
];
/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

/// Returns the codes of what is wrong, in order.
fn wrong(output: &Output) -> Vec<String> {
    let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = findings.as_array().unwrap().iter();
    let bad: Vec<&Value> = findings
        .filter(|finding| finding["good"] == false)
        .collect();
    assert_eq!(output.status.code(), Some(i32::from(!bad.is_empty())));
    for finding in &bad {
        assert!(finding["advice"].is_string(), "{finding}");
    }
    bad.iter()
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect()
}

/// Runs it with a data directory and further arguments.
fn doctor(data: &Path, more: &[&str]) -> Vec<String> {
    let data = data.display().to_string();
    wrong(&run(&[&ALONE[..], &["--data-dir", &data], more].concat()))
}

/// Runs it without a server.
fn without_server(data: &Path, more: &[&str]) -> Vec<String> {
    let mut codes = doctor(data, &[&["--server", NOWHERE], more].concat());
    assert_eq!(codes.pop().as_deref(), Some("server_unreachable"));
    codes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sound_installation_has_nothing_wrong() {
    let data = tempfile::tempdir().unwrap();
    let nothing: [&str; 0] = [];
    assert_eq!(
        without_server(data.path(), &[]),
        nothing,
        "before the start"
    );
    let product = Product::up(data.path(), &["--demo"]);
    let with_server = ["--server", &product.http];
    assert_eq!(doctor(data.path(), &with_server), nothing, "while it runs");
    create_token(&product.nats, "desk", "reader");
    eventually("the token is needed", async || {
        doctor(data.path(), &with_server) == ["token_refused"]
    })
    .await;
}

#[test]
fn faults_of_the_data_directory_are_found() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(without_server(&file, &[]), ["data_dir_unwritable"]);
    let (more, at) = ((u64::MAX >> 20).to_string(), data.path().display());
    let mut args = ALONE.to_vec();
    args[ALONE.len() - 1] = &more;
    let at = at.to_string();
    let output = run(&[&args[..], &["--data-dir", &at, "--server", NOWHERE]].concat());
    assert_eq!(wrong(&output), ["disk_low", "server_unreachable"]);

    let nats = data.path().join("nats");
    fs::create_dir(&nats).unwrap();
    let modes = |dir: u32, password: u32| {
        let path = nats.join("password");
        fs::write(&path, "secret").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(password)).unwrap();
        fs::set_permissions(&nats, Permissions::from_mode(dir)).unwrap();
        without_server(data.path(), &[])
    };
    assert_eq!(modes(0o755, 0o600), ["data_dir_exposed"]);
    assert_eq!(modes(0o700, 0o640), ["data_dir_exposed"]);
    assert_eq!(modes(0o700, 0o600), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ports_descriptors_and_a_missing_nats_server_are_found() {
    let data = tempfile::tempdir().unwrap();
    let held = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = held.local_addr().unwrap();
    let port = taken.port().to_string();
    for (flag, value) in [
        ("--http", taken.to_string()),
        ("--grpc", taken.to_string()),
        ("--nats-port", port),
    ] {
        let data = data.path().display().to_string();
        let mut args = ALONE.to_vec();
        let place = args.iter().position(|arg| *arg == flag).unwrap();
        args[place + 1] = &value;
        let output = run(&[&args[..], &["--data-dir", &data, "--server", NOWHERE]].concat());
        assert_eq!(wrong(&output), ["port_taken", "server_unreachable"]);
    }
    let missing = without_server(data.path(), &["--nats-server", "/none/nats-server"]);
    assert_eq!(missing, ["nats_server_missing"]);

    let limited = Command::new("sh")
        .args(["-c", "ulimit -n 256 && exec \"$0\" \"$@\""])
        .arg(binary())
        .args(ALONE)
        .args(["--server", NOWHERE, "--data-dir"])
        .arg(data.path())
        .output();
    let found = wrong(&limited.unwrap());
    assert_eq!(found, ["descriptors_few", "server_unreachable"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nats_server_that_cannot_be_used_is_found() {
    let data = tempfile::tempdir().unwrap();
    let found = |url: &str| without_server(data.path(), &["--nats", url]);
    assert_eq!(found("nats://127.0.0.1:1"), ["nats_unreachable"]);
    assert_eq!(found("http://[bad"), ["nats_config"]);
    let sound = json!({"version": "2.12.0", "jetstream": true, "max_payload": 1 << 20});
    for (field, value, code) in [
        ("version", json!("2.9.1"), "nats_too_old"),
        ("max_payload", json!(64 << 10), "nats_small_payload"),
        ("jetstream", json!(false), "nats_jetstream"),
    ] {
        let mut info = sound.clone();
        info[field] = value;
        assert_eq!(found(&nats_server(&info).await), [code]);
    }
    let product = Product::temporary(&[]);
    let (_, host) = product.nats.rsplit_once('@').unwrap();
    assert_eq!(found(&format!("nats://{host}")), ["nats_refused"]);
    assert_eq!(found(&product.nats), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_in_the_buckets_is_found() {
    let data = tempfile::tempdir().unwrap();
    let server = nats::Nats::start().await;
    let connection = server.connect().await;
    for bucket in [Bucket::Control, Bucket::Tokens] {
        let made = ensure_bucket(&connection, bucket, Replicas::One).await;
        made.unwrap();
    }
    let url = server.server.url().to_owned();
    let found = || without_server(data.path(), &["--nats", &url]);
    assert_eq!(found(), [""; 0]);
    let client = async_nats::connect(&url).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let put = async |bucket: &str, key: &str, value: &'static str| {
        let bucket = jetstream.get_key_value(bucket).await.unwrap();
        bucket.put(key, value.into()).await.unwrap();
    };
    put("detente_tokens", "070707070707", "no token").await;
    assert_eq!(found(), ["tokens_unreadable"]);
    let both = ["control_damaged", "tokens_unreadable"];
    let control = jetstream.get_key_value("detente_control").await.unwrap();
    for (key, value) in [
        ("active_projection", "no/projection"),
        ("candidate_projection", "no/projection"),
        ("rulebook.0123456789ab", "no rulebook"),
    ] {
        put("detente_control", key, value).await;
        assert_eq!(found(), both, "{key}");
        control.delete(key).await.unwrap();
        assert_eq!(found(), ["tokens_unreadable"], "{key}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_says_of_itself_is_told() {
    let data = tempfile::tempdir().unwrap();
    let product = Product::temporary(&[]);
    let mut rulebook = get(&product, "/v1/rulebook").await;
    rulebook["candidate"] = json!({"projection": "0123456789ab", "state": "failed",
        "reason": "it cannot be read", "told": null, "head": 7});
    let ready = Http {
        status: 200,
        date: None,
        health: json!({"position": 7}),
        rulebook,
    };
    let with = |change: &dyn Fn(&mut Http)| {
        let mut http = ready.clone();
        change(&mut http);
        http
    };
    let cases = [
        (with(&|_| {}), vec!["rulebook_fails"]),
        (
            with(&|http| {
                http.status = 503;
                http.health = json!({"failing": [{"part": "nats", "reason": "is away"}]});
            }),
            vec!["server_not_ready"],
        ),
        (
            with(&|http| http.date = Some("Thu, 01 Jan 2026 00:00:00 GMT")),
            vec!["clock_differs", "rulebook_fails"],
        ),
        (
            with(&|http| http.health["damaged_messages"] = json!({"count": 1, "last": 5})),
            vec!["log_damaged", "rulebook_fails"],
        ),
        (
            with(&|http| http.health["damaged_feed"] = json!("it lacks 3 messages")),
            vec!["feed_damaged", "rulebook_fails"],
        ),
        (
            with(&|http| http.health["damaged_values"] = json!({"active_projection": "no name"})),
            vec!["control_damaged", "rulebook_fails"],
        ),
        (
            with(&|http| http.health["damaged"] = json!({"0123456789ab": "its feed is gone"})),
            vec!["projection_fails", "rulebook_fails"],
        ),
    ];
    for (http, codes) in cases {
        let server = http.serve().await;
        assert_eq!(doctor(data.path(), &["--server", &server]), codes);
    }
}
