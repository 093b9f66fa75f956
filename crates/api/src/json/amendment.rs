//! Amendments, as people write them: what is said about an event that was reported before.

use detente_domain::details::{Field, Value as Held, schema};
use detente_domain::event::{EventId, Report};
use detente_domain::party::Party;
use detente_domain::record::{Body, Patch, RecordId};
use serde_json::Value;
use uuid::Uuid;

use super::event::{both_sides, no_actor, patched, titles};
use super::faults::{Faults, Object, get};
use super::{parties, report};
use crate::refusal::{Code, Refusal};

/// The longest claim or reason, in bytes.
const WORDS_MAX: usize = 2_000;

/// Ways to amend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amend {
    /// A further publication: `{"report": {…}}`, or the publication itself.
    Corroborate,
    /// A denial: `{"by": "TALIBAN", "claim": "…", "report": {…}}`.
    Dispute,
    /// New values: `{"occurred": "…", "details": {"city": null}, "report": {…}}`.
    Correct,
    /// Taken back: `{"reason": "…"}`. The target may be any record.
    Retract,
    /// One event with another: `{"other": "<id>"}`.
    Link,
    /// Not one event after all: `{"other": "<id>"}`.
    Unlink,
}

impl Amend {
    /// All, in order.
    pub const ALL: [Self; 6] = [
        Self::Corroborate,
        Self::Dispute,
        Self::Correct,
        Self::Retract,
        Self::Link,
        Self::Unlink,
    ];

    /// The end of its address, `/v1/events/{id}/…`.
    #[must_use]
    pub const fn door(self) -> &'static str {
        match self {
            Self::Corroborate => "reports",
            Self::Dispute => "disputes",
            Self::Correct => "corrections",
            Self::Retract => "retraction",
            Self::Link => "links",
            Self::Unlink => "unlinks",
        }
    }

    /// The key that names the target in a row of a file, as in `{"dispute": "<id>", …}`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Corroborate => "corroborate",
            Self::Dispute => "dispute",
            Self::Correct => "correct",
            Self::Retract => "retract",
            Self::Link => "link",
            Self::Unlink => "unlink",
        }
    }
}

/// An amendment that may be admitted, and may not have an id yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// The id, where the client gave one.
    pub id: Option<Uuid>,
    /// What it says.
    pub body: Body,
}

/// Reads an amendment of that target (an event, or for a retraction any record).
///
/// # Errors
/// Everything that is wrong with it.
pub fn amendment(amend: Amend, target: Uuid, value: &Value) -> Result<Amendment, Vec<Refusal>> {
    let mut faults = Faults::default();
    let read = match value {
        Value::Object(object) => read(&mut faults, amend, target, object),
        other => {
            faults.wrong_type("", "an object", other);
            None
        }
    };
    faults.done(read)
}

/// Reads the row of a file that names its target itself; `None` where the row is none of these.
pub(super) fn row(value: &Value) -> Option<Result<Amendment, Vec<Refusal>>> {
    let object = value.as_object()?;
    let amend = Amend::ALL
        .into_iter()
        .find(|amend| object.contains_key(amend.as_str()))?;
    let mut faults = Faults::default();
    let mut rest = object.clone();
    let named = rest.remove(amend.as_str()).unwrap_or_default();
    let target = faults.id(amend.as_str(), &named).unwrap_or_default();
    let read = read(&mut faults, amend, target, &rest);
    Some(faults.done(read))
}

fn read(faults: &mut Faults, amend: Amend, target: Uuid, object: &Object) -> Option<Amendment> {
    let id = get(object, "id").and_then(|value| faults.id("id", value));
    if id == Some(target) {
        let refusal = Refusal::new(Code::SelfRelation, "a record cannot amend itself");
        faults.add(refusal.field("id").given(&target.to_string()));
    }
    let event = EventId(target);
    let body = match amend {
        Amend::Corroborate => Body::Corroborated {
            event,
            report: lone_report(faults, object)?,
        },
        Amend::Dispute => dispute(faults, event, object)?,
        Amend::Correct => correction(faults, event, object)?,
        Amend::Retract => {
            faults.known("", object, &["id", "reason"]);
            let reason = words(faults, "reason", object);
            if reason.is_none() && get(object, "reason").is_none() {
                faults.missing("reason", "the reason");
            }
            Body::Retracted {
                record: RecordId(target),
                reason: reason?,
            }
        }
        Amend::Link => Body::Linked {
            one: event,
            other: other(faults, target, object)?,
        },
        Amend::Unlink => Body::Unlinked {
            one: event,
            other: other(faults, target, object)?,
        },
    };
    Some(Amendment { id, body })
}

/// A publication under the key `report`, or the object itself.
fn lone_report(faults: &mut Faults, object: &Object) -> Option<Report> {
    if object.contains_key("report") {
        faults.known("", object, &["id", "report"]);
        return nested_report(faults, object);
    }
    let known: Vec<&str> = report::KEYS.into_iter().chain(["id"]).collect();
    faults.known("", object, &known);
    report::read(faults, "", object)
}

