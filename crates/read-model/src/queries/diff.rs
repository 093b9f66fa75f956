//! The differences between two points of the two clocks.

use detente_api::request::DirectedPair;
use detente_api::view::{
    CauseFacts, CauseView, DiffView, DifferenceView, LocalizedText, PointView,
};
use detente_api::{Code, Refusal};
use detente_chronicle::Point;
use detente_domain::event::EventId;
use detente_domain::fold::Difference;
use detente_domain::state::{Occasion, Subject};

use crate::archive::Archive;

/// The most causes that one difference lists.
const CAUSES_MAX: usize = 100;

/// Returns the differences of a conduct, and of the values that both sides share, between two
/// points. Titles are left to [`DiffView::resolve`].
///
/// # Errors
/// `bad_query` if the second point is before the first on either clock.
pub fn diff(
    archive: &mut Archive,
    projection: &str,
    relation: DirectedPair,
    from: Point,
    to: Point,
) -> Result<DiffView, Refusal> {
    let refuse = |field: &str, given: String, message: String| {
        let refusal = Refusal::new(Code::BadQuery, message);
        refusal.field(field).value(&given)
    };
    if from.at > to.at {
        let message = format!("from is after to, which is {}", to.at);
        return Err(refuse("from", from.at.to_string(), message));
    }
    if from.known > to.known {
        let message = format!("known_from is after known_to, which is {}", to.known.0);
        return Err(refuse("known_from", from.known.0.to_string(), message));
    }
    let chronicle = archive.chronicle_mut();
    let differences = chronicle.diff(relation.pair, relation.direction, from, to);
    let (mut learned, mut happened) = (Vec::new(), Vec::new());
    for difference in &differences {
        // A learned difference is explained as of the first day.
        let (list, at) = match difference.occasion {
            Occasion::Learned => (&mut learned, from.at),
            Occasion::Happened | Occasion::Lapsed => (&mut happened, to.at),
        };
        let point = Point { at, ..to };
        let summary = summary(archive, relation, difference, point);
        let causes = causes(archive, difference, to);
        list.push(DifferenceView::new(
            difference,
            relation.pair,
            causes,
            summary,
        ));
    }
    let (one, other) = relation.pair.ends(relation.direction);
    Ok(DiffView {
        from: one.code().into(),
        to: other.code().into(),
        before: PointView::new(from.at, from.known.0),
        after: PointView::new(to.at, to.known.0),
        projection: projection.to_owned(),
        learned,
        learned_total: None,
        happened,
        happened_total: None,
    })
}

fn summary(
    archive: &mut Archive,
    relation: DirectedPair,
    difference: &Difference,
    point: Point,
) -> Option<LocalizedText> {
    match &difference.subject {
        Subject::Conduct(direction, dimension) => {
            let known = Some(point.known);
            let chronicle = archive.chronicle_mut();
            let why = chronicle.why(relation.pair, *direction, *dimension, point.at, known);
            Some(LocalizedText::summary(&why))
        }
        Subject::Entry(_) => None,
    }
}

fn causes(archive: &Archive, difference: &Difference, to: Point) -> Vec<CauseView> {
    let causes = difference.causes.iter().take(CAUSES_MAX);
    let view = |event: &EventId| {
        let believed = archive.chronicle().event(*event, Some(to.known))?;
        Some(CauseView::new(&CauseFacts {
            event: *event,
            kind: believed.act.kind,
            earliest: believed.earliest,
            latest: believed.latest,
            silent: believed.hidden,
            settled: believed.settled.0,
            recorded: archive.recorded(believed.settled.0),
        }))
    };
    causes.filter_map(view).collect()
}
