//! `detente rulebook compare FILE`: the log folded under two rulebooks, and where they differ.
//!
//! The log is read from NATS and folded twice in this process. A query service would need a third
//! chronicle, and the time to fold the whole log.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use detente_apply::{Commit, Prefetch};
use detente_domain::day::Day;
use detente_jetstream::reader::{Options, StreamReader};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, stream_info};
use detente_read_model::archive::Archive;
use detente_read_model::queries::{self, Side, Window};
use detente_rulebook as rulebook;
use detente_rulebook_store::CompiledRulebook;

use super::switch::RulebookAdmin;
use crate::args::{Compare, Read};
use crate::exit_code::{CliError, succeed_if};
use crate::output::Output;
use crate::source::FileSource;
use crate::{env, render, rules};

/// The number of commits between two progress notes.
const PROGRESS_INTERVAL: u64 = 100_000;

/// A log, folded under a rulebook.
struct Folded {
    rulebook: CompiledRulebook,
    archive: Archive,
}

pub(super) async fn run(args: &Compare, out: &mut Output) -> anyhow::Result<()> {
    let given = rules::compile(Some(&args.rulebook))?;
    // Of a log, no row is refused.
    let ([mut active, mut given], refused) = if args.file.is_empty() {
        (log(args, given, out).await?, 0)
    } else {
        files(args, given, out)?
    };
    let window = Window {
        since: args.at.or(args.since).unwrap_or(Day::MIN),
        to: args.at.unwrap_or_else(|| Day::of_utc(env::now())),
        limit: args.limit,
    };
    let comparison = queries::compare(
        Side {
            archive: &mut active.archive,
            projection: active.rulebook.projection.as_str(),
        },
        Side {
            archive: &mut given.archive,
            projection: given.rulebook.projection.as_str(),
        },
        rulebook::differences(&active.rulebook.text, &given.rulebook.text),
        window,
    );
    out.show(&comparison, render::comparison)?;
    succeed_if(refused == 0)
}

/// Folds the log of a running system.
async fn log(
    args: &Compare,
    given: CompiledRulebook,
    out: &mut Output,
) -> anyhow::Result<[Folded; 2]> {
    let admin = RulebookAdmin::open(&args.on).await?;
    let active = match &args.with {
        Some(file) => rules::compile(Some(file))?,
        None => admin.store.load().await?.choose(&rules::compile(None)?)?,
    };
    let mut sides = [active, given].map(|rulebook| Folded {
        archive: Archive::new(rulebook.rules.clone()),
        rulebook,
    });
    let head = stream_info::head(&admin.connection, EVENTS).await?;
    read(&admin.connection, head, out, |commit| {
        for side in &mut sides {
            side.archive.apply_commit(commit);
        }
    })
    .await?;
    admin.connection.close().await;
    Ok(sides)
}

async fn read(
    connection: &Connection,
    head: u64,
    out: &mut Output,
    mut take: impl FnMut(&Commit),
) -> anyhow::Result<()> {
    if head == 0 {
        return Ok(());
    }
    let reader = StreamReader::open(connection, EVENTS, 1, Options::events()).await?;
    let mut reader = Prefetch::start(reader);
    loop {
        let commit = reader.next().await;
        let commit = commit.context("the reader of the log has ended")??;
        let position = commit.message.sequence;
        take(&commit);
        if position >= head {
            return Ok(());
        }
        if position % PROGRESS_INTERVAL == 0 {
            out.note(&format!("folded {position} of {head} commits"));
        }
    }
}

/// Folds files, with no server at all. Returns the number of refused rows too.
fn files(
    args: &Compare,
    given: CompiledRulebook,
    out: &mut Output,
) -> anyhow::Result<([Folded; 2], usize)> {
    if args.file.iter().any(|file| file == Path::new("-")) {
        let message = "stdin can be read only once, but is folded twice; give a file";
        return Err(CliError::Usage(message.to_owned()).into());
    }
    let fold = |rulebook: CompiledRulebook, file: Option<PathBuf>, out: &mut Output| {
        let read = Read {
            file: args.file.clone(),
            rulebook: file,
            ..Read::default()
        };
        let source = FileSource::open(&read, out)?;
        let refused = source.refused();
        let archive = source.into_archive();
        anyhow::Ok((Folded { rulebook, archive }, refused))
    };
    let active = rules::compile(args.with.as_deref())?;
    let (active, refused) = fold(active, args.with.clone(), out)?;
    // Refused rows were reported by the first pass.
    let (given, _) = fold(given, Some(args.rulebook.clone()), &mut Output::sink())?;
    Ok(([active, given], refused))
}
