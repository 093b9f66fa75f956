//! A server of its own for each test, supervisors, and their published messages.

use std::collections::BTreeMap;

use detente_api::view::{ChangeView, RelationMessage, RelationView};
use detente_codec::encode;
use detente_domain::record::Record;
use detente_jetstream::appender::{Appender, Options};
use detente_jetstream::feed_writer::{FeedWriter, Outgoing};
use detente_jetstream::topology::{self, Projection, REPORT, Replicas};
use detente_jetstream::{Checkpoint, Connection, Message};
use detente_projector::{Error, State, Supervisor, SupervisorConfig, SupervisorHandle};
use detente_rulebook as rulebook;
use detente_rulebook_store::CompiledRulebook;
use detente_testkit::nats::{self, in_time};
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
        let records = commit.iter().map(|record| encode(record).into()).collect();
        let positions = in_time(self.appender.append_many(records)).await;
        let last = positions.into_iter().last().expect("a record");
        last.expect("a position")
    }

    pub(crate) async fn append_all(&self, log: &[Vec<Record>]) {
        for commit in log {
            self.append(commit).await;
        }
    }

    /// Starts a supervisor with a connection of its own.
    pub(crate) async fn project(&self) -> Running {
        let config = SupervisorConfig {
            connection: self.nats.connect().await,
            own: own_rulebook(),
            replicas: Replicas::One,
            standby: false,
        };
        let cancel = CancellationToken::new();
        let (handle, task) = Supervisor::start(config, cancel.clone());
        Running {
            handle,
            task,
            cancel,
        }
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
        topology::ensure_relations(&self.connection, &projection(), Replicas::One)
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

    /// Returns the last views of each relation with the commits that they cover.
    pub(crate) async fn views(&self) -> BTreeMap<String, (u64, [RelationView; 2])> {
        let messages = self.feed().await;
        let messages = messages.iter().map(parse);
        let views = messages.map(|message| {
            let view = (message.position, message.conducts);
            (message.relation, view)
        });
        views.collect()
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
    /// Waits until everything up to a commit is published.
    pub(crate) async fn reaches(&self, position: u64) {
        let mut progress = self.handle.progress.clone();
        let reached = progress
            .wait_for(|progress| progress.position >= position && progress.state == State::Live);
        drop(in_time(reached).await.expect("a running supervisor"));
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

pub(crate) fn parse(message: &Message) -> RelationMessage {
    serde_json::from_slice(&message.payload).expect("a message of ours")
}

pub(crate) fn checkpoint(message: &Message) -> Checkpoint {
    Checkpoint::parse(&message.headers).expect("a checkpoint")
}
