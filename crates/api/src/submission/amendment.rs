//! Amendments as clients write them: additions and changes to events that were reported before.

use detente_domain::details::{self, Field, schema};
use detente_domain::event::{EventId, Report};
use detente_domain::party::Party;
use detente_domain::record::{Body, Patch, RecordId};
use serde_json::Value;
use uuid::Uuid;

use super::event::{KEYS, both_sides, no_actor, patched, titles};
use super::input::{Input, Object};
use super::validator::{Suggestions, Validator, validated};
use super::{background, parties, report};
use crate::limits;
use crate::proto::amendment::Amend as Content;
use crate::refusal::{Code, Refusal};

/// The longest claim or reason, in characters.
pub(super) const TEXT_MAX: usize = limits::CLAIM;

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident $key:literal $segment:literal,)+) => {
        /// The operations that amend an event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Amend { $($(#[$doc])* $variant,)+ }

        impl Amend {
            /// All operations, in order.
            pub const ALL: [Self; 6] = [$(Self::$variant,)+];

            /// The key that names the target in a row, as in `{"dispute": "<id>", …}`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// The last segment of its path, `/v1/events/{id}/…`.
            #[must_use]
            pub const fn path_segment(self) -> &'static str {
                match self { $(Self::$variant => $segment,)+ }
            }

            /// Returns the operation of a message, and its fields.
            pub(super) fn of(content: &Content) -> (Self, &dyn Object) {
                match content { $(Content::$variant(fields) => (Self::$variant, fields),)+ }
            }
        }
    };
}

operations! {
    /// Adds a publication: `{"report": {…}}`, or the publication itself.
    Corroborate "corroborate" "reports",
    /// Adds a denial or contradiction: `{"by": "TALIBAN", "claim": "…", "report": {…}}`.
    Dispute "dispute" "disputes",
    /// Sets new values: `{"occurred": "…", "details": {"city": null}, "report": {…}}`.
    Correct "correct" "corrections",
    /// Retracts the target, which may be any record: `{"reason": "…"}`.
    Retract "retract" "retraction",
    /// Links an event with another one as the same event: `{"other": "<id>"}`.
    Link "link" "links",
    /// Ends such a link: `{"other": "<id>"}`.
    Unlink "unlink" "unlinks",
}

/// A valid amendment, possibly without an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// The id, if the client gave one.
    pub id: Option<Uuid>,
    /// The content.
    pub body: Body,
}

impl Amendment {
    /// Returns the operation and the id that it is about; of a link, that of the first event. `None`
    /// for the content of a record that is no amendment.
    #[must_use]
    pub const fn operation(&self) -> Option<(Amend, Uuid)> {
        match &self.body {
            Body::Corroborated { event, .. } => Some((Amend::Corroborate, event.0)),
            Body::Disputed { event, .. } => Some((Amend::Dispute, event.0)),
            Body::Corrected { event, .. } => Some((Amend::Correct, event.0)),
            Body::Retracted { record, .. } => Some((Amend::Retract, record.0)),
            Body::Linked { one, .. } => Some((Amend::Link, one.0)),
            Body::Unlinked { one, .. } => Some((Amend::Unlink, one.0)),
            Body::Reported(_) | Body::Tick { .. } => None,
        }
    }
}

/// Parses an amendment of a target: an event or, for a retraction, any record.
///
/// # Errors
/// Returns all refusals, not only the first.
pub fn amendment(amend: Amend, target: Uuid, value: &Value) -> Result<Amendment, Vec<Refusal>> {
    validated(&mut Suggestions::default(), |validator| {
        background::refuse_target(validator, "id", target);
        let object = validator.object("", Input::Json(value))?;
        parse(validator, amend, target, object.get("id"), object)
    })
}

/// Parses a row that names its target, which is removed from it; `None` if it is not an amendment.
pub(super) fn row(
    value: &mut Value,
    suggestions: &mut Suggestions,
) -> Option<Result<Amendment, Vec<Refusal>>> {
    let object = value.as_object_mut()?;
    let mut operations = Amend::ALL.into_iter();
    let (amend, target) =
        operations.find_map(|amend| Some((amend, object.remove(amend.as_str())?)))?;
    Some(validated(suggestions, |validator| {
        let target = validator.id(amend.as_str(), Input::Json(&target));
        let (target, id) = (target.unwrap_or_default(), Object::get(object, "id"));
        background::refuse_target(validator, amend.as_str(), target);
        parse(validator, amend, target, id, object)
    }))
}

/// Parses the id and the fields of an amendment.
pub(super) fn parse(
    validator: &mut Validator,
    amend: Amend,
    target: Uuid,
    id: Option<Input<'_>>,
    object: &dyn Object,
) -> Option<Amendment> {
    let id = id.and_then(|value| validator.id("id", value));
    if let Some(id) = id {
        background::refuse_id(validator, "id", id);
    }
    if id == Some(target) {
        let refusal = Refusal::new(Code::SelfRelation, "a record cannot amend itself");
        validator.add(refusal.field("id").value(&target.to_string()));
    }
    let event = EventId(target);
    let body = match amend {
        Amend::Corroborate => Body::Corroborated {
            event,
            report: lone_report(validator, object)?,
        },
        Amend::Dispute => dispute(validator, event, object)?,
        Amend::Correct => correction(validator, event, object)?,
        Amend::Retract => {
            validator.allow_keys("", object, &["id", "reason"]);
            let text = Validator::text::<TEXT_MAX>;
            Body::Retracted {
                record: RecordId(target),
                reason: validator.required("reason", object, "the reason", text)?,
            }
        }
        Amend::Link => Body::Linked {
            one: event,
            other: other(validator, target, object)?,
        },
        Amend::Unlink => Body::Unlinked {
            one: event,
            other: other(validator, target, object)?,
        },
    };
    Some(Amendment { id, body })
}

