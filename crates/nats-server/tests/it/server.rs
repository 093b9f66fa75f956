//! The supervised server: one per directory, restarted on its port, none left behind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use detente_jetstream::connect::{ConnectError, Options as ConnectOptions};
use detente_jetstream::{Connection, stream_info, topology};
use detente_nats_server::{
    Admission, FindError, LocalServer, LocalServerError, Options, Search, State, find_or_fetch,
};
use detente_testkit::nats::{Nats, binary, connect, eventually, in_time, kill, start};

fn runs(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn script(dir: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = dir.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a program");
    path
}

#[tokio::test]
async fn it_keeps_its_data_and_port_and_ends_when_stopped() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    assert_eq!(conn.max_payload(), detente_nats_server::MAX_PAYLOAD);
    topology::ensure_events(&conn, topology::Replicas::One)
        .await
        .expect("EVENTS");
    let url = nats.server.url().to_owned();
    nats.kill().await;
    assert_eq!(nats.server.url(), url);
    let head = async || stream_info::head(&conn, topology::EVENTS).await.ok();
    assert_eq!(eventually("the stream again", head).await, 0);

    let dir = nats.dir.path().join("nats");
    let mode = fs::metadata(&dir)
        .expect("a directory")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    let pid = nats.server.pid().expect("a process");
    let state = nats.server.state();
    in_time(nats.server.stop()).await;
    assert!(!runs(pid));
    assert_eq!(*state.borrow(), State::Stopped);

    let again = start(&dir).await;
    let conn = connect(&again, "test").await;
    assert_eq!(
        stream_info::head(&conn, topology::EVENTS)
            .await
            .expect("EVENTS"),
        0
    );
    in_time(again.stop()).await;
}

#[tokio::test]
async fn a_second_instance_on_one_directory_is_refused() {
    let nats = Nats::start().await;
    let dir = nats.dir.path().join("nats");
    let refused = LocalServer::start(Options::new(binary().await, &dir, Admission::Open)).await;
    let refused = refused.expect_err("a refusal");
    assert!(
        matches!(refused, LocalServerError::InUse { .. }),
        "{refused}"
    );
    assert!(
        refused
            .to_string()
            .contains(&std::process::id().to_string()),
        "{refused}"
    );
    nats.connect().await;
}

#[tokio::test]
async fn a_directory_with_other_files_is_left_alone() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::write(dir.path().join("thesis.odt"), "years of work").expect("a file");
    let refused =
        LocalServer::start(Options::new(binary().await, dir.path(), Admission::Open)).await;
    assert!(
        matches!(refused, Err(LocalServerError::NotOurs { .. })),
        "{refused:?}"
    );
    assert_eq!(fs::read_dir(dir.path()).expect("a listing").count(), 1);
}

#[tokio::test]
async fn a_server_that_a_killed_instance_left_behind_is_stopped_first() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("nats");
    let first = start(&data).await;
    in_time(first.stop()).await;
    // Run its configuration as a killed instance would have left it: alive, without a lock.
    let orphan = Command::new(binary().await.path)
        .arg("-c")
        .arg(
            data.canonicalize()
                .expect("a path")
                .join("nats-server.conf"),
        )
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut orphan = orphan.expect("an orphan");
    let pid_file = data.join("nats-server.pid");
    let written = async || {
        let text = fs::read_to_string(&pid_file).ok()?;
        (text.trim() == orphan.id().to_string()).then_some(())
    };
    eventually("the orphan's pid file", written).await;

    let second = start(&data).await;
    assert!(orphan.try_wait().expect("a status").is_some());
    assert_ne!(second.pid(), Some(orphan.id()));
    in_time(second.stop()).await;

    // A pid file that names another process does not get that process killed.
    let mut other = Command::new("sleep")
        .arg("600")
        .spawn()
        .expect("another process");
    fs::write(&pid_file, other.id().to_string()).expect("a pid file");
    let third = start(&data).await;
    assert!(other.try_wait().expect("a status").is_none());
    kill(other.id());
    other.wait().expect("an end");
    in_time(third.stop()).await;
}

