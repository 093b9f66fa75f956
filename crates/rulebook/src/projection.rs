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

/// Returns the id in the name of a projection. A projection that was rebuilt has the number of the
/// rebuild after the id: `9f86d081884c_2`.
#[must_use]
pub fn id_in_name(name: &str) -> &str {
    let rebuilt = name.rsplit_once('_');
    let rebuilt = rebuilt.filter(|(_, number)| number.parse::<u32>().is_ok());
    rebuilt.map_or(name, |(id, _)| id)
}

/// Returns the name of the next rebuild of a projection, among existing ones.
#[must_use]
pub fn next_name<'a>(name: &'a str, existing: impl Iterator<Item = &'a str>) -> String {
    let id = id_in_name(name);
    let number = |name: &str| name.rsplit_once('_')?.1.parse::<u32>().ok();
    let same = existing.chain([name]).filter(|name| id_in_name(name) == id);
    let last = same.filter_map(number).max().unwrap_or(1);
    format!("{id}_{}", last.saturating_add(1))
}

/// Formats bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rebuild_has_the_next_number_after_the_same_id() {
        let next = |name: &str, existing: &[&str]| next_name(name, existing.iter().copied());
        assert_eq!(next("ab12", &["ab12", "cd34_7"]), "ab12_2");
        assert_eq!(next("ab12_2", &["ab12", "ab12_2"]), "ab12_3");
        assert_eq!(next("ab12", &["ab12_9", "ab12"]), "ab12_10");
        for (name, id) in [
            ("ab12", "ab12"),
            ("ab12_2", "ab12"),
            ("ab_x", "ab_x"),
            ("a_b_3", "a_b"),
        ] {
            assert_eq!(id_in_name(name), id);
        }
    }
}
