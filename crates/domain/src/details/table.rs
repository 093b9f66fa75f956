//! The table: which details each kind of event takes.

use super::Field::{self, *};
use super::Schema;
use crate::kind::Kind;

/// Fields that every kind may have: the codes that an event came with.
pub const COMMON: &[Field] = &[
    Topic,
    Place,
    Plover,
    PloverMode,
    PloverContext,
    Cameo,
    Score,
];

const MISSION: Schema = Schema {
    needs: &[Mission, Host, Sender],
    takes: &[City, ControlledBy],
};
const ENVOY: Schema = Schema {
    needs: &[Host, Sender, Rank],
    takes: &[Name, People],
};
const GATHERING: Schema = Schema {
    needs: &[],
    takes: &[Name, Level],
};
const NAMED: Schema = Schema {
    needs: &[Name],
    takes: &[What],
};
const LISTING: Schema = Schema {
    needs: &[List, Listed],
    takes: &[],
};
const RECOGNITION: Schema = Schema {
    needs: &[Of],
    takes: &[],
};
const FORCES: Schema = Schema {
    needs: &[],
    takes: &[Crossing, Strength, Name],
};
const FREE: Schema = Schema {
    needs: &[],
    takes: &[Name, What],
};

/// The fields of a kind.
#[must_use]
pub const fn schema(kind: Kind) -> Schema {
    match kind {
        Kind::AuthorityChanged => Schema {
            needs: &[State, Authority],
            takes: &[],
        },
        Kind::RecognitionGranted => Schema {
            needs: &[Of, Form],
            takes: &[],
        },
        Kind::RecognitionWithheld | Kind::RecognitionRefused | Kind::RecognitionWithdrawn => {
            RECOGNITION
        }
        Kind::ListingAdded | Kind::ListingRemoved => LISTING,
        Kind::MissionOpened | Kind::MissionSuspended | Kind::MissionClosed => MISSION,
        Kind::MissionHandedOver => Schema {
            needs: &[Mission, Host, Sender, ControlledBy],
            takes: &[City, Name],
        },
        Kind::EnvoyAppointed
        | Kind::EnvoyAccredited
        | Kind::EnvoyCredentialsPresented
        | Kind::EnvoyRecalled
        | Kind::EnvoyExpelled => ENVOY,
        Kind::VisitMade | Kind::TalksHeld => GATHERING,
        Kind::MeetingAttended => Schema {
            needs: &[Name],
            takes: &[Level],
        },
        Kind::AgreementSigned
        | Kind::AgreementEnded
        | Kind::SanctionImposed
        | Kind::SanctionEased
        | Kind::RestrictionImposed
        | Kind::RestrictionLifted
        | Kind::MeasureAdopted
        | Kind::MeasureDropped
        | Kind::CooperationAgreed => NAMED,
        Kind::ProjectAgreed
        | Kind::ProjectStarted
        | Kind::ProjectSuspended
        | Kind::ProjectCompleted => Schema {
            needs: &[Name],
            takes: &[What, LengthKm],
        },
        Kind::AlertRaised | Kind::AlertLowered | Kind::ForcesReinforced | Kind::ForcesWithdrawn => {
            FORCES
        }
        Kind::ClashOccurred => Schema {
            needs: &[],
            takes: &[Casualties, Means],
        },
        Kind::AttackOccurred => Schema {
            needs: &[Field::From],
            takes: &[Field::Group, Means, Casualties],
        },
        Kind::PresenceClaimed => Schema {
            needs: &[Field::Group, Field::From],
            takes: &[Fighters, Bases, Provinces],
        },
        Kind::TraffickingReported => Schema {
            needs: &[Field::From],
            takes: &[What, Field::Group],
        },
        Kind::FlowReported => Schema {
            needs: &[Field::From],
            takes: &[What, People],
        },
        Kind::ShelterAlleged => Schema {
            needs: &[Field::Group],
            takes: &[Name],
        },
        Kind::ArrestMade | Kind::OperationConducted => Schema {
            needs: &[],
            takes: &[Field::Group, Name, People, Casualties],
        },
        Kind::TradeRestricted | Kind::TradeOpened => Schema {
            needs: &[],
            takes: &[What, Name],
        },
        Kind::BorderClosed | Kind::BorderOpened => Schema {
            needs: &[],
            takes: &[Crossing],
        },
        Kind::AidPledged
        | Kind::AidDelivered
        | Kind::EvacuationAssisted
        | Kind::RefugeesAdmitted
        | Kind::RefugeesReturned => Schema {
            needs: &[],
            takes: &[What, People, Name],
        },
        Kind::Coded => Schema {
            needs: &[],
            takes: &[],
        },
        Kind::RelationsEstablished
        | Kind::RelationsSuspended
        | Kind::RelationsSevered
        | Kind::RelationsRestored => Schema {
            needs: &[],
            takes: &[Level],
        },
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
        | Kind::ThreatMade => FREE,
    }
}
