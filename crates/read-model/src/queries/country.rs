//! The relations of countries.

use std::collections::BTreeMap;

use detente_api::view::{CountryItem, CountryView, NamesView};
use detente_domain::party::Party;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::State;

use super::Moment;
use crate::archive::Archive;

/// Returns the relations of a country.
pub fn country(
    archive: &mut Archive,
    projection: &str,
    country: Party,
    moment: Moment,
) -> CountryView {
    let pairs: Vec<Pair> = archive
        .chronicle()
        .pairs_of(country)
        .into_iter()
        .filter(|pair| is_known(archive, *pair, moment))
        .collect();
    let known = Some(moment.position());
    let chronicle = archive.chronicle_mut();
    let relations: Vec<[State; 2]> = pairs
        .into_iter()
        .map(|pair| {
            Direction::BOTH.map(|direction| chronicle.state(pair, direction, moment.at, known))
        })
        .collect();
    let governing = chronicle.governing(country, moment.at, known);
    let governing = governing.map(|takeover| takeover.authority);
    CountryView::new(
        country,
        moment.at,
        moment.known,
        projection,
        governing,
        &relations,
    )
}

/// Returns the countries that have a relation, in order of codes.
pub fn countries(archive: &Archive, moment: Moment) -> Vec<CountryItem> {
    let chronicle = archive.chronicle();
    let pairs: Vec<Pair> = chronicle
        .pairs()
        .filter(|pair| is_known(archive, *pair, moment))
        .collect();
    let mut counts: BTreeMap<Party, usize> = BTreeMap::new();
    for state in pairs.iter().flat_map(|pair| [pair.a(), pair.b()]) {
        *counts.entry(state).or_default() += 1;
    }
    let item = |(state, relations): (Party, usize)| {
        let governing = chronicle.governing(state, moment.at, Some(moment.position()));
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

/// Returns true if a relation was known: a later event must not show in an earlier answer.
fn is_known(archive: &Archive, pair: Pair, moment: Moment) -> bool {
    let known = Some(moment.position());
    archive.chronicle().is_known(pair, known)
}
