//! A fold of the log in the test process, and what the services published, to compare them.

use crate::helpers::eventually;
use detente_api::view::{ChangeView, ChangesMessage, CommitStamp, LatestView, RelationView};
use detente_chronicle::{Chronicle, Position};
use detente_codec::Decoded;
use detente_domain::day::Day;
use detente_domain::record::Record;
use detente_domain::relations::{Direction, Pair};
use detente_jetstream::reader::{Options, StreamReader};
use detente_jetstream::topology::{self, Projection};
use detente_jetstream::views::{EntryStamp, ViewBucket};
use detente_jetstream::{Connection, commit, stream_info};
use detente_rulebook as rulebook;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
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

/// The published feed.
pub(crate) struct Published {
    pub(crate) feed: Feed,
}

impl Published {
    pub(crate) async fn read(connection: &Connection) -> Self {
        Self::read_projection(connection, projection()).await
    }

    /// Reads the output of a projection.
    pub(crate) async fn read_projection(connection: &Connection, projection: Projection) -> Self {
        let stream = projection.stream();
        let mut published = Self {
            feed: Feed::default(),
        };
        for payload in read_all(connection, &stream, Options::changes()).await {
            let message: ChangesMessage = serde_json::from_slice(&payload).expect("a message");
            assert!(!message.changes.is_empty(), "a message without changes");
            let changes = published.feed.0.entry(message.relation).or_default();
            changes.extend(message.changes);
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
}

/// Waits until the bucket has a view of each relation and no other, and checks them against the
/// chronicle.
pub(crate) async fn assert_views(
    connection: &Connection,
    projection: &Projection,
    chronicle: &mut Chronicle,
) {
    let pairs: Vec<Pair> = chronicle.pairs().collect();
    let mut wanted = BTreeMap::new();
    for pair in pairs {
        if chronicle.last_touched(pair).0 > 0 {
            let stamp = EntryStamp {
                projection: projection.clone(),
                position: chronicle.last_moved(pair).0,
            };
            wanted.insert(pair.to_string().replace('-', "."), (pair, stamp));
        }
    }
    let bucket = ViewBucket::new(connection);
    eventually("the views", async || {
        // Reading all keys again and again would slow down what writes them.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let heads = bucket.heads().await.unwrap_or_default().into_iter();
        let stamps: BTreeMap<_, _> = heads
            .filter(|(_, head)| !head.is_deleted)
            .map(|(key, head)| (key, head.stamp))
            .collect();
        let wanted = wanted.iter();
        let wanted = wanted.map(|(key, (_, stamp))| (key.clone(), Some(stamp.clone())));
        let wanted: BTreeMap<_, _> = wanted.collect();
        stamps == wanted
    })
    .await;
    for (key, (pair, stamp)) in wanted {
        let subject = format!("$KV.relations.{key}");
        let entry = stream_info::last_on_subject(connection, "KV_relations", &subject).await;
        let entry = entry.expect("a read").expect("an entry");
        let view: LatestView = serde_json::from_slice(&entry.payload).expect("a view");
        assert_eq!((view.position, view.cut), (stamp.position, None), "{key}");
        let at = chronicle.ticked(Position(stamp.position));
        for (direction, view) in Direction::BOTH.into_iter().zip(&view.conducts) {
            assert!(at.is_none_or(|at| at.to_string() == view.at), "{key}");
            let at = Day::parse(&view.at).expect("a day");
            let known = Position(view.known_at);
            let state = chronicle.state(pair, direction, at, Some(known));
            let expected = RelationView::new(&state, stamp.position, projection.as_str());
            assert_eq!(expected, *view, "{key}");
        }
    }
}
