//! The table of the fields that each kind of event takes.

use super::Field::{self, *};
use super::Schema;
use crate::kind::Kind;

/// Optional fields of every kind: place, topic, and the codes that an event came with.
pub const COMMON: &[Field] = &[
    Topic,
    Place,
    Plover,
    PloverMode,
    PloverContext,
    Cameo,
    Score,
];

/// Returns the fields of a kind.
#[must_use]
pub const fn schema(kind: Kind) -> Schema {
    match kind {
        Kind::AuthorityChanged => fields(&[State, Authority], &[]),
        Kind::RecognitionGranted => fields(&[Of, Form], &[]),
        Kind::RecognitionWithheld | Kind::RecognitionRefused | Kind::RecognitionWithdrawn => {
            fields(&[Of], &[])
        }
        Kind::ListingAdded | Kind::ListingRemoved => fields(&[List, Listed], &[]),
        Kind::MissionOpened | Kind::MissionSuspended | Kind::MissionClosed => {
            fields(&[Mission, Host, Sender], &[City, ControlledBy])
        }
        Kind::MissionHandedOver => fields(&[Mission, Host, Sender, ControlledBy], &[City, Name]),
        Kind::EnvoyAppointed
        | Kind::EnvoyAccredited
        | Kind::EnvoyCredentialsPresented
        | Kind::EnvoyRecalled
        | Kind::EnvoyExpelled => fields(&[Host, Sender, Rank], &[Name, People]),
        Kind::VisitMade | Kind::TalksHeld => fields(&[], &[Name, Level]),
        Kind::MeetingAttended => fields(&[Name], &[Level]),
        Kind::AgreementSigned
        | Kind::AgreementEnded
        | Kind::SanctionImposed
        | Kind::SanctionEased
        | Kind::RestrictionImposed
        | Kind::RestrictionLifted
        | Kind::MeasureAdopted
        | Kind::MeasureDropped
        | Kind::CooperationAgreed => fields(&[Name], &[What]),
        Kind::ProjectAgreed
        | Kind::ProjectStarted
        | Kind::ProjectSuspended
        | Kind::ProjectCompleted => fields(&[Name], &[What, LengthKm]),
        Kind::AlertRaised | Kind::AlertLowered | Kind::ForcesReinforced | Kind::ForcesWithdrawn => {
            fields(&[], &[Crossing, Strength, Name])
        }
        Kind::ClashOccurred => fields(&[], &[Casualties, Means]),
        Kind::AttackOccurred => fields(&[Field::From], &[Group, Means, Casualties]),
        Kind::PresenceClaimed => fields(&[Group, Field::From], &[Fighters, Bases, Provinces]),
        Kind::TraffickingReported => fields(&[Field::From], &[What, Group]),
        Kind::FlowReported => fields(&[Field::From], &[What, People]),
        Kind::ShelterAlleged => fields(&[Group], &[Name]),
        Kind::ArrestMade | Kind::OperationConducted => {
            fields(&[], &[Group, Name, People, Casualties])
        }
        Kind::TradeRestricted | Kind::TradeOpened => fields(&[], &[What, Name]),
        Kind::BorderClosed | Kind::BorderOpened => fields(&[], &[Crossing]),
        Kind::AidPledged
        | Kind::AidDelivered
        | Kind::EvacuationAssisted
        | Kind::RefugeesAdmitted
        | Kind::RefugeesReturned => fields(&[], &[What, People, Name]),
        Kind::Coded => fields(&[], &[]),
        Kind::RelationsEstablished
        | Kind::RelationsSuspended
        | Kind::RelationsSevered
        | Kind::RelationsRestored => fields(&[], &[Level]),
        Kind::StatementSupportive
        | Kind::StatementCritical
        | Kind::AccusationMade
        | Kind::DemandMade
        | Kind::ReassuranceGiven
        | Kind::ProposalRejected
        | Kind::TensionPrevailed
        | Kind::ChannelOpened
        | Kind::ChannelClosed
        | Kind::PolicyHeld
        | Kind::ThreatMade => fields(&[], &[Name, What]),
    }
}

const fn fields(needs: &'static [Field], takes: &'static [Field]) -> Schema {
    Schema { needs, takes }
}
