//! The password of the NATS server of `detente up`: who has it, and who gets in without it.

use crate::helpers::{clash, run_json, stderr};
use async_nats::ConnectErrorKind::AuthorizationViolation;
use detente_jetstream::connect::without_password;
use detente_tests::nats::connect;
use detente_tests::product::{Process, Product, binary, run};
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The user id of `nobody`.
const NOBODY: u32 = 65534;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn open_to_all(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Returns true if another user of this machine can read a file.
fn nobody_reads(path: &Path) -> bool {
    let mut cat = Command::new("cat");
    let output = cat.arg(path).uid(NOBODY).gid(NOBODY).output().unwrap();
    output.status.success()
}

fn up(data: &Path, more: &[&str]) -> Process {
    let data = data.display().to_string();
    let line = "up --http 127.0.0.1:0 --grpc 127.0.0.1:0 --nats-port 0 --data-dir";
    let mut args: Vec<&str> = line.split(' ').collect();
    args.push(&data);
    args.extend(more);
    Process::start(&args)
}

/// Waits for the line of a banner that describes NATS.
fn nats_line(process: &Process) -> String {
    loop {
        let line = process.line();
        if line.trim().starts_with("NATS ") {
            return line;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_have_the_password_neither_reads_nor_writes() {
    let product = Product::temporary(&[]);
    let plain = without_password(&product.nats);
    for address in [&plain, &plain.replace("//", "//detente:guess@")] {
        let refused = connect(address).await.expect_err("a refusal");
        assert_eq!(refused.kind(), AuthorizationViolation, "{refused}");
    }
    let list = run(&["token", "list", "--nats", &plain]);
    assert_eq!(list.status.code(), Some(1));
    assert!(stderr(&list).contains("nats env"), "{}", stderr(&list));

    let client = connect(&product.nats).await.unwrap();
    let report = clash(1).to_string();
    let answer = client.request("detente.report", report.into()).await;
    let answer: Value = serde_json::from_slice(&answer.unwrap().payload).unwrap();
    assert_eq!(answer["accepted"][0]["repeat"], false, "{answer}");
}

#[test]
fn no_other_user_of_the_machine_reads_the_password() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let product = Product::up(&data, &[]);
    let files = ["password", "nats-server.conf"].map(|name| product.nats_dir.join(name));
    assert_eq!(mode(&product.nats_dir), 0o700);
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    // Only root can try it as another user.
    if fs::metadata(&data).unwrap().uid() != 0 {
        return;
    }
    let readable = data.join("readable");
    fs::write(&readable, "").unwrap();
    open_to_all(directory.path(), 0o755);
    open_to_all(&data, 0o755);
    if nobody_reads(&readable) {
        assert!(files.iter().all(|file| !nobody_reads(file)));
        // The files are closed by themselves too.
        open_to_all(&product.nats_dir, 0o755);
        assert!(files.iter().all(|file| !nobody_reads(file)));
    }
}

#[test]
fn nats_env_lets_a_shell_connect_and_needs_a_running_server() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("it's mine");
    let mut product = Product::up(&data, &[]);
    let script = "eval \"$(\"$0\" nats env --data-dir \"$1\")\" && \
        echo \"$NATS_URL $NATS_USER $NATS_PASSWORD\" && \"$0\" rulebook list -o json >&2";
    let shell = || {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).arg(binary()).arg(&data);
        shell.output().unwrap()
    };
    let output = shell();
    assert!(output.status.success(), "{}", stderr(&output));
    let password = fs::read_to_string(product.nats_dir.join("password")).unwrap();
    let expected = format!("{} detente {password}", without_password(&product.nats));
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert!(stderr(&output).contains("\"active\""));

    assert_eq!(product.process.interrupt(), Some(0));
    let data = data.display().to_string();
    let stopped = run(&["nats", "env", "--data-dir", &data]);
    assert_eq!(stopped.status.code(), Some(1));
    assert!(stopped.stdout.is_empty());
    assert!(stderr(&stopped).contains(&data), "{}", stderr(&stopped));
    // The password stays.
    let again = Product::up(Path::new(&data), &[]);
    assert_eq!(
        fs::read_to_string(again.nats_dir.join("password")).unwrap(),
        password
    );
}

#[test]
fn commands_find_the_running_server_by_its_data_directory() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("detente");
    let product = Product::up(&data, &[]);
    let listed = |name: &str, value: &Path| {
        let mut command = Command::new(binary());
        command.args(["rulebook", "list", "-o", "json"]);
        command.env_remove("DETENTE_DATA_DIR").env(name, value);
        let output = command.output().unwrap();
        let list: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)));
        list["active"].clone()
    };
    let expected = run_json(&["rulebook", "list", "--nats", &product.nats]);
    assert_eq!(listed("XDG_DATA_HOME", home.path()), expected["active"]);
    assert_eq!(listed("DETENTE_DATA_DIR", &data), expected["active"]);
    let data = data.display().to_string();
    let verified = run_json(&["verify", "--data-dir", &data]);
    assert_eq!(verified["sound"], true, "{verified:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_banner_says_who_may_connect() {
    let directory = tempfile::tempdir().unwrap();
    let mut guarded = up(directory.path(), &[]);
    let file = directory.path().join("nats").join("password");
    let line = nats_line(&guarded);
    let password = fs::read_to_string(&file).unwrap();
    assert!(line.contains(&file.display().to_string()), "{line}");
    let command = format!("detente nats env --data-dir {}", directory.path().display());
    assert!(line.contains(&command), "{line}");
    assert!(!line.contains(password.trim()), "{line}");
    assert_eq!(guarded.interrupt(), Some(0));

    let open = up(directory.path(), &["--nats-open"]);
    let line = nats_line(&open);
    assert!(
        line.contains("open to every user of this machine"),
        "{line}"
    );
    let address = line.split_whitespace().nth(1).unwrap();
    connect(address).await.unwrap();
}
