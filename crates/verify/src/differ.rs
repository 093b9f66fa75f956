//! Where two messages differ, for a person.

use detente_jetstream::Message;
use serde_json::Value;

use crate::report::{Code, Finding};

/// The most characters of a value that are shown.
const SHOWN_MAX: usize = 120;

/// The first place where a JSON value differs, with what should be there and what is.
pub(crate) fn first(expected: &Value, found: &Value) -> Option<(String, String, String)> {
    let deeper = |key: String, expected: &Value, found: &Value| {
        first(expected, found).map(|(path, one, other)| (format!("/{key}{path}"), one, other))
    };
    match (expected, found) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one
                .keys()
                .chain(other.keys().filter(|key| !one.contains_key(*key)));
            let nothing = Value::Null;
            let mut differing = keys.filter_map(|key| {
                let one = one.get(key).unwrap_or(&nothing);
                deeper(key.clone(), one, other.get(key).unwrap_or(&nothing))
            });
            differing.next()
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(place, (one, other))| deeper(place.to_string(), one, other))
        }
        _ if expected == found => None,
        _ => Some((String::new(), shown(expected), shown(found))),
    }
}

/// What is wrong with a message that is not what was derived.
pub(crate) fn altered(expected: &[u8], message: &Message) -> Finding {
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
    let (Some(expected), Some(found)) = (read(expected), read(&message.payload)) else {
        return Finding::new(Code::AlteredMessage, "the message is no JSON");
    };
    let view = expected["conducts"] != found["conducts"];
    let changes = expected["changes"] != found["changes"];
    let (code, what) = match (view, changes) {
        (true, false) => (Code::AlteredView, "another view"),
        (false, true) => (Code::AlteredChanges, "other changes"),
        (true, true) | (false, false) => (Code::AlteredMessage, "something else"),
    };
    let Some((path, expected, found)) = first(&expected, &found) else {
        let words = "the message says the same as the log in other bytes";
        return Finding::new(Code::AlteredMessage, words);
    };
    let words = format!("the message tells {what} than the log comes to, first at {path}");
    Finding::new(code, words).expected(expected).found(found)
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN_MAX {
        return text;
    }
    let cut: String = text.chars().take(SHOWN_MAX).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_difference_is_named_by_its_path() {
        let one = json!({"a": [1, {"b": "x"}], "c": null});
        assert_eq!(first(&one, &one), None);
        let other = json!({"a": [1, {"b": "y"}], "c": null});
        let told = |path: &str, one: &str, other: &str| {
            Some((path.to_owned(), one.to_owned(), other.to_owned()))
        };
        assert_eq!(first(&one, &other), told("/a/1/b", "\"x\"", "\"y\""));
        let more = json!({"a": [1], "c": null});
        assert_eq!(first(&one, &more), told("/a", "[1,{\"b\":\"x\"}]", "[1]"));
        let new = json!({"a": [1, {"b": "x"}], "c": null, "d": 4});
        assert_eq!(first(&one, &new), told("/d", "null", "4"));
    }
}
