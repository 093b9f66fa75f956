//! `detente backup` and `detente restore`: the log in one file, and back.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use detente_backup::Summary;
use detente_jetstream::topology::Replicas;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

use crate::args::{Backup, Output, Restore};
use crate::exit::Fault;
use crate::store::Reached;
use crate::{Out, ambient};

/// How often the progress is said.
const SAID_EVERY: Duration = Duration::from_secs(2);

pub(super) async fn backup(args: &Backup, out: &mut Out) -> anyhow::Result<()> {
    let to_stdout = args.file == Path::new("-");
    if !to_stdout && args.file.exists() {
        let message = format!(
            "{} is there already; give another name",
            args.file.display()
        );
        return Err(Fault::Usage(message).into());
    }
    let reached = Reached::open(&args.store, "backup").await?;
    let created = ambient::now().format(&Rfc3339)?;
    let product = env!("CARGO_PKG_VERSION");
    let connection = &reached.connection;
    let seen = said(out);
    let saved = if to_stdout {
        let to = BufWriter::new(io::stdout().lock());
        let saved = Box::pin(detente_backup::save(connection, to, product, created, seen)).await;
        saved
            .map(|(_, summary)| summary)
            .map_err(anyhow::Error::from)
    } else {
        let part = Part::new(&args.file)?;
        let to = BufWriter::new(part.create()?);
        match Box::pin(detente_backup::save(connection, to, product, created, seen)).await {
            Ok((to, summary)) => part.keep(to).map(|()| summary),
            Err(error) => Err(error.into()),
        }
    };
    reached.close().await;
    let summary = saved?;
    if to_stdout {
        out.note(&text(&summary, "saved"));
        return Ok(());
    }
    show(out, &summary, "saved")
}

pub(super) async fn restore(args: &Restore, out: &mut Out) -> anyhow::Result<()> {
    if args.check {
        return show(out, &detente_backup::check(open(&args.file)?)?, "is sound");
    }
    if args.file != Path::new("-") {
        // A file can be read twice: nothing is brought back of one that is damaged.
        detente_backup::check(open(&args.file)?)?;
    }
    let from = open(&args.file)?;
    let reached = Reached::open(&args.store, "restore").await?;
    let replicas = Replicas::One;
    let restoring = detente_backup::restore(&reached.connection, from, replicas, said(out));
    let restored = Box::pin(restoring).await;
    reached.close().await;
    show(out, &restored?, "restored")
}

fn open(file: &Path) -> anyhow::Result<Box<dyn Read + Send>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let opened = File::open(file);
    let opened = opened.with_context(|| format!("{} cannot be opened", file.display()))?;
    Ok(Box::new(BufReader::new(opened)))
}

fn show(out: &mut Out, summary: &Summary, deed: &str) -> anyhow::Result<()> {
    match out.form() {
        Output::Json => out.json(summary)?,
        Output::Table => out.line(&text(summary, deed))?,
    }
    Ok(())
}

fn text(summary: &Summary, deed: &str) -> String {
    let size = summary
        .bytes
        .map_or_else(String::new, |bytes| format!(", {bytes} bytes"));
    let resumed = summary.resumed_after.map_or_else(String::new, |there| {
        format!(" (after the {there} that were there already)")
    });
    format!(
        "{deed}: {} commits up to position {}{resumed}{size}; made {} by detente {}",
        summary.commits, summary.header.last, summary.header.created, summary.header.product
    )
}

/// Says every so often how far it came.
fn said(out: &mut Out) -> impl FnMut(u64, u64) {
    let terminal = io::stderr().is_terminal();
    let mut next = Instant::now() + SAID_EVERY;
    move |position, head| {
        let now = Instant::now();
        let is_end = terminal && position == head && now >= next;
        if now >= next {
            next = now + SAID_EVERY;
            out.progress(&format!("commit {position} of {head}"), terminal);
        }
        if is_end {
            out.progress("", terminal);
        }
    }
}

/// A file that has its name only when it is whole; without that it is removed.
struct Part {
    path: PathBuf,
    file: PathBuf,
}

impl Part {
    fn new(file: &Path) -> anyhow::Result<Self> {
        let name = file
            .file_name()
            .context("a backup needs the name of a file")?;
        let name = name.to_string_lossy();
        let path = file.with_file_name(format!(".{name}.{}.part", ambient::id().simple()));
        let file = file.to_owned();
        Ok(Self { path, file })
    }

    fn create(&self) -> anyhow::Result<File> {
        let created = File::create_new(&self.path);
        created.with_context(|| format!("{} cannot be made", self.path.display()))
    }

    /// Puts what was written on disk, and gives it its name.
    fn keep(self, to: BufWriter<File>) -> anyhow::Result<()> {
        let mut file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.flush()?;
        file.sync_all()?;
        // A link is made only where nothing is, so nobody's file is replaced.
        std::fs::hard_link(&self.path, &self.file)
            .with_context(|| format!("{} cannot be made", self.file.display()))?;
        let dir = self.file.parent().filter(|dir| !dir.as_os_str().is_empty());
        File::open(dir.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // If it was never made, there is nothing to remove.
        let _ = std::fs::remove_file(&self.path);
    }
}
