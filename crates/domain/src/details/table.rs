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
        Kind::MembershipJoined | Kind::MembershipSuspended | Kind::MembershipLeft => {
            fields(&[], &[Name])
        }
        Kind::RecognitionGranted => fields(&[Of, Form], &[]),
        Kind::RecognitionWithheld | Kind::RecognitionRefused | Kind::RecognitionWithdrawn => {
            fields(&[Of], &[])
        }
        Kind::ListingAdded | Kind::ListingRemoved => fields(&[List, Listed], &[]),
        Kind::MissionObserved
        | Kind::MissionOpened
        | Kind::MissionSuspended
        | Kind::MissionClosed => fields(&[Mission, Host, Sender], &[City, ControlledBy]),
        Kind::MissionHandedOver => fields(&[Mission, Host, Sender, ControlledBy], &[City, Name]),
        Kind::EnvoyObserved
        | Kind::EnvoyAppointed
        | Kind::EnvoyAccredited
        | Kind::EnvoyCredentialsPresented
        | Kind::EnvoyReturned
        | Kind::EnvoyRecalled => fields(&[Host, Sender, Rank], &[Name, People]),
        Kind::EnvoyExpelled => fields(&[Host, Sender, Rank], &[Name, People, Severity]),
        Kind::EnvoySummoned => fields(&[], &[Name, What]),
        Kind::VisitMade | Kind::TalksHeld | Kind::TalksFailed => fields(&[], &[Name, Level]),
        Kind::MeetingAttended => fields(&[Name], &[Level]),
        Kind::AgreementObserved | Kind::AgreementInitialled | Kind::AgreementSigned => {
            fields(&[Name], &[Type, What])
        }
        Kind::AgreementSuspended
        | Kind::AgreementEnded
        | Kind::SanctionEased
        | Kind::SupportResumed
        | Kind::RestrictionLifted
        | Kind::MeasureDropped
        | Kind::CooperationAgreed
        | Kind::PeaceAgreed => fields(&[Name], &[What]),
        Kind::SanctionImposed
        | Kind::SupportSuspended
        | Kind::RestrictionImposed
        | Kind::MeasureAdopted => fields(&[Name], &[What, Severity]),
        Kind::AllianceFormed => fields(&[Obligation], &[Name, What]),
        Kind::AllianceSuspended | Kind::AllianceEnded => fields(&[], &[Name, Obligation, What]),
        Kind::ProjectAgreed
        | Kind::ProjectStarted
        | Kind::ProjectSuspended
        | Kind::ProjectCompleted => fields(&[Name], &[What, LengthKm]),
        Kind::AlertRaised | Kind::AlertLowered | Kind::ForcesWithdrawn => {
            fields(&[], &[Crossing, Strength, Name])
        }
        Kind::ForcesDeployed | Kind::ForcesReinforced => {
            fields(&[], &[Crossing, Strength, Name, Consent])
        }
        Kind::WarBegan => fields(&[], &[Name, Casualties]),
        Kind::CeasefireAgreed | Kind::CeasefireBroken | Kind::WarEnded => fields(&[], &[Name]),
        Kind::ClashOccurred | Kind::ForceUsed => fields(&[], &[Casualties, Means, Severity]),
        Kind::ForceDisplayed | Kind::CyberConducted => fields(&[], &[Means, Strength, Severity]),
        Kind::TerritoryClaimed => fields(&[], &[Territory, What, Severity]),
        Kind::TerritoryOccupied | Kind::TerritoryAnnexed | Kind::TerritoryReturned => {
            fields(&[], &[Territory])
        }
        Kind::ExerciseHeld => fields(&[], &[Name, Strength]),
        Kind::AttackOccurred => fields(&[Field::From], &[Group, Means, Casualties, Severity]),
        Kind::PresenceClaimed => fields(&[Group, Field::From], &[Fighters, Bases, Provinces]),
        Kind::GroupDisbanded => fields(&[Group, Field::From], &[]),
        Kind::TraffickingReported => fields(&[Field::From], &[What, Group]),
        Kind::FlowReported => fields(&[Field::From], &[What, People]),
        Kind::ShelterAlleged | Kind::GroupSupported => fields(&[Group], &[Name, What]),
        Kind::ArrestMade => fields(&[], &[Group, Name, People, Casualties, Target]),
        Kind::OperationConducted => {
            fields(&[], &[Group, Name, People, Casualties, Target, Consent])
        }
        Kind::HostageTaken | Kind::HostageReleased | Kind::PrisonersExchanged => {
            fields(&[], &[Name, People, Group])
        }
        Kind::TradeRestricted | Kind::TariffImposed => fields(&[], &[What, Name, Severity]),
        Kind::TradeOpened | Kind::TariffLifted => fields(&[], &[What, Name]),
        Kind::BorderClosed | Kind::BorderOpened => fields(&[], &[Crossing]),
        Kind::AirspaceClosed | Kind::AirspaceOpened => fields(&[], &[What]),
        Kind::VisaRequired | Kind::VisaWaived => fields(&[], &[What]),
        Kind::AidPledged
        | Kind::AidDelivered
        | Kind::ArmsSupplied
        | Kind::EvacuationAssisted
        | Kind::RefugeesAdmitted => fields(&[], &[What, People, Name]),
        Kind::RefugeesReturned => fields(&[], &[What, People, Name, Severity]),
        Kind::Coded => fields(&[], &[]),
        Kind::RelationsObserved
        | Kind::RelationsEstablished
        | Kind::RelationsUpgraded
        | Kind::RelationsDowngraded
        | Kind::RelationsSuspended
        | Kind::RelationsSevered
        | Kind::RelationsRestored => fields(&[], &[Level]),
        Kind::StatementCritical
        | Kind::AccusationMade
        | Kind::DemandMade
        | Kind::ThreatMade
        | Kind::ProposalRejected => fields(&[], &[Name, What, Severity]),
        Kind::PolicyHeld => fields(&[], &[Name, What, Stance]),
        Kind::StatementSupportive
        | Kind::ComplaintFiled
        | Kind::ReassuranceGiven
        | Kind::TensionPrevailed
        | Kind::ChannelOpened
        | Kind::ChannelClosed => fields(&[], &[Name, What]),
    }
}

const fn fields(needs: &'static [Field], takes: &'static [Field]) -> Schema {
    Schema { needs, takes }
}
