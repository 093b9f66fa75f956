//! JSON as clients send it: in UTF-8, with each key of an object once.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::refusal::{Code, Refusal, truncated};

/// Parses one value. Of two values under one key, readers take the first or the last; so neither is
/// taken.
///
/// # Errors
/// `bad_utf8` for another encoding, `bad_json`, and `duplicate_key` with the path of the key.
pub fn parse_json(bytes: &[u8]) -> Result<Value, Refusal> {
    check_encoding(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("byte {} of the text is not UTF-8", error.valid_up_to() + 1);
        Refusal::new(Code::BadUtf8, message)
    })?;
    let mut repeated = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = UniqueKeys(&mut repeated).deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| match repeated {
        Some(Repeated { key, path }) => {
            let refusal = Refusal::new(Code::DuplicateKey, error.to_string());
            refusal.field(path).value(&key)
        }
        None => Refusal::new(Code::BadJson, error.to_string()).value(text),
    })
}

/// Refuses text in UTF-16 or UTF-32, which has a byte order mark, or zero bytes where JSON has none.
pub(super) fn check_encoding(bytes: &[u8]) -> Result<(), Refusal> {
    let encoding = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, _, _, ..] | [_, 0, 0, 0, ..] => "UTF-32",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => "UTF-16",
        _ => return Ok(()),
    };
    let message = format!("the text is {encoding}; save it as UTF-8");
    Err(Refusal::new(Code::BadUtf8, message))
}

/// A key that stands twice in one object.
struct Repeated {
    key: String,
    /// Where it stands, such as `report.grade`.
    path: String,
}

/// Reads a value; notes the first key that is repeated, and fails there.
struct UniqueKeys<'r>(&'r mut Option<Repeated>);

impl<'de> DeserializeSeed<'de> for UniqueKeys<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueKeys<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        loop {
            match items.next_element_seed(UniqueKeys(&mut *self.0)) {
                Ok(Some(value)) => values.push(value),
                Ok(None) => return Ok(values.into()),
                Err(error) => {
                    self.within(&format!("[{}]", values.len()));
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            match object.entry(key) {
                Entry::Vacant(entry) => match entries.next_value_seed(UniqueKeys(&mut *self.0)) {
                    Ok(value) => {
                        entry.insert(value);
                    }
                    Err(error) => {
                        self.within(&truncated(entry.key()));
                        return Err(error);
                    }
                },
                Entry::Occupied(entry) => {
                    let key = truncated(entry.key());
                    let message = format!("the key {key:?} stands twice in one object");
                    *self.0 = Some(Repeated {
                        path: key.clone(),
                        key,
                    });
                    return Err(A::Error::custom(message));
                }
            }
        }
        Ok(object.into())
    }
}

impl UniqueKeys<'_> {
    /// Puts the place of a value before the path of the key that is repeated within it, if one is.
    fn within(self, place: &str) {
        if let Some(repeated) = self.0 {
            let dot = if repeated.path.starts_with('[') {
                ""
            } else {
                "."
            };
            repeated.path = format!("{place}{dot}{}", repeated.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[track_caller]
    fn refused(bytes: &[u8]) -> Refusal {
        parse_json(bytes).expect_err("is refused")
    }

    #[test]
    fn a_repeated_key_is_refused_with_its_path() {
        for (text, path, key) in [
            (r#"{"kind":1,"kind":1}"#, "kind", "kind"),
            (
                r#"{"report":{"grade":"F6","grade":"A1"}}"#,
                "report.grade",
                "grade",
            ),
            (r#"{"a":[0,{"b":{},"b":1}]}"#, "a[1].b", "b"),
            (r#"[[{"a":{"b":1,"c":2,"b":null}}]]"#, "[0][0].a.b", "b"),
            (r#"{"":1,"":2}"#, "", ""),
            (r#"{"kind":1,"kin\u0064":2}"#, "kind", "kind"),
        ] {
            let refusal = refused(text.as_bytes());
            assert_eq!(refusal.code, Code::DuplicateKey, "{text}");
            assert_eq!(refusal.field.as_deref(), Some(path), "{text}");
            assert_eq!(refusal.value.as_deref(), Some(key), "{text}");
            assert!(refusal.message.contains("line 1 column"), "{refusal}");
        }
        let equal = json!({"a": {"c": 1}, "b": {"c": 1}, "c": [{"c": 1}, {"c": 1}]});
        assert_eq!(parse_json(equal.to_string().as_bytes()), Ok(equal));
    }

    #[test]
    fn other_encodings_are_named() {
        let text = r#"[{"kind": "visit.made"}]"#;
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let utf32 = |bytes: fn(u32) -> [u8; 4]| -> Vec<u8> {
            text.chars()
                .flat_map(|letter| bytes(letter.into()))
                .collect()
        };
        let marked = |mark: &[u8], text: &[u8]| [mark, text].concat();
        for (bytes, encoding) in [
            (little.clone(), "UTF-16"),
            (big.clone(), "UTF-16"),
            (marked(b"\xff\xfe", &little), "UTF-16"),
            (marked(b"\xfe\xff", &big), "UTF-16"),
            (utf32(u32::to_le_bytes), "UTF-32"),
            (utf32(u32::to_be_bytes), "UTF-32"),
            (marked(b"\xff\xfe\0\0", &utf32(u32::to_le_bytes)), "UTF-32"),
            (marked(b"\0\0\xfe\xff", &utf32(u32::to_be_bytes)), "UTF-32"),
        ] {
            let refusal = refused(&bytes);
            assert_eq!(refusal.code, Code::BadUtf8, "{bytes:?}");
            let message = format!("the text is {encoding}; save it as UTF-8");
            assert_eq!(refusal.message, message, "{bytes:?}");
        }
        assert_eq!(refused(b"{\"a\": \"\xe9\"}").code, Code::BadUtf8);
    }

    #[test]
    fn deep_nesting_is_refused() {
        for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
            assert_eq!(refused(text.as_bytes()).code, Code::BadJson);
        }
    }

    /// Values whose objects have each key once.
    fn values() -> impl Strategy<Value = Value> {
        let number = prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            number,
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let key = prop_oneof![Just("a".to_owned()), any::<String>()];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(key, inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn without_repeated_keys_a_value_is_that_of_the_library(value in values()) {
            let text = value.to_string();
            let expected: Value = serde_json::from_str(&text).expect("is JSON");
            prop_assert_eq!(parse_json(text.as_bytes()), Ok(expected));
        }

        #[test]
        fn any_text_is_read_as_the_library_does_or_has_a_repeated_key(
            text in "[\\[\\]{},:\"\\\\ ab1\\.e-]{0,40}"
        ) {
            let expected = serde_json::from_str::<Value>(&text);
            match parse_json(text.as_bytes()) {
                Ok(value) => prop_assert_eq!(Some(value), expected.ok()),
                Err(refusal) if refusal.code == Code::DuplicateKey => {}
                Err(refusal) => {
                    let message = expected.expect_err("is no JSON").to_string();
                    prop_assert_eq!(refusal.message, message);
                }
            }
        }
    }
}
