//! Filters of changes, compiled.

use std::collections::BTreeSet;
use std::sync::Arc;

use detente_api::Refusal;
use detente_api::request::Topic;
use detente_api::request::{Country, DirectedPair, FilterRequest, ParamValue};
use detente_api::submission::DetailDto;
use detente_api::view::ChangeView;
use detente_domain::dimension::Register;
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use detente_domain::state::Occasion;

use super::{Expression, Frame};

/// A filter of changes; an empty list matches all. A relation matches if it contains one of the
/// countries, or is one of the pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Relations of these countries.
    pub countries: BTreeSet<Party>,
    /// Changes that concern these parties: as a state of the relation, or named in an entry.
    pub parties: BTreeSet<Party>,
    /// These relations.
    pub pairs: BTreeSet<Pair>,
    /// Changes of these dimensions and registers.
    pub topics: Vec<Topic>,
    /// Changes of one state's conduct towards another.
    pub directions: Vec<DirectedPair>,
    /// Changes of these occasions.
    pub occasions: Vec<Occasion>,
    /// Changes for which this is true.
    pub expression: Option<Expression>,
}

impl Filter {
    /// Parses the values of a request.
    ///
    /// # Errors
    /// The refusal of the first value that is invalid.
    pub fn parse(request: &FilterRequest) -> Result<Self, Refusal> {
        let mut topics: Vec<Topic> = values("dimension", &request.dimension)?;
        let registers: Vec<Register> = values("register", &request.register)?;
        topics.extend(registers.into_iter().map(Topic::Register));
        let countries: Vec<Country> = values("country", &request.country)?;
        let parties: Vec<Party> = values("party", &request.party)?;
        let pairs: Vec<DirectedPair> = values("pair", &request.pair)?;
        let expression = request.filter.as_deref().map(Expression::parse);
        Ok(Self {
            countries: countries.into_iter().map(Country::party).collect(),
            parties: parties.into_iter().collect(),
            pairs: pairs.into_iter().map(|directed| directed.pair).collect(),
            topics,
            directions: values("direction", &request.direction)?,
            occasions: values("occasion", &request.occasion)?,
            expression: expression.transpose()?,
        })
    }

    /// Returns the frame with the changes that match; `None` if none does.
    #[must_use]
    pub fn apply(&self, frame: &Arc<Frame>) -> Option<Arc<Frame>> {
        if !self.matches_relation(frame) {
            return None;
        }
        if self.matches_all_changes() {
            return Some(Arc::clone(frame));
        }
        let kept = frame.changes.iter().filter(|change| self.matches(change));
        let changes: Vec<_> = kept.cloned().collect();
        (!changes.is_empty()).then(|| {
            Arc::new(Frame {
                cursor: frame.cursor.clone(),
                relation: frame.relation.clone(),
                position: frame.position,
                changes,
                omitted: 0,
            })
        })
    }

    /// Returns true if any change of a frame matches.
    pub(super) fn matches_any(&self, frame: &Frame) -> bool {
        let matches = |change| self.matches(change);
        self.matches_relation(frame)
            && (self.matches_all_changes() || frame.changes.iter().any(matches))
    }

    /// Returns the filter without its expression: it matches at least as much, and is quick.
    pub(super) fn without_expression(&self) -> Self {
        Self {
            expression: None,
            ..self.clone()
        }
    }

    /// Returns true if changes of a relation can match.
    #[must_use]
    pub fn matches_pair(&self, pair: Pair) -> bool {
        self.countries.is_empty() && self.pairs.is_empty()
            || self.countries.contains(&pair.a())
            || self.countries.contains(&pair.b())
            || self.pairs.contains(&pair)
    }

    /// Returns true if every change of a matching relation matches.
    fn matches_all_changes(&self) -> bool {
        self.topics.is_empty()
            && self.occasions.is_empty()
            && self.parties.is_empty()
            && self.directions.is_empty()
            && self.expression.is_none()
    }

    fn matches(&self, change: &ChangeView) -> bool {
        let is_direction = |pair: &DirectedPair| {
            let (from, to) = pair.states();
            let changed = change.direction.as_ref();
            changed.is_some_and(|way| way.from == from.code() && way.to == to.code())
        };
        let is_concerned = |party: &Party| concerns(change, *party);
        let is_true = |expression: &Expression| expression.matches(change);
        (self.topics.is_empty() || self.topics.contains(&change.dimension.0))
            && (self.occasions.is_empty() || self.occasions.contains(&change.occasion.0))
            && (self.directions.is_empty() || self.directions.iter().any(is_direction))
            && (self.parties.is_empty() || self.parties.iter().any(is_concerned))
            && self.expression.as_ref().is_none_or(is_true)
    }

