//! A rulebook as it is kept in the control bucket, so that every service folds under the same one
//! and can go back to an earlier one: its text, with what it takes to know it again.

use detente_domain::rulebook::Rulebook;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Problem, parse_bytes, projection_id};

/// Where a rulebook comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It shipped with the program that kept it.
    Shipped,
    /// Somebody gave it.
    Given,
}

/// A rulebook that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its text.
    pub text: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether this program would name its projection so too: the fold and the registries are
    /// those under which it was kept.
    pub is_ours: bool,
    /// The rules; or what keeps this program from reading them, which a program of another
    /// version may be able to.
    pub rules: Result<Rulebook, Vec<Problem>>,
}

/// What is kept under a projection's name is not what was put there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rulebook that is kept as {projection} is damaged: {reason}")]
pub struct Damaged {
    /// The projection.
    pub projection: String,
    /// What is wrong.
    pub reason: String,
}

#[derive(Serialize, Deserialize)]
struct Form {
    toml: String,
    sha256: String,
    basis: String,
    origin: Origin,
}

/// Names everything but the rulebook that a projection depends on: the registries, and the version
/// of the fold.
#[must_use]
pub fn basis() -> String {
    projection_id(b"")
}

/// The bytes to keep.
///
/// # Errors
/// Never met: all of it is text.
pub fn write(text: &str, origin: Origin) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Form {
        toml: text.to_owned(),
        sha256: digest(text),
        basis: basis(),
        origin,
    })
}

/// Reads what is kept under a projection's name, and checks that it is what was put there.
///
/// # Errors
/// [`Damaged`] where it is not.
pub fn read(projection: &str, bytes: &[u8]) -> Result<Kept, Damaged> {
    let damaged = |reason: String| Damaged {
        projection: projection.to_owned(),
        reason,
    };
    let form: Form = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
    if digest(&form.toml) != form.sha256 {
        return Err(damaged("its digest is another".to_owned()));
    }
    let is_ours = form.basis == basis();
    let named = projection_id(form.toml.as_bytes());
    if is_ours && named != projection {
        return Err(damaged(format!("its text makes projection {named}")));
    }
    Ok(Kept {
        rules: parse_bytes(form.toml.as_bytes()),
        text: form.toml,
        origin: form.origin,
        is_ours,
    })
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEFAULT;

    fn id() -> String {
        projection_id(DEFAULT.as_bytes())
    }

    #[test]
    fn a_rulebook_that_is_kept_reads_back() {
        let bytes = write(DEFAULT, Origin::Shipped).expect("writes");
        let kept = read(&id(), &bytes).expect("reads");
        assert_eq!((kept.text.as_str(), kept.is_ours), (DEFAULT, true));
        assert_eq!(kept.origin, Origin::Shipped);
        assert!(kept.rules.is_ok());
    }

    #[test]
    fn a_text_that_was_changed_or_stands_under_another_name_is_damaged() {
        let bytes = write(DEFAULT, Origin::Given).expect("writes");
        let text = String::from_utf8(bytes.clone()).expect("text");
        let changed = text.replacen("damping = 6.0", "damping = 6.1", 1);
        let told = read(&id(), changed.as_bytes()).expect_err("is damaged");
        assert_eq!(told.reason, "its digest is another");
        let told = read("0123456789ab", &bytes).expect_err("is another's");
        assert!(told.reason.contains(&id()), "{told}");
        assert!(read(&id(), b"version = 1").is_err());
    }

    #[test]
    fn a_rulebook_of_another_version_of_the_fold_is_read_and_is_not_ours() {
        let bytes = write(DEFAULT, Origin::Given).expect("writes");
        let text = String::from_utf8(bytes).expect("text");
        let other = text.replace(&basis(), "0123456789ab");
        let kept = read("fedcba987654", other.as_bytes()).expect("reads");
        assert!(!kept.is_ours);
        assert!(kept.rules.is_ok());
    }
}
