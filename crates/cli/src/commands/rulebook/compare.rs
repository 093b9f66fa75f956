//! `detente rulebook compare FILE`: the log folded under two rulebooks, and where they differ.
//!
//! The log is read from NATS and folded here, twice. A service that answers readers would have to
//! hold a third chronicle, and fold the whole log, for whoever asks.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use detente_domain::day::Day;
use detente_jetstream::reader::{EventsReader, Options};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, inspect};
use detente_read_model::archive::Archive;
use detente_read_model::queries::{self, Side, Window};
use detente_replay::{Ahead, Commit};
use detente_rulebook as rulebook;
use detente_rulebook_store::Book;

use super::switch::At;
use crate::args::{Compare, Output, Read, utc_day};
use crate::exit::Fault;
use crate::source::FileBook;
use crate::{Out, ambient, rules, show};

/// How many commits are folded between two notes of progress.
const TELL_EVERY: u64 = 100_000;

/// One log, folded under two rulebooks.
struct Folded {
    books: [Book; 2],
    archives: [Archive; 2],
    /// Rows of files that were refused.
    refused: usize,
}

pub(super) async fn run(args: &Compare, out: &mut Out) -> anyhow::Result<()> {
    let given = rules::own(Some(&args.rulebook))?;
    let Folded {
        books: [active, given],
        archives: [mut one, mut other],
        refused,
    } = if args.file.is_empty() {
        log(args, given, out).await?
    } else {
        files(args, given, out)?
    };
    let window = Window {
        since: args.at.or(args.since).unwrap_or(Day::MIN),
        to: args.at.unwrap_or_else(|| utc_day(ambient::now())),
        limit: args.limit,
    };
    let comparison = queries::compare(
        Side {
            archive: &mut one,
            projection: active.projection.as_str(),
        },
        Side {
            archive: &mut other,
            projection: given.projection.as_str(),
        },
        rulebook::differences(&active.text, &given.text),
        window,
    );
    match out.form() {
        Output::Json => out.json(&comparison)?,
        Output::Table => {
            let text = show::comparison(out, &comparison);
            out.text(&text)?;
        }
    }
    if refused > 0 {
        return Err(Fault::Told.into());
    }
    Ok(())
}

/// Folds the log of a running system.
async fn log(args: &Compare, given: Book, out: &mut Out) -> anyhow::Result<Folded> {
    let at = At::open(&args.on).await?;
    let active = match &args.with {
        Some(file) => rules::own(Some(file))?,
        None => at.shelf.look().await?.reading(&rules::own(None)?)?,
    };
    let books = [active, given];
    let mut archives = books
        .each_ref()
        .map(|book| Archive::new(book.rules.clone()));
    let head = inspect::head(&at.connection, EVENTS).await?;
    read(&at.connection, head, out, |commit| {
        for archive in &mut archives {
            archive.take_commit(commit, utc_day(commit.message.published));
        }
    })
    .await?;
    at.connection.close().await;
    Ok(Folded {
        books,
        archives,
        refused: 0,
    })
}

async fn read(
    connection: &Connection,
    head: u64,
    out: &mut Out,
    mut take: impl FnMut(&Commit),
) -> anyhow::Result<()> {
    if head == 0 {
        return Ok(());
    }
    let reader = EventsReader::open(connection, EVENTS, 1, Options::events()).await?;
    let mut reader = Ahead::start(reader);
    loop {
        let commit = reader.next().await;
        let commit = commit.context("the log's reader has ended")??;
        let position = commit.message.sequence;
        take(&commit);
        if position >= head {
            return Ok(());
        }
        if position % TELL_EVERY == 0 {
            out.note(&format!("folded {position} of {head} commits"));
        }
    }
}

/// Folds files, with no server at all.
fn files(args: &Compare, given: Book, out: &mut Out) -> anyhow::Result<Folded> {
    if args.file.iter().any(|file| file == Path::new("-")) {
        let message = "stdin can be read once, and is folded twice; give a file";
        return Err(Fault::Usage(message.to_owned()).into());
    }
    let fold = |rulebook: Option<PathBuf>, out: &mut Out| {
        let read = Read {
            file: args.file.clone(),
            rulebook,
            ..Read::default()
        };
        FileBook::open(&read, out)
    };
    let active = rules::own(args.with.as_deref())?;
    let one = fold(args.with.clone(), out)?;
    // What is wrong with the files was told.
    let mut silent = Out::to(
        Box::new(std::io::sink()),
        Box::new(std::io::sink()),
        out.form(),
    );
    let other = fold(Some(args.rulebook.clone()), &mut silent)?;
    Ok(Folded {
        refused: one.refused(),
        books: [active, given],
        archives: [one.into_archive(), other.into_archive()],
    })
}
