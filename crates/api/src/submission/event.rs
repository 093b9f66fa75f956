//! Events as clients write them.

use std::collections::BTreeMap;

use detente_domain::details::{self, COMMON, Details, Field};
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, ActError, Event, EventId, Report};
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party};
use detente_domain::relations;
use serde_json::Value;
use uuid::Uuid;

use super::input::{Input, Object};
use super::validator::{Suggestions, Validator, validated};
use super::{background, parties, report};
use crate::limits;
use crate::refusal::{Code, Refusal};

/// The longest title, in characters.
pub(super) const TITLE_MAX: usize = limits::TITLE;
/// The most relations that an event may affect: those of a meeting of all states.
pub const RELATIONS_MAX: usize = limits::EVENT_RELATIONS;
/// What is needed where there is no title.
const TITLE: &str = "a title in en, ar or ru";

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
        Event {
            id,
            act: self.act,
            occurred: self.occurred,
            title: self.title,
            report: self.report,
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
    row(value, &mut Suggestions::default())
}

/// Parses an event that is a row of a body.
pub(super) fn row(value: &Value, suggestions: &mut Suggestions) -> Result<Draft, Vec<Refusal>> {
    validated(suggestions, |validator| {
        let object = validator.event("", Input::Json(value))?;
        parse(validator, object)
    })
}

/// Parses the fields of an event.
pub(super) fn parse(validator: &mut Validator, object: &dyn Object) -> Option<Draft> {
    let common = COMMON.iter().map(|field| field.as_str());
    let known: Vec<&str> = KEYS.into_iter().chain(common).collect();
    validator.allow_keys("", object, &known);
    let id = validator.optional("id", object, Validator::id);
    if let Some(id) = id {
        background::refuse_id(validator, "id", id);
    }
    let act = act(validator, object);
    let occurred = validator.required("occurred", object, "the date", Validator::date);
    if let (Some(act), Some(occurred)) = (&act, &occurred) {
        let parties = parties::named(&act.actors, &act.recipients, act.details.iter());
        parties::existed(validator, parties, occurred);
    }
    let title = validator.required("title", object, TITLE, Validator::object);
    let title = title.map(|title| titles(validator, title));
    let report = report::required(validator, object);
    Some(Draft {
        id,
        act: act?,
        occurred: occurred?,
        title: title?,
        report: report?,
    })
}

fn act(validator: &mut Validator, object: &dyn Object) -> Option<Act> {
    let kind = validator.required("kind", object, "the kind of event", parties::kind);
    if object.get("actors").is_none() {
        validator.add(no_actor());
    }
    let actors = validator.optional("actors", object, parties::parties);
    let recipients = match object.get("recipients") {
        Some(value) => parties::parties(validator, "recipients", value),
        None => Some(Vec::new()),
    };
    let details = match details(validator, object) {
        Some(values) => parties::details(validator, kind, &values),
        None => Details::none(),
    };
    let act = Act {
        kind: kind?,
        actors: actors?,
        recipients: recipients?,
        details,
    };
    fits(validator, &act);
    Some(act)
}

/// Collects the details, including the common ones that may also be given beside them. Those that
/// are null count as absent.
fn details<'v>(
    validator: &mut Validator,
    object: &'v dyn Object,
) -> Option<BTreeMap<&'v str, Input<'v>>> {
    let mut details = BTreeMap::new();
    if let Some(value) = object.get("details") {
        validator
            .object("details", value)?
            .for_each(&mut |word, value| {
                if !value.is_null() {
                    details.insert(word, value);
                }
            });
    }
    for word in COMMON.iter().map(|field| field.as_str()) {
        let Some(value) = object.get(word) else {
            continue;
        };
        if let (Some(Input::Json(other)), Input::Json(value)) = (details.insert(word, value), value)
            && other != value
        {
            let message = "the details have it too, with another value";
            let refusal = Refusal::new(Code::BadDetail, message);
            validator.add(refusal.field(word).value(&value.to_string()));
        }
    }
    Some(details)
}

/// Checks the act as a whole. Refused parties are left out, so an empty list of actors may be the
/// result of another refusal; the details were checked one by one.
fn fits(validator: &mut Validator, act: &Act) {
    let refusal = match act.check() {
        Ok(()) => match relations::affected_at_most(act) {
            0..=RELATIONS_MAX => return,
            relations => too_many_relations(relations),
        },
        Err(ActError::NoActor) if validator.is_empty() => no_actor(),
        Err(ActError::TooMany) => {
            Refusal::new(Code::TooManyParties, ActError::TooMany.to_string()).field("actors")
        }
        Err(ActError::SelfRelation(party)) => both_sides("recipients", party),
        Err(ActError::HostIsSender(party)) => both_sides("details.sender", party),
        Err(ActError::NoActor | ActError::Details(_)) => return,
    };
    validator.add(refusal);
}

fn too_many_relations(relations: usize) -> Refusal {
    let message = format!(
        "the parties of both sides make up to {relations} relations; an event affects at most \
         {RELATIONS_MAX}"
    );
    let refusal = Refusal::new(Code::TooManyParties, message).field("actors");
    let allowed = format!("parties of at most {RELATIONS_MAX} relations");
    refusal.value(&relations.to_string()).allowed([allowed])
}

pub(super) fn no_actor() -> Refusal {
    Refusal::new(Code::MissingActor, "at least one actor is needed").field("actors")
}

pub(super) fn both_sides(at: &str, party: Party) -> Refusal {
    let message = format!("{} is named twice, or is on both sides", party.code());
    Refusal::new(Code::SelfRelation, message)
        .field(at)
        .value(party.code())
}

/// Parses titles by language; at least one is required.
pub(super) fn titles(validator: &mut Validator, object: &dyn Object) -> BTreeMap<Lang, String> {
    validator.allow_keys("title.", object, &Lang::ALL.map(Lang::as_str));
    let mut titles = BTreeMap::new();
    let mut any = false;
    object.for_each(&mut |word, value| {
        any |= !value.is_null();
        if !value.is_null()
            && let Some(lang) = Lang::parse(word)
            && let Some(text) = validator.text::<TITLE_MAX>(&format!("title.{word}"), value)
        {
            titles.insert(lang, text);
        }
    });
    if !any {
        validator.missing("title", TITLE);
    }
    titles
}

/// Parses the details of a correction: new values, or null to clear a detail.
pub(super) fn patched(
    validator: &mut Validator,
    kind: Option<Kind>,
    object: &dyn Object,
) -> Vec<(Field, Option<details::Value>)> {
    let mut patched = Vec::new();
    object.for_each(&mut |word, value| {
        let Some(field) = parties::field(validator, kind, word) else {
            return;
        };
        if value.is_null() {
            patched.push((field, None));
        } else if let Some(value) = parties::detail(validator, kind, field, value) {
            patched.push((field, Some(value)));
        }
    });
    patched
}
