//! Views as messages, field by field.

use super::field::ToField;
use crate::proto;
use crate::refusal::Refusal;
use crate::submission::{Accepted, PatchDto, Refused, ReportDto};
use crate::view::{
    BilingualText, CauseView, ChangeView, CitedView, CountryItem, CountryRelation, CountryView,
    DiffView, DifferenceView, DirectionView, DisputeView, EntryView, EventView, EvidenceView,
    Frame, Heartbeat, LadderEvidenceView, Levels, NamesView, PendingView, PointView, PostureView,
    PublicationView, RecognitionView, RecordView, RelationView, RemainderView, RepresentationView,
    RetractionView, Switched, ThreatView, UncountedView, ValueView, WeighedView, WeightView,
    WhyView,
};

/// Converts views to messages. Each field comes from the field of the view with the same name, or
/// from a path; a missing field does not compile.
macro_rules! messages {
    (@path $view:ident $field:ident) => { $view.$field };
    (@path $view:ident $field:ident $($path:ident).+) => { $view.$($path).+ };
    ($($view:ident => $message:ident { $($field:ident $(= $($path:ident).+)?),+ $(,)? })+) => {$(
        impl From<&$view> for proto::$message {
            fn from(view: &$view) -> Self {
                Self { $($field: messages!(@path view $field $($($path).+)?).to_field(),)+ }
            }
        }

        impl ToField<proto::$message> for $view {
            fn to_field(&self) -> proto::$message {
                self.into()
            }
        }

        impl ToField<Option<proto::$message>> for $view {
            fn to_field(&self) -> Option<proto::$message> {
                Some(self.into())
            }
        }
    )+};
}

messages! {
    RelationView => Relation {
        from, to, at, known_at, projection, recognition, representation, political, security,
        economic, humanitarian, societal, threat, posture, missions, envoys, relations, listings,
        sanctions, borders, trade, agreements, deployments, groups, projects, meetings, channels,
        measures, disputes,
    }
    RecognitionView => Recognition {
        level, declared, since, implicit_signals, uncertain = basis.uncertain,
        disputed = basis.disputed, evidence = basis.evidence,
        evidence_count = basis.evidence_count,
    }
    RepresentationView => Representation {
        level, sends, since, uncertain = basis.uncertain, disputed = basis.disputed,
        evidence = basis.evidence, evidence_count = basis.evidence_count,
    }
    WeighedView => WeighedDimension {
        level, index, warmth, strain, mixed, stale_days, last_evidence, since,
        uncertain = basis.uncertain, disputed = basis.disputed, evidence = basis.evidence,
        evidence_count = basis.evidence_count,
    }
    ThreatView => Threat {
        level, strain, stale_days, last_evidence, since, uncertain = basis.uncertain,
        disputed = basis.disputed, evidence = basis.evidence,
        evidence_count = basis.evidence_count,
    }
    PostureView => Posture { level, index, since, trajectory, disputed }
    EntryView => Entry {
        by, key, controlled_by, status, open, since, uncertain, disputed, evidence, evidence_count,
    }
    DisputeView => Dispute { event, claimed_by, denied_by }

    CountryView => Country { country, names, at, known_at, projection, governed_by, relations }
    CountryRelation => CountryRelation { with, names, outgoing, incoming, disputes }
    CountryItem => CountryItem { country, names, governed_by, relations }
    NamesView => Names { en, ar, ru }
    Levels => Levels {
        recognition, declared, representation, political, security, economic, humanitarian,
        societal, threat, posture, index, trajectory, disputed,
    }

    ChangeView => Change {
        relation, direction, dimension, key, from, to, controlled_by_from, controlled_by_to,
        was_uncertain, uncertain, day, until, occasion, causes, lag_days, disputed, disputes,
        position,
    }
    DirectionView => Direction { from, to }
    Frame => ChangeFrame { cursor, relation, position, changes }
    Heartbeat => Heartbeat { cursor, head }
    Switched => Switched { projection, previous, position, cursor }

    EventView => Event {
        id = event.id, kind = event.kind, actors = event.actors, recipients = event.recipients,
        occurred = event.occurred, details = event.details, title = event.title,
        report = event.report, pending, grade = standing.grade,
        reported_grade = standing.reported_grade, publishers = standing.publishers,
        vouching = standing.vouching, same_as = standing.same_as, position, author, recorded,
        retracted, disputed, reports, disputes, corrections, links, retractions,
    }
    PendingView => PendingEvent { id, pending, records }
    RecordView => EventRecord {
        id, r#type = kind, position, author, recorded, counts, retracted, retracted_by, report, by,
        claim, patch, reason, record, other,
    }
    RetractionView => TakenBack { id, reason, position, author }
    ReportDto => Publication { publisher, url, language, published, quote, grade }
    PatchDto => Patch { kind, actors, recipients, occurred, details, title }

    WhyView => Reasons {
        from, to, dimension, at, known_at, projection, rulebook, level, since, uncertain, disputed,
        line, rule_json = rule, evidence, evidence_count, rest, uncounted, uncounted_count,
    }
    RemainderView => Rest { count, warmth_micro, strain_micro }
    EvidenceView => Evidence { cited, weighed, ladder }
    CitedView => Cited {
        event, kind, code, label, occurred, grade, disputed, denied_by, linked, position, settled,
        lag_days, title, published,
    }
    WeightView => Weight {
        side, machine, share_milli, counted_micro, weight_milli, grade_milli, mutual_milli,
        mass_micro, age_days, decay, carried, rounded, left_micro,
    }
    LadderEvidenceView => Stone { role, rung, sets }
    UncountedView => Uncounted { cited, because, by, on }

    DiffView => Diff { from, to, before, after, projection, learned, happened }
    PointView => Point { at, known_at }
    DifferenceView => Difference {
        dimension, key, by, occasion, from, to, since, causes, cause_count, line,
    }
    ValueView => Stands { level, number, number_milli, controlled_by, uncertain, disputed }
    CauseView => Cause { event, kind, label, occurred, silent, settled, lag_days, title }
    BilingualText => Line { en, ar }

    Refusal => Refusal { code, field, given = value, allowed, message }
    Accepted => AcceptedRow { row, id, position, repeat }
    Refused => RefusedRow { row, refusals }
}

impl ToField<proto::Publication> for PublicationView {
    fn to_field(&self) -> proto::Publication {
        proto::Publication {
            publisher: self.publisher.clone(),
            url: self.url.clone(),
            language: self.language.clone(),
            published: self.published.clone(),
            quote: None,
            grade: self.grade.clone(),
        }
    }
}
