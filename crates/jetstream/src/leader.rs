//! What the leader of a stream says of it, asked in one small request: its end, the server's clock,
//! and whether enough of its servers are there to store a message.
//!
//! An open connection says little of that: a leader may be frozen or cut off. So a service asks
//! again and again, and is ready while it is answered ([`LeaderWatch`]).

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::RequestError;
use async_nats::jetstream::response::Response;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use crate::Connection;

/// The interval of questions.
pub const ASK_EVERY: Duration = Duration::from_millis(500);
/// The timeout of one of them.
pub const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// The time for which the leader may not have heard of a server that counts. The servers of a
/// stream speak to each other once a second.
const HEARD_WITHIN: Duration = Duration::from_secs(2);

/// The time after which a server of a cluster that hears no leader with a majority is left: it may
/// be cut off from the others. An election may take longer, and then leaving it does no harm.
const LEFT_AFTER: Duration = Duration::from_secs(4);

/// What the leader of a stream says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leader {
    /// The last sequence of the stream, 0 if it never held a message.
    pub end: u64,
    /// The bytes of its messages.
    pub bytes: u64,
    /// The server's time, to which an answer of an old server may be silent.
    pub time: Option<OffsetDateTime>,
    /// True if the leader and the servers that it has heard of lately are a majority.
    pub has_majority: bool,
}

/// The reason why a leader does not answer.
#[derive(Debug, thiserror::Error)]
pub enum LeaderError {
    /// The server refuses the request, such as without a leader.
    #[error("{0}")]
    Refused(async_nats::jetstream::Error),
    /// There is no answer.
    #[error("no answer: {0}")]
    NoAnswer(#[from] RequestError),
    /// There is no answer in time.
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
}

/// What the leader of a stream has said last. Clones share it.
#[derive(Clone, Debug)]
pub struct LeaderWatch {
    stream: Arc<str>,
    said: Arc<watch::Sender<Said>>,
}

/// The last answer.
#[derive(Debug)]
struct Said {
    answer: Result<Leader, String>,
    /// The time at which a leader was heard last, or a server was left.
    heard: Instant,
}

impl LeaderWatch {
    /// Creates a watch of a stream whose leader was not asked yet.
    #[must_use]
    pub fn new(stream: &str) -> Self {
        let said = Said {
            answer: Err("it was not asked yet".to_owned()),
            heard: Instant::now(),
        };
        Self {
            stream: stream.into(),
            said: Arc::new(watch::Sender::new(said)),
        }
    }

    /// Asks every [`ASK_EVERY`], for ever.
    pub async fn run(self, conn: Connection) {
        let mut every = tokio::time::interval(ASK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            self.ask(&conn, ANSWERS_WITHIN).await;
        }
    }

    /// Asks once. The reason why there is no answer is kept, and logged the first time. A server of a
    /// cluster through which no leader was heard for some seconds is left for another one.
    pub async fn ask(&self, conn: &Connection, within: Duration) {
        let answer = ask(conn, &self.stream, within).await;
        let mut heard = self.said.borrow().heard;
        if is_heard(&answer) || !conn.is_connected() || conn.cluster().is_none() {
            heard = Instant::now();
        } else if heard.elapsed() >= LEFT_AFTER {
            conn.leave_server().await;
            heard = Instant::now();
        }
        let answer = answer.map_err(|error| error.to_string());
        if let Err(error) = &answer
            && self.said.borrow().answer.is_ok()
        {
            tracing::warn!(error, stream = &*self.stream, "the leader does not answer");
        }
        drop(self.said.send_replace(Said { answer, heard }));
    }

    /// Returns what the leader said last; `None` if it has not answered.
    #[must_use]
    pub fn said(&self) -> Option<Leader> {
        self.said.borrow().answer.as_ref().ok().copied()
    }

