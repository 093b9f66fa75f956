//! The stored form of a rulebook.

use detente_rulebook::stored::{decode, encode};
use detente_rulebook::{DEFAULT, Origin, projection_id};

fn id() -> String {
    projection_id(DEFAULT.as_bytes())
}

#[test]
fn a_stored_rulebook_decodes() {
    let bytes = encode(DEFAULT, Origin::Shipped).expect("encodes");
    let stored = decode(&id(), &bytes).expect("decodes");
    assert_eq!((stored.text.as_str(), stored.is_ours), (DEFAULT, true));
    assert_eq!(stored.origin, Origin::Shipped);
    assert!(stored.rules.is_ok());
}

#[test]
fn a_changed_text_or_another_projection_is_damaged() {
    let bytes = encode(DEFAULT, Origin::Adopted).expect("encodes");
    let text = String::from_utf8(bytes.clone()).expect("text");
    let changed = text.replacen("damping = 6.0", "damping = 6.1", 1);
    let damaged = decode(&id(), changed.as_bytes()).expect_err("is damaged");
    assert_eq!(damaged.reason, "its digest differs");
    let damaged = decode("0123456789ab", &bytes).expect_err("is of another projection");
    assert!(damaged.reason.contains(&id()), "{damaged}");
    assert!(decode(&id(), b"version = 1").is_err());
}

#[test]
fn a_rulebook_of_another_fold_version_decodes_and_is_not_ours() {
    let bytes = encode(DEFAULT, Origin::Adopted).expect("encodes");
    let text = String::from_utf8(bytes).expect("text");
    let other = text.replace(&projection_id(b""), "0123456789ab");
    let stored = decode("fedcba987654", other.as_bytes()).expect("decodes");
    assert!(!stored.is_ours);
    assert!(stored.rules.is_ok());
}
