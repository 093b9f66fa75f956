//! A country: who governs it, and how it stands with every other.

use detente_domain::day::Day;
use detente_domain::dimension::Weighed;
use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use detente_domain::party::{Lang, Party};
use detente_domain::state::State;
use serde::{Deserialize, Serialize};

use super::{DisputeView, Tenths, Word, code, or_unknown};

/// A country on a day, as it was known at a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CountryView {
    /// Its code.
    pub country: Word,
    /// Its names.
    pub names: NamesView,
    /// The day.
    pub at: String,
    /// The position of the log up to which it was known.
    pub known_at: u64,
    /// The projection that judged it.
    pub projection: String,
    /// The authority that governs it by the events; `unknown` where none says so.
    pub governed_by: Word,
    /// Its relations, in the order of the other countries' codes.
    pub relations: Vec<CountryRelation>,
}

/// A country in the list of all that have a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CountryItem {
    /// Its code.
    pub country: String,
    /// Its names.
    pub names: NamesView,
    /// The authority that governs it by the events; `unknown` where none says so.
    pub governed_by: String,
    /// How many relations of it are known.
    pub relations: usize,
}

/// A party's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NamesView {
    /// In English.
    pub en: Word,
    /// In Arabic.
    pub ar: Word,
    /// In Russian.
    pub ru: Word,
}

/// One relation of a country, both ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CountryRelation {
    /// The other country.
    pub with: Word,
    /// Its names.
    pub names: NamesView,
    /// How the country stands towards the other.
    pub outgoing: Levels,
    /// How the other stands towards the country.
    pub incoming: Levels,
    /// Disputed events of the relation, with both sides.
    #[serde(default)]
    pub disputes: Vec<DisputeView>,
}

/// The levels of a conduct, without their evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Levels {
    /// Level of recognition.
    pub recognition: Word,
    /// The latest explicit statement about it.
    pub declared: Word,
    /// The rank accepted.
    pub representation: Word,
    /// Level of the political dimension.
    pub political: Word,
    /// Level of security.
    pub security: Word,
    /// Level of the economic dimension.
    pub economic: Word,
    /// Level of the humanitarian dimension.
    pub humanitarian: Word,
    /// Level of the societal dimension.
    pub societal: Word,
    /// Level of threat.
    pub threat: Word,
    /// Level of the posture.
    pub posture: Word,
    /// Index of the posture; null where nothing is known.
    pub index: Option<Tenths>,
    /// Where the posture is heading.
    pub trajectory: Word,
    /// Any of these rests on a disputed event.
    pub disputed: bool,
}

// === impl CountryView ===

impl CountryView {
    /// The view of a country from its relations, each as the two conducts of one pair in any
    /// order. Pairs that the country is not of are left out.
    #[must_use]
    pub fn of(
        country: Party,
        at: Day,
        known_at: u64,
        projection: &str,
        governed_by: Option<Party>,
        relations: &[[State; 2]],
    ) -> Self {
        let mut relations: Vec<CountryRelation> = relations
            .iter()
            .filter_map(|states| CountryRelation::of(country, states))
            .collect();
        relations.sort_by(|one, other| one.with.cmp(&other.with));
        Self {
            country: code(country),
            names: NamesView::of(country),
            at: at.to_string(),
            known_at,
            projection: projection.to_owned(),
            governed_by: or_unknown(governed_by.map(Party::code)),
            relations,
        }
    }
}

// === impl NamesView ===

impl NamesView {
    /// The names of a party.
    #[must_use]
    pub fn of(party: Party) -> Self {
        let name = |lang| super::borrowed(party.name(lang));
        Self {
            en: name(Lang::En),
            ar: name(Lang::Ar),
            ru: name(Lang::Ru),
        }
    }
}

// === impl CountryRelation ===

impl CountryRelation {
    fn of(country: Party, states: &[State; 2]) -> Option<Self> {
        let starts = |state: &&State| state.pair.ends(state.direction).0 == country;
        let ends = |state: &&State| state.pair.ends(state.direction).1 == country;
        let outgoing = states.iter().find(starts)?;
        let incoming = states.iter().find(ends)?;
        let with = outgoing.pair.ends(outgoing.direction).1;
        Some(Self {
            with: code(with),
            names: NamesView::of(with),
            outgoing: Levels::of(outgoing),
            incoming: Levels::of(incoming),
            disputes: outgoing.disputes.iter().map(DisputeView::of).collect(),
        })
    }
}

// === impl Levels ===

impl Levels {
    /// The levels of a state.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let weighed = |weighed: Weighed| &state.weighed[weighed.index()];
        let level = |dimension| or_unknown(weighed(dimension).level.map(Level::as_str));
        let posture = &state.posture;
        Self {
            recognition: or_unknown(state.recognition.level.map(Recognition::as_str)),
            declared: or_unknown(state.recognition.declared.map(Declared::as_str)),
            representation: or_unknown(state.representation.level.map(Representation::as_str)),
            political: level(Weighed::Political),
            security: level(Weighed::Security),
            economic: level(Weighed::Economic),
            humanitarian: level(Weighed::Humanitarian),
            societal: level(Weighed::Societal),
            threat: or_unknown(weighed(Weighed::Threat).threat.map(Threat::as_str)),
            posture: or_unknown(posture.level.map(Level::as_str)),
            index: posture
                .level
                .map(|_| Tenths::from_thousandths(posture.index)),
            trajectory: or_unknown(posture.trajectory.map(Trajectory::as_str)),
            disputed: state.recognition.basis.disputed
                || state.representation.basis.disputed
                || state.weighed.iter().any(|weighed| weighed.basis.disputed),
        }
    }
}
