//! One conduct of a relation.

use detente_wire::view::RelationView;

use super::{Ends, Moment};
use crate::archive::Archive;

/// How one state stands towards another.
pub fn relation(
    archive: &mut Archive,
    projection: &str,
    ends: Ends,
    moment: Moment,
) -> RelationView {
    let Ends { pair, direction } = ends;
    let known = Some(moment.position());
    let state = archive
        .chronicle_mut()
        .state(pair, direction, moment.at, known);
    RelationView::of(&state, moment.known, projection)
}
