//! History: the steps of every timeline of a conduct, in order of days.

use detente_api::view::{ChangeView, Occurrence};
use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::Timeline;
use detente_domain::state::{Change, Occasion, Subject};

use detente_api::parse::{Ends, Topic};

use super::Moment;
use crate::archive::Archive;

/// The steps of a conduct's dimensions and of the relation's registers up to a day, in order of
/// days. As a change each says since when it was so, what caused it, and how late that was known;
/// of a step that time alone brought, the position is that of the answer.
pub fn history(
    archive: &mut Archive,
    ends: Ends,
    topic: Option<Topic>,
    moment: Moment,
) -> Vec<ChangeView> {
    let timelines = archive
        .chronicle_mut()
        .timelines(ends.pair, Some(moment.position()));
    let mut steps: Vec<Change> = Vec::new();
    for (subject, timeline) in &timelines {
        let other_conduct = matches!(subject, Subject::Conduct(way, _) if *way != ends.direction);
        if !other_conduct && topic.is_none_or(|topic| topic.is_of(subject)) {
            steps.extend(changes(ends, subject, timeline, moment.at));
        }
    }
    steps.sort_by(|one, other| (one.day, &one.subject).cmp(&(other.day, &other.subject)));
    steps
        .iter()
        .map(|step| {
            let chronicle = archive.chronicle();
            let disputes = chronicle.disputes(&step.causes, moment.position());
            ChangeView::of(step, occurrence(archive, step, moment)).with_disputes(&disputes)
        })
        .collect()
}

pub(super) fn changes<'t>(
    ends: Ends,
    subject: &'t Subject,
    timeline: &'t Timeline,
    at: Day,
) -> impl Iterator<Item = Change> + 't {
    let befores = std::iter::once(None).chain(timeline.steps.iter().map(|step| step.held));
    let steps = timeline.steps.iter().zip(befores);
    steps
        .take_while(move |(step, _)| step.day <= at)
        .map(move |(step, before)| Change {
            pair: ends.pair,
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

/// When a step came to be known: with the latest commit that made its causes what they are.
pub(super) fn occurrence(archive: &Archive, step: &Change, moment: Moment) -> Occurrence {
    let position = |event: &EventId| {
        let believed = archive
            .chronicle()
            .event(*event, Some(Position(moment.known)))?;
        Some(believed.settled.0)
    };
    match step.causes.iter().filter_map(position).max() {
        Some(position) => Occurrence {
            position,
            recorded: archive.recorded(position).unwrap_or(Day::MAX),
        },
        None => Occurrence {
            position: moment.known,
            recorded: Day::MAX,
        },
    }
}