    fn matches_relation(&self, frame: &Frame) -> bool {
        if self.countries.is_empty() && self.pairs.is_empty() {
            return true;
        }
        let Some((a, b)) = frame.states() else {
            return false;
        };
        let is_end = |country: &Party| country.code() == a || country.code() == b;
        let is_pair = |pair: &Pair| pair.a().code() == a && pair.b().code() == b;
        self.countries.iter().any(is_end) || self.pairs.iter().any(is_pair)
    }
}

fn values<T: ParamValue>(name: &str, texts: &[String]) -> Result<Vec<T>, Refusal> {
    let values = texts.iter().map(|text| T::parse_param(name, text));
    values.collect()
}

/// Returns true if a party is one end of the relation, or is named in the entry that changed.
fn concerns(change: &ChangeView, party: Party) -> bool {
    let code = party.code();
    let named = [
        &change.controlled_by_from,
        &change.controlled_by_to,
        &change.via,
    ];
    let mut details = change.key.iter().flat_map(|key| key.values());
    change.relation.split('-').any(|end| end == code)
        || named.into_iter().flatten().any(|party| party == code)
        || details.any(|detail| matches!(detail, DetailDto::Text(text) if text == code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use serde_json::json;

    fn frame() -> Arc<Frame> {
        let lapsed = json!({"dimension": "political", "occasion": "lapsed"});
        Arc::new(Frame {
            changes: vec![fixtures::change(json!({})), fixtures::change(lapsed)],
            ..fixtures::frame(7)
        })
    }

    fn kept(filter: &Filter) -> Vec<String> {
        let frame = filter.apply(&frame());
        frame
            .iter()
            .flat_map(|frame| frame.topics())
            .map(|topic| topic.as_str().to_owned())
            .collect()
    }

    fn state(code: &str) -> Party {
        Party::find(code).unwrap()
    }

    #[test]
    fn an_empty_filter_keeps_the_frame_as_it_is() {
        let frame = frame();
        let kept = Filter::default().apply(&frame).unwrap();
        assert!(Arc::ptr_eq(&kept, &frame));
    }

    #[test]
    fn a_relation_is_kept_for_either_country_or_for_the_pair() {
        let of = |country| Filter {
            countries: [state(country)].into(),
            ..Filter::default()
        };
        assert_eq!(kept(&of("TJK")).len(), 2);
        assert_eq!(kept(&of("KAZ")).len(), 0);
        let pair = Pair::new(state("TJK"), state("AFG")).unwrap();
        let pairs = [pair].into();
        let both = Filter { pairs, ..of("KAZ") };
        assert_eq!(kept(&both).len(), 2);
    }

    #[test]
    fn changes_that_do_not_match_are_left_out_of_their_frame() {
        let topics = vec![Topic::Register(Register::Missions)];
        assert_eq!(
            kept(&Filter {
                topics,
                ..Filter::default()
            }),
            ["missions"]
        );
        let occasions = vec![Occasion::Lapsed];
        assert_eq!(
            kept(&Filter {
                occasions,
                ..Filter::default()
            }),
            ["political"]
        );
        let none = Filter {
            occasions: vec![Occasion::Learned],
            ..Filter::default()
        };
        assert!(none.apply(&frame()).is_none());
    }

    #[test]
    fn a_party_is_found_at_either_end_and_in_what_changed() {
        let of = |code| Filter {
            parties: [state(code)].into(),
            ..Filter::default()
        };
        assert_eq!(kept(&of("AFG")).len(), 2);
        assert_eq!(kept(&of("TALIBAN")).len(), 0);
        let mut handed_over = (*frame()).clone();
        handed_over.changes[0].controlled_by_to = Some("TALIBAN".into());
        let kept = of("TALIBAN").apply(&Arc::new(handed_over)).unwrap();
        assert_eq!(kept.changes.len(), 1);
    }

    #[test]
    fn a_direction_leaves_out_what_both_sides_share() {
        let filter = Filter {
            directions: vec![DirectedPair::between("TJK", "AFG").unwrap()],
            ..Filter::default()
        };
        assert!(filter.apply(&frame()).is_none());
        let mut conduct = (*frame()).clone();
        let direction = json!({"from": "TJK", "to": "AFG"});
        conduct.changes[1].direction = serde_json::from_value(direction).unwrap();
        let kept = filter.apply(&Arc::new(conduct)).unwrap();
        let topics: Vec<_> = kept.topics().map(Topic::as_str).collect();
        assert_eq!(topics, ["political"]);
    }

    #[test]
    fn an_expression_is_evaluated_on_each_change() {
        let expression = Expression::parse("change.occasion == 'lapsed'").ok();
        let filter = Filter {
            expression,
            ..Filter::default()
        };
        assert_eq!(kept(&filter), ["political"]);
    }
}
