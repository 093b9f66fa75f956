//! Webhooks of a file: TOML with a table `[[webhook]]` for each. What is secret need not stand in
//! it: `env:NAME`, as an address or as a secret, is what the environment says.

use std::collections::BTreeSet;

use detente_api::{Code, Refusal};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::entry::Entry;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    webhook: Vec<Map<String, Value>>,
}

/// What marks a name of the environment.
const ENV: &str = "env:";

/// Reads a file of webhooks. Each has an id and a secret: there is nobody to show one to.
/// `variable` gives what the environment says of a name.
///
/// # Errors
/// A refusal of the first thing that is wrong; it repeats no secret.
pub fn read(
    text: &str,
    allow_private: bool,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Entry>, Refusal> {
    let file: File = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        Refusal::new(Code::BadText, format!("{place}{}", error.message()))
    })?;
    let mut ids = BTreeSet::new();
    let mut entries = Vec::new();
    for (index, fields) in file.webhook.into_iter().enumerate() {
        let filled = filled(fields, variable);
        let entry = filled.and_then(|fields| one(&fields, allow_private, &mut ids));
        let entry = entry.map_err(|refusal| {
            let field = refusal.field.as_deref().unwrap_or_default();
            let field = format!("webhook[{index}].{field}");
            Refusal {
                field: Some(field.trim_end_matches('.').to_owned()),
                ..refusal
            }
        })?;
        entries.push(entry);
    }
    Ok(entries)
}

/// With what the environment says, where it is asked.
fn filled(
    mut fields: Map<String, Value>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Map<String, Value>, Refusal> {
    for field in ["url", "secret"] {
        let name = fields.get(field).and_then(Value::as_str);
        let Some(name) = name.and_then(|value| value.strip_prefix(ENV)) else {
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

fn one(
    fields: &Map<String, Value>,
    allow_private: bool,
    ids: &mut BTreeSet<String>,
) -> Result<Entry, Refusal> {
    let entry = Entry::read(fields, allow_private)?;
    let needs = |field: &str| {
        let message = format!("a webhook of a file needs {field}");
        Refusal::new(Code::MissingField, message).field(field)
    };
    let id = entry.id.clone().ok_or_else(|| needs("id"))?;
    if entry.secret.is_none() {
        return Err(needs("secret"));
    }
    if !ids.insert(id.clone()) {
        let message = format!("two webhooks have the id {id:?}");
        return Err(Refusal::new(Code::IdConflict, message).field("id"));
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_feed::cursor::From;

    const GOOD: &str = r#"
        [[webhook]]
        id = "tripwire"
        url = "https://example.org/hook"
        secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
        country = ["TJK"]
        filter = 'change.dimension == "threat"'
    "#;

    fn nobody(_: &str) -> Option<String> {
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
        assert_eq!(read(&text, false, &variable), read(GOOD, false, &nobody));
        let refusal = read(&text, false, &nobody).unwrap_err();
        let field = refusal.field.as_deref();
        assert_eq!(
            (refusal.code, field),
            (Code::MissingField, Some("webhook[0].url"))
        );
    }

    #[test]
    fn a_file_has_a_table_for_each_webhook() {
        let entries = read(GOOD, false, &nobody).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].id.as_deref(), Some("tripwire"));
        assert_eq!(entries[0].from, From::Now);
        assert_eq!(entries[0].wanted.country, ["TJK"]);
        assert_eq!(read("", false, &nobody), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_in_a_file_is_named_and_no_secret_is_repeated() {
        let but = |from: &str, to: &str| {
            let refusal = read(&GOOD.replace(from, to), false, &nobody).unwrap_err();
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
        let unread = but("[[webhook]]", "[[webhook");
        assert_eq!(unread, (Code::BadText, String::new()));
        let twice = read(&GOOD.repeat(2), false, &nobody).unwrap_err();
        assert_eq!(twice.code, Code::IdConflict);
    }
}
