//! What the gateway knows after a restart: the ids of the log's tail, and the keys in them.

use detente_api::json::Keyed;
use detente_codec::skim;
use detente_jetstream::reader::{EventsReader, Options};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, commit, inspect};

use crate::error::Error;
use crate::keys::Keys;
use crate::recent::{Known, RECENT_MAX, Recent};

/// How many commits the first look back takes; each further one takes four times as many.
const FIRST_LOOK: u64 = 256;

/// Reads the log backwards, in growing steps, until enough records are known.
pub(crate) async fn recent(connection: &Connection) -> Result<(Recent, Keys), Error> {
    let mut end = inspect::head(connection, EVENTS).await?;
    let mut steps = Vec::new();
    let (mut records, mut step) = (0, FIRST_LOOK);
    while end > 0 && records < RECENT_MAX {
        let start = end.saturating_sub(step) + 1;
        let found = read(connection, start, end).await?;
        records += found.len();
        steps.push(found);
        end = start - 1;
        step *= 4;
    }
    let recent = Recent::new(RECENT_MAX);
    let keys = Keys::new(RECENT_MAX);
    let oldest_first = steps.into_iter().rev().flatten();
    for (position, known) in oldest_first.skip(records.saturating_sub(RECENT_MAX)) {
        recent.learn(known, position);
        if let Some(request) = Keyed::of(known.id) {
            keys.learn(request);
        }
    }
    tracing::info!(records = records.min(RECENT_MAX), "recent ids are known");
    Ok((recent, keys))
}

async fn read(connection: &Connection, start: u64, end: u64) -> Result<Vec<(u64, Known)>, Error> {
    let mut found = Vec::new();
    let mut reader = EventsReader::open(connection, EVENTS, start, Options::events()).await?;
    while reader.last_sequence() < end {
        let message = reader.next().await?;
        for record in commit::records(&message.payload) {
            let known = record.ok().and_then(known);
            found.extend(known.map(|known| (message.sequence, known)));
        }
    }
    Ok(found)
}

/// What a record is known by; `None` for bytes that are no record, which no client can repeat.
pub(crate) fn known(record: &[u8]) -> Option<Known> {
    Some(Known {
        id: skim::id(record).ok()?,
        content: skim::content(record).ok()?,
    })
}
