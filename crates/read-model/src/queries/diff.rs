//! What differs between two points of the two clocks.

use detente_api::view::{Caused, Causes, DiffView, DifferenceView, LineView, PointView};
use detente_api::{Code, Refusal};
use detente_chronicle::{Point, Position, Way};
use detente_domain::fold::Difference;
use detente_domain::state::{Occasion, Subject};

use super::why::recorded;
use detente_api::parse::Ends;

use super::Moment;
use crate::archive::Archive;

/// What differs of a conduct, and of what both sides share, between two points. Titles are left to
/// [`DiffView::resolve`].
///
/// # Errors
/// `bad_query` for a way that goes back on either clock.
pub fn diff(
    archive: &mut Archive,
    projection: &str,
    ends: Ends,
    from: Moment,
    to: Moment,
) -> Result<DiffView, Refusal> {
    let back = |field: &str, given: String, message: &str| {
        let refusal = Refusal::new(Code::BadQuery, message);
        refusal.field(field).given(&given)
    };
    if from.at > to.at {
        let message = format!("from is after to, which is {}", to.at);
        return Err(back("from", from.at.to_string(), &message));
    }
    if from.known > to.known {
        let message = format!("known_from is after known_to, which is {}", to.known);
        return Err(back("known_from", from.known.to_string(), &message));
    }
    let point = |moment: Moment| Point {
        at: moment.at,
        known: moment.position(),
    };
    let way = Way {
        from: point(from),
        to: point(to),
    };
    let differences = archive.chronicle_mut().diff(ends.pair, ends.direction, way);
    let (mut learned, mut happened) = (Vec::new(), Vec::new());
    for difference in &differences {
        // What was learned is explained where it was learned: on the first day.
        let (list, at) = match difference.occasion {
            Occasion::Learned => (&mut learned, from.at),
            Occasion::Happened | Occasion::Lapsed => (&mut happened, to.at),
        };
        let moment = Moment { at, ..to };
        let line = line(archive, ends, difference, moment);
        let causes = causes(archive, difference, to);
        list.push(DifferenceView::of(difference, ends.pair, &causes, line));
    }
    let (one, other) = ends.pair.ends(ends.direction);
    Ok(DiffView {
        from: one.code().into(),
        to: other.code().into(),
        before: PointView::of(from.at, from.known),
        after: PointView::of(to.at, to.known),
        projection: projection.to_owned(),
        learned,
        happened,
    })
}

fn line(
    archive: &mut Archive,
    ends: Ends,
    difference: &Difference,
    moment: Moment,
) -> Option<LineView> {
    match &difference.subject {
        Subject::Conduct(direction, dimension) => {
            let known = Some(moment.position());
            let chronicle = archive.chronicle_mut();
            let account = chronicle.why(ends.pair, *direction, *dimension, moment.at, known);
            Some(LineView::of(&account.why))
        }
        Subject::Entry(_) => None,
    }
}

fn causes(archive: &Archive, difference: &Difference, to: Moment) -> Causes {
    let caused = |event| {
        let held = archive.chronicle().event(event, Some(Position(to.known)))?;
        let caused = Caused {
            kind: held.act.kind,
            earliest: held.earliest,
            latest: held.latest,
            silent: held.silent,
            settled: held.settled.0,
            recorded: recorded(archive, held.settled),
        };
        Some((event, caused))
    };
    let causes = difference.causes.iter().copied();
    causes.filter_map(caused).collect()
}
