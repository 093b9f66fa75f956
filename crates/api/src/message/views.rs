//! Views as messages, field by field.

use super::field::ToField;
use crate::proto;
use crate::refusal::Refusal;
use crate::submission::{Accepted, EventDto, PatchDto, Refused, ReportDto};
use crate::view::{
    AmendmentHint, BandView, CauseView, ChangeView, CitedView, CountryItem, CountryRelation,
    CountryView, CutLists, DetailView, DiffView, DifferenceView, DirectionView, DisputeView,
    EffectView, EntryView, EventView, EvidenceView, Frame, Heartbeat, KindRuleView, KindView,
    LadderEvidenceView, Levels, LimitView, LocalizedText, MemoryView, NamesView, PendingView,
    PointView, PostureView, PreviewRow, PreviewView, PublicationView, RecognitionView, RecordView,
    RelationView, RemainderView, RepresentationView, RetractionView, SeverityView,
    SeverityWordView, SimilarView, Switched, ThreatView, UncountedView, ValueView, VariantView,
    WarningView, WeighedView, WeightView, WhyView,
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
        sanctions, borders, airspace, visas, trade, agreements, alliances, memberships, wars,
        occupations, deployments, groups, detentions, projects, meetings, channels, measures,
        disputes, cut,
    }
    CutLists => CutLists { entries_total, pages }
    RecognitionView => Recognition {
        level, declared, presumed, since, implicit_signals, uncertain = basis.uncertain,
        disputed = basis.disputed, evidence = basis.evidence,
        evidence_count = basis.evidence_count,
    }
    RepresentationView => Representation {
        level, sends, since, uncertain = basis.uncertain, disputed = basis.disputed,
        evidence = basis.evidence, evidence_count = basis.evidence_count,
    }
    WeighedView => WeighedDimension {
        level, index, warmth, strain, mixed, stale, band, leads, stale_days, last_evidence, since,
        uncertain = basis.uncertain, disputed = basis.disputed, evidence = basis.evidence,
        evidence_count = basis.evidence_count,
    }
    ThreatView => Threat {
        level, strain, stale, leads, stale_days, last_evidence, since, uncertain = basis.uncertain,
        disputed = basis.disputed, evidence = basis.evidence,
        evidence_count = basis.evidence_count,
    }
    PostureView => Posture { level, index, stale, band, since, trajectory, disputed }
    BandView => Band { ceiling, floor }
    LimitView => Limit { level, kind, event, until }
    EntryView => Entry {
        by, via, key, controlled_by, status, open, since, uncertain, disputed, evidence, evidence_count,
    }
    DisputeView => Dispute { event, claimed_by, denied_by }

    CountryView => Country { country, names, at, known_at, projection, governed_by, relations }
    CountryRelation => CountryRelation { with, names, outgoing, incoming, disputes, disputes_total }
    CountryItem => CountryItem { country, names, governed_by, relations }
    NamesView => Names { en, ar, ru }
    Levels => Levels {
        recognition, declared, representation, political, security, economic, humanitarian,
        societal, threat, posture, index, trajectory, presumed,
        stale_dimensions, disputed,
    }

    ChangeView => Change {
        relation, direction, dimension, key, via, from, to, controlled_by_from, controlled_by_to,
        was_uncertain, uncertain, was_stale, stale, was_presumed, presumed, day, until, occasion, causes, causes_total, lag_days, disputed,
        disputes, disputes_total, position,
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
        vouching = standing.vouching, same_as = standing.same_as,
        same_as_total = standing.same_as_total, position, author, recorded, retracted, disputed,
        reports, disputes, corrections, links, retractions, records_total, next,
    }
    PendingView => PendingEvent { id, pending, records, records_total, next }
    RecordView => EventRecord {
        id, r#type = kind, position, author, recorded, counts, retracted, retracted_by, report, by,
        claim, patch, reason, record, other,
    }
    RetractionView => TakenBack { id, reason, position, author }
    ReportDto => Publication { publisher, url, language, published, quote, grade }
    PatchDto => Patch { kind, actors, recipients, occurred, details, title }

    WhyView => Reasons {
        from, to, dimension, at, known_at, projection, rulebook, level, since, uncertain, stale,
        presumed, disputed, line, rule_json = rule, evidence, evidence_count, rest, uncounted, uncounted_count,
    }
    RemainderView => Rest { count, warmth_micro, strain_micro }
    EvidenceView => Evidence { cited, weighed, ladder }
    CitedView => Cited {
        event, kind, code, label, occurred, grade, disputed, denied_by, linked, linked_total,
        position, settled, lag_days, title, published, records_total,
    }
    WeightView => Weight {
        side, machine, share_milli, counted_micro, weight_milli, grade_milli, denied_milli, mutual_milli,
        mass_micro, half_life_days, age_days, decay, carried, rounded, left_micro,
    }
    LadderEvidenceView => LadderEvidence { role, rung, sets }
    UncountedView => Uncounted { cited, because, by, on }

    DiffView => Diff {
        from, to, before, after, projection, learned, learned_total, happened, happened_total,
    }
    PointView => Point { at, known_at }
    DifferenceView => Difference {
        dimension, key, by, via, occasion, from, to, since, causes, cause_count, line,
    }
    ValueView => PointValue { level, number, number_milli, controlled_by, uncertain, stale, presumed, disputed }
    CauseView => Cause { event, kind, label, occurred, silent, settled, lag_days, title }
    LocalizedText => Line { en, ar, ru }

    KindView => EventKind {
        kind, family, lang, label, description, class, register, effect, plover, counts_in, needs,
        takes, severity, rule, rulebook, example_json = example,
    }
    EffectView => KindEffect { does, status }
    DetailView => KindDetail { detail, description, r#type = value, words, parties, common }
    SeverityView => KindSeverity { words, counted_by, otherwise }
    SeverityWordView => KindSeverityWord { word, description, factor, from }
    KindRuleView => KindRule {
        weights, mutual, memory, ceiling, floor, ceiling_back, until, days, variants, contact,
        signal,
    }
    MemoryView => KindMemory { class, half_life_days }
    VariantView => KindVariant { detail, word, weights, ceiling, floor, ceiling_back, days }

    PreviewView => Preview {
        known_at, projection, rows, changes, changes_left_out, relations_left_out, similar,
        similar_left_out, warnings,
    }
    PreviewRow => PreviewRow { row, event, refusals }
    SimilarView => SimilarEvent {
        row, id, kind, actors, recipients, occurred, title, publisher, grade, publishers,
        days_apart, corroborate, link,
    }
    AmendmentHint => AmendmentHint { path, body_json = body }
    WarningView => PreviewWarning { row, code, message }
    EventDto => EventDraft {
        id, kind, actors, recipients, occurred, details, title, report,
    }

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