/// Parses the publication under the key `report`, or from the object itself.
fn lone_report(validator: &mut Validator, object: &dyn Object) -> Option<Report> {
    if object.raw("report").is_some() {
        validator.allow_keys("", object, &["id", "report"]);
        return report::required(validator, object);
    }
    let known: Vec<&str> = report::KEYS.into_iter().chain(["id"]).collect();
    validator.allow_keys("", object, &known);
    report::parse(validator, "", object)
}

fn dispute(validator: &mut Validator, event: EventId, object: &dyn Object) -> Option<Body> {
    validator.allow_keys("", object, &["id", "by", "claim", "report"]);
    let by = validator.optional("by", object, parties::party);
    let claim = validator.optional("claim", object, Validator::text::<TEXT_MAX>);
    Some(Body::Disputed {
        event,
        by,
        report: report::required(validator, object)?,
        claim,
    })
}

/// The keys that null cannot clear.
const MANDATORY: [&str; 4] = ["kind", "actors", "occurred", "title"];

fn correction(validator: &mut Validator, event: EventId, object: &dyn Object) -> Option<Body> {
    validator.allow_keys("", object, &KEYS);
    let is_emptied = |key: &&str| object.raw(key).is_some_and(Input::is_null);
    for key in MANDATORY.iter().filter(|key| is_emptied(key)) {
        let message = format!("every event has a `{key}`; leave it out to keep it");
        let refusal = Refusal::new(Code::EmptiedField, message);
        validator.add(refusal.field(*key).value("null"));
    }
    let kind = validator.optional("kind", object, parties::kind);
    let details = validator.optional("details", object, Validator::object);
    let title = validator.optional("title", object, Validator::object);
    let patch = Patch {
        kind,
        actors: validator.optional("actors", object, parties::parties),
        recipients: validator.optional("recipients", object, parties::parties),
        occurred: validator.optional("occurred", object, Validator::date),
        details: details.map_or_else(Vec::new, |details| patched(validator, kind, details)),
        title: title
            .into_iter()
            .flat_map(|title| titles(validator, title))
            .collect(),
    };
    let report = report::required(validator, object);
    if patch.actors.as_ref().is_some_and(Vec::is_empty) {
        validator.add(no_actor());
    }
    fits(validator, &patch);
    if patch.is_empty() && validator.is_empty() {
        let message = "no field is given a new value";
        validator.add(Refusal::new(Code::EmptyCorrection, message));
    }
    Some(Body::Corrected {
        event,
        patch,
        report: report?,
    })
}

/// Checks a patch as far as that is possible without the event.
fn fits(validator: &mut Validator, patch: &Patch) {
    let needed = patch.kind.map_or(&[][..], |kind| schema(kind).needs);
    for (field, _) in patch.details.iter().filter(|(_, value)| value.is_none()) {
        if let Some(kind) = patch.kind.filter(|_| needed.contains(field)) {
            let message = format!("{} needs the detail `{}`", kind.as_str(), field.as_str());
            let refusal = Refusal::new(Code::EmptiedField, message);
            let at = format!("details.{}", field.as_str());
            validator.add(refusal.field(at).value("null"));
        }
    }
    let side = |wanted: Field| {
        let mut details = patch.details.iter();
        details.find_map(|(field, value)| match value {
            Some(details::Value::Party(party)) if *field == wanted => Some(*party),
            _ => None,
        })
    };
    if let Some(host) = side(Field::Host).filter(|host| side(Field::Sender) == Some(*host)) {
        validator.add(both_sides("details.sender", host));
    }
    let actors = patch.actors.as_deref().unwrap_or_default();
    let recipients = patch.recipients.as_deref().unwrap_or_default();
    for (at, parties) in [("actors", actors), ("recipients", recipients)] {
        let twice = |(place, party): (usize, &Party)| parties[..place].contains(party);
        if let Some((_, party)) = parties.iter().enumerate().find(|entry| twice(*entry)) {
            validator.add(both_sides(at, *party));
        }
    }
    if let Some(both) = recipients.iter().find(|party| actors.contains(party)) {
        validator.add(both_sides("recipients", *both));
    }
    if let Some(occurred) = &patch.occurred {
        let details = patch.details.iter();
        let details = details.filter_map(|(field, value)| Some((*field, value.as_ref()?)));
        let parties = parties::named(actors, recipients, details);
        parties::existed(validator, parties, occurred);
    }
}

fn other(validator: &mut Validator, target: Uuid, object: &dyn Object) -> Option<EventId> {
    validator.allow_keys("", object, &["id", "other"]);
    let wanted = "the id of the other event";
    let other = validator.required("other", object, wanted, Validator::id)?;
    background::refuse_target(validator, "other", other);
    if other == target {
        let refusal = Refusal::new(Code::SelfRelation, "an event is linked with another one");
        validator.add(refusal.field("other").value(&other.to_string()));
    }
    Some(EventId(other))
}
