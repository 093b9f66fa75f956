//! One conduct of a relation, with what both sides share, on one day.

use detente_domain::dimension::{Register, Weighed};
use detente_domain::event::EventId;
use detente_domain::level::{Declared, Recognition, Representation};
use detente_domain::party::Party;
use detente_domain::state::{Basis, Dispute, RecognitionState, RepresentationState, State};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EntryView, PostureView, ThreatView, WeighedView, Word, code, or_unknown, since};

/// How one state stands towards another on a day, as it was known at a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RelationView {
    /// Whose conduct.
    pub from: Word,
    /// Towards whom.
    pub to: Word,
    /// The day.
    pub at: String,
    /// The position of the log up to which it was known.
    pub known_at: u64,
    /// The projection that judged it.
    pub projection: String,
    /// How far `from` recognises the authority in `to`.
    pub recognition: RecognitionView,
    /// The rank that `from` accepts from `to`.
    pub representation: RepresentationView,
    /// Words, visits, mediation, stance.
    pub political: WeighedView,
    /// Borders, forces, clashes, co-operation in security.
    pub security: WeighedView,
    /// Trade, projects, sanctions.
    pub economic: WeighedView,
    /// Aid, refugees, evacuation.
    pub humanitarian: WeighedView,
    /// Social policies and their spill-over.
    pub societal: WeighedView,
    /// What reaches `from` out of the territory of `to`.
    pub threat: ThreatView,
    /// The blend of all that is known.
    pub posture: PostureView,
    /// Embassies, consulates, liaison offices.
    pub missions: Vec<EntryView>,
    /// Heads of mission and other diplomats.
    pub envoys: Vec<EntryView>,
    /// Diplomatic relations themselves.
    pub relations: Vec<EntryView>,
    /// Terror and sanctions lists.
    pub listings: Vec<EntryView>,
    /// Sanctions in force.
    pub sanctions: Vec<EntryView>,
    /// Closed and reopened crossings.
    pub borders: Vec<EntryView>,
    /// Trade restrictions.
    pub trade: Vec<EntryView>,
    /// Treaties and agreements.
    pub agreements: Vec<EntryView>,
    /// Troops and alerts.
    pub deployments: Vec<EntryView>,
    /// Armed groups whose presence is claimed.
    pub groups: Vec<EntryView>,
    /// Joint projects.
    pub projects: Vec<EntryView>,
    /// Meetings that both attended.
    pub meetings: Vec<EntryView>,
    /// Channels of contact.
    pub channels: Vec<EntryView>,
    /// Restrictions and measures that touch society.
    pub measures: Vec<EntryView>,
    /// Disputed events of the relation.
    pub disputes: Vec<DisputeView>,
}

/// On what a value rests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BasisView {
    /// The day is within the bounds of an imprecise date that the value rests on.
    pub uncertain: bool,
    /// It rests on a disputed event.
    pub disputed: bool,
    /// The weightiest events.
    pub evidence: Vec<Uuid>,
    /// How many there are in all.
    pub evidence_count: usize,
}

/// Recognition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RecognitionView {
    /// `unknown`, `none`, `dealings`, `de_facto` or `de_jure`.
    pub level: Word,
    /// The latest explicit statement: `unknown`, `refuses`, `withholds` or `recognises`.
    pub declared: Word,
    /// Since when the level holds.
    pub since: Option<String>,
    /// What commentators read as recognition. A reading, and no state's word.
    pub implicit_signals: Vec<Uuid>,
    /// What it rests on.
    #[serde(flatten)]
    pub basis: BasisView,
}

/// Representation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RepresentationView {
    /// `unknown`, `none`, `liaison`, `consular`, `charge` or `ambassador`.
    pub level: Word,
    /// The rank that `from` keeps at `to`, in the same words.
    pub sends: Word,
    /// Since when the level holds.
    pub since: Option<String>,
    /// What it rests on.
    #[serde(flatten)]
    pub basis: BasisView,
}

/// A disputed event, with both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DisputeView {
    /// The event.
    pub event: Uuid,
    /// Codes of those who did it, or who say so, with commas between them.
    pub claimed_by: Option<String>,
    /// Codes of the parties that deny it, with commas between them; null where a source
    /// contradicts it.
    pub denied_by: Option<String>,
}

// === impl RelationView ===

