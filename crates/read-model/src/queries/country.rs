//! The relations of countries.

use std::collections::BTreeMap;

use detente_api::view::{CountryItem, CountryView, NamesView};
use detente_chronicle::Point;
use detente_domain::party::Party;
use detente_domain::relations::Direction;
use detente_domain::state::State;

use crate::archive::Archive;

/// Returns the relations of a country.
pub fn country(
    archive: &mut Archive,
    projection: &str,
    country: Party,
    point: Point,
) -> CountryView {
    let known = Some(point.known);
    let chronicle = archive.chronicle_mut();
    let mut pairs = chronicle.pairs_of(country);
    // A later event must not show in an earlier answer.
    pairs.retain(|pair| chronicle.is_known(*pair, known));
    let relations: Vec<[State; 2]> = pairs
        .into_iter()
        .map(|pair| {
            Direction::BOTH.map(|direction| chronicle.state(pair, direction, point.at, known))
        })
        .collect();
    let governing = chronicle.governing(country, point.at, known);
    let governing = governing.map(|takeover| takeover.authority);
    CountryView::new(
        country,
        point.at,
        point.known.0,
        projection,
        governing,
        &relations,
    )
}

/// Returns the countries that have a relation, in order of codes.
pub fn countries(archive: &Archive, point: Point) -> Vec<CountryItem> {
    let chronicle = archive.chronicle();
    let known = Some(point.known);
    let pairs = chronicle.pairs();
    let pairs = pairs.filter(|pair| chronicle.is_known(*pair, known));
    let mut counts: BTreeMap<Party, usize> = BTreeMap::new();
    for state in pairs.flat_map(|pair| [pair.a(), pair.b()]) {
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
