//! Reading single records back from the log: what the fold does not keep.

use std::collections::{BTreeMap, BTreeSet};

use detente_api::view::{EventView, Known, PendingView};
use detente_codec::{Read, skim};
use detente_domain::event::EventId;
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{commit, inspect};
use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use crate::archive::Place;
use crate::queries;
use crate::read_model::Query;
use detente_feed::error::Failure;

/// How many commits are read at once for one answer.
const READS_AT_ONCE: usize = 8;

/// The views of events as known at a position, in the order given; those that are not known are
/// left out.
pub async fn views(
    query: &Query,
    events: &[EventId],
    known: u64,
) -> Result<Vec<EventView>, Failure> {
    let places: BTreeSet<Place> = {
        let archive = query.archive();
        let known_at = Some(detente_chronicle::Position(known));
        let of = |event: &EventId| {
            let first = archive.chronicle().event(*event, known_at)?;
            let first = Place {
                position: first.position.0,
                record: event.0,
            };
            Some(archive.about(*event, known).into_iter().chain([first]))
        };
        events.iter().filter_map(of).flatten().collect()
    };
    let records = records(query, places).await?;
    let archive = query.archive();
    let view = |event: &EventId| {
        let about = archive.about(*event, known);
        let ids = about.iter().map(|place| place.record).chain([event.0]);
        let held: Vec<Known> = ids.filter_map(|id| records.get(&id).cloned()).collect();
        queries::event(&archive, *event, known, &held)
    };
    Ok(events.iter().filter_map(view).collect())
}

/// The views of ids that no record has, as known at a position, in the order given; those about
/// which nothing is said are left out.
pub async fn pending(query: &Query, ids: &[Uuid], known: u64) -> Result<Vec<PendingView>, Failure> {
    let places = {
        let archive = query.archive();
        let about = |id: &Uuid| archive.about(EventId(*id), known);
        ids.iter().flat_map(about).collect()
    };
    let records = records(query, places).await?;
    let archive = query.archive();
    let view = |id: &Uuid| {
        let about = archive.about(EventId(*id), known);
        let about = about.iter().map(|place| place.record);
        let held: Vec<Known> = about.filter_map(|id| records.get(&id).cloned()).collect();
        queries::pending(&archive, *id, known, &held)
    };
    Ok(ids.iter().filter_map(view).collect())
}

async fn records(query: &Query, places: BTreeSet<Place>) -> Result<BTreeMap<Uuid, Known>, Failure> {
    let mut wanted: BTreeMap<u64, BTreeSet<Uuid>> = BTreeMap::new();
    for place in places {
        wanted
            .entry(place.position)
            .or_default()
            .insert(place.record);
    }
    let reads = wanted.into_iter().map(|(position, ids)| async move {
        let connection = &query.parts().deps.connection;
        let message = inspect::read_one(connection, EVENTS, position).await?;
        let found = message.map(|message| found(position, &message.payload, &ids));
        Ok::<_, Failure>(found.unwrap_or_default())
    });
    let read: Vec<Vec<Known>> = stream::iter(reads)
        .buffered(READS_AT_ONCE)
        .try_collect()
        .await?;
    Ok(read
        .into_iter()
        .flatten()
        .map(|known| (known.record.id.0, known))
        .collect())
}

fn found(position: u64, payload: &[u8], ids: &BTreeSet<Uuid>) -> Vec<Known> {
    commit::records(payload)
        .filter_map(Result::ok)
        .filter(|bytes| skim::id(bytes).is_ok_and(|id| ids.contains(&id)))
        .filter_map(|bytes| match detente_codec::decode(bytes) {
            Ok(Read::Record(record)) => Some(Known { position, record }),
            Ok(Read::NotUnderstood { .. }) | Err(_) => None,
        })
        .collect()
}
