//! History: the steps of every timeline of a conduct, in order of days.

use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Register};
use detente_domain::event::EventId;
use detente_domain::fold::Timeline;
use detente_domain::state::{Change, Occasion, Subject};
use detente_wire::view::{ChangeView, Occurrence};
use detente_wire::{Code, Refusal};

use super::{Ends, Moment};
use crate::archive::Archive;

/// A dimension of a conduct, or a register of the relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A dimension.
    Dimension(Dimension),
    /// A register.
    Register(Register),
}

impl Topic {
    /// Reads the word of a dimension or register.
    ///
    /// # Errors
    /// `unknown_dimension`, with all words.
    pub fn parse(word: &str) -> Result<Self, Refusal> {
        let dimension = Dimension::parse(word).map(Self::Dimension);
        dimension
            .or_else(|| Register::parse(word).map(Self::Register))
            .ok_or_else(|| {
                let dimensions = Dimension::ALL.into_iter().map(Dimension::word);
                let words = dimensions.chain(Register::ALL.into_iter().map(Register::word));
                let message = format!("no dimension or register is called {word:?}");
                let refusal = Refusal::new(Code::UnknownDimension, message);
                refusal.field("dimension").given(word).allowed(words)
            })
    }

    /// The stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.word(),
            Self::Register(register) => register.word(),
        }
    }

    fn is_of(self, subject: &Subject) -> bool {
        match (self, subject) {
            (Self::Dimension(wanted), Subject::Conduct(_, dimension)) => wanted == *dimension,
            (Self::Register(wanted), Subject::Entry(key)) => wanted == key.register,
            (Self::Dimension(_), Subject::Entry(_)) | (Self::Register(_), Subject::Conduct(..)) => {
                false
            }
        }
    }
}

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
