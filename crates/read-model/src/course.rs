//! The course of one conduct: its newest steps and events, and its states on many days.

use detente_api::request::{DirectedPair, Topic};
use detente_api::view::{ChangeView, EventView};
use detente_chronicle::Point;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::state::{Change, State};
use detente_feed::Failure;

use crate::archive::Archive;
use crate::event_views;
use crate::queries;
use crate::source::ReadSource;
use crate::turns::in_turns;

/// The newest items of a list that is read from its end, in the order of the list.
#[derive(Clone, Debug)]
pub struct Tail<T> {
    /// The items.
    pub items: Vec<T>,
    /// The number of all items of the list.
    pub total: usize,
}

/// Returns the last steps of a conduct up to a day, at most `most`: those of one dimension or
/// register, or of all.
pub async fn steps<S: ReadSource>(
    source: &S,
    relation: DirectedPair,
    topic: Option<Topic>,
    point: Point,
    most: usize,
) -> Tail<ChangeView> {
    source.fold_long(relation.pair, point.known, Day::MAX).await;
    let tail = move |archive: &mut Archive| {
        let steps = queries::history(archive, relation, topic, point);
        let last = last(&steps, most).iter();
        let view = |step: &Change| queries::history_step(archive, step, point);
        Tail {
            items: last.map(view).collect(),
            total: steps.len(),
        }
    };
    source.with_archive(tail).await
}

/// Returns the last events of a relation up to a day, at most `most`.
///
/// # Errors
/// A failure of the log.
pub async fn events<S: ReadSource>(
    source: &S,
    relation: DirectedPair,
    point: Point,
    most: usize,
) -> Result<Tail<EventView>, Failure> {
    let ids = move |archive: &mut Archive| queries::relation_events(archive, relation.pair, point);
    let ids: Vec<EventId> = source.with_archive(ids).await;
    let items = event_views::views(source, last(&ids, most), point.known.0).await?;
    Ok(Tail {
        items,
        total: ids.len(),
    })
}

/// Returns the state of a conduct on each of some days, as known at the position of a point.
pub async fn days<S: ReadSource>(
    source: &S,
    relation: DirectedPair,
    days: Vec<Day>,
    point: Point,
) -> Vec<State> {
    let DirectedPair { pair, direction } = relation;
    source.fold_long(pair, point.known, Day::MAX).await;
    let on = move |archive: &mut Archive, day: Day| {
        let chronicle = archive.chronicle_mut();
        Some(chronicle.state(pair, direction, day, Some(point.known)))
    };
    in_turns(source, days, on).await
}

fn last<T>(all: &[T], most: usize) -> &[T] {
    all.get(all.len().saturating_sub(most)..).unwrap_or(all)
}
