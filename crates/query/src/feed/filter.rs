//! Filters: which changes a reader asks for.

use std::collections::BTreeSet;
use std::sync::Arc;

use detente_domain::party::Party;
use detente_domain::routes::Pair;
use detente_domain::state::Occasion;

use super::Frame;
use crate::answers::Topic;

/// Which changes are asked for; an empty list asks for all. A relation is wanted when one of the
/// countries is in it, or when it is one of the pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Relations of these countries.
    pub countries: BTreeSet<Party>,
    /// These relations.
    pub pairs: BTreeSet<Pair>,
    /// Changes of these dimensions and registers.
    pub topics: Vec<Topic>,
    /// Changes of these occasions.
    pub occasions: Vec<Occasion>,
}

impl Filter {
    /// The frame with what is asked for; `None` where nothing is left.
    #[must_use]
    pub fn apply(&self, frame: &Arc<Frame>) -> Option<Arc<Frame>> {
        if !self.wants_relation(frame) {
            return None;
        }
        if self.topics.is_empty() && self.occasions.is_empty() {
            return Some(Arc::clone(frame));
        }
        let wanted = |topic: &str, occasion: &str| {
            (self.topics.is_empty() || self.topics.iter().any(|one| one.word() == topic))
                && (self.occasions.is_empty()
                    || self.occasions.iter().any(|one| one.word() == occasion))
        };
        let kept = frame
            .changes
            .iter()
            .filter(|one| wanted(&one.dimension, &one.occasion));
        let changes: Vec<_> = kept.cloned().collect();
        (!changes.is_empty()).then(|| {
            Arc::new(Frame {
                changes,
                ..(**frame).clone()
            })
        })
    }

    /// Whether changes of a relation are asked for at all.
    #[must_use]
    pub fn wants_pair(&self, pair: Pair) -> bool {
        self.countries.is_empty() && self.pairs.is_empty()
            || self.countries.contains(&pair.a())
            || self.countries.contains(&pair.b())
            || self.pairs.contains(&pair)
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
}
