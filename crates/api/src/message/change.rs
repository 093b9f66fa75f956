//! Changes of relations.

use super::{all, details, ids, scale, text};
use crate::proto;
use crate::view::{ChangeView, DirectionView, Frame, Heartbeat, Switched};

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

impl From<&Frame> for proto::ChangeFrame {
    fn from(frame: &Frame) -> Self {
        Self {
            cursor: frame.cursor.clone(),
            relation: frame.relation.clone(),
            position: frame.position,
            changes: all(&frame.changes),
        }
    }
}

impl From<&Heartbeat> for proto::Heartbeat {
    fn from(heartbeat: &Heartbeat) -> Self {
        Self {
            cursor: heartbeat.cursor.clone(),
            head: heartbeat.head.clone(),
        }
    }
}

impl From<&Switched> for proto::Switched {
    fn from(switched: &Switched) -> Self {
        Self {
            projection: switched.projection.clone(),
            previous: switched.previous.clone(),
            position: switched.position,
            cursor: switched.cursor.clone(),
        }
    }
}
