//! Resolves the two clocks of a request against a fold.

use detente_api::request::{Clocks, DiffPoints, KnownAt};
use detente_api::{Code, Refusal};
use detente_feed::Error;

use crate::queries::Moment;
use crate::source::ReadSource;

/// Resolves both clocks. `pinned` is the position at which a list was known on its first page.
pub(crate) async fn moment<S: ReadSource>(
    source: &S,
    clocks: &Clocks,
    pinned: Option<u64>,
) -> Result<Moment, Error> {
    let head = source.head(clocks.min_position.unwrap_or(0)).await?;
    let known = clocks.known_at.or(pinned.map(KnownAt::Position));
    Ok(Moment {
        at: clocks.at.unwrap_or_else(|| source.today()),
        known: known_or(source, "known_at", known, head).await?,
    })
}

/// Resolves the two points of a comparison. The first point defaults to the second, which defaults
/// to today and the head.
pub(crate) async fn diff_points<S: ReadSource>(
    source: &S,
    points: &DiffPoints,
) -> Result<(Moment, Moment), Error> {
    if points.from.is_none() && points.known_from.is_none() {
        let message = "a comparison needs two points: give from, or known_from, or both";
        let refusal = Refusal::new(Code::BadQuery, message).field("from");
        let names = ["from", "to", "known_from", "known_to", "min_position"];
        return Err(refusal.allowed(names).into());
    }
    let head = source.head(points.min_position.unwrap_or(0)).await?;
    let to = Moment {
        at: points.to.unwrap_or_else(|| source.today()),
        known: known_or(source, "known_to", points.known_to, head).await?,
    };
    let from = Moment {
        at: points.from.unwrap_or(to.at),
        known: match points.known_from {
            Some(known) => source.position("known_from", known, head).await?,
            None => to.known,
        },
    };
    Ok((from, to))
}

/// Resolves a point of the known clock; the head by default.
pub(crate) async fn known_or<S: ReadSource>(
    source: &S,
    name: &str,
    known: Option<KnownAt>,
    head: u64,
) -> Result<u64, Error> {
    match known {
        Some(known) => source.position(name, known, head).await,
        None => Ok(head),
    }
}
