//! A webhook as somebody writes it, in a file or in a request: read strictly.

use detente_api::{Code, Refusal};
use detente_feed::Wanted;
use detente_feed::cursor::From;
use serde_json::{Map, Value};

use crate::hook::{self, Secret};

/// The fields beside the parts of the filter.
pub(crate) const FIELDS: [&str; 4] = ["id", "url", "secret", "from"];
/// The most values of one part of a filter.
const VALUES_MAX: usize = 300;

/// A webhook as somebody writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id; none, if one is to be made.
    pub id: Option<String>,
    /// Where to.
    pub url: String,
    /// What deliveries are signed with; none, if a secret is to be made.
    pub secret: Option<Secret>,
    /// Where it begins, when it is new.
    pub from: From,
    /// Which changes.
    pub wanted: Wanted,
}

impl Entry {
    /// Reads the fields of a webhook.
    ///
    /// # Errors
    /// A refusal of the first thing that is wrong; it repeats no secret.
    pub fn read(fields: &Map<String, Value>, allow_private: bool) -> Result<Self, Refusal> {
        let known: Vec<&str> = FIELDS.into_iter().chain(Wanted::PARTS).collect();
        known_fields(fields, &known)?;
        let Some(url) = text(fields, "url")? else {
            let refusal = Refusal::new(Code::MissingField, "a webhook needs an address");
            return Err(refusal.field("url"));
        };
        let wanted = Wanted {
            country: texts(fields, "country")?,
            party: texts(fields, "party")?,
            pair: texts(fields, "pair")?,
            dimension: texts(fields, "dimension")?,
            register: texts(fields, "register")?,
            direction: texts(fields, "direction")?,
            occasion: texts(fields, "occasion")?,
            filter: text(fields, "filter")?.map(str::to_owned),
        };
        wanted.read()?;
        Ok(Self {
            id: text(fields, "id")?.map(hook::id).transpose()?,
            url: hook::url(url, allow_private)?.to_string(),
            secret: secret(fields)?,
            from: From::parse(text(fields, "from")?.unwrap_or("now"))?,
            wanted,
        })
    }
}

/// Refuses a field that is not known.
pub(crate) fn known_fields(fields: &Map<String, Value>, known: &[&str]) -> Result<(), Refusal> {
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Refusal::unknown_field(key, key, known)),
        None => Ok(()),
    }
}

/// A secret, if one is given.
pub(crate) fn secret(fields: &Map<String, Value>) -> Result<Option<Secret>, Refusal> {
    match fields.get("secret") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Secret::read(text).map(Some),
        // Whatever was meant, it is not repeated.
        Some(_) => Err(Refusal::new(Code::WrongType, "a secret is a string").field("secret")),
    }
}

/// A text, if one is given.
pub(crate) fn text<'f>(
    fields: &'f Map<String, Value>,
    name: &str,
) -> Result<Option<&'f str>, Refusal> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong(name, other, "a string is wanted")),
    }
}

/// A list of texts, or one by itself.
fn texts(fields: &Map<String, Value>, name: &str) -> Result<Vec<String>, Refusal> {
    let list = match fields.get(name) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::String(text)) => return Ok(vec![text.clone()]),
        Some(Value::Array(list)) if list.len() <= VALUES_MAX => list,
        Some(other) => {
            let message = format!("a list of at most {VALUES_MAX} strings is wanted");
            return Err(wrong(name, other, &message));
        }
    };
    let text = |one: &Value| match one {
        Value::String(text) => Ok(text.clone()),
        other => Err(wrong(name, other, "a list of strings is wanted")),
    };
    list.iter().map(text).collect()
}

fn wrong(name: &str, given: &Value, message: &str) -> Refusal {
    let refusal = Refusal::new(Code::WrongType, message).field(name);
    refusal.given(&given.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Result<Entry, (Code, Option<String>)> {
        let read = Entry::read(value.as_object().unwrap(), false);
        read.map_err(|refusal| {
            assert!(!format!("{refusal:?}").contains("C2FVsBQIhrscChl"));
            (refusal.code, refusal.field)
        })
    }

    fn good() -> Value {
        json!({
            "id": "tripwire", "url": "https://example.org/hook",
            "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "country": ["TJK"],
            "dimension": "threat", "filter": "change.to == 'high'",
        })
    }

    #[test]
    fn a_webhook_has_an_address_and_all_else_may_be_left_out() {
        let entry = read(&good()).unwrap();
        assert_eq!(entry.wanted.country, ["TJK"]);
        assert_eq!(entry.wanted.dimension, ["threat"]);
        assert_eq!(entry.from, From::Now);
        let least = read(&json!({"url": "https://example.org"})).unwrap();
        assert_eq!((least.id, least.secret), (None, None));
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_is_repeated() {
        let wrong = [
            ("id", json!("A B"), Code::BadName),
            ("id", json!(7), Code::WrongType),
            ("url", json!(null), Code::MissingField),
            ("url", json!("http://example.org"), Code::BadUrl),
            (
                "secret",
                json!("C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
                Code::BadSecret,
            ),
            ("secret", json!({"C2FVsBQIhrscChl": 1}), Code::WrongType),
            ("from", json!("yesterday"), Code::BadCursor),
            ("country", json!(["TJX"]), Code::UnknownParty),
            ("country", json!([7]), Code::WrongType),
            ("country", json!({}), Code::WrongType),
            ("filter", json!("change.too == 1"), Code::BadFilter),
            ("colour", json!("red"), Code::UnknownField),
        ];
        for (field, value, code) in wrong {
            let mut written = good();
            written[field] = value;
            assert_eq!(read(&written), Err((code, Some(field.to_owned()))));
        }
    }
}
