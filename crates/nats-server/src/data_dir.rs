//! The server's directory: private, and locked by one instance.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use crate::access::Password;
use crate::child::{STOP_SIGNALS, command_line, signal};
use crate::error::{LocalServerError, io_error};

/// The file with the server's password.
pub const PASSWORD_FILE: &str = "password";
/// The configuration.
pub(super) const CONFIG: &str = "nats-server.conf";
/// The file with the server's process id.
pub(super) const PID: &str = "nats-server.pid";
/// The server's log.
pub(super) const LOG: &str = "nats-server.log";
/// The output of the server before it opens its log.
pub(super) const OUTPUT: &str = "nats-server.err";
/// The directory with the server's ports.
pub(super) const PORTS: &str = "ports";
/// The directory of the streams.
pub(super) const STORE: &str = "store";
/// The file that is locked.
const LOCK: &str = "lock";
/// Accessible by this user only: the log names parties and sources.
const PRIVATE: u32 = 0o700;
/// The same for a file with a password.
const PRIVATE_FILE: u32 = 0o600;
/// The number of bytes of the log that are read for error messages.
const LOG_TAIL_BYTES: u64 = 2_000;
/// The interval at which a stopping server is checked.
const POLL: Duration = Duration::from_millis(5);

/// A directory that is locked as long as this value lives.
#[derive(Debug)]
pub(super) struct DataDir {
    dir: PathBuf,
    lock: File,
}

impl Drop for DataDir {
    /// Unlocks explicitly. Closing the file is not enough: a process that another thread is forking
    /// holds it open too, until it runs its program.
    fn drop(&mut self) {
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, dir = %self.dir.display(), "the directory was not unlocked");
        }
    }
}

impl DataDir {
    /// Creates the directory if it is missing, and locks it.
    pub(super) fn open(dir: &Path) -> Result<Self, LocalServerError> {
        let mut builder = DirBuilder::new();
        let created = builder.recursive(true).mode(PRIVATE).create(dir);
        created.map_err(io_error(dir, "created"))?;
        let dir = dir.canonicalize().map_err(io_error(dir, "found"))?;
        let lock_path = dir.join(LOCK);
        let mut files = fs::read_dir(&dir).map_err(io_error(&dir, "listed"))?;
        if files.next().is_some() && !lock_path.exists() {
            return Err(LocalServerError::NotOurs { dir });
        }
        fs::set_permissions(&dir, Permissions::from_mode(PRIVATE))
            .map_err(io_error(&dir, "made private"))?;
        let lock = lock(&lock_path, &dir)?;
        let data_dir = Self { dir, lock };
        let ports = data_dir.path(PORTS);
        fs::create_dir_all(&ports).map_err(io_error(&ports, "created"))?;
        Ok(data_dir)
    }

    /// Returns the path of a file or directory in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Returns the password that is kept in the directory; the first time, it is the `new` one.
    pub(super) fn password(&self, new: &Password) -> Result<Password, LocalServerError> {
        if let Some(kept) = read_password(&self.dir)? {
            return Ok(kept);
        }
        self.write_private(PASSWORD_FILE, &format!("{}\n", new.reveal()))?;
        Ok(new.clone())
    }

    /// Writes a file that nobody else can read, at once or not at all.
    pub(super) fn write_private(&self, name: &str, text: &str) -> Result<(), LocalServerError> {
        let path = self.path(name);
        let part = self.path(&format!("{name}.part"));
        // One that an interrupted start has left behind may be open to others.
        let write = || -> io::Result<()> {
            if part.try_exists()? {
                fs::remove_file(&part)?;
            }
            let mut options = File::options();
            let options = options.write(true).create_new(true).mode(PRIVATE_FILE);
            let mut file = options.open(&part)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&part, &path)
        };
        write().map_err(io_error(&path, "written"))
    }

    /// Returns the last lines that the server wrote.
    pub(super) fn log_tail(&self) -> String {
        let tails = [OUTPUT, LOG].map(|name| tail(&self.path(name)));
        let tails: Vec<String> = tails.into_iter().flatten().collect();
        if tails.is_empty() {
            "it wrote nothing".to_owned()
        } else {
            tails.join("\n")
        }
    }

    /// Stops the server that a killed instance left behind. The pid file may name any process by
    /// now, so its command line must also name the configuration in this directory.
    pub(super) async fn stop_orphan(&self) -> Result<(), LocalServerError> {
        let text = fs::read_to_string(self.path(PID)).unwrap_or_default();
        let Ok(pid) = text.trim().parse::<u32>() else {
            return Ok(());
        };
        let config = self.path(CONFIG).into_os_string().into_encoded_bytes();
        let is_ours = || {
            let line = command_line(pid).unwrap_or_default();
            line.windows(config.len()).any(|part| part == config)
        };
        for (sign, within) in STOP_SIGNALS {
            if !is_ours() {
                return Ok(());
            }
            tracing::warn!(pid, ?sign, "stopping the nats-server of an earlier run");
            signal(pid, sign);
            let deadline = Instant::now() + within;
            while is_ours() && Instant::now() < deadline {
                tokio::time::sleep(POLL).await;
            }
        }
        if is_ours() {
            Err(LocalServerError::Orphan { pid })
        } else {
            Ok(())
        }
    }
}

/// Returns true if an instance has locked the directory.
pub(super) fn is_locked(dir: &Path) -> bool {
    let Ok(file) = File::open(dir.join(LOCK)) else {
        return false;
    };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// Returns the password that is kept in a directory.
pub(super) fn read_password(dir: &Path) -> Result<Option<Password>, LocalServerError> {
    let path = dir.join(PASSWORD_FILE);
    match fs::read_to_string(&path) {
        Ok(text) => match Password::parse(text.trim()) {
            Some(password) => Ok(Some(password)),
            None => Err(LocalServerError::Password { path }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(&path, "read")(error)),
    }
}

fn lock(path: &Path, dir: &Path) -> Result<File, LocalServerError> {
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(path).map_err(io_error(path, "opened"))?;
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
            return Err(LocalServerError::InUse {
                dir: dir.to_owned(),
                owner,
            });
        }
        Err(TryLockError::Error(source)) => return Err(io_error(path, "locked")(source)),
    }
    file.set_len(0).map_err(io_error(path, "written"))?;
    file.seek(SeekFrom::Start(0))
        .map_err(io_error(path, "written"))?;
    writeln!(file, "{}", std::process::id()).map_err(io_error(path, "written"))?;
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
    fn a_dropped_lock_is_free_even_while_a_fork_holds_the_file_open() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let first = DataDir::open(dir.path()).expect("a free directory");
        // As while another thread forks a process: the same open file, once more.
        let forked = first.lock.try_clone().expect("a copy");
        assert!(matches!(
            DataDir::open(dir.path()),
            Err(LocalServerError::InUse { .. })
        ));
        drop(first);
        DataDir::open(dir.path()).expect("an unlocked directory");
        drop(forked);
    }
}
