//! Amendments as clients write them: additions and changes to events that were reported before.

use detente_domain::details::{Field, Value as Held, schema};
use detente_domain::event::{EventId, Report};
use detente_domain::party::Party;
use detente_domain::record::{Body, Patch, RecordId};
use serde_json::Value;
use uuid::Uuid;

use super::event::{KEYS, both_sides, no_actor, patched, titles};
use super::validator::{Object, Validator, get};
use super::{parties, report};
use crate::refusal::{Code, Refusal};

/// The longest claim or reason, in bytes.
const TEXT_MAX: usize = 2_000;

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

/// Parses an amendment of a target: an event or, for a retraction, any record.
///
/// # Errors
/// Returns all refusals, not only the first.
pub fn amendment(amend: Amend, target: Uuid, value: &Value) -> Result<Amendment, Vec<Refusal>> {
    let mut validator = Validator::default();
    let object = validator.object("", value);
    let amendment = object.and_then(|object| parse(&mut validator, amend, target, object));
    validator.finish(amendment)
}

/// Parses a row that names its target; `None` if it is not an amendment.
pub(super) fn row(value: &Value) -> Option<Result<Amendment, Vec<Refusal>>> {
    let object = value.as_object()?;
    let amend = Amend::ALL
        .into_iter()
        .find(|amend| object.contains_key(amend.as_str()))?;
    let mut validator = Validator::default();
    let mut rest = object.clone();
    let named = rest.remove(amend.as_str()).unwrap_or_default();
    let target = validator.id(amend.as_str(), &named).unwrap_or_default();
    let amendment = parse(&mut validator, amend, target, &rest);
    Some(validator.finish(amendment))
}

fn parse(
    validator: &mut Validator,
    amend: Amend,
    target: Uuid,
    object: &Object,
) -> Option<Amendment> {
    let id = get(object, "id").and_then(|value| validator.id("id", value));
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
            let reason = validator.required("reason", object, "the reason")?;
            Body::Retracted {
                record: RecordId(target),
                reason: validator.text("reason", reason, TEXT_MAX)?,
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
fn lone_report(validator: &mut Validator, object: &Object) -> Option<Report> {
    if object.contains_key("report") {
        validator.allow_keys("", object, &["id", "report"]);
        return report::required(validator, object);
    }
    let known: Vec<&str> = report::KEYS.into_iter().chain(["id"]).collect();
    validator.allow_keys("", object, &known);
    report::parse(validator, "", object)
}

fn dispute(validator: &mut Validator, event: EventId, object: &Object) -> Option<Body> {
    validator.allow_keys("", object, &["id", "by", "claim", "report"]);
    let by = get(object, "by").and_then(|value| parties::party(validator, "by", value));
    let claim = get(object, "claim");
    let claim = claim.and_then(|value| validator.text("claim", value, TEXT_MAX));
    Some(Body::Disputed {
        event,
        by,
        report: report::required(validator, object)?,
        claim,
    })
}

/// The keys that null cannot clear.
const MANDATORY: [&str; 4] = ["kind", "actors", "occurred", "title"];

fn correction(validator: &mut Validator, event: EventId, object: &Object) -> Option<Body> {
    validator.allow_keys("", object, &KEYS);
    let is_emptied = |key: &&str| object.get(*key).is_some_and(Value::is_null);
    for key in MANDATORY.iter().filter(|key| is_emptied(key)) {
        let message = format!("every event has a `{key}`; leave it out to keep it");
        let refusal = Refusal::new(Code::EmptiedField, message);
        validator.add(refusal.field(*key).value("null"));
    }
    let list = |validator: &mut Validator, key: &str| {
        get(object, key).and_then(|value| parties::parties(validator, key, value))
    };
    let kind = get(object, "kind").and_then(|value| parties::kind(validator, "kind", value));
    let details = get(object, "details").and_then(|value| validator.object("details", value));
    let title = get(object, "title").and_then(|value| validator.object("title", value));
    let patch = Patch {
        kind,
        actors: list(validator, "actors"),
        recipients: list(validator, "recipients"),
        occurred: get(object, "occurred").and_then(|value| validator.date("occurred", value)),
        details: details
            .map(|given| patched(validator, kind, given))
            .unwrap_or_default(),
        title: title
            .map(|t| titles(validator, t).into_iter().collect())
            .unwrap_or_default(),
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
            let message = format!("{} needs the detail `{}`", kind.code(), field.as_str());
            let refusal = Refusal::new(Code::EmptiedField, message);
            let at = format!("details.{}", field.as_str());
            validator.add(refusal.field(at).value("null"));
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
        validator.add(both_sides("details.sender", host));
    }
    let actors = patch.actors.as_deref().unwrap_or_default();
    let recipients = patch.recipients.as_deref().unwrap_or_default();
    for (at, parties) in [("actors", actors), ("recipients", recipients)] {
        let twice = |(place, party): (usize, &Party)| parties[..place].contains(party);
        if let Some((_, party)) = parties.iter().enumerate().find(|one| twice(*one)) {
            validator.add(both_sides(at, *party));
        }
    }
    if let Some(both) = recipients.iter().find(|party| actors.contains(party)) {
        validator.add(both_sides("recipients", *both));
    }
}

fn other(validator: &mut Validator, target: Uuid, object: &Object) -> Option<EventId> {
    validator.allow_keys("", object, &["id", "other"]);
    let value = validator.required("other", object, "the id of the other event")?;
    let other = validator.id("other", value)?;
    if other == target {
        let refusal = Refusal::new(Code::SelfRelation, "an event is linked with another one");
        validator.add(refusal.field("other").value(&other.to_string()));
    }
    Some(EventId(other))
}
