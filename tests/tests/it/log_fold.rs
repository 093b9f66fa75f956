//! A fold of the log in the test process, and what the services published, to compare them.

use detente_api::view::{ChangeView, CommitStamp, RelationMessage, RelationView};
use detente_chronicle::{Chronicle, Position};
use detente_codec::Decoded;
use detente_domain::day::Day;
use detente_domain::record::Record;
use detente_domain::relations::Direction;
use detente_jetstream::reader::{Options, StreamReader};
use detente_jetstream::topology::{self, Projection};
use detente_jetstream::{Connection, commit, stream_info};
use detente_rulebook as rulebook;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// The records of the log, by commit.
pub(crate) struct Log {
    pub(crate) commits: Vec<Vec<Record>>,
}

pub(crate) fn projection() -> Projection {
    let id = rulebook::projection_id(rulebook::DEFAULT.as_bytes());
    Projection::new(&id).expect("the shipped rulebook names a projection")
}

pub(crate) async fn read_all(
    connection: &Connection,
    stream: &str,
    options: Options,
) -> Vec<bytes::Bytes> {
    let head = stream_info::head(connection, stream).await.expect("a head");
    let mut reader = StreamReader::open(connection, stream, 1, options)
        .await
        .expect("the stream opens");
    let mut payloads = Vec::new();
    while reader.last_sequence() < head {
        payloads.push(reader.next().await.expect("a message").payload);
    }
    payloads
}

impl Log {
    pub(crate) async fn read(connection: &Connection) -> Self {
        let payloads = read_all(connection, topology::EVENTS, Options::events()).await;
        let decode = |payload: &bytes::Bytes| {
            commit::records(payload)
                .map(
                    |bytes| match detente_codec::decode(bytes.expect("a record")) {
                        Ok(Decoded::Record(record)) => record,
                        other => panic!("{other:?}"),
                    },
                )
                .collect()
        };
        Self {
            commits: payloads.iter().map(decode).collect(),
        }
    }

    pub(crate) fn ids(&self) -> BTreeSet<Uuid> {
        self.commits
            .iter()
            .flatten()
            .map(|record| record.id.0)
            .collect()
    }

    /// Folds it under the shipped rulebook. Returns the chronicle and every change.
    pub(crate) fn fold(&self) -> (Chronicle, Feed) {
        self.fold_under(rulebook::DEFAULT)
    }

    /// Folds it under a rulebook.
    pub(crate) fn fold_under(&self, toml: &str) -> (Chronicle, Feed) {
        let rules = rulebook::parse(toml).expect("a sound rulebook");
        let mut chronicle = Chronicle::new(Arc::new(rules));
        let mut feed = Feed::default();
        for (place, records) in self.commits.iter().enumerate() {
            let position = place as u64 + 1;
            chronicle.begin_commit();
            for record in records {
                chronicle.apply(Position(position), record);
            }
            let recorded = records.iter().map(|r| day_of(r.authorship.recorded)).max();
            for moved in chronicle.end_commit(Position(position)) {
                for change in &moved.changes {
                    let recorded = recorded.unwrap_or(Day::MIN);
                    let disputes = chronicle.disputes(&change.causes, Position(position));
                    let view = ChangeView::new(change, CommitStamp { position, recorded });
                    let view = view.with_disputes(&disputes);
                    feed.0.entry(view.relation.clone()).or_default().push(view);
                }
            }
        }
        (chronicle, feed)
    }
}

fn day_of(moment: time::OffsetDateTime) -> Day {
    let days = moment.unix_timestamp().div_euclid(86_400);
    Day::new(i32::try_from(days).expect("a day"))
}

/// Every change by relation, in order.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Feed(pub(crate) BTreeMap<String, Vec<ChangeView>>);

/// The published feed, and the last view of each relation.
pub(crate) struct Published {
    projection: Projection,
    pub(crate) feed: Feed,
    pub(crate) last: BTreeMap<String, RelationMessage>,
}

impl Published {
    pub(crate) async fn read(connection: &Connection) -> Self {
        Self::read_projection(connection, projection()).await
    }

    /// Reads the output of a projection.
    pub(crate) async fn read_projection(connection: &Connection, projection: Projection) -> Self {
        let stream = projection.stream();
        let mut published = Self {
            projection,
            feed: Feed::default(),
            last: BTreeMap::new(),
        };
        for payload in read_all(connection, &stream, Options::relations()).await {
            let message: RelationMessage = serde_json::from_slice(&payload).expect("a message");
            if !message.changes.is_empty() {
                let changes = published
                    .feed
                    .0
                    .entry(message.relation.clone())
                    .or_default();
                changes.extend(message.changes.iter().cloned());
            }
            published.last.insert(message.relation.clone(), message);
        }
        published
    }

    /// Checks the feed against a fold.
    pub(crate) fn assert_feed(&self, expected: &Feed) {
        assert_eq!(self.feed.0.len(), expected.0.len());
        for (relation, changes) in &expected.0 {
            assert_eq!(&self.feed.0[relation], changes, "{relation}");
        }
    }

    /// Checks every published view against the chronicle.
    pub(crate) fn assert_views(&self, chronicle: &mut Chronicle) {
        let pairs: Vec<_> = chronicle.pairs().collect();
        let touched: Vec<_> = pairs
            .into_iter()
            .filter(|pair| chronicle.last_touched(*pair).0 > 0)
            .collect();
        assert_eq!(touched.len(), self.last.len(), "every relation has a view");
        for pair in touched {
            let name = pair.to_string();
            let message = &self.last[&name];
            for (direction, view) in Direction::BOTH.into_iter().zip(&message.conducts) {
                let at = Day::parse(&view.at.to_string()).expect("a day");
                let known = Position(view.known_at);
                let state = chronicle.state(pair, direction, at, Some(known));
                let expected = RelationView::new(&state, view.known_at, self.projection.as_str());
                assert_eq!(
                    serde_json::to_string(&expected).ok(),
                    serde_json::to_string(view).ok(),
                    "{name}"
                );
            }
        }
    }
}
