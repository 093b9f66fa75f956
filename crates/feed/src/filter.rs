//! Filters: which changes a reader asks for.

use std::collections::BTreeSet;
use std::sync::Arc;

use detente_api::json::DetailForm;
use detente_api::view::ChangeView;
use detente_domain::party::Party;
use detente_domain::routes::Pair;
use detente_domain::state::Occasion;

use super::{Expression, Frame};
use detente_api::parse::Topic;

/// Which changes are asked for; an empty list asks for all. A relation is wanted when one of the
/// countries is in it, or when it is one of the pairs.
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
    /// Changes of one state's conduct towards another, by their codes.
    pub directions: Vec<(String, String)>,
    /// Changes of these occasions.
    pub occasions: Vec<Occasion>,
    /// Changes of which this is true.
    pub expression: Option<Expression>,
}

impl Filter {
    /// The frame with what is asked for; `None` where nothing is left.
    #[must_use]
    pub fn apply(&self, frame: &Arc<Frame>) -> Option<Arc<Frame>> {
        if !self.wants_relation(frame) {
            return None;
        }
        if self.takes_all() {
            return Some(Arc::clone(frame));
        }
        let kept = frame.changes.iter().filter(|change| self.wants(change));
        let changes: Vec<_> = kept.cloned().collect();
        (!changes.is_empty()).then(|| {
            Arc::new(Frame {
                cursor: frame.cursor.clone(),
                relation: frame.relation.clone(),
                position: frame.position,
                changes,
            })
        })
    }

    /// Whether any change of a frame is asked for.
    pub(super) fn wants_any(&self, frame: &Frame) -> bool {
        self.wants_relation(frame)
            && (self.takes_all() || frame.changes.iter().any(|change| self.wants(change)))
    }

    /// The same filter without its expression: it keeps at least as much, and is quick.
    pub(super) fn without_expression(&self) -> Self {
        Self {
            expression: None,
            ..self.clone()
        }
    }

    /// Whether changes of a relation are asked for at all.
    #[must_use]
    pub fn wants_pair(&self, pair: Pair) -> bool {
        self.countries.is_empty() && self.pairs.is_empty()
            || self.countries.contains(&pair.a())
            || self.countries.contains(&pair.b())
            || self.pairs.contains(&pair)
    }

    /// Whether every change of a relation that is wanted is.
    fn takes_all(&self) -> bool {
        self.topics.is_empty()
            && self.occasions.is_empty()
            && self.parties.is_empty()
            && self.directions.is_empty()
            && self.expression.is_none()
    }

    fn wants(&self, change: &ChangeView) -> bool {
        let of = |topic: &Topic| topic.as_str() == change.dimension;
        let at = |occasion: &Occasion| occasion.as_str() == change.occasion;
        let towards = |(from, to): &(String, String)| {
            let direction = change.direction.as_ref();
            direction.is_some_and(|one| one.from == *from && one.to == *to)
        };
        (self.topics.is_empty() || self.topics.iter().any(of))
            && (self.occasions.is_empty() || self.occasions.iter().any(at))
            && (self.directions.is_empty() || self.directions.iter().any(towards))
            && (self.parties.is_empty() || self.parties.iter().any(|one| concerns(change, *one)))
            && self
                .expression
                .as_ref()
                .is_none_or(|expression| expression.matches(change))
    }

    fn wants_relation(&self, frame: &Frame) -> bool {
        if self.countries.is_empty() && self.pairs.is_empty() {
            return true;
        }
        let Some((a, b)) = frame.states() else {
            return false;
        };
        self.countries
            .iter()
            .any(|country| country.code() == a || country.code() == b)
            || self
                .pairs
                .iter()
                .any(|pair| pair.a().code() == a && pair.b().code() == b)
    }
}

/// Whether a party is one end of the relation, or is named in what moved.
fn concerns(change: &ChangeView, party: Party) -> bool {
    let code = party.code();
    let holders = [&change.controlled_by_from, &change.controlled_by_to];
    let mut details = change.key.iter().flat_map(|key| key.values());
    change.relation.split('-').any(|end| end == code)
        || holders.into_iter().flatten().any(|holder| holder == code)
        || details.any(|detail| matches!(detail, DetailForm::Text(text) if text == code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn frame() -> Arc<Frame> {
        let change = |dimension: &str, occasion: &str| {
            json!({
                "relation": "AFG-TJK", "direction": null, "dimension": dimension, "key": null,
                "from": "unknown", "to": "open", "was_uncertain": false, "uncertain": false,
                "day": "2023-03-23", "until": null, "occasion": occasion, "causes": [],
                "lag_days": null, "position": 7
            })
        };
        let frame = json!({
            "cursor": "p-3", "relation": "AFG-TJK", "position": 7,
            "changes": [change("missions", "happened"), change("political", "lapsed")]
        });
        Arc::new(serde_json::from_value(frame).unwrap())
    }

    fn kept(filter: &Filter) -> Vec<String> {
        let frame = filter.apply(&frame());
        frame
            .iter()
            .flat_map(|frame| frame.topics())
            .map(ToString::to_string)
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
    fn changes_that_are_not_asked_for_are_left_out_of_their_frame() {
        let topics = vec![Topic::parse("missions").unwrap()];
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
    fn a_party_is_found_at_either_end_and_in_what_moved() {
        let of = |code| Filter {
            parties: [state(code)].into(),
            ..Filter::default()
        };
        assert_eq!(kept(&of("AFG")).len(), 2);
        assert_eq!(kept(&of("TALIBAN")).len(), 0);
        let mut held = (*frame()).clone();
        held.changes[0].controlled_by_to = Some("TALIBAN".into());
        let held = of("TALIBAN").apply(&Arc::new(held)).unwrap();
        assert_eq!(held.changes.len(), 1);
    }

    #[test]
    fn a_direction_leaves_out_what_both_sides_share() {
        let filter = Filter {
            directions: vec![("TJK".to_owned(), "AFG".to_owned())],
            ..Filter::default()
        };
        assert!(filter.apply(&frame()).is_none());
        let mut conduct = (*frame()).clone();
        let direction = json!({"from": "TJK", "to": "AFG"});
        conduct.changes[1].direction = serde_json::from_value(direction).unwrap();
        let kept = filter.apply(&Arc::new(conduct)).unwrap();
        assert_eq!(kept.topics().collect::<Vec<_>>(), ["political"]);
    }

    #[test]
    fn an_expression_is_asked_of_each_change() {
        let expression = Expression::parse("change.occasion == 'lapsed'").ok();
        let filter = Filter {
            expression,
            ..Filter::default()
        };
        assert_eq!(kept(&filter), ["political"]);
    }
}
