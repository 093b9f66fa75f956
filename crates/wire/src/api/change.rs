//! Changes of relations.

use super::{all, details, ids, scale, text};
use crate::proto;
use crate::view::{ChangeView, DirectionView};

pub(super) fn occasion(word: &str) -> i32 {
    scale("OCCASION", word, proto::Occasion::from_str_name)
}

impl From<&ChangeView> for proto::Change {
    fn from(view: &ChangeView) -> Self {
        Self {
            relation: view.relation.clone(),
            direction: view.direction.as_ref().map(Into::into),
            dimension: view.dimension.to_string(),
            key: view.key.as_ref().map(details).unwrap_or_default(),
            from: view.from.to_string(),
            to: view.to.to_string(),
            controlled_by_from: text(view.controlled_by_from.as_ref()),
            controlled_by_to: text(view.controlled_by_to.as_ref()),
            was_uncertain: view.was_uncertain,
            uncertain: view.uncertain,
            day: view.day.clone(),
            until: view.until.clone(),
            occasion: occasion(&view.occasion),
            causes: ids(&view.causes),
            lag_days: view.lag_days,
            disputed: view.disputed,
            disputes: all(&view.disputes),
            position: view.position,
        }
    }
}

impl From<&DirectionView> for proto::Direction {
    fn from(view: &DirectionView) -> Self {
        Self {
            from: view.from.to_string(),
            to: view.to.to_string(),
        }
    }
}
