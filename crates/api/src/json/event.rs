//! Events as clients write them.

use std::collections::BTreeMap;

use detente_domain::details::{self, COMMON, Details, Field};
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, ActError, Event, EventId, Report};
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party};
use serde_json::Value;
use uuid::Uuid;

use super::validator::{Object, Validator, get};
use super::{parties, report};
use crate::refusal::{Code, Refusal};

/// The longest title, in bytes.
pub const TITLE_MAX: usize = 400;

/// A valid event, possibly without an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The id, if the client gave one.
    pub id: Option<Uuid>,
    /// The act: its kind, parties and details.
    pub act: Act,
    /// The date of the event.
    pub occurred: Edtf,
    /// A title in one or more languages.
    pub title: BTreeMap<Lang, String>,
    /// The publication that reports the event.
    pub report: Report,
}

impl Draft {
    /// Returns the event with an id.
    #[must_use]
    pub fn into_event(self, id: EventId) -> Event {
        let Self {
            id: _,
            act,
            occurred,
            title,
            report,
        } = self;
        Event {
            id,
            act,
            occurred,
            title,
            report,
        }
    }
}

/// The keys of an event, and of a correction.
pub(super) const KEYS: [&str; 8] = [
    "id",
    "kind",
    "actors",
    "recipients",
    "occurred",
    "details",
    "title",
    "report",
];

/// Parses an event.
///
/// # Errors
/// Returns all refusals, not only the first.
pub fn event(value: &Value) -> Result<Draft, Vec<Refusal>> {
    let mut validator = Validator::default();
    let draft = parse(&mut validator, value);
    validator.finish(draft)
}

fn parse(validator: &mut Validator, value: &Value) -> Option<Draft> {
    let Value::Object(object) = value else {
        let wanted = "an event, which is an object,";
        validator.wrong_type("", wanted, value);
        return None;
    };
    let common = COMMON.iter().map(|field| field.as_str());
    let known: Vec<&str> = KEYS.into_iter().chain(common).collect();
    validator.allow_keys("", object, &known);
    let id = get(object, "id").and_then(|value| validator.id("id", value));
    let act = act(validator, object);
    let occurred = validator.required("occurred", object, "the date");
    let occurred = occurred.and_then(|value| validator.date("occurred", value));
    let title = match validator.required_object("title", object, "a title in en, ar or ru") {
        Some(given) => titles(validator, given),
        None => BTreeMap::new(),
    };
    let report = report::required(validator, object);
    Some(Draft {
        id,
        act: act?,
        occurred: occurred?,
        title,
        report: report?,
    })
}

fn act(validator: &mut Validator, object: &Object) -> Option<Act> {
    let kind = validator.required("kind", object, "the kind of event");
    let kind = kind.and_then(|value| parties::kind(validator, "kind", value));
    let actors = match get(object, "actors") {
        Some(value) => parties::parties(validator, "actors", value),
        None => {
            validator.add(no_actor());
            None
        }
    };
    let recipients = match get(object, "recipients") {
        Some(value) => parties::parties(validator, "recipients", value),
        None => Some(Vec::new()),
    };
    let given = gathered(validator, object);
    let details = given
        .as_ref()
        .map_or_else(Details::none, |g| parties::details(validator, kind, g));
    let act = Act {
        kind: kind?,
        actors: actors?,
        recipients: recipients?,
        details,
    };
    fits(validator, &act);
    Some(act)
}

/// Collects the details, including the common ones that may also be given beside them.
fn gathered(validator: &mut Validator, object: &Object) -> Option<Object> {
    let mut given = match get(object, "details") {
        Some(value) => validator.object("details", value)?.clone(),
        None => Object::new(),
    };
    for word in COMMON.iter().map(|field| field.as_str()) {
        let Some(value) = get(object, word) else {
            continue;
        };
        if get(&given, word).is_some_and(|held| held != value) {
            let message = "the details have it too, with another value";
            let refusal = Refusal::new(Code::BadDetail, message);
            validator.add(refusal.field(word).value(&value.to_string()));
        }
        given.insert(word.to_owned(), value.clone());
    }
    Some(given)
}

/// Checks the act as a whole. Refused parties are left out, so an empty list of actors may be the
/// result of another refusal; refusals of details were added one by one.
fn fits(validator: &mut Validator, act: &Act) {
    let refusal = match act.check() {
        Ok(()) => return,
        Err(ActError::NoActor) if validator.is_empty() => no_actor(),
        Err(ActError::TooMany) => too_many(),
        Err(ActError::SelfRelation(party)) => both_sides("recipients", party),
        Err(ActError::HostIsSender(party)) => both_sides("details.sender", party),
        Err(ActError::Details(fault)) if validator.is_empty() => of_details(act.kind, &fault),
        Err(ActError::NoActor | ActError::Details(_)) => return,
    };
    validator.add(refusal);
}

pub(super) fn no_actor() -> Refusal {
    Refusal::new(Code::MissingActor, "at least one actor is needed").field("actors")
}

fn too_many() -> Refusal {
    Refusal::new(Code::TooManyParties, ActError::TooMany.to_string()).field("actors")
}

pub(super) fn both_sides(at: &str, party: Party) -> Refusal {
    let message = format!("{} is named twice, or is on both sides", party.code());
    Refusal::new(Code::SelfRelation, message)
        .field(at)
        .value(party.code())
}

fn of_details(kind: Kind, fault: &details::DetailError) -> Refusal {
    match fault {
        details::DetailError::Unknown { field, .. } => Refusal::unknown_detail(kind, field),
        details::DetailError::Missing { field, .. } => Refusal::missing_detail(kind, *field),
        details::DetailError::Value { field, given } => Refusal::bad_detail(*field, given),
    }
}

/// Parses titles by language; at least one is required.
pub(super) fn titles(validator: &mut Validator, object: &Object) -> BTreeMap<Lang, String> {
    validator.allow_keys("title.", object, &Lang::ALL.map(Lang::as_str));
    let mut titles = BTreeMap::new();
    let mut any = false;
    for (word, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        any = true;
        if let Some(lang) = Lang::parse(word)
            && let Some(text) = validator.text(&format!("title.{word}"), value, TITLE_MAX)
        {
            titles.insert(lang, text);
        }
    }
    if !any {
        validator.missing("title", "a title in en, ar or ru");
    }
    titles
}

/// Parses the details of a correction: new values, or null to clear a detail.
pub(super) fn patched(
    validator: &mut Validator,
    kind: Option<Kind>,
    object: &Object,
) -> Vec<(Field, Option<details::Value>)> {
    let mut patched = Vec::new();
    for (word, value) in object {
        let Some(field) = parties::field(validator, kind, word) else {
            continue;
        };
        if value.is_null() {
            patched.push((field, None));
        } else if let Some(value) = parties::detail(validator, field, value) {
            patched.push((field, Some(value)));
        }
    }
    patched
}
