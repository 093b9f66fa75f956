//! One conduct of a relation on one day, with the values that both sides share.

use detente_domain::dimension::{Register, Weighed};
use detente_domain::event::EventId;
use detente_domain::level::{Declared, Recognition, Representation};
use detente_domain::party::Party;
use detente_domain::state::{Basis, Dispute, RecognitionState, RepresentationState, State};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EntryView, Named, PostureView, Text, ThreatView, WeighedView, code, since};

/// The conduct of one state towards another on a day, as known at a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RelationView {
    /// The state whose conduct it is.
    pub from: Text,
    /// The state that the conduct is towards.
    pub to: Text,
    /// The day.
    pub at: String,
    /// The position up to which the log was known.
    pub known_at: u64,
    /// The projection.
    pub projection: String,
    /// The recognition of the authority in `to` by `from`.
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
    /// Threats to `from` out of the territory of `to`.
    pub threat: ThreatView,
    /// The blend of all known dimensions.
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

/// The evidence of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BasisView {
    /// True if the day is within the bounds of an imprecise date that the value rests on.
    pub uncertain: bool,
    /// True if it rests on a disputed event.
    pub disputed: bool,
    /// The events with the most weight.
    pub evidence: Vec<Uuid>,
    /// The total number of events.
    pub evidence_count: usize,
}

/// Recognition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RecognitionView {
    /// The level.
    pub level: Named<Option<Recognition>>,
    /// The latest explicit statement.
    pub declared: Named<Option<Declared>>,
    /// The date since which the level holds.
    pub since: Option<String>,
    /// Events that commentators interpret as recognition; they have no effect on the level.
    pub implicit_signals: Vec<Uuid>,
    /// The evidence.
    #[serde(flatten)]
    pub basis: BasisView,
}

/// Representation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RepresentationView {
    /// The rank that `from` accepts from `to`.
    pub level: Named<Option<Representation>>,
    /// The rank that `from` keeps at `to`.
    pub sends: Named<Option<Representation>>,
    /// The date since which the level holds.
    pub since: Option<String>,
    /// The evidence.
    #[serde(flatten)]
    pub basis: BasisView,
}

/// A disputed event, with both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DisputeView {
    /// The event.
    pub event: Uuid,
    /// The codes of the parties that did it or claim it, comma-separated.
    pub claimed_by: Option<String>,
    /// The codes of the parties that deny it, comma-separated; null if a source contradicts it.
    pub denied_by: Option<String>,
}

// === impl RelationView ===

impl RelationView {
    /// Creates the view of a state, as known at a position under a projection.
    #[must_use]
    pub fn new(state: &State, known_at: u64, projection: &str) -> Self {
        let (from, to) = state.pair.ends(state.direction);
        let weighed =
            |weighed: Weighed| WeighedView::new(&state.weighed[weighed.index()], state.at);
        let register = |register: Register| {
            let entries = state.registers.get(&register).into_iter().flatten();
            entries
                .map(|entry| EntryView::new(entry, state.pair))
                .collect::<Vec<_>>()
        };
        Self {
            from: code(from),
            to: code(to),
            at: state.at.to_string(),
            known_at,
            projection: projection.to_owned(),
            recognition: (&state.recognition).into(),
            representation: (&state.representation).into(),
            political: weighed(Weighed::Political),
            security: weighed(Weighed::Security),
            economic: weighed(Weighed::Economic),
            humanitarian: weighed(Weighed::Humanitarian),
            societal: weighed(Weighed::Societal),
            threat: ThreatView::new(&state.weighed[Weighed::Threat.index()], state.at),
            posture: (&state.posture).into(),
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
            disputes: state.disputes.iter().map(DisputeView::from).collect(),
        }
    }

    /// Returns the entries of a register.
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

    /// Returns a weighed dimension; `None` for threat, which has no index.
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

impl From<&Basis> for BasisView {
    fn from(basis: &Basis) -> Self {
        Self {
            uncertain: basis.uncertain,
            disputed: basis.disputed,
            evidence: ids(&basis.evidence),
            evidence_count: basis.count,
        }
    }
}

// === impl RecognitionView ===

impl From<&RecognitionState> for RecognitionView {
    fn from(state: &RecognitionState) -> Self {
        Self {
            level: Named(state.level),
            declared: Named(state.declared),
            since: state.since.map(since),
            implicit_signals: ids(&state.signals),
            basis: (&state.basis).into(),
        }
    }
}

// === impl RepresentationView ===

impl From<&RepresentationState> for RepresentationView {
    fn from(state: &RepresentationState) -> Self {
        Self {
            level: Named(state.level),
            sends: Named(state.sends),
            since: state.since.map(since),
            basis: (&state.basis).into(),
        }
    }
}

// === impl DisputeView ===

impl From<&Dispute> for DisputeView {
    fn from(dispute: &Dispute) -> Self {
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
