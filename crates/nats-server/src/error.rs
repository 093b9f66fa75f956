//! Errors of the local server.

use std::io;
use std::path::{Path, PathBuf};

/// The error returned when the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum LocalServerError {
    /// Another instance owns the directory.
    #[error("{} is in use by {owner}; stop it, or use another directory", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// The owner, such as `process 1234`.
        owner: String,
    },
    /// The directory holds other files.
    #[error("{} is not empty and not the directory of a local server; use another one", dir.display())]
    NotOurs {
        /// The directory.
        dir: PathBuf,
    },
    /// The path cannot be written into a configuration.
    #[error("{} cannot be written into the server's configuration: it has quotes, backslashes, control characters or is not UTF-8", path.display())]
    Path {
        /// The path.
        path: PathBuf,
    },
    /// The file of the password holds something else.
    #[error("{} holds no password; remove it, and the next start makes another one", path.display())]
    Password {
        /// The file.
        path: PathBuf,
    },
    /// The directory cannot be used.
    #[error("{} cannot be {operation}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The operation that was tried.
        operation: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// A server of an earlier run does not end.
    #[error("nats-server {pid} of an earlier run cannot be stopped")]
    Orphan {
        /// Its process id.
        pid: u32,
    },
    /// The server exited while it started.
    #[error("nats-server exited at once ({status}): {log}")]
    Died {
        /// Its exit status.
        status: String,
        /// The last lines of its log.
        log: String,
    },
    /// The server did not become ready.
    #[error("nats-server was not ready within {waited_s} s: {log}")]
    NotReady {
        /// The time that it was given, in seconds.
        waited_s: u64,
        /// The last lines of its log.
        log: String,
    },
}

/// Returns a function that converts an I/O error of a path into one of this crate.
pub(crate) fn io_error(
    path: &Path,
    operation: &'static str,
) -> impl FnOnce(io::Error) -> LocalServerError {
    let path = path.to_owned();
    move |source| LocalServerError::Io {
        path,
        operation,
        source,
    }
}
