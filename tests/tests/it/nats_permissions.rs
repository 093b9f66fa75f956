//! The users of `deploy/nats-server.conf`: each service works with its own, which may do nothing else.

use crate::auth::create_token;
use crate::crash::serve_with;
use crate::helpers::{clash, eventually, ready, stdout};
use crate::rebuild::{rebuild, rebuilt};
use async_nats::{Client, ConnectOptions, Event, Request, ServerError};
use detente_jetstream::connect::Options;
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, stream_info};
use detente_testkit::nats;
use detente_tests::product::{Process, TIMEOUT, free_address, run};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command};
use tokio::sync::mpsc;

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/nats-server.conf");

/// The directory in it.
const STORE: &str = "/var/lib/detente-nats";

/// What users may not do: subjects to which they may not publish, or read.
const DENIED: [(&str, &[&str], &[&str]); 3] = [
    (
        "query",
        &[
            "detente.events.report",
            "detente.changes.x.AFG.TJK",
            "$KV.relations.AFG.TJK",
            "$KV.detente_tokens.x",
            "$KV.detente_control.active_projection",
            "$JS.API.STREAM.DELETE.EVENTS",
            "$JS.API.STREAM.PURGE.KV_detente_tokens",
        ],
        &["_INBOX.>", "detente.report", "detente.events.>"],
    ),
    (
        "projector",
        &[
            "detente.events.report",
            "$KV.detente_tokens.x",
            "$KV.detente_webhooks.hooks",
            "$JS.API.DIRECT.GET.KV_detente_webhooks.$KV.detente_webhooks.hooks",
            "$JS.API.STREAM.MSG.GET.KV_detente_webhooks",
            "$JS.API.CONSUMER.CREATE.KV_detente_webhooks",
            "$JS.API.STREAM.DELETE.EVENTS",
        ],
        &["_INBOX.>", "$KV.>"],
    ),
    (
        "ingest",
        &[
            "detente.changes.x.AFG.TJK",
            "$KV.relations.AFG.TJK",
            "$KV.detente_tokens.x",
            "$JS.API.STREAM.UPDATE.EVENTS",
            "$JS.API.DIRECT.GET.KV_detente_webhooks.$KV.detente_webhooks.hooks",
        ],
        &["_INBOX.>", "_INBOX.query.>"],
    ),
];

