//! Services without a NATS server, or with one that does not answer: they wait for it, say so, and stop
//! when they are told to.

use crate::crash::serve;
use crate::helpers::{eventually, ready};
use detente_testkit::nats;
use detente_tests::product::{Process, free_address};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// The longest time from a signal to the end of a service that waits.
const STOPS_WITHIN: Duration = Duration::from_secs(5);

/// Interrupts a service that waits.
fn assert_stops(mut process: Process) {
    let interrupted = Instant::now();
    assert_eq!(process.interrupt(), Some(0));
    process.note_after("stopped before it has started");
    assert!(interrupted.elapsed() < STOPS_WITHIN);
}

/// Accepts one client as nats-server does, and is gone then.
fn gone_after_connect(listener: &TcpListener) {
    let (mut client, _) = listener.accept().unwrap();
    let info = r#"INFO {"server_id":"A","server_name":"a","version":"2.12.0","go":"go1",
        "host":"127.0.0.1","port":4222,"headers":true,"max_payload":1048576,"proto":1,
        "client_id":1,"jetstream":true}"#;
    let info = info.replace('\n', "");
    client.write_all(format!("{info}\r\n").as_bytes()).unwrap();
    let lines = BufReader::new(client.try_clone().unwrap()).lines();
    let ping = lines.map_while(Result::ok).find(|line| line == "PING");
    assert!(ping.is_some());
    client.write_all(b"PONG\r\n").unwrap();
}

#[test]
fn services_whose_nats_is_gone_while_they_start_say_so_and_stop_at_a_signal() {
    for role in ["ingest", "projector", "query"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let nats = format!("nats://{}", listener.local_addr().unwrap());
        let process = serve(role, &nats, "127.0.0.1:0");
        gone_after_connect(&listener);
        drop(listener);
        process.note_after("waiting for NATS");
        assert_stops(process);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_that_are_started_before_nats_wait_for_it_and_are_ready_then() {
    let nats_at = free_address();
    let url = format!("nats://{nats_at}");
    let services = ["ingest", "projector", "query"].map(|role| {
        let address = free_address();
        (serve(role, &url, &address), address)
    });
    let stopped = serve("ingest", &url, "127.0.0.1:0");
    for (process, _) in &services {
        // Longer than commands wait.
        while process.note_after("waited_s=").parse::<u64>().unwrap() <= 10 {}
    }
    assert_stops(stopped);
    for (_, address) in &services {
        let get = |path: &str| reqwest::get(format!("http://{address}{path}"));
        assert_eq!(get("/livez").await.unwrap().status(), 200);
        let unready = get("/readyz").await.unwrap();
        assert_eq!(unready.status(), 503);
        let body: Value = unready.json().await.unwrap();
        assert_eq!(body["failing"][0]["part"], "start", "{body}");
    }
    let directory = tempfile::tempdir().unwrap();
    let port = nats_at.rsplit(':').next().unwrap().parse().unwrap();
    let _nats = nats::start_on(directory.path().join("nats"), port).await;
    for (_, address) in &services {
        ready(&format!("http://{address}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_frozen_is_told_by_projector_and_query_until_it_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let server = nats::start(directory.path().join("nats")).await;
    let services = ["ingest", "projector", "query"].map(|role| {
        let address = free_address();
        (serve(role, server.url(), &address), address)
    });
    for (_, address) in &services {
        ready(&format!("http://{address}")).await;
    }
    let server = server.pid().expect("it runs");
    nats::signal(server, "STOP");
    for (_, address) in &services[1..] {
        eventually("it says that the log does not answer", async || {
            let asked = reqwest::get(format!("http://{address}/readyz"));
            let body: Value = asked.await.unwrap().json().await.unwrap();
            let failing = body["failing"].as_array().unwrap();
            let is_log = |failing: &&Value| failing["part"] == "log";
            let reason = failing.iter().find(is_log);
            let reason = reason.and_then(|failing| failing["reason"].as_str());
            reason.is_some_and(|reason| reason.contains("does not answer"))
        })
        .await;
    }
    nats::signal(server, "CONT");
    for (_, address) in &services {
        ready(&format!("http://{address}")).await;
    }
}