impl RelationView {
    /// The view of a state, as known at that position under that projection.
    #[must_use]
    pub fn of(state: &State, known_at: u64, projection: &str) -> Self {
        let (from, to) = state.pair.ends(state.direction);
        let weighed = |weighed: Weighed| WeighedView::of(&state.weighed[weighed.index()], state.at);
        let register = |register: Register| {
            let entries = state.registers.get(&register).into_iter().flatten();
            entries
                .map(|entry| EntryView::of(entry, state.pair))
                .collect::<Vec<_>>()
        };
        Self {
            from: code(from),
            to: code(to),
            at: state.at.to_string(),
            known_at,
            projection: projection.to_owned(),
            recognition: RecognitionView::of(&state.recognition),
            representation: RepresentationView::of(&state.representation),
            political: weighed(Weighed::Political),
            security: weighed(Weighed::Security),
            economic: weighed(Weighed::Economic),
            humanitarian: weighed(Weighed::Humanitarian),
            societal: weighed(Weighed::Societal),
            threat: ThreatView::of(&state.weighed[Weighed::Threat.index()], state.at),
            posture: PostureView::of(&state.posture),
            missions: register(Register::Missions),
            envoys: register(Register::Envoys),
            relations: register(Register::Relations),
            listings: register(Register::Listings),
            sanctions: register(Register::Sanctions),
            borders: register(Register::Borders),
            trade: register(Register::Trade),
            agreements: register(Register::Agreements),
            deployments: register(Register::Deployments),
            groups: register(Register::Groups),
            projects: register(Register::Projects),
            meetings: register(Register::Meetings),
            channels: register(Register::Channels),
            measures: register(Register::Measures),
            disputes: state.disputes.iter().map(DisputeView::of).collect(),
        }
    }

    /// The entries of a register.
    #[must_use]
    pub fn register(&self, register: Register) -> &[EntryView] {
        match register {
            Register::Relations => &self.relations,
            Register::Missions => &self.missions,
            Register::Envoys => &self.envoys,
            Register::Listings => &self.listings,
            Register::Sanctions => &self.sanctions,
            Register::Borders => &self.borders,
            Register::Trade => &self.trade,
            Register::Agreements => &self.agreements,
            Register::Deployments => &self.deployments,
            Register::Groups => &self.groups,
            Register::Projects => &self.projects,
            Register::Meetings => &self.meetings,
            Register::Channels => &self.channels,
            Register::Measures => &self.measures,
        }
    }

    /// A weighed dimension; `None` for threat, which has no index.
    #[must_use]
    pub const fn weighed(&self, weighed: Weighed) -> Option<&WeighedView> {
        match weighed {
            Weighed::Political => Some(&self.political),
            Weighed::Security => Some(&self.security),
            Weighed::Economic => Some(&self.economic),
            Weighed::Humanitarian => Some(&self.humanitarian),
            Weighed::Societal => Some(&self.societal),
            Weighed::Threat => None,
        }
    }
}

// === impl BasisView ===

impl BasisView {
    /// The view of a basis.
    #[must_use]
    pub fn of(basis: &Basis) -> Self {
        Self {
            uncertain: basis.uncertain,
            disputed: basis.disputed,
            evidence: ids(&basis.evidence),
            evidence_count: basis.count,
        }
    }
}

// === impl RecognitionView ===

impl RecognitionView {
    /// The view of recognition.
    #[must_use]
    pub fn of(state: &RecognitionState) -> Self {
        Self {
            level: or_unknown(state.level.map(Recognition::as_str)),
            declared: or_unknown(state.declared.map(Declared::as_str)),
            since: state.since.map(since),
            implicit_signals: ids(&state.signals),
            basis: BasisView::of(&state.basis),
        }
    }
}

// === impl RepresentationView ===

impl RepresentationView {
    /// The view of representation.
    #[must_use]
    pub fn of(state: &RepresentationState) -> Self {
        Self {
            level: or_unknown(state.level.map(Representation::as_str)),
            sends: or_unknown(state.sends.map(Representation::as_str)),
            since: state.since.map(since),
            basis: BasisView::of(&state.basis),
        }
    }
}

// === impl DisputeView ===

impl DisputeView {
    /// The view of a dispute.
    #[must_use]
    pub fn of(dispute: &Dispute) -> Self {
        let codes = |parties: &[Party]| {
            let codes: Vec<&str> = parties.iter().map(|party| party.code()).collect();
            (!codes.is_empty()).then(|| codes.join(","))
        };
        Self {
            event: dispute.event.0,
            claimed_by: codes(&dispute.claimed_by),
            denied_by: codes(&dispute.denied_by),
        }
    }
}

pub(super) fn ids(events: &[EventId]) -> Vec<Uuid> {
    events.iter().map(|event| event.0).collect()
}
