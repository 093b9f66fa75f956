//! Countries: their government, and their relations with every other country.

use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use detente_domain::party::{Lang, Party};
use detente_domain::state::State;
use serde::{Deserialize, Serialize};

use super::fit::keep_first;
use super::{Decimal1, DisputeView, Fit, Named, Text, code, or_unknown};

/// A country on a day, as known at a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CountryView {
    /// Its code.
    pub country: Text,
    /// Its names.
    pub names: NamesView,
    /// The day.
    pub at: String,
    /// The position up to which the log was known.
    pub known_at: u64,
    /// The projection.
    pub projection: String,
    /// The authority that governs it, according to the events; `unknown` if none says so.
    pub governed_by: Text,
    /// Its relations, in the order of the other countries' codes.
    pub relations: Vec<CountryRelation>,
}

/// A country in the list of all countries with a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CountryItem {
    /// Its code.
    pub country: String,
    /// Its names.
    pub names: NamesView,
    /// The authority that governs it, according to the events; `unknown` if none says so.
    pub governed_by: String,
    /// The number of its known relations.
    pub relations: usize,
}

/// A party's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NamesView {
    /// In English.
    pub en: Text,
    /// In Arabic.
    pub ar: Text,
    /// In Russian.
    pub ru: Text,
}

/// A relation of a country, in both directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CountryRelation {
    /// The other country.
    pub with: Text,
    /// Its names.
    pub names: NamesView,
    /// The conduct of the country towards the other.
    pub outgoing: Levels,
    /// The conduct of the other towards the country.
    pub incoming: Levels,
    /// Disputed events of the relation, with both sides.
    #[serde(default)]
    pub disputes: Vec<DisputeView>,
    /// The number of all disputed events, if there are more than `disputes` describes; the events
    /// of the relation, in pages, say which are disputed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputes_total: Option<usize>,
}

/// The levels of a conduct, without their evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Levels {
    /// Level of recognition.
    pub recognition: Named<Option<Recognition>>,
    /// The latest explicit statement about recognition.
    pub declared: Named<Option<Declared>>,
    /// Level of representation: the rank that is accepted.
    pub representation: Named<Option<Representation>>,
    /// Level of the political dimension.
    pub political: Named<Option<Level>>,
    /// Level of security.
    pub security: Named<Option<Level>>,
    /// Level of the economic dimension.
    pub economic: Named<Option<Level>>,
    /// Level of the humanitarian dimension.
    pub humanitarian: Named<Option<Level>>,
    /// Level of the societal dimension.
    pub societal: Named<Option<Level>>,
    /// Level of threat.
    pub threat: Named<Option<Threat>>,
    /// Level of the posture.
    pub posture: Named<Option<Level>>,
    /// Index of the posture; null if unknown.
    pub index: Option<Decimal1>,
    /// Trend of the posture.
    pub trajectory: Named<Option<Trajectory>>,
    /// True if recognition is presumed, and not declared.
    pub presumed: bool,
    /// The dimensions that are stale: without new evidence for the rulebook's time.
    pub stale_dimensions: Vec<Named<Dimension>>,
    /// True if any of these rests on a disputed event.
    pub disputed: bool,
}

// === impl CountryView ===

impl CountryView {
    /// Creates the view of a country from its relations, each as the two conducts of a pair in any
    /// order. Pairs without the country are left out.
    #[must_use]
    pub fn new(
        country: Party,
        at: Day,
        known_at: u64,
        projection: &str,
        governed_by: Option<Party>,
        relations: &[[State; 2]],
    ) -> Self {
        let mut relations: Vec<CountryRelation> = relations
            .iter()
            .filter_map(|states| CountryRelation::new(country, states))
            .collect();
        relations.sort_by(|one, other| one.with.cmp(&other.with));
        Self {
            country: code(country),
            names: NamesView::new(country),
            at: at.to_string(),
            known_at,
            projection: projection.to_owned(),
            governed_by: or_unknown(governed_by.map(Party::code)),
            relations,
        }
    }
}

impl Fit for CountryView {
    fn longest(&self) -> usize {
        let disputes = self.relations.iter().map(|with| with.disputes.len());
        disputes.max().unwrap_or(0)
    }

    fn shorten(&mut self, limit: usize) {
        for with in &mut self.relations {
            keep_first(&mut with.disputes, limit, &mut with.disputes_total);
        }
    }
}

// === impl NamesView ===

impl NamesView {
    /// Returns the names of a party.
    #[must_use]
    pub fn new(party: Party) -> Self {
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
    fn new(country: Party, states: &[State; 2]) -> Option<Self> {
        let starts = |state: &&State| state.pair.ends(state.direction).0 == country;
        let ends = |state: &&State| state.pair.ends(state.direction).1 == country;
        let outgoing = states.iter().find(starts)?;
        let incoming = states.iter().find(ends)?;
        let with = outgoing.pair.ends(outgoing.direction).1;
        Some(Self {
            with: code(with),
            names: NamesView::new(with),
            outgoing: outgoing.into(),
            incoming: incoming.into(),
            disputes: outgoing.disputes.iter().map(DisputeView::from).collect(),
            disputes_total: None,
        })
    }
}

// === impl Levels ===

impl Levels {
    /// Returns the levels of all dimensions but posture, with their names.
    #[must_use]
    pub fn words(&self) -> [(&'static str, &'static str); 9] {
        [
            ("recognition", self.recognition.as_str()),
            ("declared", self.declared.as_str()),
            ("representation", self.representation.as_str()),
            ("political", self.political.as_str()),
            ("security", self.security.as_str()),
            ("economic", self.economic.as_str()),
            ("humanitarian", self.humanitarian.as_str()),
            ("societal", self.societal.as_str()),
            ("threat", self.threat.as_str()),
        ]
    }
}

impl From<&State> for Levels {
    fn from(state: &State) -> Self {
        let weighed = |weighed: Weighed| &state.weighed[weighed.index()];
        let level = |dimension| Named(weighed(dimension).level);
        let posture = &state.posture;
        Self {
            recognition: Named(state.recognition.level),
            declared: Named(state.recognition.declared),
            representation: Named(state.representation.level),
            political: level(Weighed::Political),
            security: level(Weighed::Security),
            economic: level(Weighed::Economic),
            humanitarian: level(Weighed::Humanitarian),
            societal: level(Weighed::Societal),
            threat: Named(weighed(Weighed::Threat).threat),
            posture: Named(posture.level),
            index: posture
                .level
                .map(|_| Decimal1::from_thousandths(posture.index)),
            trajectory: Named(posture.trajectory),
            presumed: state.recognition.presumed,
            stale_dimensions: stale(state),
            disputed: state.recognition.basis.disputed
                || state.representation.basis.disputed
                || state.weighed.iter().any(|weighed| weighed.basis.disputed),
        }
    }
}

/// Returns the dimensions that are stale, in order.
fn stale(state: &State) -> Vec<Named<Dimension>> {
    let is_stale = |dimension: &Dimension| match dimension {
        Dimension::Weighed(weighed) => state.weighed[weighed.index()].stale,
        Dimension::Posture => state.posture.stale,
        Dimension::Recognition | Dimension::Declared | Dimension::Representation => false,
    };
    let dimensions = Dimension::ALL.into_iter();
    dimensions.filter(is_stale).map(Named).collect()
}
