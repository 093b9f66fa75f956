//! How states stand towards each other.

use super::{all, count, details, ids, number, scale, text};
use crate::proto;
use crate::view::{
    DisputeView, EntryView, PostureView, RecognitionView, RelationView, RepresentationView,
    ThreatView, WeighedView,
};

pub(super) fn level(word: &str) -> i32 {
    scale("LEVEL", word, proto::Level::from_str_name)
}

pub(super) fn recognition(word: &str) -> i32 {
    scale(
        "RECOGNITION_LEVEL",
        word,
        proto::RecognitionLevel::from_str_name,
    )
}

pub(super) fn declaration(word: &str) -> i32 {
    scale("DECLARATION", word, proto::Declaration::from_str_name)
}

pub(super) fn rank(word: &str) -> i32 {
    scale("RANK", word, proto::Rank::from_str_name)
}

pub(super) fn threat(word: &str) -> i32 {
    scale("THREAT_LEVEL", word, proto::ThreatLevel::from_str_name)
}

pub(super) fn trajectory(word: &str) -> i32 {
    scale("TRAJECTORY", word, proto::Trajectory::from_str_name)
}

impl From<&RelationView> for proto::Relation {
    fn from(view: &RelationView) -> Self {
        Self {
            from: view.from.to_string(),
            to: view.to.to_string(),
            at: view.at.clone(),
            known_at: view.known_at,
            projection: view.projection.clone(),
            recognition: Some((&view.recognition).into()),
            representation: Some((&view.representation).into()),
            political: Some((&view.political).into()),
            security: Some((&view.security).into()),
            economic: Some((&view.economic).into()),
            humanitarian: Some((&view.humanitarian).into()),
            societal: Some((&view.societal).into()),
            threat: Some((&view.threat).into()),
            posture: Some((&view.posture).into()),
            missions: all(&view.missions),
            envoys: all(&view.envoys),
            relations: all(&view.relations),
            listings: all(&view.listings),
            sanctions: all(&view.sanctions),
            borders: all(&view.borders),
            trade: all(&view.trade),
            agreements: all(&view.agreements),
            deployments: all(&view.deployments),
            groups: all(&view.groups),
            projects: all(&view.projects),
            meetings: all(&view.meetings),
            channels: all(&view.channels),
            measures: all(&view.measures),
            disputes: all(&view.disputes),
        }
    }
}

impl From<&RecognitionView> for proto::Recognition {
    fn from(view: &RecognitionView) -> Self {
        Self {
            level: recognition(&view.level),
            declared: declaration(&view.declared),
            since: view.since.clone(),
            implicit_signals: ids(&view.implicit_signals),
            uncertain: view.basis.uncertain,
            disputed: view.basis.disputed,
            evidence: ids(&view.basis.evidence),
            evidence_count: count(view.basis.evidence_count),
        }
    }
}

impl From<&RepresentationView> for proto::Representation {
    fn from(view: &RepresentationView) -> Self {
        Self {
            level: rank(&view.level),
            sends: rank(&view.sends),
            since: view.since.clone(),
            uncertain: view.basis.uncertain,
            disputed: view.basis.disputed,
            evidence: ids(&view.basis.evidence),
            evidence_count: count(view.basis.evidence_count),
        }
    }
}

impl From<&WeighedView> for proto::WeighedDimension {
    fn from(view: &WeighedView) -> Self {
        Self {
            level: level(&view.level),
            index: number(view.index),
            warmth: number(view.warmth),
            strain: number(view.strain),
            mixed: view.mixed,
            stale_days: view.stale_days,
            last_evidence: view.last_evidence.clone(),
            since: view.since.clone(),
            uncertain: view.basis.uncertain,
            disputed: view.basis.disputed,
            evidence: ids(&view.basis.evidence),
            evidence_count: count(view.basis.evidence_count),
        }
    }
}

impl From<&ThreatView> for proto::Threat {
    fn from(view: &ThreatView) -> Self {
        Self {
            level: threat(&view.level),
            strain: number(view.strain),
            stale_days: view.stale_days,
            last_evidence: view.last_evidence.clone(),
            since: view.since.clone(),
            uncertain: view.basis.uncertain,
            disputed: view.basis.disputed,
            evidence: ids(&view.basis.evidence),
            evidence_count: count(view.basis.evidence_count),
        }
    }
}

impl From<&PostureView> for proto::Posture {
    fn from(view: &PostureView) -> Self {
        Self {
            level: level(&view.level),
            index: number(view.index),
            since: view.since.clone(),
            trajectory: trajectory(&view.trajectory),
            disputed: view.disputed,
        }
    }
}

impl From<&EntryView> for proto::Entry {
    fn from(view: &EntryView) -> Self {
        Self {
            by: text(view.by.as_ref()),
            key: details(&view.key),
            controlled_by: text(view.controlled_by.as_ref()),
            status: view.status.to_string(),
            open: view.open,
            since: view.since.clone(),
            uncertain: view.uncertain,
            disputed: view.disputed,
            evidence: ids(&view.evidence),
            evidence_count: count(view.evidence_count),
        }
    }
}

impl From<&DisputeView> for proto::Dispute {
    fn from(view: &DisputeView) -> Self {
        Self {
            event: view.event.to_string(),
            claimed_by: view.claimed_by.clone(),
            denied_by: view.denied_by.clone(),
        }
    }
}
