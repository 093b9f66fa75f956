//! NATS servers with authentication.

use super::create_token;
use crate::helpers::{run_json, stderr};
use data_encoding::BASE64URL_NOPAD;
use detente_testkit::nats;
use detente_tests::product::{Process, TIMEOUT, free_address, run};
use nkeys::KeyPair;
use serde_json::{Value, json};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// A nats-server with a given configuration.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    async fn start(directory: &Path, access: &str) -> Self {
        let binary = nats::binary().await;
        let address = free_address();
        let store = directory.join("store").display().to_string();
        let text = format!(
            "listen: \"{address}\"\nmax_payload: 8MB\n\
             jetstream {{ store_dir: \"{store}\", sync_interval: always }}\n{access}\n"
        );
        let config = directory.join("server.conf");
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(&binary.path);
        command.arg("--config").arg(&config).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let until = Instant::now() + TIMEOUT;
        while TcpStream::connect(&address).is_err() {
            assert!(Instant::now() < until, "the server does not start");
            std::thread::yield_now();
        }
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Signs claims as a JWT, as `nsc` does.
fn jwt(issuer: &KeyPair, subject: &KeyPair, name: &str, claims: &Value) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let head = part(&json!({"typ": "JWT", "alg": "ed25519-nkey"}));
    let body = part(&json!({
        "jti": name, "iat": 1_700_000_000, "iss": issuer.public_key(),
        "sub": subject.public_key(), "name": name, "nats": claims,
    }));
    let text = format!("{head}.{body}");
    let signature = issuer.sign(text.as_bytes()).unwrap();
    format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// Makes the configuration of an operator, and the credentials of a user.
fn operator_config(directory: &Path) -> (String, PathBuf) {
    let (operator, system) = (KeyPair::new_operator(), KeyPair::new_account());
    let (account, user) = (KeyPair::new_account(), KeyPair::new_user());
    let unlimited = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1, "mem_storage": -1, "disk_storage": -1, "streams": -1,
        "consumer": -1,
    });
    let accounts = json!({"type": "account", "version": 2, "limits": unlimited});
    let mut plain = accounts.clone();
    for storage in ["mem_storage", "disk_storage", "streams", "consumer"] {
        plain["limits"][storage] = json!(0);
    }
    let operators = json!({"type": "operator", "version": 2});
    let users = json!({
        "type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1,
    });
    let config = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload {{\n{}: {}\n{}: {}\n}}",
        jwt(&operator, &operator, "operator", &operators),
        system.public_key(),
        system.public_key(),
        jwt(&operator, &system, "system", &plain),
        account.public_key(),
        jwt(&operator, &account, "detente", &accounts),
    );
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        jwt(&account, &user, "services", &users),
        user.seed().unwrap(),
    );
    let file = directory.join("services.creds");
    std::fs::write(&file, text).unwrap();
    (config, file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credentials_file_connects_to_a_server_in_operator_mode() {
    let directory = tempfile::tempdir().unwrap();
    let (config, creds) = operator_config(directory.path());
    let server = Server::start(directory.path(), &config).await;
    let url = format!("nats://{}", server.address);
    let creds = creds.display().to_string();
    let on = ["--nats", &url, "--nats-creds", &creds];

    let anywhere = ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"];
    let unauthenticated = run(&[&["up", "--nats", &url][..], &anywhere].concat());
    assert_eq!(unauthenticated.status.code(), Some(1));
    assert!(
        stderr(&unauthenticated).contains("refuses the connection"),
        "{}",
        stderr(&unauthenticated)
    );
    for bad in [
        "/no/such/file",
        &directory.path().join("server.conf").display().to_string(),
    ] {
        let args = ["token", "list", "--nats", &url, "--nats-creds", bad];
        let refused = run(&args);
        assert_eq!(refused.status.code(), Some(64), "{}", stderr(&refused));
    }

    let up = ["up", "--demo", "-o", "json"];
    let process = Process::start(&[&up[..], &anywhere, &on].concat());
    let ready: Value = serde_json::from_str(&process.line()).unwrap();
    assert_eq!(ready["demo_events"], 67);
    let command = |args: &[&str]| run_json(&[args, &on].concat());
    command(&["token", "create", "--name", "a", "--role", "reader"]);
    let rulebooks = command(&["rulebook", "list"]);
    assert_eq!(rulebooks["active"], ready["projection"]);
    let verified = command(&["verify"]);
    assert_eq!(verified["sound"], true, "{verified:#}");
    let file = directory.path().join("log.backup").display().to_string();
    command(&["backup", &file]);
    let query = ["serve", "query", "--http", "127.0.0.1:0"];
    let query = Process::start(&[&query[..], &on].concat());
    query.note_after("detente query on ");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_and_tokens_in_the_nats_address_work_and_are_not_shown() {
    for (access, known, wrong) in [
        (
            "authorization { user: desk, password: \"h@sh\" }",
            "desk:h%40sh",
            "desk:shout",
        ),
        ("authorization { token: hush }", "hush", "shout"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let server = Server::start(directory.path(), access).await;
        let at = |user: &str| format!("nats://{user}@{}", server.address);
        let refused = run(&["token", "list", "--nats", &at(wrong)]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(!stderr(&refused).contains("shout"), "{}", stderr(&refused));

        let address = at(known);
        let serve = ["serve", "query", "--nats", &address, "--http", "0.0.0.0:0"];
        let exposed = run(&serve);
        assert_eq!(exposed.status.code(), Some(64), "{}", stderr(&exposed));
        let shown = stderr(&exposed);
        assert!(!shown.contains(known) && !shown.contains("h@sh"), "{shown}");
        create_token(&address, "a", "reader");
        let process = Process::start(&serve);
        let shown_address = process.note_after("NATS ");
        assert_eq!(shown_address, format!("nats://{}", server.address));
    }
}
