//! `detente backup` and `detente restore`: the log in one file.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use detente_backup::Summary;
use detente_jetstream::topology::Replicas;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

use crate::args::{Backup, Restore};
use crate::env;
use crate::exit_code::CliError;
use crate::nats::NatsSession;
use crate::output::Output;

/// The interval of progress notes.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);

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
    let saved = if to_stdout {
        let to = BufWriter::new(io::stdout().lock());
        let saved = Box::pin(detente_backup::save(
            connection, to, product, created, progress,
        ))
        .await;
        saved
            .map(|(_, summary)| summary)
            .map_err(anyhow::Error::from)
    } else {
        let part = PartialFile::new(&args.file)?;
        let to = BufWriter::new(part.create()?);
        match Box::pin(detente_backup::save(
            connection, to, product, created, progress,
        ))
        .await
        {
            Ok((to, summary)) => part.finish(to).map(|()| summary),
            Err(error) => Err(error.into()),
        }
    };
    session.close().await;
    let summary = saved?;
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
    let replicas = Replicas::One;
    let restoring = detente_backup::restore(&session.connection, from, replicas, progress(out));
    let restored = Box::pin(restoring).await;
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
    format!(
        "{done}: {} commits up to position {}{resumed}{size}; created {} by detente {}",
        summary.commits, summary.header.last, summary.header.created, summary.header.product
    )
}

/// Prints progress at intervals.
fn progress(out: &mut Output) -> impl FnMut(u64, u64) {
    let terminal = io::stderr().is_terminal();
    let mut next = Instant::now() + PROGRESS_INTERVAL;
    move |position, head| {
        let now = Instant::now();
        let is_end = terminal && position == head && now >= next;
        if now >= next {
            next = now + PROGRESS_INTERVAL;
            out.progress(&format!("commit {position} of {head}"), terminal);
        }
        if is_end {
            out.progress("", terminal);
        }
    }
}

/// A partial file, which gets its name when it is complete, and is removed otherwise.
struct PartialFile {
    path: PathBuf,
    file: PathBuf,
}

impl PartialFile {
    fn new(file: &Path) -> anyhow::Result<Self> {
        let name = file.file_name().context("a backup needs a file name")?;
        let name = name.to_string_lossy();
        let path = file.with_file_name(format!(".{name}.{}.part", env::id().simple()));
        let file = file.to_owned();
        Ok(Self { path, file })
    }

    fn create(&self) -> anyhow::Result<File> {
        let created = File::create_new(&self.path);
        created.with_context(|| format!("cannot create {}", self.path.display()))
    }

    /// Syncs the file to disk, and gives it its name.
    fn finish(self, to: BufWriter<File>) -> anyhow::Result<()> {
        let mut file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.flush()?;
        file.sync_all()?;
        // A hard link never replaces an existing file.
        std::fs::hard_link(&self.path, &self.file)
            .with_context(|| format!("cannot create {}", self.file.display()))?;
        let dir = self.file.parent().filter(|dir| !dir.as_os_str().is_empty());
        File::open(dir.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // There is nothing to remove if it was never created.
        let _ = std::fs::remove_file(&self.path);
    }
}
