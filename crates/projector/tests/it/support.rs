//! A server of its own for each test, supervisors, and their published messages.

use std::collections::BTreeMap;

use async_nats::jetstream::kv::Store;
use bytes::Bytes;
use detente_api::view::{ChangeView, ChangesMessage, LatestView};
use detente_codec::encode;
use detente_domain::record::Record;
use detente_jetstream::appender::{Appender, Options};
use detente_jetstream::feed_writer::{FeedWriter, Outgoing};
use detente_jetstream::topology::{self, EVENTS, Projection, REPORT, Replicas};
use detente_jetstream::{Checkpoint, Connection, Message, commit, stream_info};
use detente_projector::{Error, State, Supervisor, SupervisorConfig, SupervisorHandle};
use detente_rulebook as rulebook;
use detente_rulebook_store::CompiledRulebook;
use detente_testkit::nats::{self, in_time};
use futures_util::TryStreamExt;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A server with a log.
pub(crate) struct Log {
    pub(crate) nats: nats::Nats,
    pub(crate) connection: Connection,
    pub(crate) appender: Appender,
}

/// A running supervisor.
pub(crate) struct Running {
    pub(crate) handle: SupervisorHandle,
    pub(crate) task: JoinHandle<Result<(), Error>>,
    pub(crate) cancel: CancellationToken,
}

pub(crate) fn projection() -> Projection {
    own_rulebook().projection
}

fn own_rulebook() -> CompiledRulebook {
    let text = rulebook::DEFAULT.as_bytes();
    CompiledRulebook::parse(text, rulebook::Origin::Shipped).expect("a rulebook")
}

impl Log {
    /// Starts a server with an empty log.
    pub(crate) async fn start() -> Log {
        let nats = nats::Nats::start().await;
        let connection = nats.connect().await;
        topology::ensure_events(&connection, Replicas::One)
            .await
            .expect("a log");
        let stop = CancellationToken::new();
        let (appender, _) = Appender::start(&connection, Options::new(REPORT), stop);
        Log {
            nats,
            connection,
            appender,
        }
    }

    /// Starts a server with a log.
    pub(crate) async fn with(log: &[Vec<Record>]) -> Log {
        let started = Log::start().await;
        started.append_all(log).await;
        started
    }

    /// Starts a server with a log, and publishes its feed in one go.
    pub(crate) async fn projected(log: &[Vec<Record>]) -> Log {
        let started = Log::with(log).await;
        started.project_up_to(log.len() as u64).await;
        started
    }

    /// Appends records as one commit, and returns its position.
    pub(crate) async fn append(&self, commit: &[Record]) -> u64 {
        let records = commit.iter().map(|record| Bytes::from(encode(record)));
        let records: Vec<_> = records.collect();
        let positions = in_time(self.appender.append_many(records, None)).await;
        let last = positions.into_iter().last().expect("a record");
        last.expect("a position").position
    }

    pub(crate) async fn append_all(&self, log: &[Vec<Record>]) {
        for commit in log {
            self.append(commit).await;
        }
    }

    /// Starts a supervisor with a connection of its own.
    pub(crate) async fn project(&self) -> Running {
        Running::start(&self.nats, false).await
    }

    /// Starts a supervisor that stands by while another one publishes.
    pub(crate) async fn stand_by(&self) -> Running {
        Running::start(&self.nats, true).await
    }

