//! Compares two rulebooks: the same log folded under both.

use std::collections::{BTreeMap, BTreeSet};

use detente_api::request::Topic;
use detente_api::view::{
    ChangeView, CommitStamp, ComparedRulebook, ComparisonEvidenceView, ComparisonView,
    DifferingSpanView, DimensionCountView, Named,
};
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::event::EventId;
use detente_domain::fold::{self, RulebookDifference};
use detente_domain::kind::Kind;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::{Band, Change, Occasion, Subject};
use detente_rulebook::{EvidenceSummary, KeyDifference};

use crate::archive::Archive;

/// The most events that a difference names; all are counted.
const EVIDENCE_MAX: usize = 5;

type Subjects<'s> = BTreeSet<(Pair, &'s Subject)>;

/// A rulebook, and the log folded under it.
#[derive(Debug)]
pub struct Side<'a> {
    /// The fold.
    pub archive: &'a mut Archive,
    /// The projection's name.
    pub projection: &'a str,
}

/// The days that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub since: Day,
    /// The last day.
    pub to: Day,
    /// The most differences that are returned; all are counted.
    pub limit: usize,
}

/// Compares two folds of the same log. `rules` are the keys in which the rulebooks differ.
#[must_use]
pub fn compare(
    mut active: Side<'_>,
    mut given: Side<'_>,
    rules: Vec<KeyDifference>,
    window: Window,
) -> ComparisonView {
    let pairs: BTreeSet<Pair> = active.archive.chronicle().pairs().collect();
    let mut differences: Vec<(Pair, RulebookDifference)> = Vec::new();
    let mut differing = 0;
    for pair in &pairs {
        let of = |side: &mut Side<'_>| side.archive.chronicle_mut().timelines(*pair, None);
        let (one, other) = (of(&mut active), of(&mut given));
        let spans = fold::compare(&one, &other, window.since, window.to);
        differing += usize::from(!spans.is_empty());
        differences.extend(spans.into_iter().map(|span| (*pair, span)));
    }
    let by_dimension = counts(&differences, window.to);
    let spans = differences.len();
    let listed = differences.into_iter().take(window.limit);
    let items: Vec<DifferingSpanView> = listed
        .map(|(pair, span)| differing_span(&mut active, &mut given, &rules, pair, span))
        .collect();
    let side = |side: &Side<'_>| ComparedRulebook {
        projection: side.projection.to_owned(),
        version: side.archive.chronicle().rules().version.clone(),
    };
    ComparisonView {
        active: side(&active),
        given: side(&given),
        rules,
        known_at: active.archive.head(),
        since: window.since.to_string(),
        to: window.to.to_string(),
        relations: pairs.len(),
        relations_differing: differing,
        spans,
        by_dimension,
        left_out: spans - items.len(),
        items,
    }
}

