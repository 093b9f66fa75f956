//! Webhooks of a configuration file: TOML with a table `[[webhook]]` for each. An address or a
//! secret can be `env:NAME`, the value of an environment variable.

use std::collections::BTreeSet;

use detente_api::{Code, Refusal};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::request::WebhookRequest;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    webhook: Vec<Map<String, Value>>,
}

/// Parses a file of webhooks, each with an id and a secret. `variable` returns the value of an
/// environment variable.
///
/// # Errors
/// A refusal of the first field that is invalid; it never contains a secret.
pub fn parse(
    text: &str,
    allow_private: bool,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<WebhookRequest>, Refusal> {
    let file: File = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        Refusal::new(Code::BadText, format!("{place}{}", error.message()))
    })?;
    let mut ids = BTreeSet::new();
    let mut requests = Vec::new();
    for (index, fields) in file.webhook.into_iter().enumerate() {
        let fields = with_variables(fields, variable);
        let request = fields.and_then(|fields| parse_table(&fields, allow_private, &mut ids));
        let request = request.map_err(|refusal| {
            let field = refusal.field.as_deref().unwrap_or_default();
            let field = format!("webhook[{index}].{field}");
            Refusal {
                field: Some(field.trim_end_matches('.').to_owned()),
                ..refusal
            }
        })?;
        requests.push(request);
    }
    Ok(requests)
}

/// Replaces `env:` values.
fn with_variables(
    mut fields: Map<String, Value>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Map<String, Value>, Refusal> {
    for field in ["url", "secret"] {
        let name = fields.get(field).and_then(Value::as_str);
        let Some(name) = name.and_then(|value| value.strip_prefix("env:")) else {
            continue;
        };
        let value = variable(name).ok_or_else(|| {
            let message = format!("the environment has no variable {name}");
            Refusal::new(Code::MissingField, message).field(field)
        })?;
        fields.insert(field.to_owned(), Value::String(value));
    }
    Ok(fields)
}

fn parse_table(
    fields: &Map<String, Value>,
    allow_private: bool,
    ids: &mut BTreeSet<String>,
) -> Result<WebhookRequest, Refusal> {
    let request = WebhookRequest::parse(fields, allow_private)?;
    let needs = |field: &str| {
        let message = format!("a webhook in a file needs {field}");
        Refusal::new(Code::MissingField, message).field(field)
    };
    let id = request.id.clone().ok_or_else(|| needs("id"))?;
    if request.secret.is_none() {
        return Err(needs("secret"));
    }
    if !ids.insert(id.clone()) {
        let message = format!("two webhooks have the id {id:?}");
        return Err(Refusal::new(Code::IdConflict, message).field("id"));
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_feed::cursor::StartAt;

    const GOOD: &str = r#"
        [[webhook]]
        id = "tripwire"
        url = "https://example.org/hook"
        secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
        country = ["TJK"]
        filter = 'change.dimension == "threat"'
    "#;

    fn unset(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn an_address_and_a_secret_may_come_from_the_environment() {
        let text = GOOD
            .replace("https://example.org/hook", "env:URL")
            .replace("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "env:SECRET");
        let variable = |name: &str| match name {
            "URL" => Some("https://example.org/hook".to_owned()),
            "SECRET" => Some("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned()),
            _ => None,
        };
        assert_eq!(parse(&text, false, &variable), parse(GOOD, false, &unset));
        let refusal = parse(&text, false, &unset).unwrap_err();
        let field = refusal.field.as_deref();
        assert_eq!(
            (refusal.code, field),
            (Code::MissingField, Some("webhook[0].url"))
        );
    }

    #[test]
    fn a_file_has_a_table_for_each_webhook() {
        let requests = parse(GOOD, false, &unset).unwrap();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].id.as_deref(), Some("tripwire"));
        assert_eq!(requests[0].from, StartAt::Now);
        assert_eq!(requests[0].filter.country, ["TJK"]);
        assert_eq!(parse("", false, &unset), Ok(Vec::new()));
    }

    #[test]
    fn a_refusal_names_the_place_and_never_contains_a_secret() {
        let but = |from: &str, to: &str| {
            let refusal = parse(&GOOD.replace(from, to), false, &unset).unwrap_err();
            assert!(!format!("{refusal:?}").contains("C2FVsBQIhrscChl"));
            (refusal.code, refusal.field.unwrap_or_default())
        };
        let wrong = |code, field: &str| (code, format!("webhook[0]{field}"));
        assert_eq!(but("country", "land"), wrong(Code::UnknownField, ".land"));
        let no_id = but("id = \"tripwire\"", "");
        assert_eq!(no_id, wrong(Code::MissingField, ".id"));
        let no_secret = but("secret =", "from = \"now\" #");
        assert_eq!(no_secret, wrong(Code::MissingField, ".secret"));
        assert_eq!(but("https", "http"), wrong(Code::BadUrl, ".url"));
        assert_eq!(but("whsec_", "whsec-"), wrong(Code::BadSecret, ".secret"));
        let malformed = but("[[webhook]]", "[[webhook");
        assert_eq!(malformed, (Code::BadText, String::new()));
        let twice = parse(&GOOD.repeat(2), false, &unset).unwrap_err();
        assert_eq!(twice.code, Code::IdConflict);
    }
}
