//! What surrounds the process: the one place where the clock and the environment are read, and
//! where ids are made and lots are drawn.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use etcetera::BaseStrategy as _;
use time::OffsetDateTime;
use uuid::Uuid;

/// The name of our directories.
const NAME: &str = "detente";

/// The moment that it is.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read"
)]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// A fresh id, which nobody else has.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where ids are made"
)]
pub(crate) fn id() -> Uuid {
    Uuid::now_v7()
}

/// Random bytes of a new token or secret, from the system.
pub(crate) fn random<const BYTES: usize>() -> anyhow::Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}

/// The clock, for services.
pub(crate) fn clock() -> Arc<dyn Fn() -> OffsetDateTime + Send + Sync> {
    Arc::new(now)
}

/// The maker of ids, for services.
pub(crate) fn ids() -> Arc<dyn Fn() -> Uuid + Send + Sync> {
    Arc::new(id)
}

/// A variable of the environment; `None` where it is not set, empty or not UTF-8.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where programs are looked for.
pub(crate) fn path() -> Option<OsString> {
    std::env::var_os("PATH")
}

/// Where our data is kept.
pub(crate) fn data_dir() -> anyhow::Result<PathBuf> {
    let base = etcetera::choose_base_strategy().context("the home directory is not known")?;
    Ok(base.data_dir().join(NAME))
}

/// Where what can be fetched again is kept.
pub(crate) fn cache_dir() -> anyhow::Result<PathBuf> {
    let base = etcetera::choose_base_strategy().context("the home directory is not known")?;
    Ok(base.cache_dir().join(NAME))
}

/// A directory for what is thrown away at the end; it is not made yet.
pub(crate) fn scratch_dir() -> PathBuf {
    std::env::temp_dir().join(format!("{NAME}-{}", id().simple()))
}