fn counts(differences: &[(Pair, RulebookDifference)], to: Day) -> Vec<DimensionCountView> {
    let mut counts: BTreeMap<&str, (Subjects<'_>, DimensionCountView)> = BTreeMap::new();
    for (pair, span) in differences {
        let topic = Topic::from(&span.subject);
        let (subjects, count) = counts.entry(topic.as_str()).or_insert_with(|| {
            let count = DimensionCountView {
                dimension: Named(topic),
                subjects: 0,
                spans: 0,
                days: 0,
            };
            (BTreeSet::new(), count)
        });
        subjects.insert((*pair, &span.subject));
        count.subjects = subjects.len();
        count.spans += 1;
        if !span.day.is_open() {
            let until = span.until.unwrap_or(to.next());
            count.days += i64::from(until.since(span.day));
        }
    }
    counts.into_values().map(|(_, count)| count).collect()
}

fn differing_span(
    active: &mut Side<'_>,
    given: &mut Side<'_>,
    rules: &[KeyDifference],
    pair: Pair,
    span: RulebookDifference,
) -> DifferingSpanView {
    let mut evidence = span.causes.clone();
    for archive in [&mut *active.archive, &mut *given.archive] {
        for event in self::evidence(archive, pair, &span.subject, span.day) {
            if !evidence.contains(&event) {
                evidence.push(event);
            }
        }
    }
    let mut believed: Vec<_> = evidence
        .iter()
        .filter_map(|event| active.archive.chronicle().event(*event, None))
        .collect();
    // A change of authority affects every relation, so it explains little about a single one.
    believed.sort_by_key(|event| event.act.kind == Kind::AuthorityChanged);
    let rests = EvidenceSummary {
        kinds: believed
            .iter()
            .map(|event| event.act.kind.as_str())
            .collect(),
        grades: believed
            .iter()
            .map(|event| event.grade.to_string())
            .collect(),
        is_disputed: believed.iter().any(|event| event.disputed),
    };
    let word = Topic::from(&span.subject).as_str();
    let rules = rules.iter().filter(|key| key.affects(word, &rests));
    let rules = rules.map(|key| key.at.clone()).collect();
    let shown = believed.iter().take(EVIDENCE_MAX);
    let shown = shown.map(|event| ComparisonEvidenceView {
        event: event.event.0,
        kind: event.act.kind.as_str().to_owned(),
        day: event.earliest.to_string(),
        grade: event.grade.to_string(),
        position: event.position.0,
    });
    let shown = shown.collect();
    let evidence_count = believed.len();
    let change = change(pair, span);
    let view = ChangeView::new(
        &change,
        CommitStamp {
            position: 0,
            recorded: Day::MAX,
        },
    );
    DifferingSpanView {
        relation: view.relation,
        direction: view.direction,
        dimension: view.dimension,
        key: view.key,
        via: view.via,
        day: view.day,
        until: view.until,
        from: view.from,
        to: view.to,
        rules,
        evidence: shown,
        evidence_count,
    }
}

/// Returns a span as a change, which has the words of a view.
fn change(pair: Pair, span: RulebookDifference) -> Change {
    Change {
        pair,
        subject: span.subject,
        from: span.one,
        to: span.other,
        day: span.day,
        until: span.until,
        occasion: Occasion::Learned,
        causes: span.causes,
    }
}

/// Returns the evidence of a value: the heaviest first, then what limits it.
fn evidence(archive: &mut Archive, pair: Pair, subject: &Subject, at: Day) -> Vec<EventId> {
    let direction = match subject {
        Subject::Conduct(direction, _) => *direction,
        Subject::Entry(key) => key.by.unwrap_or(Direction::Forward),
    };
    let state = archive.chronicle_mut().state(pair, direction, at, None);
    let weighed = |weighed: Weighed| {
        let own = &state.weighed[weighed.index()];
        let evidence = own.basis.evidence.iter().copied();
        evidence.chain(limiting(own.band))
    };
    match subject {
        Subject::Conduct(_, Dimension::Weighed(own)) => weighed(*own).collect(),
        Subject::Conduct(_, Dimension::Recognition | Dimension::Declared) => {
            state.recognition.basis.evidence
        }
        Subject::Conduct(_, Dimension::Representation) => state.representation.basis.evidence,
        Subject::Conduct(_, Dimension::Posture) => {
            let pooled = Weighed::ALL.into_iter().flat_map(weighed);
            pooled.chain(limiting(state.posture.band)).collect()
        }
        Subject::Entry(key) => {
            let entries = state.registers.get(&key.register).into_iter().flatten();
            let own = entries.filter(|entry| entry.key == *key);
            own.flat_map(|entry| entry.basis.evidence.clone()).collect()
        }
    }
}

/// Iterates over the events whose limits bind a level.
fn limiting(band: Band) -> impl Iterator<Item = EventId> {
    let limits = [band.ceiling, band.floor].into_iter().flatten();
    limits.map(|limit| limit.event)
}
