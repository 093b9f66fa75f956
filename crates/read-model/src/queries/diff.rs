//! The differences between two points of the two clocks.

use detente_api::request::Ends;
use detente_api::view::{BilingualText, CauseFacts, Causes, DiffView, DifferenceView, PointView};
use detente_api::{Code, Refusal};
use detente_chronicle::{Comparison, Point};
use detente_domain::fold::Difference;
use detente_domain::state::{Occasion, Subject};

use super::Moment;
use crate::archive::Archive;

/// Returns the differences of a conduct, and of the values that both sides share, between two
/// points. Titles are left to [`DiffView::resolve`].
///
/// # Errors
/// `bad_query` if the second point is before the first on either clock.
pub fn diff(
    archive: &mut Archive,
    projection: &str,
    ends: Ends,
    from: Moment,
    to: Moment,
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
        let message = format!("known_from is after known_to, which is {}", to.known);
        return Err(refuse("known_from", from.known.to_string(), message));
    }
    let point = |moment: Moment| Point {
        at: moment.at,
        known: moment.position(),
    };
    let comparison = Comparison {
        from: point(from),
        to: point(to),
    };
    let chronicle = archive.chronicle_mut();
    let differences = chronicle.diff(ends.pair, ends.direction, comparison);
    let (mut learned, mut happened) = (Vec::new(), Vec::new());
    for difference in &differences {
        // A learned difference is explained as of the first day.
        let (list, at) = match difference.occasion {
            Occasion::Learned => (&mut learned, from.at),
            Occasion::Happened | Occasion::Lapsed => (&mut happened, to.at),
        };
        let moment = Moment { at, ..to };
        let summary = summary(archive, ends, difference, moment);
        let causes = causes(archive, difference, to);
        list.push(DifferenceView::new(difference, ends.pair, &causes, summary));
    }
    let (one, other) = ends.pair.ends(ends.direction);
    Ok(DiffView {
        from: one.code().into(),
        to: other.code().into(),
        before: PointView::new(from.at, from.known),
        after: PointView::new(to.at, to.known),
        projection: projection.to_owned(),
        learned,
        happened,
    })
}

fn summary(
    archive: &mut Archive,
    ends: Ends,
    difference: &Difference,
    moment: Moment,
) -> Option<BilingualText> {
    match &difference.subject {
        Subject::Conduct(direction, dimension) => {
            let known = Some(moment.position());
            let chronicle = archive.chronicle_mut();
            let explanation = chronicle.why(ends.pair, *direction, *dimension, moment.at, known);
            Some(BilingualText::summary(&explanation.why))
        }
        Subject::Entry(_) => None,
    }
}

fn causes(archive: &Archive, difference: &Difference, to: Moment) -> Causes {
    let facts = |event| {
        let held = archive.chronicle().event(event, Some(to.position()))?;
        let facts = CauseFacts {
            kind: held.act.kind,
            earliest: held.earliest,
            latest: held.latest,
            silent: held.hidden,
            settled: held.settled.0,
            recorded: archive.recorded(held.settled.0),
        };
        Some((event, facts))
    };
    let causes = difference.causes.iter().copied();
    causes.filter_map(facts).collect()
}
