//! Resolves the two clocks of a request against a fold.

use detente_api::request::{Clocks, DiffPoints, KnownAt};
use detente_api::{Code, Refusal};
use detente_chronicle::{Point, Position};
use detente_feed::Error;

use crate::source::ReadSource;

/// Resolves both clocks. `pinned` is the position at which a list was known on its first page.
pub(crate) async fn point<S: ReadSource>(
    source: &S,
    clocks: &Clocks,
    pinned: Option<u64>,
) -> Result<Point, Error> {
    let head = source.head(clocks.min_position.unwrap_or(0)).await?;
    let known = clocks.known_at.or(pinned.map(KnownAt::Position));
    Ok(Point {
        at: clocks.at.unwrap_or_else(|| source.today()),
        known: position(source, "known_at", known, head)
            .await?
            .unwrap_or(Position(head)),
    })
}

/// Resolves the two points of a comparison. The first point defaults to the second, which defaults
/// to today and the head.
pub(crate) async fn diff_points<S: ReadSource>(
    source: &S,
    points: &DiffPoints,
) -> Result<(Point, Point), Error> {
    if points.from.is_none() && points.known_from.is_none() {
        let message = "a comparison needs two points: give from, or known_from, or both";
        let refusal = Refusal::new(Code::BadQuery, message).field("from");
        let names = ["from", "to", "known_from", "known_to", "min_position"];
        return Err(refusal.allowed(names).into());
    }
    let head = source.head(points.min_position.unwrap_or(0)).await?;
    let to = Point {
        at: points.to.unwrap_or_else(|| source.today()),
        known: position(source, "known_to", points.known_to, head)
            .await?
            .unwrap_or(Position(head)),
    };
    let from = Point {
        at: points.from.unwrap_or(to.at),
        known: position(source, "known_from", points.known_from, head)
            .await?
            .unwrap_or(to.known),
    };
    Ok((from, to))
}

/// Resolves a point of the known clock, if there is one.
async fn position<S: ReadSource>(
    source: &S,
    name: &str,
    known: Option<KnownAt>,
    head: u64,
) -> Result<Option<Position>, Error> {
    Ok(match known {
        Some(known) => Some(Position(source.position(name, known, head).await?)),
        None => None,
    })
}