/// A nats-server with the configuration, which ends with this value.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    async fn start(directory: &Path) -> Self {
        let address = free_address();
        let (host, port) = address.rsplit_once(':').unwrap();
        let text = std::fs::read_to_string(CONFIG).unwrap();
        let store = directory.join("store");
        let (config, store) = (directory.join("conf"), store.to_str().unwrap());
        std::fs::write(&config, text.replace(STORE, store)).unwrap();
        let mut command = Command::new(nats::binary().await.path);
        command.arg("--config").arg(config);
        command.args(["--addr", host, "--port", port]);
        command.arg("--log").arg(directory.join("log"));
        for user in ["operator", "ingest", "projector", "query"] {
            let name = format!("DETENTE_{}_PASSWORD", user.to_uppercase());
            command.env(name, password(user));
        }
        let process = command.spawn().unwrap();
        Self { process, address }
    }

    fn url(&self, user: &str) -> String {
        format!("nats://{user}:{}@{}", password(user), self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn password(user: &str) -> String {
    format!("p-of-{user}")
}

/// Connects as a user. Also returns what the server denies.
async fn connect(server: &Server, user: &str) -> (Client, mpsc::UnboundedReceiver<String>) {
    let (sender, denied) = mpsc::unbounded_channel();
    let options = ConnectOptions::with_user_and_password(user.to_owned(), password(user))
        .custom_inbox_prefix(format!("_INBOX.{user}"))
        .event_callback(move |event| {
            if let Event::ServerError(ServerError::Other(error)) = event {
                sender.send(error).unwrap();
            }
            std::future::ready(())
        });
    (options.connect(&server.address).await.unwrap(), denied)
}

/// Checks that the server denies something of a subject next.
async fn assert_denied(denied: &mut mpsc::UnboundedReceiver<String>, what: &str, subject: &str) {
    let error = tokio::time::timeout(TIMEOUT, denied.recv()).await;
    let error = error.expect("it is denied").unwrap();
    let expected = format!("{what} to \"{subject}\"").to_lowercase();
    assert!(error.to_lowercase().contains(&expected), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_service_works_with_its_own_user() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path()).await;
    let addresses = [free_address(), free_address(), free_address()];
    let services = ["ingest", "projector", "query"].iter().zip(&addresses);
    let services = services.map(|(role, at)| serve_with(role, &server.url(role), at, &[]));
    let mut services: Vec<Process> = services.collect();
    for address in &addresses {
        ready(&format!("http://{address}")).await;
    }
    let operator = server.url("operator");
    let admin = create_token(&operator, "desk", "admin").token;
    let [ingest, _, query] = addresses.map(|address| format!("http://{address}"));
    let client = reqwest::Client::new();
    eventually("tokens are in force", async || {
        let asked = client.get(format!("{query}/v1/countries")).send().await;
        asked.unwrap().status() == 401
    })
    .await;
    let posted = async |url: String, body: Value| -> Value {
        let sent = client.post(url).bearer_auth(&admin).json(&body);
        let answer = sent.send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    };
    let read = async |path: &str| -> Value {
        let asked = client.get(format!("{query}{path}")).bearer_auth(&admin);
        asked.send().await.unwrap().json().await.unwrap()
    };
    let reported = posted(format!("{ingest}/v1/events"), clash(1)).await;
    let position = reported["accepted"][0]["position"].as_u64().unwrap();
    let hook = json!({"id": "desk", "url": "https://93.184.215.14/"});
    posted(format!("{query}/v1/webhooks"), hook).await;
    eventually("the changes are in the feed", async || {
        let changes = read("/v1/changes?pair=KGZ-UZB").await;
        changes["items"][0]["position"] == position
    })
    .await;

    // A report over NATS, and a second feed.
    let (nats, _) = connect(&server, "operator").await;
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {admin}"));
    let request = Request::new()
        .payload(clash(2).to_string().into())
        .headers(headers);
    let reply = nats.send_request("detente.report", request).await.unwrap();
    let reply: Value = serde_json::from_slice(&reply.payload).unwrap();
    assert!(reply["accepted"][0]["position"].is_u64(), "{reply}");
    stdout(&rebuild(&operator, &[]));
    eventually("the rebuilt feed is served", async || {
        read("/v1/rulebook").await["projection"] == rebuilt().as_str()
    })
    .await;
    stdout(&run(&["verify", "--nats", &operator]));
    assert!(!services.iter_mut().any(Process::has_ended));
    let log = std::fs::read_to_string(directory.path().join("log")).unwrap();
    assert!(!log.contains("Violation"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_of_a_service_may_do_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path()).await;
    let address = free_address();
    let _ingest = serve_with("ingest", &server.url("ingest"), &address, &[]);
    ready(&format!("http://{address}")).await;
    let operator = Connection::open(&Options::new(server.url("operator"), "test"))
        .await
        .unwrap();
    let before = stream_info::head(&operator, EVENTS).await.unwrap();
    for (user, publish, subscribe) in DENIED {
        let (client, mut denied) = connect(&server, user).await;
        for subject in publish {
            client.publish(*subject, "hello".into()).await.unwrap();
            assert_denied(&mut denied, "publish", subject).await;
        }
        for subject in subscribe {
            let _read = client.subscribe(*subject).await.unwrap();
            assert_denied(&mut denied, "subscription", subject).await;
        }
    }
    assert_eq!(stream_info::head(&operator, EVENTS).await.unwrap(), before);
}
