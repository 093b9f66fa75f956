//! A webhook as it is written in a file or in a request, parsed strictly.

use detente_api::request::FilterRequest;
use detente_api::{Code, Refusal};
use detente_feed::Filter;
use detente_feed::cursor::StartAt;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use crate::webhook::{self, SigningSecret, Status, Webhook};

/// The fields beside those of the filter.
const FIELDS: [&str; 4] = ["id", "url", "secret", "from"];

/// A webhook to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookRequest {
    /// Its id; made if missing.
    pub(crate) id: Option<String>,
    /// The address of the receiver.
    pub(crate) url: Url,
    /// The secret that signs deliveries; made if missing.
    pub(crate) secret: Option<SigningSecret>,
    /// The place at which it starts, if it is new.
    pub(crate) from: StartAt,
    /// The filter of changes.
    pub(crate) filter: FilterRequest,
}

impl WebhookRequest {
    /// Parses the fields of a webhook. A refusal never contains the secret.
    pub(crate) fn parse(fields: &Map<String, Value>, allow_private: bool) -> Result<Self, Refusal> {
        let known: Vec<&str> = FIELDS.into_iter().chain(FilterRequest::names()).collect();
        check_fields(fields, &known)?;
        let Some(url) = text(fields, "url")? else {
            let refusal = Refusal::new(Code::MissingField, "a webhook needs an address");
            return Err(refusal.field("url"));
        };
        let filter = FilterRequest::from_json(fields)?;
        Filter::parse(&filter)?;
        Ok(Self {
            id: text(fields, "id")?.map(webhook::parse_id).transpose()?,
            url: webhook::parse_url(url, allow_private)?,
            secret: secret(fields)?,
            from: StartAt::parse(text(fields, "from")?.unwrap_or("now"))?,
            filter,
        })
    }

    /// Makes the webhook.
    pub(crate) fn webhook(
        &self,
        id: String,
        secret: SigningSecret,
        generation: Uuid,
        start_cursor: String,
    ) -> Webhook {
        Webhook {
            id,
            url: self.url.to_string(),
            filter: self.filter.clone(),
            secret,
            previous_secret: None,
            generation,
            start_cursor,
            status: Status::Active,
        }
    }
}

/// Refuses unknown fields.
pub(crate) fn check_fields(fields: &Map<String, Value>, known: &[&str]) -> Result<(), Refusal> {
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Refusal::unknown_field(key, key, known)),
        None => Ok(()),
    }
}

/// Parses the field `secret`, if there is one; a refusal never contains its value.
pub(crate) fn secret(fields: &Map<String, Value>) -> Result<Option<SigningSecret>, Refusal> {
    match text(fields, "secret") {
        Ok(text) => text.map(SigningSecret::parse).transpose(),
        Err(refusal) => Err(Refusal {
            value: None,
            ..refusal
        }),
    }
}

/// Returns the text of a field, if there is one.
pub(crate) fn text<'f>(
    fields: &'f Map<String, Value>,
    name: &str,
) -> Result<Option<&'f str>, Refusal> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => {
            let refusal = Refusal::new(Code::WrongType, "a string is expected").field(name);
            Err(refusal.value(&other.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(value: &Value) -> Result<WebhookRequest, (Code, Option<String>)> {
        let parsed = WebhookRequest::parse(value.as_object().unwrap(), false);
        parsed.map_err(|refusal| {
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
    fn only_the_address_is_required() {
        let request = parse(&good()).unwrap();
        assert_eq!(request.filter.country, ["TJK"]);
        assert_eq!(request.filter.dimension, ["threat"]);
        assert_eq!(request.from, StartAt::Now);
        let least = parse(&json!({"url": "https://example.org"})).unwrap();
        assert_eq!((least.id, least.secret), (None, None));
    }

    #[test]
    fn a_refusal_names_the_field_and_never_contains_the_secret() {
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
            assert_eq!(parse(&written), Err((code, Some(field.to_owned()))));
        }
    }
}
