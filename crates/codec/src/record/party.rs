//! Parties as codes, and ids as 16 bytes.

use detente_domain::event::EventId;
use detente_domain::party::Party;
use uuid::Uuid;

use super::{NotUnderstood, unknown};

pub(super) fn to_proto(parties: &[Party]) -> Vec<String> {
    parties
        .iter()
        .map(|party| party.code().to_owned())
        .collect()
}

pub(super) fn from_proto(codes: &[String]) -> Result<Vec<Party>, NotUnderstood> {
    codes.iter().map(|code| find(code)).collect()
}

pub(super) fn find(code: &str) -> Result<Party, NotUnderstood> {
    Party::find(code).ok_or_else(|| unknown("a party", code))
}

pub(super) fn uuid(bytes: &[u8]) -> Result<Uuid, NotUnderstood> {
    Uuid::from_slice(bytes).map_err(|_| unknown("an id of so many bytes", &bytes.len()))
}

pub(super) fn event(bytes: &[u8]) -> Result<EventId, NotUnderstood> {
    uuid(bytes).map(EventId)
}
