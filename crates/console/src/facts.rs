//! What a view has about a dimension.

use detente_api::view::labels::{self, Label};
use detente_api::view::{BandView, BasisView, Decimal1, LimitView, RelationView, UNKNOWN};
use detente_domain::dimension::{Dimension, Weighed};

/// What a view has about a dimension.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts<'v> {
    /// The word of the level.
    pub(crate) level: &'v str,
    /// The index, of dimensions that have one.
    pub(crate) index: Option<Decimal1>,
    /// What warms.
    pub(crate) warmth: Option<Decimal1>,
    /// What strains.
    pub(crate) strain: Option<Decimal1>,
    /// The day from which the level holds.
    pub(crate) since: Option<&'v str>,
    /// The day of the last evidence.
    pub(crate) last_evidence: Option<&'v str>,
    /// The days since then.
    pub(crate) stale_days: Option<i32>,
    /// The number of events.
    pub(crate) events: Option<usize>,
    /// The leads.
    pub(crate) leads: usize,
    band: Option<&'v BandView>,
    /// True without new evidence for long.
    pub(crate) stale: bool,
    /// True if it rests on disputed events.
    pub(crate) disputed: bool,
    /// True within the bounds of an imprecise date.
    pub(crate) uncertain: bool,
    /// True if it was not declared.
    pub(crate) presumed: bool,
    mixed: bool,
}

impl<'v> Facts<'v> {
    /// Returns what a view has about a dimension.
    pub(crate) fn new(view: &'v RelationView, dimension: Dimension) -> Self {
        let of = |level, since: &'v Option<String>, basis: &'v BasisView| Self {
            level,
            since: since.as_deref(),
            events: Some(basis.evidence_count),
            disputed: basis.disputed,
            uncertain: basis.uncertain,
            ..Self::default()
        };
        match dimension {
            Dimension::Recognition => {
                let recognition = &view.recognition;
                let level = recognition.level.as_str();
                Self {
                    presumed: recognition.presumed,
                    ..of(level, &recognition.since, &recognition.basis)
                }
            }
            Dimension::Declared => Self {
                level: view.recognition.declared.as_str(),
                ..Self::default()
            },
            Dimension::Representation => {
                let representation = &view.representation;
                let level = representation.level.as_str();
                of(level, &representation.since, &representation.basis)
            }
            Dimension::Posture => {
                let posture = &view.posture;
                Self {
                    level: posture.level.as_str(),
                    index: posture.index,
                    since: posture.since.as_deref(),
                    band: Some(&posture.band),
                    stale: posture.stale,
                    disputed: posture.disputed,
                    ..Self::default()
                }
            }
            Dimension::Weighed(Weighed::Threat) => {
                let threat = &view.threat;
                Self {
                    strain: threat.strain,
                    last_evidence: threat.last_evidence.as_deref(),
                    stale_days: threat.stale_days,
                    leads: threat.leads,
                    stale: threat.stale,
                    ..of(threat.level.as_str(), &threat.since, &threat.basis)
                }
            }
            Dimension::Weighed(weighed) => {
                let Some(weighed) = view.weighed(weighed) else {
                    return Self {
                        level: UNKNOWN,
                        ..Self::default()
                    };
                };
                Self {
                    index: weighed.index,
                    warmth: weighed.warmth,
                    strain: weighed.strain,
                    last_evidence: weighed.last_evidence.as_deref(),
                    stale_days: weighed.stale_days,
                    leads: weighed.leads,
                    band: Some(&weighed.band),
                    stale: weighed.stale,
                    mixed: weighed.mixed,
                    ..of(weighed.level.as_str(), &weighed.since, &weighed.basis)
                }
            }
        }
    }

    /// Returns the index, or the strain of a threat.
    pub(crate) fn figure(self) -> Option<Decimal1> {
        self.index.or(self.strain)
    }

    /// Returns the limits that the level is at.
    pub(crate) fn binding(self) -> impl Iterator<Item = (Label, &'v LimitView)> {
        let limits = self.band.into_iter().flat_map(limits);
        limits.filter(move |(_, limit)| limit.level.as_str() == self.level)
    }

    /// Returns the labels of what is to be known of the level.
    pub(crate) fn flags(self) -> impl Iterator<Item = Label> {
        let flags = [
            (self.stale, labels::STALE),
            (self.disputed, labels::DISPUTED),
            (self.uncertain, labels::UNCERTAIN),
            (self.presumed, labels::PRESUMED),
            (self.mixed, labels::MIXED),
        ];
        let set = flags.into_iter().filter(|(is_set, _)| *is_set);
        set.map(|(_, label)| label)
    }
}

/// Returns the limits of a band with their labels.
pub(crate) fn limits(band: &BandView) -> impl Iterator<Item = (Label, &LimitView)> {
    let limits = [
        (labels::CEILING, &band.ceiling),
        (labels::FLOOR, &band.floor),
    ];
    limits
        .into_iter()
        .filter_map(|(label, limit)| Some((label, limit.as_ref()?)))
}
