//! The first difference of two messages.

use detente_jetstream::Message;
use serde_json::Value;

use crate::report::{Code, Finding};

/// The most characters of a value in a finding.
const VALUE_MAX: usize = 120;

/// Returns the path of the first difference of two JSON values, with both values there.
pub(crate) fn first(expected: &Value, found: &Value) -> Option<(String, String, String)> {
    let deeper = |key: String, expected: &Value, found: &Value| {
        first(expected, found).map(|(path, one, other)| (format!("/{key}{path}"), one, other))
    };
    match (expected, found) {
        (Value::Object(one), Value::Object(other)) => {
            let added = other.keys().filter(|key| !one.contains_key(*key));
            let mut keys = one.keys().chain(added);
            // A key that is absent reads as null.
            keys.find_map(|key| deeper(key.clone(), &expected[key], &found[key]))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(index, (one, other))| deeper(index.to_string(), one, other))
        }
        _ if expected == found => None,
        _ => Some((String::new(), truncated(expected), truncated(found))),
    }
}

/// Describes how a message differs from the derived one.
pub(crate) fn altered(expected: &[u8], message: &Message) -> Finding {
    let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
    let (Some(expected), Some(found)) = (parse(expected), parse(&message.payload)) else {
        return Finding::new(Code::AlteredMessage, "the message is not JSON");
    };
    let (code, part) = if expected["changes"] == found["changes"] {
        (Code::AlteredMessage, "content")
    } else {
        (Code::AlteredChanges, "list of changes")
    };
    let Some((path, expected, found)) = first(&expected, &found) else {
        let text = "the message has the derived content in other bytes";
        return Finding::new(Code::AlteredMessage, text);
    };
    let text = format!("the message has another {part} than the log implies, first at {path}");
    Finding::new(code, text).expected(expected).found(found)
}

fn truncated(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= VALUE_MAX {
        return text;
    }
    let cut: String = text.chars().take(VALUE_MAX).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_difference_has_its_path() {
        let one = json!({"a": [1, {"b": "x"}], "c": null});
        assert_eq!(first(&one, &one), None);
        let other = json!({"a": [1, {"b": "y"}], "c": null});
        let difference = |path: &str, one: &str, other: &str| {
            Some((path.to_owned(), one.to_owned(), other.to_owned()))
        };
        assert_eq!(first(&one, &other), difference("/a/1/b", "\"x\"", "\"y\""));
        let more = json!({"a": [1], "c": null});
        assert_eq!(
            first(&one, &more),
            difference("/a", "[1,{\"b\":\"x\"}]", "[1]")
        );
        let new = json!({"a": [1, {"b": "x"}], "c": null, "d": 4});
        assert_eq!(first(&one, &new), difference("/d", "null", "4"));
    }
}
