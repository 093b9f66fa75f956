//! Ids of the background data: no report may have one, and no amendment has an effect on one.

use detente_domain::background;
use detente_domain::event::EventId;
use uuid::Uuid;

use super::validator::Validator;
use crate::refusal::{Code, Refusal};

/// Refuses an id for a new record if an event of the background data has it.
pub(super) fn refuse_id(validator: &mut Validator, at: &str, id: Uuid) {
    if background::find(EventId(id)).is_some() {
        let message = "an event of the background data has this id";
        let refusal = Refusal::new(Code::IdConflict, message);
        validator.add(refusal.field(at).value(&id.to_string()));
    }
}

/// Refuses an event of the background data as the target of an amendment.
pub(super) fn refuse_target(validator: &mut Validator, at: &str, id: Uuid) {
    if background::find(EventId(id)).is_some() {
        let message = "this is an event of the background data, which cannot be amended; report an \
            event that says otherwise instead, such as membership.left or recognition.granted";
        let refusal = Refusal::new(Code::BackgroundEvent, message);
        validator.add(refusal.field(at).value(&id.to_string()));
    }
}
