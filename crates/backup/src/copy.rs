//! Saves the log of a server into a backup, and restores it.

use std::io::{self, Read, Write};

use detente_jetstream::Connection;
use detente_jetstream::reader::{self, StreamReader};
use detente_jetstream::restore::{RestoreError, Restorer, StoredCommit};
use detente_jetstream::stream_info::{self, StreamInfoError};
use detente_jetstream::topology::{EVENTS, Replicas};
use serde::Serialize;

use crate::format::{Damage, Header, VERSION};
use crate::read::Reader;
use crate::write::Writer;

/// An error of saving, checking or restoring.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The state of the stream cannot be read.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
    /// The log cannot be read.
    #[error("the log cannot be saved: {0}")]
    Log(#[from] reader::ReadError),
    /// A commit is missing or cannot be read.
    #[error(
        "commit {position} is missing from the log, or its file is damaged; `detente backup \
         --salvage` saves the others, with a mark in its place, and `detente verify` names all"
    )]
    Lost {
        /// Its position.
        position: u64,
    },
    /// The backup cannot be written.
    #[error("the backup cannot be written: {0}")]
    Write(#[source] io::Error),
    /// The backup is damaged, or the file is not a backup.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The file cannot be read.
    #[error("the backup cannot be read: {0}")]
    File(#[source] io::Error),
    /// The server cannot be restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
}

/// A summary of what was saved, checked or restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The header of the backup.
    #[serde(flatten)]
    pub header: Header,
    /// The number of commits.
    pub commits: u64,
    /// The commits that are lost, if any: the backup has a mark in the place of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Places>,
    /// The messages that are no commits of a gateway, or damaged, if any: they are kept as they are,
    /// and have no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged: Option<Places>,
    /// The size in bytes, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The number of commits that an interrupted restore had already restored, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed_after: Option<u64>,
}

/// Places in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Places {
    /// Their number.
    pub count: u64,
    /// The first position.
    pub first: u64,
    /// The last position.
    pub last: u64,
}

impl Summary {
    /// Returns the summary of a backup, which has something at each position from 1.
    fn new(header: &Header) -> Self {
        Self {
            commits: header.last,
            header: header.clone(),
            lost: None,
            damaged: None,
            bytes: None,
            resumed_after: None,
        }
    }

    /// Takes in the next commit.
    fn add(&mut self, commit: &StoredCommit) {
        let places = if commit.is_lost() {
            &mut self.lost
        } else if commit.is_damaged() {
            &mut self.damaged
        } else {
            return;
        };
        let places = places.get_or_insert(Places {
            count: 0,
            first: commit.sequence,
            last: 0,
        });
        places.count += 1;
        places.last = commit.sequence;
    }
}

/// Saves the log up to its end at the start, and returns the writer. Calls `progress` with the
/// number of commits saved and of all commits. To `salvage` is to put a mark in the place of each
/// commit that is missing or damaged, so that the positions of the others stay.
///
/// # Errors
/// Fails if a commit is missing, unless it is to be salvaged, or if the log or the backup cannot be
/// read or written.
pub async fn save<W: Write>(
    connection: &Connection,
    to: W,
    salvage: bool,
    product: &str,
    created: String,
    mut progress: impl FnMut(u64, u64),
) -> Result<(W, Summary), Error> {
    let last = stream_info::head(connection, EVENTS).await?;
    let header = Header {
        format: VERSION,
        product: product.to_owned(),
        created,
        stream: EVENTS.to_owned(),
        first: last.min(1),
        last,
    };
    let mut writer = Writer::begin(to, &header).map_err(Error::Write)?;
    let options = reader::Options {
        damaged: reader::Damaged::Kept,
        ..reader::Options::events()
    };
    let mut summary = Summary::new(&header);
    let mut log = StreamReader::open(connection, EVENTS, 1, options).await?;
    while log.last_sequence() < last {
        let message = log.next().await?;
        let position = message.sequence;
        if message.is_missing() && !salvage {
            return Err(Error::Lost { position });
        }
        let commit = if message.is_damaged && salvage {
            StoredCommit::lost(position, message.published)
        } else {
            StoredCommit::from(message)
        };
        writer.add(&commit).map_err(Error::Write)?;
        summary.add(&commit);
        progress(position, last);
    }
    let (to, bytes) = writer.end().map_err(Error::Write)?;
    summary.bytes = Some(bytes);
    Ok((to, summary))
}

/// Reads a whole backup and checks it.
///
/// # Errors
/// Fails if it is damaged or not a backup.
pub fn check(from: impl Read) -> Result<Summary, Error> {
    let mut reader = Reader::begin(from)?;
    let mut summary = Summary::new(reader.header());
    while let Some(commit) = reader.commit()? {
        summary.add(&commit);
    }
    Ok(summary)
}

/// Restores a log into a server without one. Positions and times are the same as before. After an
/// interruption every service refuses to start, and another call resumes the restore.
///
/// # Errors
/// Fails if the backup is damaged, the server has data already, or it refuses a commit.
pub async fn restore(
    connection: &Connection,
    from: impl Read,
    replicas: Replicas,
    mut progress: impl FnMut(u64, u64),
) -> Result<Summary, Error> {
    let mut reader = Reader::begin(from)?;
    let last = reader.header().last;
    let mut summary = Summary::new(reader.header());
    let mut restorer = Restorer::begin(connection, replicas).await?;
    let resumed_after = restorer.already_restored();
    loop {
        let commit = match reader.commit() {
            Ok(Some(commit)) => commit,
            Ok(None) => break,
            Err(error) => {
                // The next attempt resumes after the good commits.
                restorer.flush().await?;
                return Err(error);
            }
        };
        let sequence = commit.sequence;
        summary.add(&commit);
        restorer.put(commit).await?;
        progress(sequence, last);
    }
    restorer.finish().await?;
    summary.resumed_after = (resumed_after > 0).then_some(resumed_after);
    Ok(summary)
}
