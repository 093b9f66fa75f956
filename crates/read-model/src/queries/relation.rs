//! One conduct of a relation.

use detente_api::view::RelationView;

use detente_api::parse::Ends;

use super::Moment;
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
