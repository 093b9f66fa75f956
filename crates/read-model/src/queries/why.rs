//! The rule and the evidence behind a level.

use detente_api::request::DirectedPair;
use detente_api::view::{AnswerBasis, EventProvenance, EventProvenances, WhyView};
use detente_chronicle::{Point, Position};
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;

use crate::archive::Archive;

/// Returns the rule and the evidence behind a level, with at most `limit` events that counted and
/// as many that did not. Titles and publications are left to [`WhyView::resolve`].
pub fn why(
    archive: &mut Archive,
    projection: &str,
    relation: DirectedPair,
    dimension: Dimension,
    point: Point,
    limit: usize,
) -> WhyView {
    let DirectedPair { pair, direction } = relation;
    let known = Some(point.known);
    let chronicle = archive.chronicle_mut();
    let why = chronicle.why(pair, direction, dimension, point.at, known);
    let cited = why.cited().into_iter();
    let provenances: EventProvenances = cited
        .filter_map(|event| Some((event, provenance(archive, event, point.known)?)))
        .collect();
    let rulebook = &archive.chronicle().rules().version;
    let source = AnswerBasis {
        known_at: point.known.0,
        projection,
        rulebook,
    };
    WhyView::new(&why, &provenances, source, limit)
}

fn provenance(archive: &Archive, event: EventId, known: Position) -> Option<EventProvenance> {
    let chronicle = archive.chronicle();
    let believed = chronicle.event(event, Some(known))?;
    let disputes = if believed.disputed {
        chronicle.disputes(&[event], known)
    } else {
        Vec::new()
    };
    Some(EventProvenance {
        position: believed.position.0,
        settled: believed.settled.0,
        recorded: archive.recorded(believed.settled.0),
        denied_by: disputes
            .into_iter()
            .flat_map(|dispute| dispute.denied_by)
            .collect(),
        linked: chronicle.same_as(event, known),
    })
}
