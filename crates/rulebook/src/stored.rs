//! The stored form of a rulebook in the control bucket: its text, with digests to verify it.

use detente_domain::rulebook::Rulebook;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::projection::hex;
use crate::{Problem, id_in_name, parse, projection_id};

/// The origin of a rulebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It shipped with the program that stored it.
    Shipped,
    /// It was adopted from a file.
    #[serde(rename = "given")]
    Adopted,
}

/// A stored rulebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its text.
    pub text: String,
    /// Its origin.
    pub origin: Origin,
    /// True if this program derives the same projection id, because its fold and registries are
    /// those of the program that stored the rulebook.
    pub is_ours: bool,
    /// The rules, or the problems that this version of the program has with the text.
    pub rules: Result<Rulebook, Vec<Problem>>,
}

/// A stored rulebook was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored rulebook of projection {projection} is damaged: {reason}")]
pub struct Damaged {
    /// The projection.
    pub projection: String,
    /// A description of the damage.
    pub reason: String,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    toml: String,
    sha256: String,
    basis: String,
    origin: Origin,
}

/// Returns a digest of what a projection depends on beside its rulebook: the registries and the
/// version of the fold.
fn basis() -> String {
    projection_id(b"")
}

/// Encodes a rulebook.
///
/// # Errors
/// Never fails in practice: all of it is text.
pub fn encode(text: &str, origin: Origin) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Entry {
        toml: text.to_owned(),
        sha256: digest(text),
        basis: basis(),
        origin,
    })
}

/// Decodes the rulebook of a projection, which may be a rebuilt one, and verifies its digests.
///
/// # Errors
/// Returns [`Damaged`] if they differ.
pub fn decode(projection: &str, bytes: &[u8]) -> Result<Stored, Damaged> {
    let damaged = |reason: String| Damaged {
        projection: projection.to_owned(),
        reason,
    };
    let entry: Entry = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
    if digest(&entry.toml) != entry.sha256 {
        return Err(damaged("its digest differs".to_owned()));
    }
    let is_ours = entry.basis == basis();
    let named = projection_id(entry.toml.as_bytes());
    if is_ours && named != id_in_name(projection) {
        return Err(damaged(format!("its text makes projection {named}")));
    }
    Ok(Stored {
        rules: parse(&entry.toml),
        text: entry.toml,
        origin: entry.origin,
        is_ours,
    })
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