fn nested_report(faults: &mut Faults, object: &Object) -> Option<Report> {
    let given = faults.needed_object("report", object, "the publication that it rests on")?;
    faults.known("report.", given, &report::KEYS);
    report::read(faults, "report.", given)
}

fn words(faults: &mut Faults, key: &str, object: &Object) -> Option<String> {
    get(object, key).and_then(|value| faults.text(key, value, WORDS_MAX))
}

fn dispute(faults: &mut Faults, event: EventId, object: &Object) -> Option<Body> {
    faults.known("", object, &["id", "by", "claim", "report"]);
    let by = get(object, "by").and_then(|value| parties::party(faults, "by", value));
    let claim = words(faults, "claim", object);
    Some(Body::Disputed {
        event,
        by,
        report: nested_report(faults, object)?,
        claim,
    })
}

/// What an event may be corrected in, with the report that says so.
const CORRECTABLE: [&str; 8] = [
    "id",
    "kind",
    "actors",
    "recipients",
    "occurred",
    "details",
    "title",
    "report",
];

/// What no event is without: null would empty it.
const MANDATORY: [&str; 4] = ["kind", "actors", "occurred", "title"];

fn correction(faults: &mut Faults, event: EventId, object: &Object) -> Option<Body> {
    faults.known("", object, &CORRECTABLE);
    let is_emptied = |key: &&str| object.get(*key).is_some_and(Value::is_null);
    for key in MANDATORY.iter().filter(|key| is_emptied(key)) {
        let message = format!("every event has its `{key}`; leave it out, and it stays");
        let refusal = Refusal::new(Code::EmptiedField, message);
        faults.add(refusal.field(*key).given("null"));
    }
    let list = |faults: &mut Faults, key: &str| {
        get(object, key).and_then(|value| parties::parties(faults, key, value))
    };
    let kind = get(object, "kind").and_then(|value| parties::kind(faults, "kind", value));
    let details = get(object, "details").and_then(|value| faults.object("details", value));
    let title = get(object, "title").and_then(|value| faults.object("title", value));
    let patch = Patch {
        kind,
        actors: list(faults, "actors"),
        recipients: list(faults, "recipients"),
        occurred: get(object, "occurred").and_then(|value| faults.date("occurred", value)),
        details: details
            .map(|given| patched(faults, kind, given))
            .unwrap_or_default(),
        title: title
            .map(|t| titles(faults, t).into_iter().collect())
            .unwrap_or_default(),
    };
    let report = nested_report(faults, object);
    if patch.actors.as_ref().is_some_and(Vec::is_empty) {
        faults.add(no_actor());
    }
    fits(faults, &patch);
    if patch.is_empty() && faults.is_empty() {
        let message = "no field is given a new value";
        faults.add(Refusal::new(Code::EmptyCorrection, message));
    }
    Some(Body::Corrected {
        event,
        patch,
        report: report?,
    })
}

/// What a patch alone shows to be unfit, whatever the event is.
fn fits(faults: &mut Faults, patch: &Patch) {
    let needed = patch.kind.map_or(&[][..], |kind| schema(kind).needs);
    for (field, _) in patch.details.iter().filter(|(_, value)| value.is_none()) {
        if let Some(kind) = patch.kind.filter(|_| needed.contains(field)) {
            let message = format!("{} needs the detail `{}`", kind.code(), field.as_str());
            let refusal = Refusal::new(Code::EmptiedField, message);
            let at = format!("details.{}", field.as_str());
            faults.add(refusal.field(at).given("null"));
        }
    }
    let side = |wanted: Field| {
        let mut details = patch.details.iter();
        details.find_map(|(field, value)| match value {
            Some(Held::Party(party)) if *field == wanted => Some(*party),
            _ => None,
        })
    };
    if let Some(host) = side(Field::Host).filter(|host| side(Field::Sender) == Some(*host)) {
        faults.add(both_sides("details.sender", host));
    }
    let actors = patch.actors.as_deref().unwrap_or_default();
    let recipients = patch.recipients.as_deref().unwrap_or_default();
    for (at, parties) in [("actors", actors), ("recipients", recipients)] {
        let twice = |(place, party): (usize, &Party)| parties[..place].contains(party);
        if let Some((_, party)) = parties.iter().enumerate().find(|one| twice(*one)) {
            faults.add(both_sides(at, *party));
        }
    }
    if let Some(both) = recipients.iter().find(|party| actors.contains(party)) {
        faults.add(both_sides("recipients", *both));
    }
}

fn other(faults: &mut Faults, target: Uuid, object: &Object) -> Option<EventId> {
    faults.known("", object, &["id", "other"]);
    let Some(value) = get(object, "other") else {
        faults.missing("other", "the id of the other event");
        return None;
    };
    let other = faults.id("other", value)?;
    if other == target {
        let refusal = Refusal::new(Code::SelfRelation, "an event is linked with another one");
        faults.add(refusal.field("other").given(&other.to_string()));
    }
    Some(EventId(other))
}
