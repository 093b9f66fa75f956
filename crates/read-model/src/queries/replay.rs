//! Replay: changes in the order in which they were so, or in which they came to be known.

use std::sync::Arc;

use detente_api::view::{ChangeView, Occurrence, Replayed};
use detente_api::{Code, Refusal};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::event::Authorship;
use detente_domain::record::{Body, Record, RecordId};
use detente_domain::routes::{Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_domain::state::Change;
use time::OffsetDateTime;
use uuid::Uuid;

use super::history::{changes, occurrence};
use detente_api::parse::Ends;

use super::Moment;
use crate::archive::Archive;
use detente_feed::{Filter, Frame};

/// The order of a replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// By the days on which it was so, as it is believed at one position.
    #[default]
    Valid,
    /// As the change feed told it.
    Known,
}

impl Clock {
    /// Reads `valid` or `known`.
    ///
    /// # Errors
    /// `bad_query` for anything else.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match text {
            "valid" => Ok(Self::Valid),
            "known" => Ok(Self::Known),
            _ => {
                let message = "a replay goes by the valid clock, or by the known one";
                let refusal = Refusal::new(Code::BadQuery, message).field("clock");
                Err(refusal.given(text).allowed(["valid", "known"]))
            }
        }
    }

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Known => "known",
        }
    }
}

/// The days of a replay, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: Day,
    /// The last.
    pub to: Day,
}

impl Span {
    /// All days from one to another; all that ever were, where an end is not given.
    ///
    /// # Errors
    /// `bad_query` where the last is before the first.
    pub fn new(from: Option<Day>, to: Option<Day>) -> Result<Self, Refusal> {
        let span = Self {
            from: from.unwrap_or(Day::MIN),
            to: to.unwrap_or(Day::LAST),
        };
        if span.from <= span.to {
            return Ok(span);
        }
        let message = format!("a replay from {} cannot end before it", span.from);
        let refusal = Refusal::new(Code::BadQuery, message).field("to");
        Err(refusal.given(&span.to.to_string()))
    }

    /// Whether a day is within.
    #[must_use]
    pub fn has(&self, day: Day) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// The steps of one relation within a span, as believed at a position: a frame a day, without
/// cursors. Ask for each relation, and give all to [`ordered`].
pub fn steps(
    archive: &mut Archive,
    pair: Pair,
    filter: &Filter,
    span: Span,
    known: u64,
) -> Vec<Replayed> {
    if !filter.wants_pair(pair) {
        return Vec::new();
    }
    let timelines = archive
        .chronicle_mut()
        .timelines(pair, Some(Position(known)));
    let ends = Ends {
        pair,
        direction: Direction::BOTH[0],
    };
    let mut steps: Vec<Change> = Vec::new();
    for (subject, timeline) in &timelines {
        let all = changes(ends, subject, timeline, span.to);
        steps.extend(all.filter(|step| span.has(step.day)));
    }
    steps.sort_by(|one, other| (one.day, &one.subject).cmp(&(other.day, &other.subject)));
    let moment = Moment { at: span.to, known };
    let of_a_day = steps.chunk_by(|one, other| one.day == other.day);
    let frames = of_a_day.filter_map(|steps| {
        let day = steps.first()?.day;
        let views = steps.iter();
        let views = views.map(|step| {
            let disputes = archive.chronicle().disputes(&step.causes, Position(known));
            ChangeView::of(step, occurrence(archive, step, moment)).with_disputes(&disputes)
        });
        wanted(filter, pair, day, known, views.collect())
    });
    frames.collect()
}

/// Frames of all relations in one order, each with its cursor.
pub fn ordered(mut frames: Vec<Replayed>, projection: &str, known: u64) -> Vec<Replayed> {
    frames.sort_by_cached_key(|one| (one.paced(), one.frame.relation.clone()));
    for (place, replayed) in frames.iter_mut().enumerate() {
        replayed.frame.cursor = format!("{projection}-{known}-{}", place + 1);
    }
    frames
}

/// What the change feed would tell of records, each position being a commit; without the days on
/// which they were recorded. Records are in order of positions; `today` is the day that the log
/// has reached before the first, as a tick says it.
pub fn told(
    rules: Arc<Rulebook>,
    today: Day,
    records: &[(u64, &Record)],
    filter: &Filter,
    projection: &str,
) -> Vec<Replayed> {
    let mut chronicle = Chronicle::new(rules);
    chronicle.take(Position(0), &tick(today));
    let mut frames = Vec::new();
    for commit in records.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((position, _)) = commit.first().copied() else {
            continue;
        };
        chronicle.open();
        for (_, record) in commit {
            chronicle.take(Position(position), record);
        }
        let recorded = Occurrence {
            position,
            recorded: Day::MAX,
        };
        for moved in chronicle.close(Position(position)) {
            let views = moved.changes.iter();
            let views = views.map(|change| {
                let disputes = chronicle.disputes(&change.causes, Position(position));
                ChangeView::of(change, recorded).with_disputes(&disputes)
            });
            let views = views.collect();
            frames.extend(wanted(filter, moved.pair, Day::MIN, position, views));
        }
    }
    for (place, replayed) in frames.iter_mut().enumerate() {
        replayed.frame.cursor = format!("{projection}-{}", place + 1);
    }
    frames
}

fn tick(day: Day) -> Record {
    Record {
        id: RecordId(Uuid::nil()),
        authorship: Authorship {
            author: String::new(),
            recorded: OffsetDateTime::UNIX_EPOCH,
        },
        body: Body::Tick { day },
    }
}

fn wanted(
    filter: &Filter,
    pair: Pair,
    day: Day,
    position: u64,
    changes: Vec<ChangeView>,
) -> Option<Replayed> {
    if changes.is_empty() {
        return None;
    }
    let frame = Frame {
        cursor: String::new(),
        relation: format!("{}-{}", pair.a().code(), pair.b().code()),
        position,
        changes,
    };
    let frame = filter.apply(&Arc::new(frame))?;
    Some(Replayed {
        day: day.to_string(),
        frame: Arc::unwrap_or_clone(frame),
    })
}
