//! `detente backup` and `detente restore`: the log in one file.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use detente_backup::{Places, Summary};
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

use super::services::check_copies;
use crate::args::{Backup, Restore};
use crate::env;
use crate::exit_code::CliError;
use crate::nats::NatsSession;
use crate::output::{Output, PROGRESS_INTERVAL, raw_stdout};

/// The mode of a backup: it is for its owner alone, as the log is.
const PRIVATE: u32 = 0o600;

pub(super) async fn backup(args: &Backup, out: &mut Output) -> anyhow::Result<()> {
    let to_stdout = args.file == Path::new("-");
    if !to_stdout && args.file.exists() {
        let message = format!(
            "{} exists already; choose another name",
            args.file.display()
        );
        return Err(CliError::Usage(message).into());
    }
    let session = NatsSession::open(&args.store, "backup").await?;
    let created = env::now().format(&Rfc3339)?;
    let product = env!("CARGO_PKG_VERSION");
    let connection = &session.connection;
    let progress = progress(out);
    let part = if to_stdout {
        None
    } else {
        Some(PartialFile::create(&args.file)?)
    };
    let to: Box<dyn Write> = match &part {
        Some(part) => Box::new(&part.file),
        None => Box::new(raw_stdout()),
    };
    let to = BufWriter::new(to);
    let saved = Box::pin(detente_backup::save(
        connection,
        to,
        args.salvage,
        product,
        created,
        progress,
    ));
    let saved = saved.await;
    session.close().await;
    let (to, summary) = saved?;
    drop(to);
    if let Some(part) = part {
        part.finish()?;
    }
    if to_stdout {
        out.note(&text(&summary, "saved"));
        return Ok(());
    }
    print(out, &summary, "saved")
}

pub(super) async fn restore(args: &Restore, out: &mut Output) -> anyhow::Result<()> {
    if args.check {
        return print(out, &detente_backup::check(open(&args.file)?)?, "is sound");
    }
    if args.file != Path::new("-") {
        // Checks the whole file first, so that nothing is restored from a damaged one.
        detente_backup::check(open(&args.file)?)?;
    }
    let from = open(&args.file)?;
    let session = NatsSession::open(&args.store, "restore").await?;
    let (connection, replicas) = (&session.connection, args.copies.replicas);
    let restored = match check_copies(connection, &args.copies) {
        Ok(()) => {
            let restoring = detente_backup::restore(connection, from, replicas, progress(out));
            Box::pin(restoring).await.map_err(Into::into)
        }
        Err(refused) => Err(refused),
    };
    session.close().await;
    print(out, &restored?, "restored")
}

fn open(file: &Path) -> anyhow::Result<Box<dyn Read + Send>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let opened = File::open(file);
    let opened = opened.with_context(|| format!("{} cannot be opened", file.display()))?;
    Ok(Box::new(BufReader::new(opened)))
}

fn print(out: &mut Output, summary: &Summary, done: &str) -> anyhow::Result<()> {
    Ok(out.show(summary, |_, summary| text(summary, done) + "\n")?)
}

fn text(summary: &Summary, done: &str) -> String {
    let size = summary
        .bytes
        .map_or_else(String::new, |bytes| format!(", {bytes} bytes"));
    let resumed = summary.resumed_after.map_or_else(String::new, |there| {
        format!(" (after the {there} already stored)")
    });
    let lost = places("lost", summary.lost);
    let damaged = places("no commits of a gateway", summary.damaged);
    format!(
        "{done}: {} commits up to position {}{resumed}{size}{lost}{damaged}; created {} by detente {}",
        summary.commits, summary.header.last, summary.header.created, summary.header.product
    )
}

/// Says how many of the commits are of a kind.
fn places(what: &str, places: Option<Places>) -> String {
    places.map_or_else(String::new, |Places { count, first, last }| {
        format!(", {count} of them {what} (from {first} to {last})")
    })
}

/// Prints progress at intervals.
fn progress(out: &mut Output) -> impl FnMut(u64, u64) {
    let mut next = Instant::now() + PROGRESS_INTERVAL;
    move |position, head| {
        let now = Instant::now();
        if now >= next {
            next = now + PROGRESS_INTERVAL;
            out.progress(&format!("commit {position} of {head}"));
            if position == head {
                out.clear_progress();
            }
        }
    }
}

/// A partial file, which gets its name when it is complete, and is removed otherwise.
struct PartialFile {
    file: File,
    path: PathBuf,
    name: PathBuf,
}

impl PartialFile {
    fn create(name: &Path) -> anyhow::Result<Self> {
        let short = name.file_name().context("a backup needs a file name")?;
        let short = short.to_string_lossy();
        let path = name.with_file_name(format!(".{short}.{}.part", env::id().simple()));
        let mut options = File::options();
        let options = options.write(true).create_new(true).mode(PRIVATE);
        let file = options.open(&path);
        let file = file.with_context(|| format!("cannot create {}", path.display()))?;
        let name = name.to_owned();
        Ok(Self { file, path, name })
    }

    /// Syncs the file to disk, and gives it its name.
    fn finish(self) -> anyhow::Result<()> {
        self.file.sync_all()?;
        // A hard link never replaces an existing file.
        std::fs::hard_link(&self.path, &self.name)
            .with_context(|| format!("cannot create {}", self.name.display()))?;
        let dir = self.name.parent().filter(|dir| !dir.as_os_str().is_empty());
        File::open(dir.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // Nothing can be done if it fails.
        let _ = std::fs::remove_file(&self.path);
    }
}
