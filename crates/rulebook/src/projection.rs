//! The id of a projection.

use detente_domain::{fold, party, publisher};
use sha2::{Digest, Sha256};

/// The length of an id, in hexadecimal digits.
const ID_DIGITS: usize = 12;

/// Returns the id of the projection of a rulebook file: twelve hexadecimal digits of a hash of its
/// bytes, of the registries of parties and publishers, and of the fold's version.
#[must_use]
pub fn projection_id(rulebook: &[u8]) -> String {
    let mut hash = Sha256::new();
    let registries = party::REGISTRY_FILES
        .into_iter()
        .chain(publisher::REGISTRY_FILES);
    for part in std::iter::once(rulebook).chain(registries) {
        // The length keeps the boundaries of the parts.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.update(fold::VERSION.to_be_bytes());
    let mut id = hex(&hash.finalize());
    id.truncate(ID_DIGITS);
    id
}

/// Formats bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
