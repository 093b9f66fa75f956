//! Reasons, and what differs between two points.

use super::change::occasion;
use super::{all, count, details, id, ids, number, text};
use crate::proto;
use crate::view::{
    CauseView, CitedView, DiffView, DifferenceView, EvidenceView, PointView, PublicationView,
    RestView, StandsView, StoneView, UncountedView, WeightView, WhyView,
};

impl From<&WhyView> for proto::Reasons {
    fn from(view: &WhyView) -> Self {
        Self {
            from: view.from.to_string(),
            to: view.to.to_string(),
            dimension: view.dimension.to_string(),
            at: view.at.clone(),
            known_at: view.known_at,
            projection: view.projection.clone(),
            rulebook: view.rulebook.clone(),
            level: view.level.to_string(),
            since: view.since.clone(),
            uncertain: view.uncertain,
            disputed: view.disputed,
            line: Some((&view.line).into()),
            // No value of ours fails to be written.
            rule_json: serde_json::to_string(&view.rule).unwrap_or_default(),
            evidence: all(&view.evidence),
            evidence_count: count(view.evidence_count),
            rest: view.rest.as_ref().map(Into::into),
            uncounted: all(&view.uncounted),
            uncounted_count: count(view.uncounted_count),
        }
    }
}

impl From<&RestView> for proto::Rest {
    fn from(view: &RestView) -> Self {
        Self {
            count: count(view.count),
            warmth_micro: view.warmth_micro,
            strain_micro: view.strain_micro,
        }
    }
}

impl From<&EvidenceView> for proto::Evidence {
    fn from(view: &EvidenceView) -> Self {
        Self {
            cited: Some((&view.cited).into()),
            weighed: view.weighed.as_ref().map(Into::into),
            ladder: view.ladder.as_ref().map(Into::into),
        }
    }
}

impl From<&CitedView> for proto::Cited {
    fn from(view: &CitedView) -> Self {
        Self {
            event: view.event.to_string(),
            kind: view.kind.to_string(),
            code: view.code.clone(),
            label: Some((&view.label).into()),
            occurred: view.occurred.clone(),
            grade: view.grade.clone(),
            disputed: view.disputed,
            denied_by: view.denied_by.iter().map(ToString::to_string).collect(),
            linked: ids(&view.linked),
            position: view.position,
            settled: view.settled,
            lag_days: view.lag_days,
            title: view.title.clone(),
            published: all(&view.published),
        }
    }
}

impl From<&PublicationView> for proto::Publication {
    fn from(view: &PublicationView) -> Self {
        Self {
            publisher: view.publisher.clone(),
            url: view.url.clone(),
            language: view.language.clone(),
            published: view.published.clone(),
            quote: None,
            grade: view.grade.clone(),
        }
    }
}

impl From<&WeightView> for proto::Weight {
    fn from(view: &WeightView) -> Self {
        Self {
            side: view.side.to_string(),
            machine: view.machine,
            share_milli: view.share_milli,
            counted_micro: view.counted_micro,
            weight_milli: view.weight_milli,
            grade_milli: view.grade_milli,
            mutual_milli: view.mutual_milli,
            mass_micro: view.mass_micro,
            age_days: view.age_days,
            decay: view.decay,
            carried: count(view.carried),
            rounded: view.rounded.to_string(),
            left_micro: view.left_micro,
        }
    }
}

impl From<&StoneView> for proto::Stone {
    fn from(view: &StoneView) -> Self {
        Self {
            role: view.role.to_string(),
            rung: text(view.rung.as_ref()),
            sets: view.sets,
        }
    }
}

impl From<&UncountedView> for proto::Uncounted {
    fn from(view: &UncountedView) -> Self {
        Self {
            cited: Some((&view.cited).into()),
            because: view.because.to_string(),
            by: id(view.by),
            on: view.on.clone(),
        }
    }
}

impl From<&DiffView> for proto::Diff {
    fn from(view: &DiffView) -> Self {
        Self {
            from: view.from.to_string(),
            to: view.to.to_string(),
            before: Some((&view.before).into()),
            after: Some((&view.after).into()),
            projection: view.projection.clone(),
            learned: all(&view.learned),
            happened: all(&view.happened),
        }
    }
}

impl From<&PointView> for proto::Point {
    fn from(view: &PointView) -> Self {
        Self {
            at: view.at.clone(),
            known_at: view.known_at,
        }
    }
}

impl From<&DifferenceView> for proto::Difference {
    fn from(view: &DifferenceView) -> Self {
        Self {
            dimension: view.dimension.to_string(),
            key: view.key.as_ref().map(details).unwrap_or_default(),
            by: text(view.by.as_ref()),
            occasion: occasion(&view.occasion),
            from: Some((&view.from).into()),
            to: Some((&view.to).into()),
            since: view.since.clone(),
            causes: all(&view.causes),
            cause_count: count(view.cause_count),
            line: Some((&view.line).into()),
        }
    }
}

impl From<&StandsView> for proto::Stands {
    fn from(view: &StandsView) -> Self {
        Self {
            level: view.level.to_string(),
            number: number(view.number),
            number_milli: view.number_milli,
            controlled_by: text(view.controlled_by.as_ref()),
            uncertain: view.uncertain,
            disputed: view.disputed,
        }
    }
}

impl From<&CauseView> for proto::Cause {
    fn from(view: &CauseView) -> Self {
        Self {
            event: view.event.to_string(),
            kind: view.kind.to_string(),
            label: Some((&view.label).into()),
            occurred: view.occurred.clone(),
            silent: view.silent,
            settled: view.settled,
            lag_days: view.lag_days,
            title: view.title.clone(),
        }
    }
}
