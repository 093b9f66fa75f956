//! Dates, cursors and rulebooks.

use std::fmt::{Debug, Display};

use detente_api::request::{KnownAt, PageFrom, ParamValue, Speed};
use detente_api::submission::IdempotencyKey;
use detente_domain::edtf::Edtf;
use detente_feed::{Cursor, StartAt};
use detente_rulebook::{DEFAULT, differences, examine, projection_id};

use crate::text;

/// Checks that a date is as it was written, and ends no earlier than it begins.
pub(crate) fn date(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(date) = Edtf::parse(text) {
        assert_eq!(date.text(), text);
        assert!(date.earliest() <= date.latest(), "{date}");
    }
}

/// Checks that cursors, and the other values with which a reader says where it is, read back.
pub(crate) fn cursor(bytes: &[u8]) {
    let _ = IdempotencyKey::parse(bytes);
    let Some(text) = text(bytes) else { return };
    if let Some(cursor) = Cursor::parse(text) {
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor.clone()));
        assert_eq!(StartAt::parse(text), Ok(StartAt::After(cursor.clone())));
        assert_eq!(cursor.within(&cursor), Ok(cursor.sequence));
    }
    value::<PageFrom>(text);
    value::<KnownAt>(text);
    value::<Speed>(text);
}

fn value<V: ParamValue + Display + Debug + PartialEq>(text: &str) {
    if let Ok(value) = V::parse_param("value", text) {
        let again = V::parse_param("value", &value.to_string());
        assert_eq!(again, Ok(value));
    }
}

/// Checks that a rulebook has rules or a problem, and compares with the one that ships.
pub(crate) fn rulebook(bytes: &[u8]) {
    let examined = examine(bytes);
    assert_eq!(
        examined.rules.is_some(),
        examined.problems.is_empty(),
        "{examined:?}"
    );
    let Some(text) = text(bytes) else { return };
    if examined.rules.is_some() {
        let is_default = differences(text, DEFAULT).is_empty();
        assert!(is_default || projection_id(bytes) != projection_id(DEFAULT.as_bytes()));
    }
}
