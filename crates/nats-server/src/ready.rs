//! Waits until the server is ready: it has written its port, and greets with JetStream.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::child::Child;
use crate::data_dir::{DataDir, PID, PORTS};
use crate::error::LocalServerError;

/// The interval at which a condition is checked.
const POLL: Duration = Duration::from_millis(5);
/// The timeout of a start; a large store takes long to load.
const READY_TIMEOUT: Duration = Duration::from_secs(60);
/// The timeout of the greeting.
const GREETING_TIMEOUT: Duration = Duration::from_secs(2);

/// Waits until a child that was just started is ready, and returns its port. The file with the port
/// is named after the process id, so it is not another server's.
pub(super) async fn port(data_dir: &DataDir, child: &mut Child) -> Result<u16, LocalServerError> {
    let deadline = Instant::now() + READY_TIMEOUT;
    let suffix = format!("_{}.ports", child.pid());
    loop {
        if child.is_gone() {
            return Err(LocalServerError::Died {
                status: child.ended().await,
                log: data_dir.log_tail(),
            });
        }
        if let Some(port) = port_in(&data_dir.path(PORTS), &suffix)
            && greets(port).await
        {
            return Ok(port);
        }
        if Instant::now() >= deadline {
            return Err(LocalServerError::NotReady {
                waited_s: READY_TIMEOUT.as_secs(),
                log: data_dir.log_tail(),
            });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Returns the port of the server that last ran on a directory; it may have ended.
pub(super) fn port_of(dir: &Path) -> Option<u16> {
    let pid = std::fs::read_to_string(dir.join(PID)).ok()?;
    port_in(&dir.join(PORTS), &format!("_{}.ports", pid.trim()))
}

/// Removes the port files of earlier children.
pub(super) fn clear(data_dir: &DataDir) {
    let files = std::fs::read_dir(data_dir.path(PORTS));
    for entry in files.into_iter().flatten().flatten() {
        if let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::debug!(%error, "a port file was not removed");
        }
    }
}

fn port_in(dir: &Path, suffix: &str) -> Option<u16> {
    let mut entries = std::fs::read_dir(dir).ok()?.flatten();
    let file = entries.find(|entry| entry.file_name().to_string_lossy().ends_with(suffix))?;
    let ports: Value = serde_json::from_slice(&std::fs::read(file.path()).ok()?).ok()?;
    let address = ports["nats"][0].as_str()?;
    address.rsplit(':').next()?.parse().ok()
}

async fn greets(port: u16) -> bool {
    let greeting = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        let mut line = String::new();
        let mut lines = BufReader::new(&mut stream);
        lines.read_line(&mut line).await.ok()?;
        serde_json::from_str::<Value>(line.strip_prefix("INFO ")?).ok()
    };
    let greeting = tokio::time::timeout(GREETING_TIMEOUT, greeting).await;
    matches!(greeting, Ok(Some(greeting)) if greeting["jetstream"] == true)
}
