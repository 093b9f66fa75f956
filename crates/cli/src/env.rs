//! The clock, the environment, ids, randomness and the limits of the process. No other file reads
//! them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use etcetera::BaseStrategy as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use time::OffsetDateTime;
use uuid::Uuid;

/// The name of the product's directories.
const NAME: &str = "detente";

/// Returns the current time.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read"
)]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Returns a new UUID of version 7.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where ids are made"
)]
pub(crate) fn id() -> Uuid {
    Uuid::now_v7()
}

/// Returns random bytes of the system, for a token or secret.
pub(crate) fn random<const BYTES: usize>() -> anyhow::Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|error| anyhow::anyhow!("cannot read random bytes: {error}"))?;
    Ok(bytes)
}

/// Returns the clock of the services.
pub(crate) fn clock() -> Arc<dyn Fn() -> OffsetDateTime + Send + Sync> {
    Arc::new(now)
}

/// Returns the source of ids of the services.
pub(crate) fn ids() -> Arc<dyn Fn() -> Uuid + Send + Sync> {
    Arc::new(id)
}

/// Returns a variable of the environment; `None` if it is not set, empty or not UTF-8.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Raises the limit of open descriptors as far as the system allows. Returns the limit.
pub(crate) fn raise_descriptors() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    // Where raising is not allowed, the limit stays as it is.
    let limit = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(_) => current,
    };
    limit
        .and_then(|limit| limit.try_into().ok())
        .unwrap_or(usize::MAX)
}

/// Returns `PATH`.
pub(crate) fn path() -> Option<OsString> {
    std::env::var_os("PATH")
}

/// Returns the default data directory.
pub(crate) fn data_dir() -> anyhow::Result<PathBuf> {
    match variable("DETENTE_DATA_DIR") {
        Some(dir) => Ok(PathBuf::from(dir)),
        None => Ok(base_dirs()?.data_dir().join(NAME)),
    }
}

/// Returns the cache directory.
pub(crate) fn cache_dir() -> anyhow::Result<PathBuf> {
    Ok(base_dirs()?.cache_dir().join(NAME))
}

fn base_dirs() -> anyhow::Result<impl etcetera::BaseStrategy> {
    etcetera::choose_base_strategy().context("the home directory is not known")
}

/// Returns the path of a new temporary directory, which does not exist yet.
pub(crate) fn scratch_dir() -> PathBuf {
    std::env::temp_dir().join(format!("{NAME}-{}", id().simple()))
}
