//! Frames: one relation's changes of one commit.

use detente_wire::view::{ChangeView, Word};
use serde::{Deserialize, Serialize};

use crate::cursor::Cursor;

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

/// What is read of a message of the RELATIONS stream; the views are for others.
#[derive(Deserialize)]
struct Told {
    relation: String,
    position: u64,
    changes: Vec<ChangeView>,
}

impl Frame {
    /// Reads a message of the RELATIONS stream.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(payload: &[u8], cursor: &Cursor) -> Result<Self, serde_json::Error> {
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
