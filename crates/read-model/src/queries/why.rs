//! The rule and the evidence behind a level.

use detente_api::request::Ends;
use detente_api::view::{EventProvenance, EventProvenances, Source, WhyView};
use detente_chronicle::Explanation;
use detente_domain::dimension::Dimension;

use super::Moment;
use crate::archive::Archive;

/// Returns the rule and the evidence behind a level, with at most `limit` events that counted and
/// as many that did not. Titles and publications are left to [`WhyView::resolve`].
pub fn why(
    archive: &mut Archive,
    projection: &str,
    ends: Ends,
    dimension: Dimension,
    moment: Moment,
    limit: usize,
) -> WhyView {
    let Ends { pair, direction } = ends;
    let known = Some(moment.position());
    let chronicle = archive.chronicle_mut();
    let explanation = chronicle.why(pair, direction, dimension, moment.at, known);
    let source = Source {
        known_at: moment.known,
        projection,
        rulebook: &archive.chronicle().rules().version,
    };
    let provenances = provenances(archive, &explanation);
    WhyView::new(&explanation.why, &provenances, source, limit)
}

fn provenances(archive: &Archive, explanation: &Explanation) -> EventProvenances {
    let provenances = explanation.provenance.iter().map(|(event, one)| {
        let provenance = EventProvenance {
            position: one.position.0,
            settled: one.settled.0,
            recorded: archive.recorded(one.settled.0),
            denied_by: one.denied_by.clone(),
            linked: one.linked.clone(),
        };
        (*event, provenance)
    });
    provenances.collect()
}
