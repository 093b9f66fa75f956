//! What readers of changes are told: frames, signs of life, the switch to another rulebook.

use std::fmt;

use detente_domain::day::Day;
use serde::{Deserialize, Serialize};

use super::{ChangeView, Word};

/// What a reader of changes gets: one relation's changes of one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Frame {
    /// Where to resume after it.
    pub cursor: String,
    /// The relation: both codes, in order, such as `AFG-TJK`.
    pub relation: String,
    /// The position of the commit.
    pub position: u64,
    /// What the commit changed.
    pub changes: Vec<ChangeView>,
}

/// A frame of a replay: one relation's changes, and the day by which it is paced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// The day on which it was so; by the known clock, the day on which it was recorded.
    pub day: String,
    /// The changes. In the order of the valid clock they are those of one day.
    #[serde(flatten)]
    pub frame: Frame,
}

/// A sign of life of a stream of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Where the reader goes on: after all that was looked at for it.
    pub cursor: String,
    /// The end of the feed, as it is known: whoever is behind it sees by how much.
    pub head: String,
}

/// The last event of a stream whose feed is of a rulebook that is not in force any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switched {
    /// The projection that is served now.
    pub projection: String,
    /// The one that this stream told of.
    pub previous: String,
    /// All commits up to this one were told in this stream.
    pub position: Option<u64>,
    /// Where to go on, in the changes of the projection that is served now; null where the place
    /// is not known, and only its start or head can be read.
    pub cursor: Option<String>,
}

/// What is read of a message of the RELATIONS stream; the views are for others.
#[derive(Deserialize)]
struct Told {
    relation: String,
    position: u64,
    changes: Vec<ChangeView>,
}

// === impl Frame ===

impl Frame {
    /// Reads a message of the RELATIONS stream.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(payload: &[u8], cursor: impl fmt::Display) -> Result<Self, serde_json::Error> {
        let Told {
            relation,
            position,
            changes,
        } = serde_json::from_slice(payload)?;
        Ok(Self {
            cursor: cursor.to_string(),
            relation,
            position,
            changes,
        })
    }

    /// Its changes, each with the cursor of all.
    pub fn told(&self) -> impl Iterator<Item = ChangeView> {
        let cursor = Some(self.cursor.clone());
        self.changes.iter().map(move |change| ChangeView {
            cursor: cursor.clone(),
            ..change.clone()
        })
    }

    /// The codes of both states.
    #[must_use]
    pub fn states(&self) -> Option<(&str, &str)> {
        self.relation.split_once('-')
    }

    /// The words of what moved.
    pub fn topics(&self) -> impl Iterator<Item = &Word> {
        self.changes.iter().map(|change| &change.dimension)
    }
}

// === impl Replayed ===

impl Replayed {
    /// The day, for pacing.
    #[must_use]
    pub fn paced(&self) -> Day {
        Day::parse(&self.day).unwrap_or(Day::MIN)
    }
}
