//! Events, as people write them.

use std::collections::BTreeMap;

use detente_domain::details::{self, COMMON, Details, Field};
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, Event, EventId, Report, Unfit};
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party};
use serde_json::Value;
use uuid::Uuid;

use super::faults::{Faults, Object, get};
use super::{parties, report};
use crate::refusal::{Code, Refusal};

/// The longest title, in bytes.
pub const TITLE_MAX: usize = 400;

/// An event that may be admitted, and may not have an id yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The id, where the client gave one.
    pub id: Option<Uuid>,
    /// Who did what to whom.
    pub act: Act,
    /// When it was so.
    pub occurred: Edtf,
    /// A title in one or more languages.
    pub title: BTreeMap<Lang, String>,
    /// The publication that it rests on.
    pub report: Report,
}

impl Draft {
    /// The event of that id.
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

const KEYS: [&str; 8] = [
    "id",
    "kind",
    "actors",
    "recipients",
    "occurred",
    "details",
    "title",
    "report",
];

/// Reads one event.
///
/// # Errors
/// Everything that is wrong with it.
pub fn event(value: &Value) -> Result<Draft, Vec<Refusal>> {
    let mut faults = Faults::default();
    let draft = read(&mut faults, value);
    faults.done(draft)
}

fn read(faults: &mut Faults, value: &Value) -> Option<Draft> {
    let Value::Object(object) = value else {
        let wanted = "an event, which is an object,";
        faults.wrong_type("", wanted, value);
        return None;
    };
    let common = COMMON.iter().map(|field| field.as_str());
    let known: Vec<&str> = KEYS.into_iter().chain(common).collect();
    faults.known("", object, &known);
    let id = get(object, "id").and_then(|value| faults.id("id", value));
    let act = act(faults, object);
    let occurred = match get(object, "occurred") {
        Some(value) => faults.date("occurred", value),
        None => {
            faults.missing("occurred", "the date");
            None
        }
    };
    let title = match faults.needed_object("title", object, "a title in en, ar or ru") {
        Some(given) => titles(faults, given),
        None => BTreeMap::new(),
    };
    let report = faults.needed_object("report", object, "the publication that it rests on");
    let report = report.and_then(|given| {
        faults.known("report.", given, &report::KEYS);
        report::read(faults, "report.", given)
    });
    Some(Draft {
        id,
        act: act?,
        occurred: occurred?,
        title,
        report: report?,
    })
}

fn act(faults: &mut Faults, object: &Object) -> Option<Act> {
    let kind = match get(object, "kind") {
        Some(value) => parties::kind(faults, "kind", value),
        None => {
            faults.missing("kind", "the kind of event");
            None
        }
    };
    let actors = match get(object, "actors") {
        Some(value) => parties::parties(faults, "actors", value),
        None => {
            faults.add(no_actor());
            None
        }
    };
    let recipients = match get(object, "recipients") {
        Some(value) => parties::parties(faults, "recipients", value),
        None => Some(Vec::new()),
    };
    let given = gathered(faults, object);
    let details = given
        .as_ref()
        .map_or_else(Details::none, |g| parties::details(faults, kind, g));
    let act = Act {
        kind: kind?,
        actors: actors?,
        recipients: recipients?,
        details,
    };
    fits(faults, &act);
    Some(act)
}

/// The details, with the common ones that may stand beside them.
fn gathered(faults: &mut Faults, object: &Object) -> Option<Object> {
    let mut given = match get(object, "details") {
        Some(value) => faults.object("details", value)?.clone(),
        None => Object::new(),
    };
    for word in COMMON.iter().map(|field| field.as_str()) {
        let Some(value) = get(object, word) else {
            continue;
        };
        if get(&given, word).is_some_and(|held| held != value) {
            let message = "it stands in the details too, with another value";
            let refusal = Refusal::new(Code::BadDetail, message);
            faults.add(refusal.field(word).given(&value.to_string()));
        }
        given.insert(word.to_owned(), value.clone());
    }
    Some(given)
}

/// What the act as a whole demands. Parties that were refused are not there, so an empty list of
/// actors may be another fault's echo; faults of details were told one by one.
fn fits(faults: &mut Faults, act: &Act) {
    let refusal = match act.check() {
        Ok(()) => return,
        Err(Unfit::NoActor) if faults.is_empty() => no_actor(),
        Err(Unfit::TooMany) => too_many(),
        Err(Unfit::SelfRelation(party)) => both_sides("recipients", party),
        Err(Unfit::HostIsSender(party)) => both_sides("details.sender", party),
        Err(Unfit::Details(fault)) if faults.is_empty() => of_details(act.kind, &fault),
        Err(Unfit::NoActor | Unfit::Details(_)) => return,
    };
    faults.add(refusal);
}

pub(super) fn no_actor() -> Refusal {
    Refusal::new(Code::MissingActor, "at least one actor is needed").field("actors")
}

fn too_many() -> Refusal {
    Refusal::new(Code::TooManyParties, Unfit::TooMany.to_string()).field("actors")
}

pub(super) fn both_sides(at: &str, party: Party) -> Refusal {
    let message = format!("{} is named twice, or is on both sides", party.code());
    Refusal::new(Code::SelfRelation, message)
        .field(at)
        .given(party.code())
}

fn of_details(kind: Kind, fault: &details::Fault) -> Refusal {
    match fault {
        details::Fault::Unknown { field, .. } => Refusal::unknown_detail(kind, field),
        details::Fault::Missing { field, .. } => Refusal::missing_detail(kind, *field),
        details::Fault::Value { field, given } => Refusal::bad_detail(*field, given),
    }
}

/// Titles by language; at least one.
pub(super) fn titles(faults: &mut Faults, object: &Object) -> BTreeMap<Lang, String> {
    faults.known("title.", object, &Lang::ALL.map(Lang::as_str));
    let mut titles = BTreeMap::new();
    let mut any = false;
    for (word, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        any = true;
        if let Some(lang) = Lang::parse(word)
            && let Some(text) = faults.text(&format!("title.{word}"), value, TITLE_MAX)
        {
            titles.insert(lang, text);
        }
    }
    if !any {
        faults.missing("title", "a title in en, ar or ru");
    }
    titles
}

/// The details of a correction: new values, and null to clear one.
pub(super) fn patched(
    faults: &mut Faults,
    kind: Option<Kind>,
    object: &Object,
) -> Vec<(Field, Option<details::Value>)> {
    let mut patched = Vec::new();
    for (word, value) in object {
        let Some(field) = parties::field(faults, kind, word) else {
            continue;
        };
        if value.is_null() {
            patched.push((field, None));
        } else if let Some(value) = parties::detail(faults, field, value) {
            patched.push((field, Some(value)));
        }
    }
    patched
}
