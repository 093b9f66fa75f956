//! From a server into a backup, and from a backup into a server.

use std::io::{self, Read, Write};

use detente_jetstream::Connection;
use detente_jetstream::inspect::{self, InspectError};
use detente_jetstream::reader::{self, EventsReader};
use detente_jetstream::restore::{Kept, RestoreError, Restorer};
use detente_jetstream::topology::{EVENTS, Replicas};
use serde::Serialize;

use crate::format::{Header, VERSION};
use crate::read::{ReadError, Reader};
use crate::write::Writer;

/// Why a log was not saved or brought back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stream could not be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The log is not whole, or cannot be read: a backup of it would be none.
    #[error("the log cannot be saved: {0}")]
    Log(#[from] reader::ReadError),
    /// The backup cannot be written.
    #[error("the backup cannot be written: {0}")]
    Write(#[from] io::Error),
    /// The backup cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The server does not take it.
    #[error(transparent)]
    Restore(#[from] RestoreError),
}

/// What was saved, checked or brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// What the backup says of itself.
    #[serde(flatten)]
    pub header: Header,
    /// How many commits it has.
    pub commits: u64,
    /// How many bytes it has, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How many commits were there already, from a restore that was broken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed_after: Option<u64>,
}

/// Saves the log up to its end, as it is at the start, and gives back what it was written to.
/// `seen` is told how far it came, and of how many.
///
/// # Errors
/// When the log is not whole, or something cannot be read or written.
pub async fn save<W: Write>(
    connection: &Connection,
    to: W,
    product: &str,
    created: String,
    mut seen: impl FnMut(u64, u64),
) -> Result<(W, Summary), Error> {
    let last = inspect::head(connection, EVENTS).await?;
    let header = Header {
        format: VERSION,
        product: product.to_owned(),
        created,
        stream: EVENTS.to_owned(),
        first: last.min(1),
        last,
    };
    let mut writer = Writer::begin(to, &header)?;
    let options = reader::Options::events();
    let mut log = EventsReader::open(connection, EVENTS, 1, options).await?;
    while log.last_sequence() < last {
        let kept = Kept::of(log.next().await?);
        writer.add(&kept)?;
        seen(kept.sequence, last);
    }
    let (to, bytes) = writer.end()?;
    let summary = Summary {
        header,
        commits: last,
        bytes: Some(bytes),
        resumed_after: None,
    };
    Ok((to, summary))
}

/// Reads a backup to its end, and checks all of it.
///
/// # Errors
/// When it is damaged, or none.
pub fn check(from: impl Read) -> Result<Summary, Error> {
    let mut reader = Reader::begin(from)?;
    let mut commits = 0;
    while reader.commit()?.is_some() {
        commits += 1;
    }
    let header = reader.header().clone();
    Ok(Summary {
        header,
        commits,
        bytes: None,
        resumed_after: None,
    })
}

/// Brings a log back into a server without one. Positions are the same, and so are the times that
/// are asked for. What is broken off is refused by every service, and can be gone on with.
///
/// # Errors
/// When the backup is damaged, the server holds something already, or does not take it.
pub async fn restore(
    connection: &Connection,
    from: impl Read,
    replicas: Replicas,
    mut seen: impl FnMut(u64, u64),
) -> Result<Summary, Error> {
    let mut reader = Reader::begin(from)?;
    let header = reader.header().clone();
    let mut restorer = Restorer::begin(connection, replicas).await?;
    let there = restorer.there();
    loop {
        let kept = match reader.commit() {
            Ok(Some(kept)) => kept,
            Ok(None) => break,
            Err(error) => {
                // What was good is kept: the next try goes on from there.
                restorer.pause().await?;
                return Err(error.into());
            }
        };
        let sequence = kept.sequence;
        restorer.put(kept).await?;
        seen(sequence, header.last);
    }
    let commits = restorer.end().await?;
    Ok(Summary {
        header,
        commits,
        bytes: None,
        resumed_after: (there > 0).then_some(there),
    })
}
