//! What the leader of a stream says of it, asked in one small request: its end, the server's clock,
//! and whether enough of its servers are there to store a message.

use std::time::Duration;

use async_nats::jetstream::context::RequestError;
use async_nats::jetstream::response::Response;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Connection;

/// The time for which the leader may not have heard of a server that counts. The servers of a
/// stream speak to each other once a second.
const HEARD_WITHIN: Duration = Duration::from_secs(2);

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
    #[serde(default)]
    replicas: Vec<Replica>,
}

#[derive(Deserialize)]
struct Replica {
    /// The nanoseconds since the leader heard of it.
    #[serde(default)]
    active: u64,
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
        let replicas = answer.cluster.map(|cluster| cluster.replicas);
        let replicas = replicas.unwrap_or_default();
        let is_there = |replica: &&Replica| {
            !replica.offline && Duration::from_nanos(replica.active) <= HEARD_WITHIN
        };
        // The leader is not among the replicas.
        let there = 1 + replicas.iter().filter(is_there).count();
        let time = answer.ts.as_deref();
        Self {
            end: answer.state.last_seq,
            bytes: answer.state.bytes,
            time: time.and_then(|time| OffsetDateTime::parse(time, &Rfc3339).ok()),
            has_majority: 2 * there > replicas.len() + 1,
        }
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
        for (replicas, expected) in [
            ([replica(900, false), replica(1_100, false)], true),
            ([replica(900, false), replica(9_000, false)], true),
            ([replica(9_000, false), replica(9_000, false)], false),
            ([replica(100, true), replica(9_000, false)], false),
        ] {
            let found = leader(&json!({"leader": "n1", "replicas": replicas}));
            assert_eq!(found.has_majority, expected, "{replicas:?}");
        }
    }
}