#[tokio::test]
async fn a_server_that_cannot_start_names_the_cause() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let nats = Nats::start().await;
    let State::Running { port, .. } = *nats.server.state().borrow() else {
        panic!("not running")
    };
    let mut options = Options::new(binary().await, dir.path().join("nats"), Admission::Open);
    options.port = port;
    let refused = LocalServer::start(options).await.expect_err("a taken port");
    assert!(
        matches!(refused, LocalServerError::Died { .. }),
        "{refused}"
    );
    assert!(
        refused.to_string().contains("address already in use"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_server_that_cannot_be_restarted_fails() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut options = Options::new(binary().await, dir.path().join("nats"), Admission::Open);
    options.starts_max = 3;
    let server = LocalServer::start(options).await.expect("a server");
    let mut state = server.state();
    let store = dir.path().join("nats").join("store");
    let pid = server.pid().expect("a process");
    fs::remove_dir_all(&store).expect("a removal");
    fs::write(&store, "in the way").expect("a file");
    kill(pid);
    let failed = in_time(state.wait_for(|state| matches!(state, State::Failed { .. }))).await;
    assert!(failed.is_ok());
    assert_eq!(server.pid(), None);
}

#[tokio::test]
async fn programs_are_searched_in_order_and_given_ones_must_be_supported() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let version = |version: &str| format!("echo 'nats-server: v{version}'");
    let old = script(dir.path(), "old", &version("2.10.4"));
    let new = script(dir.path(), "new", &version("2.13.0"));
    let other = script(dir.path(), "other", "echo hello");
    let on_path = dir.path().join("bin");
    fs::create_dir(&on_path).expect("a directory");
    let on_path_server = script(&on_path, "nats-server", &version("2.12.1"));
    let base = Search {
        cache_dir: dir.path().join("cache"),
        ..Search::default()
    };

    let both = Search {
        explicit: Some(new.clone()),
        variable: Some(old.clone()),
        ..base.clone()
    };
    assert_eq!(find_or_fetch(&both).await.expect("the given one").path, new);
    let refused = find_or_fetch(&Search {
        variable: Some(old),
        ..base.clone()
    })
    .await;
    assert!(
        matches!(
            refused,
            Err(FindError::TooOld {
                origin: "NATS_SERVER",
                ..
            })
        ),
        "{refused:?}"
    );
    let refused = find_or_fetch(&Search {
        explicit: Some(other),
        ..base.clone()
    })
    .await;
    assert!(
        matches!(refused, Err(FindError::Unusable { .. })),
        "{refused:?}"
    );
    let path = Some(on_path.clone().into_os_string());
    let found = find_or_fetch(&Search {
        path: path.clone(),
        ..base.clone()
    })
    .await;
    assert_eq!(found.expect("the one on the path").path, on_path_server);

    script(&on_path, "nats-server", &version("2.11.0"));
    let none = find_or_fetch(&Search { path, ..base })
        .await
        .expect_err("none is supported");
    let text = none.to_string();
    assert!(
        text.contains("--nats-server") && text.contains("brew"),
        "{text}"
    );
}

#[tokio::test]
async fn another_program_in_the_place_of_the_fetched_one_is_not_run() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let ran = dir.path().join("ran");
    let text = format!("touch '{}'\necho 'nats-server: v2.15.1'", ran.display());
    script(dir.path(), "nats-server-2.15.1", &text);
    let search = Search {
        cache_dir: dir.path().to_owned(),
        ..Search::default()
    };
    let none = find_or_fetch(&search).await;
    assert!(matches!(none, Err(FindError::NotFound { .. })), "{none:?}");
    assert!(!ran.exists());
}

#[tokio::test]
async fn a_list_of_servers_is_tried_in_turn() {
    let nats = Nats::start().await;
    let url = format!("nats://127.0.0.1:1, {}", nats.server.url());
    let conn = in_time(Connection::open(&ConnectOptions::new(url, "test"))).await;
    assert!(conn.expect("a connection").is_connected());
    let bad = Connection::open(&ConnectOptions::new("nats://a b", "test")).await;
    assert!(matches!(bad, Err(ConnectError::Url { .. })), "{bad:?}");
}

#[tokio::test]
async fn an_address_without_a_server_is_refused_in_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let mut options = ConnectOptions::new(format!("nats://user:secret@127.0.0.1:{port}"), "test");
    options.connect_timeout = Some(std::time::Duration::from_millis(300));
    let refused = in_time(Connection::open(&options))
        .await
        .expect_err("no server");
    assert!(
        matches!(refused, ConnectError::Unreachable { .. }),
        "{refused}"
    );
    assert!(!refused.to_string().contains("secret"), "{refused}");
}
