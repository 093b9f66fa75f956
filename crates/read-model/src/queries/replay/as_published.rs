//! Replay of records as the change feed would publish them.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::sync::Arc;
use std::vec;

use detente_api::view::{CommitStamp, CommittedRecord, ReplayFrame};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::event::Authorship;
use detente_domain::record::{Body, Record, RecordId};
use detente_domain::rulebook::Rulebook;
use detente_feed::Filter;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{frame, set_cursor};
use crate::queries::history;

/// The frames that the change feed would publish for records, with each position as a commit, but
/// without the days on which they were recorded.
#[derive(Debug)]
pub struct PublishedReplay {
    chronicle: Chronicle,
    records: Peekable<vec::IntoIter<CommittedRecord>>,
    filter: Filter,
    /// The beginning of every cursor.
    prefix: String,
    /// The frames so far.
    number: u64,
    /// Frames of the last commit.
    ready: VecDeque<ReplayFrame>,
}

impl PublishedReplay {
    /// Begins the replay of records, which are in order of positions; `today` is the day that the
    /// log has reached before the first.
    #[must_use]
    pub fn new(
        rules: Arc<Rulebook>,
        today: Day,
        records: Vec<CommittedRecord>,
        filter: Filter,
        projection: &str,
    ) -> Self {
        let mut chronicle = Chronicle::new(rules);
        chronicle.apply(Position(0), &tick(today));
        Self {
            chronicle,
            records: records.into_iter().peekable(),
            filter,
            prefix: projection.to_owned(),
            number: 0,
            ready: VecDeque::new(),
        }
    }

    /// Applies the next commit. Returns false if there is none.
    fn apply(&mut self) -> bool {
        let Some(position) = self.records.peek().map(|record| record.position) else {
            return false;
        };
        let chronicle = &mut self.chronicle;
        chronicle.begin_commit();
        while let Some(next) = self.records.next_if(|record| record.position == position) {
            chronicle.apply(Position(position), &next.record);
        }
        let stamp = CommitStamp {
            position,
            recorded: Day::MAX,
        };
        for relation in chronicle.end_commit(Position(position)) {
            let changes = relation.changes.iter();
            let view = |change| history::view(chronicle, change, stamp, Position(position));
            let views = changes.map(view).collect();
            let frame = frame(&self.filter, relation.pair, Day::MIN, position, views);
            if let Some(mut frame) = frame {
                self.number += 1;
                set_cursor(&mut frame, &self.prefix, self.number);
                self.ready.push_back(frame);
            }
        }
        true
    }
}

impl Iterator for PublishedReplay {
    type Item = ReplayFrame;

    fn next(&mut self) -> Option<ReplayFrame> {
        while self.ready.is_empty() && self.apply() {}
        self.ready.pop_front()
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
