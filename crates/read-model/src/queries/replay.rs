//! Replay: past changes by valid day, or in the order in which they were published.

use std::ops::RangeInclusive;
use std::sync::Arc;

use detente_api::request::DirectedPair;
use detente_api::view::{ChangeView, CommitStamp, ReplayFrame};
use detente_chronicle::{Chronicle, Point, Position};
use detente_domain::day::Day;
use detente_domain::event::Authorship;
use detente_domain::record::{Body, Record, RecordId};
use detente_domain::relations::{Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_domain::state::Change;
use detente_feed::{Filter, Frame};
use time::OffsetDateTime;
use uuid::Uuid;

use super::history;
use crate::archive::Archive;

/// Returns the steps of one relation within some days, as known at a position: a frame per day,
/// without cursors. [`sort_replay`] merges those of all relations.
pub fn replay_frames(
    archive: &mut Archive,
    pair: Pair,
    filter: &Filter,
    days: &RangeInclusive<Day>,
    known: u64,
) -> Vec<ReplayFrame> {
    if !filter.matches_pair(pair) {
        return Vec::new();
    }
    let chronicle = archive.chronicle_mut();
    let timelines = chronicle.timelines(pair, Some(Position(known)));
    let relation = DirectedPair {
        pair,
        direction: Direction::BOTH[0],
    };
    let mut steps: Vec<Change> = Vec::new();
    for (subject, timeline) in &timelines {
        let all = history::changes(relation, subject, timeline, *days.end());
        steps.extend(all.filter(|step| days.contains(&step.day)));
    }
    history::sort(&mut steps);
    let point = Point {
        at: *days.end(),
        known: Position(known),
    };
    let by_day = steps.chunk_by(|one, other| one.day == other.day);
    let frames = by_day.filter_map(|steps| {
        let day = steps.first()?.day;
        let views = history::views(archive, steps, point);
        frame(filter, pair, day, known, views)
    });
    frames.collect()
}

/// Sorts the frames of all relations, and sets their cursors.
pub fn sort_replay(mut frames: Vec<ReplayFrame>, projection: &str, known: u64) -> Vec<ReplayFrame> {
    frames.sort_by_cached_key(|replayed| (replayed.day(), replayed.frame.relation.clone()));
    set_cursors(&mut frames, &format!("{projection}-{known}"));
    frames
}

/// Returns the frames that the change feed would publish for records, with each position as a
/// commit, but without the days on which they were recorded. Records are in order of positions;
/// `today` is the day that the log has reached before the first.
pub fn published_frames(
    rules: Arc<Rulebook>,
    today: Day,
    records: &[(u64, &Record)],
    filter: &Filter,
    projection: &str,
) -> Vec<ReplayFrame> {
    let mut chronicle = Chronicle::new(rules);
    chronicle.apply(Position(0), &tick(today));
    let mut frames = Vec::new();
    for commit in records.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((position, _)) = commit.first().copied() else {
            continue;
        };
        chronicle.begin_commit();
        for (_, record) in commit {
            chronicle.apply(Position(position), record);
        }
        let stamp = CommitStamp {
            position,
            recorded: Day::MAX,
        };
        for relation in chronicle.end_commit(Position(position)) {
            let changes = relation.changes.iter();
            let view = |change| history::view(&chronicle, change, stamp, Position(position));
            let views = changes.map(view).collect();
            frames.extend(frame(filter, relation.pair, Day::MIN, position, views));
        }
    }
    set_cursors(&mut frames, projection);
    frames
}

fn set_cursors(frames: &mut [ReplayFrame], prefix: &str) {
    for (replayed, number) in frames.iter_mut().zip(1_u64..) {
        replayed.frame.cursor = format!("{prefix}-{number}");
    }
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

/// Returns the frame of the changes that match; `None` if none does.
fn frame(
    filter: &Filter,
    pair: Pair,
    day: Day,
    position: u64,
    changes: Vec<ChangeView>,
) -> Option<ReplayFrame> {
    if changes.is_empty() {
        return None;
    }
    let frame = Frame {
        cursor: String::new(),
        relation: pair.to_string(),
        position,
        changes,
    };
    let frame = filter.apply(&Arc::new(frame))?;
    Some(ReplayFrame {
        day: day.to_string(),
        frame: Arc::unwrap_or_clone(frame),
    })
}
