//! The server's directory: private, owned by one instance, and free of an earlier one's server.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::LocalError;
use crate::child::{Signal, command_line, signal};
use crate::ready::poll_until;

/// Nobody but us may look into the directory: the log names parties and sources.
const PRIVATE: u32 = 0o700;
/// How much of the log is shown when something fails.
const LOG_TAIL_BYTES: u64 = 2_000;
const KILLED_WITHIN: Duration = Duration::from_secs(5);

/// A directory that we own for as long as this lives.
#[derive(Debug)]
pub(super) struct Home {
    dir: PathBuf,
    lock: File,
}

impl Drop for Home {
    /// Lets go of the lock in words. Closing the file is not enough: a process that another
    /// thread is just forking holds it too, until it runs its program.
    fn drop(&mut self) {
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, dir = %self.dir.display(), "the lock goes with the file");
        }
    }
}

impl Home {
    /// Creates the directory if need be, and locks it.
    pub(super) fn open(dir: &Path) -> Result<Home, LocalError> {
        let io = |deed| {
            let path = dir.to_owned();
            move |source| LocalError::Io { path, deed, source }
        };
        DirBuilder::new()
            .recursive(true)
            .mode(PRIVATE)
            .create(dir)
            .map_err(io("created"))?;
        let dir = dir.canonicalize().map_err(io("found"))?;
        let lock_path = dir.join("lock");
        let empty = fs::read_dir(&dir).map_err(io("listed"))?.next().is_none();
        if !empty && !lock_path.exists() {
            return Err(LocalError::NotOurs { dir });
        }
        fs::set_permissions(&dir, Permissions::from_mode(PRIVATE)).map_err(io("made private"))?;
        let lock = lock(&lock_path, &dir)?;
        let home = Home { dir, lock };
        let ports = home.ports_dir();
        match fs::create_dir(&ports) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(LocalError::Io {
                path: ports,
                deed: "created",
                source: error,
            }),
            Ok(()) | Err(_) => Ok(home),
        }
    }

    pub(super) fn config_file(&self) -> PathBuf {
        self.dir.join("nats-server.conf")
    }

    pub(super) fn pid_file(&self) -> PathBuf {
        self.dir.join("nats-server.pid")
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.dir.join("nats-server.log")
    }

    /// What the server writes before it has opened its log.
    pub(super) fn error_file(&self) -> PathBuf {
        self.dir.join("nats-server.err")
    }

    pub(super) fn ports_dir(&self) -> PathBuf {
        self.dir.join("ports")
    }

    pub(super) fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// The last lines that the server wrote.
    pub(super) fn log_tail(&self) -> String {
        let tails = [self.error_file(), self.log_file()].map(|path| tail(&path));
        let tails: Vec<String> = tails.into_iter().flatten().collect();
        if tails.is_empty() {
            "it wrote nothing".to_owned()
        } else {
            tails.join("\n")
        }
    }

    /// Stops the server that a killed predecessor left behind: the pid file may name any process
    /// by now, so it must also run on our configuration.
    pub(super) async fn stop_orphan(&self, within: Duration) -> Result<(), LocalError> {
        let text = fs::read_to_string(self.pid_file()).unwrap_or_default();
        let Ok(pid) = text.trim().parse::<u32>() else {
            return Ok(());
        };
        let config = self.config_file().into_os_string().into_encoded_bytes();
        let ours = || {
            let line = command_line(pid).unwrap_or_default();
            line.windows(config.len()).any(|part| part == config)
        };
        for (sign, patience) in [(Signal::Term, within), (Signal::Kill, KILLED_WITHIN)] {
            if !ours() {
                return Ok(());
            }
            tracing::warn!(pid, ?sign, "stopping the nats-server of an earlier run");
            signal(pid, sign);
            poll_until(patience, || !ours()).await;
        }
        if ours() {
            Err(LocalError::Orphan { pid })
        } else {
            Ok(())
        }
    }
}

/// Whether an instance owns the directory now.
pub(super) fn is_held(dir: &Path) -> bool {
    let Ok(file) = File::open(dir.join("lock")) else {
        return false;
    };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

fn lock(path: &Path, dir: &Path) -> Result<File, LocalError> {
    let io = |deed| {
        let path = path.to_owned();
        move |source| LocalError::Io { path, deed, source }
    };
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(path).map_err(io("opened"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            let known = file.read_to_string(&mut owner).is_ok() && !owner.trim().is_empty();
            let owner = if known {
                format!("process {}", owner.trim())
            } else {
                "another process".to_owned()
            };
            return Err(LocalError::InUse {
                dir: dir.to_owned(),
                owner,
            });
        }
        Err(TryLockError::Error(source)) => return Err(io("locked")(source)),
    }
    file.set_len(0).map_err(io("written"))?;
    file.seek(SeekFrom::Start(0)).map_err(io("written"))?;
    writeln!(file, "{}", std::process::id()).map_err(io("written"))?;
    Ok(file)
}

fn tail(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let len = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(LOG_TAIL_BYTES)))
        .ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = lines.get(lines.len().saturating_sub(5)..)?;
    (!last.is_empty()).then(|| last.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_free_at_once_even_while_a_fork_still_holds_the_file() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let first = Home::open(dir.path()).expect("a free directory");
        // What a thread that forks a process does for a moment: the same open file, once more.
        let forked = first.lock.try_clone().expect("a copy");
        assert!(matches!(
            Home::open(dir.path()),
            Err(LocalError::InUse { .. })
        ));
        drop(first);
        Home::open(dir.path()).expect("a directory that was let go");
        drop(forked);
    }
}
