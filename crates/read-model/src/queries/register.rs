//! The entries of one register.

use detente_api::request::DirectedPair;
use detente_api::view::EntryView;
use detente_chronicle::Point;
use detente_domain::dimension::Register;

use crate::archive::Archive;

/// Returns all entries of a register of a conduct, the newest first.
pub fn register(
    archive: &mut Archive,
    relation: DirectedPair,
    register: Register,
    point: Point,
) -> Vec<EntryView> {
    let DirectedPair { pair, direction } = relation;
    let known = Some(point.known);
    let chronicle = archive.chronicle_mut();
    let state = chronicle.state(pair, direction, point.at, known);
    let entries = state.registers.get(&register).into_iter().flatten();
    let mut entries: Vec<EntryView> = entries.map(|entry| EntryView::new(entry, pair)).collect();
    entries.sort_by(EntryView::newest_first);
    entries
}
