//! When is the server ready? When it says its port and greets with JetStream.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::LocalError;
use crate::child::Child;
use crate::home::Home;

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(5);
/// A greeting comes at once.
const GREETING_WITHIN: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Ports {
    nats: Vec<String>,
}

#[derive(Deserialize)]
struct Greeting {
    #[serde(default)]
    jetstream: bool,
}

/// Waits for the port of a child that was just started. The file with it bears the child's own
/// number, so another server on the same port is not taken for ours.
pub(super) async fn port(
    home: &Home,
    child: &mut Child,
    within: Duration,
) -> Result<u16, LocalError> {
    let deadline = Instant::now() + within;
    let suffix = format!("_{}.ports", child.pid());
    loop {
        if child.is_gone() {
            let status = child.ended().await;
            return Err(LocalError::Died {
                status,
                log: home.log_tail(),
            });
        }
        if let Some(port) = port_in(&home.ports_dir(), &suffix)
            && greets(port).await
        {
            return Ok(port);
        }
        if Instant::now() >= deadline {
            let waited_s = within.as_secs();
            return Err(LocalError::NotReady {
                waited_s,
                log: home.log_tail(),
            });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The port of a server that runs on a directory, whoever owns that; one that does not run any
/// more is not known here, as what it leaves behind looks the same.
pub(super) fn port_of(dir: &Path) -> Option<u16> {
    let pid = std::fs::read_to_string(dir.join("nats-server.pid")).ok()?;
    port_in(&dir.join("ports"), &format!("_{}.ports", pid.trim()))
}

/// Removes what earlier children have left.
pub(super) fn clear(home: &Home) {
    for entry in std::fs::read_dir(home.ports_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        if let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::debug!(%error, "a ports file is left behind");
        }
    }
}

/// Looks at a condition until it holds or the time is over; says whether it holds.
pub(super) async fn poll_until(within: Duration, holds: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + within;
    while !holds() {
        if Instant::now() >= deadline {
            return false;
        }
        tokio::time::sleep(POLL).await;
    }
    true
}

fn port_in(dir: &Path, suffix: &str) -> Option<u16> {
    let mut entries = std::fs::read_dir(dir).ok()?.flatten();
    let file = entries.find(|entry| entry.file_name().to_string_lossy().ends_with(suffix))?;
    let ports: Ports = serde_json::from_slice(&std::fs::read(file.path()).ok()?).ok()?;
    ports.nats.first()?.rsplit(':').next()?.parse().ok()
}

async fn greets(port: u16) -> bool {
    let greeting = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        let mut line = String::new();
        BufReader::new(&mut stream)
            .read_line(&mut line)
            .await
            .ok()?;
        serde_json::from_str::<Greeting>(line.strip_prefix("INFO ")?).ok()
    };
    let greeting = tokio::time::timeout(GREETING_WITHIN, greeting).await;
    greeting
        .ok()
        .flatten()
        .is_some_and(|greeting| greeting.jetstream)
}
