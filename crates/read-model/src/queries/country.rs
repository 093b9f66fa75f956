//! The relations of countries.

use std::collections::BTreeMap;

use detente_api::view::{CountryItem, CountryView, NamesView};
use detente_chronicle::Point;
use detente_domain::party::Party;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::State;

use crate::archive::Archive;

/// Returns both conducts of a relation; `None` if it had no event, as known at the position.
pub fn conducts(archive: &mut Archive, pair: Pair, point: Point) -> Option<[State; 2]> {
    let known = Some(point.known);
    let chronicle = archive.chronicle_mut();
    // A later event must not show in an earlier answer.
    chronicle
        .is_known(pair, known)
        .then(|| Direction::BOTH.map(|direction| chronicle.state(pair, direction, point.at, known)))
}

/// Returns a country with its relations, of which `relations` has both conducts.
#[must_use]
pub fn country(
    archive: &Archive,
    projection: &str,
    country: Party,
    relations: &[[State; 2]],
    point: Point,
) -> CountryView {
    let known = Some(point.known);
    let governing = archive.chronicle().governing(country, point.at, known);
    let governing = governing.map(|takeover| takeover.authority);
    CountryView::new(
        country,
        point.at,
        point.known.0,
        projection,
        governing,
        relations,
    )
}

/// Returns the countries of the relations, in order of codes.
#[must_use]
pub fn countries(archive: &Archive, relations: &[Pair], point: Point) -> Vec<CountryItem> {
    let chronicle = archive.chronicle();
    let known = Some(point.known);
    let mut counts: BTreeMap<Party, usize> = BTreeMap::new();
    for state in relations.iter().flat_map(|pair| [pair.a(), pair.b()]) {
        *counts.entry(state).or_default() += 1;
    }
    let item = |(state, relations): (Party, usize)| {
        let governing = chronicle.governing(state, point.at, known);
        CountryItem {
            country: state.code().to_owned(),
            names: NamesView::new(state),
            governed_by: governing
                .map_or(detente_api::view::UNKNOWN, |takeover| {
                    takeover.authority.code()
                })
                .to_owned(),
            relations,
        }
    };
    counts.into_iter().map(item).collect()
}
