//! One conduct of a relation on one day, with the values that both sides share.

use std::collections::{BTreeMap, BTreeSet};

use detente_domain::dimension::{Register, Weighed};
use detente_domain::event::EventId;
use detente_domain::level::{Declared, Recognition, Representation};
use detente_domain::party::Party;
use detente_domain::state::{Basis, Dispute, RecognitionState, RepresentationState, State};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    EntryView, Fit, Named, PostureView, Text, ThreatView, WeighedView, borrowed, code, since,
};

/// Defines [`RelationView`] from its weighed dimensions and its registers.
macro_rules! relation_view {
    (
        dimensions { $($(#[$dimension_doc:meta])+ $dimension:ident: $weighed:ident,)+ }
        registers { $($(#[$register_doc:meta])+ $entries:ident: $register:ident,)+ }
    ) => {
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
            $($(#[$dimension_doc])+ pub $dimension: WeighedView,)+
            /// Threats to `from` out of the territory of `to`.
            pub threat: ThreatView,
            /// The posture: the index of the pooled evidence of the dimensions.
            pub posture: PostureView,
            $($(#[$register_doc])+ pub $entries: Vec<EntryView>,)+
            /// Disputed events of the relation.
            pub disputes: Vec<DisputeView>,
            /// What was left out so that the view has at most 1 MiB; null if it is whole.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub cut: Option<CutLists>,
        }

        impl RelationView {
            /// Creates the view of a state, as known at a position under a projection.
            #[must_use]
            pub fn new(state: &State, known_at: u64, projection: &str) -> Self {
                let (from, to) = state.pair.ends(state.direction);
                let weighed = |weighed: Weighed| &state.weighed[weighed.index()];
                let entries = |register| {
                    let entries = state.registers.get(&register).into_iter().flatten();
                    entries.map(|entry| EntryView::new(entry, state.pair)).collect()
                };
                Self {
                    from: code(from),
                    to: code(to),
                    at: state.at.to_string(),
                    known_at,
                    projection: projection.to_owned(),
                    recognition: (&state.recognition).into(),
                    representation: (&state.representation).into(),
                    $($dimension: WeighedView::new(weighed(Weighed::$weighed), state.at),)+
                    threat: ThreatView::new(weighed(Weighed::Threat), state.at),
                    posture: (&state.posture).into(),
                    $($entries: entries(Register::$register),)+
                    disputes: state.disputes.iter().map(DisputeView::from).collect(),
                    cut: None,
                }
            }

            /// Returns a weighed dimension; `None` for threat, which has no index.
            #[must_use]
            pub const fn weighed(&self, weighed: Weighed) -> Option<&WeighedView> {
                match weighed {
                    $(Weighed::$weighed => Some(&self.$dimension),)+
                    Weighed::Threat => None,
                }
            }

            /// Returns the entries of a register.
            #[must_use]
            pub fn register(&self, register: Register) -> &[EntryView] {
                match register { $(Register::$register => &self.$entries,)+ }
            }

            /// Returns the entries of a register, to be changed.
            const fn register_mut(&mut self, register: Register) -> &mut Vec<EntryView> {
                match register { $(Register::$register => &mut self.$entries,)+ }
            }

            /// Returns every register with its entries, in the order of the fields.
            pub fn registers(&self) -> impl Iterator<Item = (Register, &[EntryView])> {
                let registers = [$(Register::$register),+].into_iter();
                registers.map(move |register| (register, self.register(register)))
            }
        }
    };
}

relation_view! {
    dimensions {
        /// Statements, visits, mediation, declared positions.
        political: Political,
        /// Borders, forces, clashes, co-operation in security.
        security: Security,
        /// Trade, projects, sanctions.
        economic: Economic,
        /// Aid, refugees, evacuation.
        humanitarian: Humanitarian,
        /// Social policies and their effects across the border.
        societal: Societal,
    }
    registers {
        /// Embassies, consulates and liaison offices.
        missions: Missions,
        /// Heads of mission and other diplomats.
        envoys: Envoys,
        /// Diplomatic relations themselves.
        relations: Relations,
        /// Entries in terror and sanctions lists.
        listings: Listings,
        /// Sanctions in force.
        sanctions: Sanctions,
        /// Closed and reopened crossings.
        borders: Borders,
        /// Closed and reopened airspace.
        airspace: Airspace,
        /// Visa regimes.
        visas: Visas,
        /// Trade restrictions and tariffs.
        trade: Trade,
        /// Treaties and agreements.
        agreements: Agreements,
        /// Alliances.
        alliances: Alliances,
        /// Organisations that both states are members of.
        memberships: Memberships,
        /// Wars and ceasefires.
        wars: Wars,
        /// Territory of the other state that is occupied or annexed.
        occupations: Occupations,
        /// Troops and alerts.
        deployments: Deployments,
        /// Armed groups whose presence is claimed.
        groups: Groups,
        /// Hostages and detained citizens.
        detentions: Detentions,
        /// Joint projects.
        projects: Projects,
        /// Meetings that both attended.
        meetings: Meetings,
        /// Channels of contact.
        channels: Channels,
        /// Restrictions and measures that affect society.
        measures: Measures,
    }
}

/// The lists of a view that hold their newest entries only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CutLists {
    /// By register, `disputes` or `implicit_signals`: the number of all entries.
    pub entries_total: BTreeMap<Text, usize>,
    /// By the same names: the path at which all entries are read in pages.
    pub pages: BTreeMap<Text, String>,
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
    /// True if it follows from established relations or common membership in the United Nations,
    /// and not from a declaration.
    pub presumed: bool,
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

impl Fit for RelationView {
    fn longest(&self) -> usize {
        let registers = self.registers().map(|(_, entries)| entries.len());
        let signals = self.recognition.implicit_signals.len();
        let lengths = registers.chain([self.disputes.len(), signals]);
        lengths.max().unwrap_or(0)
    }

    /// Keeps the newest entries.
    fn shorten(&mut self, limit: usize) {
        for register in Register::ALL {
            let entries = self.register_mut(register);
            let total = entries.len();
            keep_latest_since(entries, limit);
            let name = register.as_str();
            self.note(name, total, limit, &format!("registers/{name}"));
        }
        // Later events come last.
        let total = keep_last(&mut self.disputes, limit);
        self.note("disputes", total, limit, "events");
        let total = keep_last(&mut self.recognition.implicit_signals, limit);
        self.note("implicit_signals", total, limit, "events");
    }
}

impl RelationView {
    /// Notes the number of all entries of a list, if it was cut, and where they are.
    fn note(&mut self, name: &'static str, total: usize, limit: usize, part: &str) {
        if total <= limit {
            return;
        }
        let Self {
            from,
            to,
            at,
            known_at,
            ..
        } = self;
        let path = format!("/v1/relations/{from}/{to}/{part}?at={at}&known_at={known_at}");
        let cut = self.cut.get_or_insert_default();
        // The first cut knows the number of all.
        cut.entries_total.entry(borrowed(name)).or_insert(total);
        cut.pages.entry(borrowed(name)).or_insert(path);
    }
}

/// Keeps the last entries. Returns the number of all.
fn keep_last<T>(entries: &mut Vec<T>, limit: usize) -> usize {
    let total = entries.len();
    entries.drain(..total.saturating_sub(limit));
    total
}

/// Keeps the entries whose status is the latest, in their order.
fn keep_latest_since(entries: &mut Vec<EntryView>, limit: usize) {
    if entries.len() <= limit {
        return;
    }
    let mut newest: Vec<usize> = (0..entries.len()).collect();
    newest.sort_by(|one, other| entries[*one].newest_first(&entries[*other]));
    let newest: BTreeSet<usize> = newest.into_iter().take(limit).collect();
    let mut indices = 0..;
    entries.retain(|_| indices.next().is_some_and(|index| newest.contains(&index)));
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
            presumed: state.presumed,
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
