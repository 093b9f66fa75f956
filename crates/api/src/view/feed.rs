//! The change feed: frames, heartbeats, and the switch to another rulebook.

use std::fmt;

use detente_domain::day::Day;
use serde::{Deserialize, Serialize};

use super::change::is_zero;
use super::{ChangeView, ChangesMessage};
use crate::Refusal;
use crate::topic::Topic;

/// A frame of the change feed: the changes of one relation that were published together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Frame {
    /// The cursor to resume from after the frame.
    pub cursor: String,
    /// The relation: both codes, in order, such as `AFG-TJK`.
    pub relation: String,
    /// The position of the last commit among those that made the changes.
    pub position: u64,
    /// The changes.
    pub changes: Vec<ChangeView>,
    /// The number of changes that are too large for the feed, which this frame is in place of.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
}

/// A frame of a replay: the changes of one relation, with the day that paces the replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayFrame {
    /// The day of the changes; by the known clock, the day on which they were recorded.
    pub day: String,
    /// The changes; in the order of the valid clock, those of one day.
    #[serde(flatten)]
    pub frame: Frame,
}

/// A heartbeat of a stream of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The cursor to resume from, after all changes that were examined.
    pub cursor: String,
    /// The cursor of the end of the feed, for measuring how far behind the reader is.
    pub head: String,
}

/// The event of a stream of changes in the place of messages that the feed lacks; it goes on after
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// `lost_changes`.
    pub code: String,
    /// What is lost, and what to do.
    pub message: String,
    /// The cursor after the lost messages.
    pub cursor: String,
}

/// The last event of a stream after another rulebook came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switched {
    /// The projection that is now served.
    pub projection: String,
    /// The projection of this stream.
    pub previous: String,
    /// The commit up to which the stream has all changes; null if unknown.
    pub position: Option<u64>,
    /// The cursor to resume from in the projection that is now served; null if it cannot be
    /// mapped, and only the start or the head can be read.
    pub cursor: Option<String>,
}

// === impl Frame ===

impl Frame {
    /// Parses a message of the CHANGES stream.
    ///
    /// # Errors
    /// If the payload is not such a message.
    pub fn parse(payload: &[u8], cursor: impl fmt::Display) -> Result<Self, serde_json::Error> {
        let ChangesMessage {
            relation,
            position,
            changes,
            omitted,
        } = serde_json::from_slice(payload)?;
        Ok(Self {
            cursor: cursor.to_string(),
            relation,
            position,
            changes,
            omitted,
        })
    }

    /// Returns its changes, each with the cursor of the frame.
    pub fn changes_with_cursor(&self) -> impl Iterator<Item = ChangeView> {
        let cursor = Some(self.cursor.clone());
        self.changes.iter().map(move |change| ChangeView {
            cursor: cursor.clone(),
            ..change.clone()
        })
    }

    /// Returns the codes of both states.
    #[must_use]
    pub fn states(&self) -> Option<(&str, &str)> {
        self.relation.split_once('-')
    }

    /// Returns the topic of each change.
    pub fn topics(&self) -> impl Iterator<Item = Topic> {
        self.changes.iter().map(|change| change.dimension.0)
    }
}

// === impl Lost ===

impl From<Refusal> for Lost {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code.as_str().to_owned(),
            message: refusal.message,
            cursor: refusal.allowed.into_iter().next().unwrap_or_default(),
        }
    }
}

// === impl ReplayFrame ===

impl ReplayFrame {
    /// Parses the day; the open beginning if it has none.
    #[must_use]
    pub fn day(&self) -> Day {
        Day::parse(&self.day).unwrap_or(Day::MIN)
    }
}
