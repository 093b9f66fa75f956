//! The bodies of amendments, from the arguments.

use detente_api::submission::Amend;
use detente_domain::details::{Field, Type};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::args::{Correct, Corroborate, Dispute, Link, Publication, Retract, Sending};
use crate::exit_code::CliError;

/// An amendment to send.
pub(in crate::commands) struct Amendment<'a> {
    pub(super) amend: Amend,
    pub(super) target: Uuid,
    pub(super) body: Value,
    pub(super) sending: &'a Sending,
}

// === impl Amendment ===

impl<'a> Amendment<'a> {
    const fn new(amend: Amend, target: Uuid, body: Value, sending: &'a Sending) -> Self {
        Self {
            amend,
            target,
            body,
            sending,
        }
    }

    pub(in crate::commands) fn corroboration(args: &'a Corroborate) -> Self {
        let body = json!({ "report": report(&args.publication) });
        Self::new(Amend::Corroborate, args.event, body, &args.sending)
    }

    pub(in crate::commands) fn dispute(args: &'a Dispute) -> Self {
        let report = report(&args.publication);
        let body = without_nulls(json!({"by": args.by, "claim": args.claim, "report": report}));
        Self::new(Amend::Dispute, args.event, body, &args.sending)
    }

    pub(in crate::commands) fn retraction(args: &'a Retract) -> Self {
        let body = json!({ "reason": args.reason });
        Self::new(Amend::Retract, args.record, body, &args.sending)
    }

    pub(in crate::commands) fn link(amend: Amend, args: &'a Link) -> Self {
        let body = json!({ "other": args.other });
        Self::new(amend, args.event, body, &args.sending)
    }

    pub(in crate::commands) fn correction(args: &'a Correct) -> Result<Self, CliError> {
        let mut details = Map::new();
        for text in &args.detail {
            let (field, value) = split("--detail", text)?;
            details.insert(field.to_owned(), detail(field, value));
        }
        for field in &args.clear_detail {
            if details.insert(field.clone(), Value::Null).is_some() {
                let message = format!("--clear-detail {field}: --detail gives it a value too");
                return Err(CliError::Usage(message));
            }
        }
        let mut titles = Map::new();
        for text in &args.title {
            let (language, title) = split("--title", text)?;
            titles.insert(language.to_owned(), Value::from(title));
        }
        let some = |map: Map<String, Value>| (!map.is_empty()).then_some(map);
        let body = without_nulls(json!({
            "kind": args.kind,
            "actors": args.actors.as_deref().map(parties),
            "recipients": args.recipients.as_deref().map(parties),
            "occurred": args.occurred,
            "details": some(details),
            "title": some(titles),
            "report": report(&args.publication),
        }));
        Ok(Self::new(Amend::Correct, args.event, body, &args.sending))
    }
}

fn report(publication: &Publication) -> Value {
    without_nulls(json!({
        "publisher": publication.publisher,
        "url": publication.url,
        "language": publication.language,
        "published": publication.published,
        "quote": publication.quote,
        "grade": publication.grade,
    }))
}

/// Removes the fields of an object that are null.
fn without_nulls(mut object: Value) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

fn parties(list: &str) -> Value {
    let parties = list.split(',').map(str::trim);
    parties.filter(|party| !party.is_empty()).collect()
}

/// Parses the value of a field that holds a number; an invalid one is left for the server to refuse.
fn detail(field: &str, value: &str) -> Value {
    let is_count = Field::parse(field).is_some_and(|field| field.ty() == Type::Count);
    let number = value.parse::<u64>().ok().filter(|_| is_count);
    number.map_or_else(|| Value::from(value), Value::from)
}

fn split<'t>(flag: &str, text: &'t str) -> Result<(&'t str, &'t str), CliError> {
    let missing = || CliError::Usage(format!("{flag} {text}: write it as NAME=VALUE"));
    text.split_once('=').ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Command};
    use clap::Parser as _;

    #[track_caller]
    fn correct(line: &str) -> Result<Value, CliError> {
        let id = "e3453d4a-ae0e-5680-90dc-c727fc64e84a";
        let line = format!("detente correct {id} --publisher X {line}");
        match Cli::try_parse_from(line.split(' ')).map(|cli| cli.command) {
            Ok(Command::Correct(args)) => Amendment::correction(&args).map(|made| made.body),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn flags_become_the_json_of_a_correction() {
        let line = "--occurred 2023-03-24 --detail city=Khorog --detail bases=3 --actors TJK,UZB \
                    --recipients= --clear-detail name --title en=Handed --grade B2";
        let expected = json!({
            "occurred": "2023-03-24", "actors": ["TJK", "UZB"], "recipients": [],
            "details": {"city": "Khorog", "bases": 3, "name": null}, "title": {"en": "Handed"},
            "report": {"publisher": "X", "grade": "B2"}
        });
        assert_eq!(correct(line), Ok(expected));
    }

    #[test]
    fn a_detail_without_a_value_or_with_two_is_refused() {
        assert!(correct("--detail city").is_err());
        assert!(correct("--detail city=Khorog --clear-detail city").is_err());
    }
}