    /// Runs supervisors until everything up to a commit is published. A message that a killed
    /// projector has sent may arrive late, and fence the first ones.
    pub(crate) async fn project_up_to(&self, position: u64) {
        loop {
            let Running {
                handle,
                task,
                cancel,
            } = self.project().await;
            let mut progress = handle.progress.clone();
            let seen = progress.wait_for(|seen| {
                seen.position >= position && seen.state == State::Live
                    || matches!(seen.state, State::Failed(_))
            });
            drop(in_time(seen).await.expect("a running supervisor"));
            cancel.cancel();
            match in_time(task).await.expect("a task") {
                Ok(()) => return,
                Err(Error::Fenced { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Publishes messages as a projector would.
    pub(crate) async fn publish(&self, messages: Vec<Outgoing>) {
        topology::ensure_changes(&self.connection, &projection(), Replicas::One)
            .await
            .expect("a feed");
        let writer = FeedWriter::open(&self.connection, &projection()).await;
        let (mut writer, _) = writer.expect("a writer");
        for message in messages {
            in_time(writer.publish(vec![message]))
                .await
                .expect("a message");
        }
    }

    /// Has the feed lose all messages; their sequences stay used.
    pub(crate) async fn lose_messages(&self) {
        let client = async_nats::connect(self.nats.server.url()).await;
        let jetstream = async_nats::jetstream::new(client.expect("a client"));
        let name = projection().stream();
        let stream = jetstream.get_stream(&name).await.expect("a feed");
        let info = stream.get_info().await.expect("a feed");
        jetstream.delete_stream(&name).await.expect("a deletion");
        let open = async_nats::jetstream::stream::Config {
            deny_delete: false,
            deny_purge: false,
            ..info.config.clone()
        };
        let lost = jetstream.create_stream(open).await.expect("a feed");
        let subject = info.config.subjects[0].replace('>', "lost");
        for _ in 0..info.state.last_sequence {
            let sent = jetstream.publish(subject.clone(), "".into()).await;
            sent.expect("a connection").await.expect("a message");
        }
        lost.purge().await.expect("an empty feed");
        jetstream.update_stream(info.config).await.expect("a feed");
    }

    /// Returns the bucket of the latest views as any client reads it; `None` before it exists.
    pub(crate) async fn bucket(&self) -> Option<Store> {
        let client = async_nats::connect(self.nats.server.url()).await;
        let jetstream = async_nats::jetstream::new(client.expect("a client"));
        jetstream.get_key_value("relations").await.ok()
    }

    /// Returns every view of the bucket that can be parsed, by its key.
    pub(crate) async fn views(&self) -> BTreeMap<String, LatestView> {
        let Some(bucket) = self.bucket().await else {
            return BTreeMap::new();
        };
        let keys = bucket.keys().await.expect("keys");
        let keys: Vec<String> = keys.try_collect().await.expect("keys");
        let mut views = BTreeMap::new();
        for key in keys {
            let view = bucket.get(&*key).await.expect("a read");
            let view = view.and_then(|view| serde_json::from_slice(&view).ok());
            views.extend(view.map(|view| (key, view)));
        }
        views
    }

    /// Waits until the bucket holds these views.
    pub(crate) async fn has_views(&self, wanted: &BTreeMap<String, LatestView>) {
        let same = async || (self.views().await == *wanted).then_some(());
        nats::eventually("the views", same).await;
    }

    /// Returns the digest of a commit.
    pub(crate) async fn digest(&self, position: u64) -> u64 {
        let commit = stream_info::read_one(&self.connection, EVENTS, position).await;
        let commit = commit.expect("a read").expect("a commit");
        commit::stored_digest(&commit.headers).expect("a digest")
    }

    /// Returns every message of the feed.
    pub(crate) async fn feed(&self) -> Vec<Message> {
        nats::read_all(&self.connection, &projection().stream()).await
    }

    /// Returns every change of the feed, in order of positions and relations.
    pub(crate) async fn changes(&self) -> Vec<ChangeView> {
        let messages = self.feed().await;
        let mut changes: Vec<ChangeView> = messages.iter().flat_map(|m| parse(m).changes).collect();
        changes.sort_by(|one, other| {
            (one.position, &one.relation).cmp(&(other.position, &other.relation))
        });
        changes
    }
}

impl Running {
    /// Starts a supervisor with a connection of its own.
    pub(crate) async fn start(nats: &nats::Nats, standby: bool) -> Self {
        let config = SupervisorConfig {
            connection: nats.connect().await,
            own: own_rulebook(),
            replicas: Replicas::One,
            standby,
            retries: false,
        };
        let cancel = CancellationToken::new();
        let (handle, task) = Supervisor::start(config, cancel.clone());
        Self {
            handle,
            task,
            cancel,
        }
    }

    /// Waits until everything up to a commit is published.
    pub(crate) async fn reaches(&self, position: u64) {
        let mut progress = self.handle.progress.clone();
        let reached = progress
            .wait_for(|progress| progress.position >= position && progress.state == State::Live);
        drop(in_time(reached).await.expect("a running supervisor"));
    }

    /// Returns true if it publishes.
    pub(crate) fn leads(&self) -> bool {
        self.handle.progress.borrow().leads
    }

    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        in_time(self.task)
            .await
            .expect("a task")
            .expect("a clean end");
    }

    /// Aborts it at any point.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let ended = in_time(self.task).await;
        match ended {
            Ok(Err(Error::Fenced { .. })) | Err(_) => {}
            Ok(outcome) => panic!("it ended by itself: {outcome:?}"),
        }
    }
}

pub(crate) fn parse(message: &Message) -> ChangesMessage {
    serde_json::from_slice(&message.payload).expect("a message of ours")
}

pub(crate) fn checkpoint(message: &Message) -> Checkpoint {
    Checkpoint::parse(&message.headers).expect("a checkpoint")
}
