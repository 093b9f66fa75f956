//! A disk that another program fills: the streams go on by themselves when there is room.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use detente_jetstream::appender::{AppendError, Appender, Options};
use detente_jetstream::topology::{EVENTS, REPORT, Replicas, ensure_events};
use detente_nats_server::{LocalServer, Room, State};
use detente_testkit::nats::{connect, eventually, in_time, read_all, start};
use tokio_util::sync::CancellationToken;

/// A small disk in memory, which only the superuser can make.
struct Disk(PathBuf);

impl Disk {
    fn mount(dir: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"])
            .arg(dir)
            .stderr(Stdio::null())
            .status();
        mounted.ok()?.success().then(|| Self(dir.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A server that is still ending may hold it.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

/// Fills a disk with a file.
fn fill(path: &Path) {
    let mut file = File::create(path).expect("a file");
    let block = [0; 4_096];
    while file.write_all(&block).is_ok() {}
}

fn pid(server: &LocalServer) -> u32 {
    server.pid().expect("a running server")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_disk_was_full_is_started_again_when_there_is_room() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let Some(disk) = Disk::mount(dir.path()) else {
        // Without the rights of the superuser there is no small disk.
        return;
    };
    let server = start(disk.0.join("nats")).await;
    let conn = connect(&server, "test").await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let mut options = Options::new(REPORT);
    options.give_up_after = Duration::from_secs(3);
    let (appender, _) = Appender::start(&conn, options, CancellationToken::new());
    let append = async |byte: u8| {
        let record = Bytes::from(vec![byte; 100_000]);
        in_time(appender.append(record)).await
    };
    let mut stored = vec![(append(1).await.expect("an append"), 1)];
    let before = pid(&server);
    let filler = disk.0.join("filler");
    fill(&filler);
    let room = Room::of(&disk.0).expect("a disk");
    assert!(room.free < room.reserve(), "{room:?}");
    // The server accepts what fits, and then answers no more.
    let error = loop {
        match append(2).await {
            Ok(position) => stored.push((position, 2)),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(
            error,
            AppendError::Unknown { .. } | AppendError::Full { .. }
        ),
        "{error:?}"
    );
    fs::remove_file(&filler).expect("a removal");
    let mut state = server.state();
    let again =
        state.wait_for(|state| matches!(state, State::Running { pid, .. } if *pid != before));
    in_time(again).await.expect("a supervisor");
    let position = eventually("the log goes on", async || append(3).await.ok()).await;
    stored.push((position, 3));
    let messages = read_all(&conn, EVENTS).await;
    for (position, byte) in stored {
        let message = &messages[usize::try_from(position).expect("a place") - 1];
        assert_eq!(message.sequence, position);
        assert_eq!(message.payload.last(), Some(&byte));
    }
    in_time(server.stop()).await;
}