    /// Checks that the leader answers, and has a majority.
    ///
    /// # Errors
    /// The reason why the stream cannot be read or written, for people.
    pub fn check(&self) -> Result<(), String> {
        let stream = &self.stream;
        match &self.said.borrow().answer {
            Err(reason) => Err(format!("the leader of {stream} does not answer: {reason}")),
            Ok(leader) if !leader.has_majority => {
                Err(format!("{stream} has no majority of its servers"))
            }
            Ok(_) => Ok(()),
        }
    }
}

/// Returns true if an answer is from a leader that has a majority: of the stream or, if it says that
/// there is no such stream, of all.
fn is_heard(answer: &Result<Leader, LeaderError>) -> bool {
    match answer {
        Ok(leader) => leader.has_majority,
        Err(LeaderError::Refused(error)) => error.error_code() == ErrorCode::STREAM_NOT_FOUND,
        Err(_) => false,
    }
}

#[derive(Deserialize)]
struct Answer {
    state: State,
    cluster: Option<Cluster>,
    ts: Option<String>,
}

#[derive(Deserialize)]
struct State {
    last_seq: u64,
    bytes: u64,
}

#[derive(Deserialize)]
struct Cluster {
    /// The name of the leader. A server that is cut off from it answers without one.
    leader: Option<String>,
    #[serde(default)]
    replicas: Vec<Replica>,
}

#[derive(Deserialize)]
struct Replica {
    /// The nanoseconds since the leader heard of it; 0 if it never has.
    #[serde(default)]
    active: u64,
    /// True if it has all messages.
    #[serde(default)]
    current: bool,
    #[serde(default)]
    offline: bool,
}

/// Asks the leader of a stream.
///
/// # Errors
/// [`LeaderError`] if it does not answer in time.
pub async fn ask(conn: &Connection, stream: &str, within: Duration) -> Result<Leader, LeaderError> {
    let asked = conn
        .jetstream()
        .request(format!("STREAM.INFO.{stream}"), &());
    let answer = tokio::time::timeout(within, asked).await;
    let answer: Response<Answer> = answer.map_err(|_| LeaderError::TimedOut(within))??;
    match answer {
        Response::Ok(answer) => Ok(Leader::from(answer)),
        Response::Err { error } => Err(LeaderError::Refused(error)),
    }
}

impl From<Answer> for Leader {
    fn from(answer: Answer) -> Self {
        // A server that is no part of a cluster leads alone.
        let has_majority = answer.cluster.is_none_or(|cluster| {
            let heard = cluster.replicas.iter().filter(|replica| replica.is_heard());
            // The leader is not among the replicas.
            cluster.leader.is_some() && 2 * (1 + heard.count()) > cluster.replicas.len() + 1
        });
        let time = answer.ts.as_deref();
        Self {
            end: answer.state.last_seq,
            bytes: answer.state.bytes,
            time: time.and_then(|time| OffsetDateTime::parse(time, &Rfc3339).ok()),
            has_majority,
        }
    }
}

impl Replica {
    /// Returns true if the leader has heard of it lately.
    fn is_heard(&self) -> bool {
        let was_heard = self.active > 0 || self.current;
        !self.offline && was_heard && Duration::from_nanos(self.active) <= HEARD_WITHIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn leader(cluster: &Value) -> Leader {
        let answer = json!({
            "config": {"name": "EVENTS"}, "state": {"messages": 3, "last_seq": 7, "bytes": 90},
            "cluster": cluster, "ts": "2026-03-01T12:00:00.5Z",
        });
        let answer: Answer = serde_json::from_value(answer).expect("an answer");
        answer.into()
    }

    fn replica(active_ms: u64, offline: bool) -> Value {
        json!({"name": "n", "current": true, "active": active_ms * 1_000_000, "offline": offline})
    }

    #[test]
    fn a_majority_is_the_leader_and_those_that_it_has_heard_of() {
        let alone = leader(&json!({"leader": "n1"}));
        assert!(alone.has_majority);
        assert_eq!((alone.end, alone.bytes), (7, 90));
        let time = alone.time.map(OffsetDateTime::unix_timestamp);
        assert_eq!(time, Some(1_772_366_400));
        assert!(leader(&Value::Null).has_majority);
        let watch = LeaderWatch::new("EVENTS");
        assert!(watch.check().is_err());
        watch.said.send_modify(|said| said.answer = Ok(alone));
        assert_eq!(watch.check(), Ok(()));
        let never = json!({"name": "n", "current": false, "active": 0});
        for (replicas, expected) in [
            ([replica(900, false), replica(1_100, false)], true),
            ([replica(900, false), replica(9_000, false)], true),
            ([replica(9_000, false), replica(9_000, false)], false),
            ([replica(100, true), replica(9_000, false)], false),
            ([never.clone(), never.clone()], false),
            ([replica(900, false), never.clone()], true),
        ] {
            let found = leader(&json!({"leader": "n1", "replicas": replicas}));
            assert_eq!(found.has_majority, expected, "{replicas:?}");
            watch.said.send_modify(|said| said.answer = Ok(found));
            assert_eq!(watch.check().is_ok(), expected, "{replicas:?}");
        }
    }

    #[test]
    fn a_server_without_a_leader_has_no_majority() {
        let current =
            |name: &str, active: u64| json!({"name": name, "current": true, "active": active});
        let replicas = [current("n0", 1), current("n1", 1), current("n2", 1)];
        assert!(!leader(&json!({"name": "c", "replicas": replicas})).has_majority);
    }
}
