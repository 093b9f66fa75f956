//! The bodies of amendments, from what was given on the command line.

use detente_domain::details::{Field, Type};
use serde_json::{Map, Value, json};

use crate::args::{Correct, Corroborate, Dispute, Link, Publication, Retract};
use crate::exit::Fault;

pub(super) fn corroboration(args: &Corroborate) -> Value {
    json!({ "report": report(&args.publication) })
}

pub(super) fn dispute(args: &Dispute) -> Value {
    given([
        ("by", args.by.clone().map(Value::String)),
        ("claim", args.claim.clone().map(Value::String)),
        ("report", Some(report(&args.publication))),
    ])
}

pub(super) fn retraction(args: &Retract) -> Value {
    json!({ "reason": args.reason })
}

pub(super) fn link(args: &Link) -> Value {
    json!({ "other": args.other })
}

pub(super) fn correction(args: &Correct) -> Result<Value, Fault> {
    let mut details = Map::new();
    for text in &args.detail {
        let (word, value) = parted("--detail", text)?;
        details.insert(word.to_owned(), detail(word, value));
    }
    for word in &args.clear_detail {
        if details.insert(word.clone(), Value::Null).is_some() {
            let message = format!("--clear-detail {word}: it is given a value too");
            return Err(Fault::Usage(message));
        }
    }
    let mut titles = Map::new();
    for text in &args.title {
        let (language, title) = parted("--title", text)?;
        titles.insert(language.to_owned(), Value::from(title));
    }
    let some = |map: Map<String, Value>| (!map.is_empty()).then_some(Value::Object(map));
    Ok(given([
        ("kind", args.kind.clone().map(Value::String)),
        ("actors", args.actors.as_deref().map(parties)),
        ("recipients", args.recipients.as_deref().map(parties)),
        ("occurred", args.occurred.clone().map(Value::String)),
        ("details", some(details)),
        ("title", some(titles)),
        ("report", Some(report(&args.publication))),
    ]))
}

fn report(publication: &Publication) -> Value {
    let text = |value: &Option<String>| value.clone().map(Value::String);
    given([
        ("publisher", Some(publication.publisher.clone().into())),
        ("url", text(&publication.url)),
        ("language", text(&publication.language)),
        ("published", text(&publication.published)),
        ("quote", text(&publication.quote)),
        ("grade", text(&publication.grade)),
    ])
}

fn given<const N: usize>(pairs: [(&str, Option<Value>); N]) -> Value {
    let given = pairs
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(given.collect())
}

fn parties(list: &str) -> Value {
    let parties = list.split(',').map(str::trim);
    parties.filter(|party| !party.is_empty()).collect()
}

/// A number where the field holds one; what is none is left for the refusal to tell.
fn detail(word: &str, value: &str) -> Value {
    let counts = Field::parse(word).is_some_and(|field| field.ty() == Type::Count);
    let number = value.parse::<u64>().ok().filter(|_| counts);
    number.map_or_else(|| Value::from(value), Value::from)
}

fn parted<'t>(flag: &str, text: &'t str) -> Result<(&'t str, &'t str), Fault> {
    let missing = || Fault::Usage(format!("{flag} {text}: write it as NAME=VALUE"));
    text.split_once('=').ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Command};
    use clap::Parser as _;

    #[track_caller]
    fn correct(line: &str) -> Result<Value, Fault> {
        let id = "e3453d4a-ae0e-5680-90dc-c727fc64e84a";
        let line = format!("detente correct {id} --publisher X {line}");
        match Cli::try_parse_from(line.split(' ')).map(|cli| cli.command) {
            Ok(Command::Correct(args)) => correction(&args),
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
    fn what_has_no_value_and_what_has_two_is_refused() {
        assert!(correct("--detail city").is_err());
        assert!(correct("--detail city=Khorog --clear-detail city").is_err());
    }
}
