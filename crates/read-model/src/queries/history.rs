//! History: the steps of the timelines of a conduct, in order of days.

use std::ops::RangeInclusive;

use detente_api::request::DirectedPair;
use detente_api::request::Topic;
use detente_api::view::{ChangeView, CommitStamp};
use detente_chronicle::{Chronicle, Point, Position};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::{Step, Timeline};
use detente_domain::relations::Pair;
use detente_domain::state::{Change, Occasion, Subject};

use crate::archive::Archive;

/// Returns the steps of a conduct's dimensions and of the relation's registers up to a day, in
/// order of days.
pub fn history(
    archive: &mut Archive,
    relation: DirectedPair,
    topic: Option<Topic>,
    point: Point,
) -> Vec<Change> {
    let timelines = archive
        .chronicle_mut()
        .timelines(relation.pair, Some(point.known));
    let mut steps: Vec<Change> = Vec::new();
    for (subject, timeline) in &timelines {
        let other_conduct =
            matches!(subject, Subject::Conduct(way, _) if *way != relation.direction);
        if !other_conduct && topic.is_none_or(|topic| topic == Topic::from(subject)) {
            steps.extend(changes(
                relation.pair,
                subject,
                timeline,
                Day::MIN..=point.at,
            ));
        }
    }
    sort(&mut steps);
    steps
}

/// Returns the view of a step. One that time alone caused has the position of the answer.
#[must_use]
pub fn history_step(archive: &Archive, step: &Change, point: Point) -> ChangeView {
    let stamp = commit_stamp(archive, step, point);
    view(archive.chronicle(), step, stamp, point.known)
}

pub(super) fn sort(steps: &mut [Change]) {
    steps.sort_by(|one, other| (one.day, &one.subject).cmp(&(other.day, &other.subject)));
}

/// Returns the views of steps, as known at a point.
pub(super) fn views(archive: &Archive, steps: &[Change], point: Point) -> Vec<ChangeView> {
    let views = steps.iter().map(|step| history_step(archive, step, point));
    views.collect()
}

/// Returns the view of a change, with its disputes as known at a position.
pub(super) fn view(
    chronicle: &Chronicle,
    change: &Change,
    stamp: CommitStamp,
    known: Position,
) -> ChangeView {
    let disputes = chronicle.disputes(&change.causes, known);
    ChangeView::new(change, stamp).with_disputes(&disputes)
}

/// Returns the steps of a timeline within some days, as changes.
pub(super) fn changes<'t>(
    pair: Pair,
    subject: &'t Subject,
    timeline: &'t Timeline,
    days: RangeInclusive<Day>,
) -> impl Iterator<Item = Change> + 't {
    let (before, steps) = split(&timeline.steps, *days.start());
    let before = before.last().and_then(|step| step.held);
    let befores = std::iter::once(before).chain(steps.iter().map(|step| step.held));
    let steps = steps.iter().zip(befores);
    steps
        .take_while(move |(step, _)| step.day <= *days.end())
        .map(move |(step, before)| Change {
            pair,
            subject: subject.clone(),
            from: before,
            to: step.held,
            day: step.day,
            until: None,
            occasion: if step.causes.is_empty() {
                Occasion::Lapsed
            } else {
                Occasion::Happened
            },
            causes: step.causes.clone(),
        })
}

/// Splits the steps of a timeline into those before a day and those from it on.
pub(super) fn split(steps: &[Step], day: Day) -> (&[Step], &[Step]) {
    steps.split_at(steps.partition_point(|step| step.day < day))
}

/// Returns the commit with which a step came to be known: the last one that settled its causes.
fn commit_stamp(archive: &Archive, step: &Change, point: Point) -> CommitStamp {
    let position = |event: &EventId| {
        let chronicle = archive.chronicle();
        let believed = chronicle.event(*event, Some(point.known))?;
        Some(believed.settled.0)
    };
    match step.causes.iter().filter_map(position).max() {
        Some(position) => CommitStamp {
            position,
            recorded: archive.recorded(position).unwrap_or(Day::MAX),
        },
        None => CommitStamp {
            position: point.known.0,
            recorded: Day::MAX,
        },
    }
}
