//! Discovery and statistics of a service: `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::service::{Info, PingResponse, Stats, endpoint, error};
use async_nats::{Client, Message, Subject, Subscriber};
use futures_util::stream::{SelectAll, select_all};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Done, ENDPOINT, ListenError, NAME, Options, QUEUE_GROUP, SUBJECT, failed};
use crate::Connection;

/// The prefix of the subjects of discovery.
const PREFIX: &str = "$SRV";

/// Answers the queries, and counts the requests.
#[derive(Debug)]
pub(super) struct Discovery {
    /// The queries; the stream does not end before the connection.
    pub(super) queries: SelectAll<Subscriber>,
    client: Client,
    options: Arc<Options>,
    id: String,
    requests: usize,
    errors: usize,
    processing_time: Duration,
    last_error: Option<error::Error>,
}

/// The statistics, with a field that the client library omits and other clients require.
#[derive(Serialize)]
struct Statistics {
    #[serde(flatten)]
    stats: Stats,
    metadata: HashMap<String, String>,
}

impl Discovery {
    pub(super) async fn open(
        conn: &Connection,
        options: Arc<Options>,
    ) -> Result<Self, ListenError> {
        let client = conn.client().clone();
        let id = Uuid::new_v4().simple().to_string();
        let mut queries = Vec::new();
        for verb in ["PING", "INFO", "STATS"] {
            for target in ["", &format!(".{NAME}"), &format!(".{NAME}.{id}")] {
                let subject = format!("{PREFIX}.{verb}{target}");
                let subscribed = client.subscribe(subject.clone()).await;
                queries.push(subscribed.map_err(|source| failed(subject, source))?);
            }
        }
        Ok(Self {
            queries: select_all(queries),
            client,
            options,
            id,
            requests: 0,
            errors: 0,
            processing_time: Duration::ZERO,
            last_error: None,
        })
    }

    pub(super) fn count(&mut self, done: &Done) {
        self.requests += 1;
        self.processing_time += done.took;
        if let Some(error) = &done.error {
            self.errors += 1;
            self.last_error = Some(error::Error {
                status: error.message.clone(),
                code: usize::from(error.code),
            });
        }
    }

    /// Answers a query, while so many requests are in flight.
    pub(super) async fn answer(&self, query: Message, in_flight: usize) {
        let Some(to) = query.reply else { return };
        match query.subject.split('.').nth(1) {
            Some("PING") => self.reply(to, &self.ping()).await,
            Some("INFO") => self.reply(to, &self.info()).await,
            Some("STATS") => self.reply(to, &self.stats(in_flight)).await,
            Some(_) | None => {}
        }
    }

    async fn reply(&self, to: Subject, answer: &impl Serialize) {
        match serde_json::to_vec(answer) {
            Ok(bytes) => {
                if let Err(error) = self.client.publish(to, bytes.into()).await {
                    tracing::warn!(%error, "a reply to a $SRV request could not be sent");
                }
            }
            Err(error) => tracing::error!(%error, "a service cannot be described"),
        }
    }

    fn ping(&self) -> PingResponse {
        PingResponse {
            kind: "io.nats.micro.v1.ping_response".to_owned(),
            name: NAME.to_owned(),
            id: self.id.clone(),
            version: self.options.version.to_owned(),
            metadata: HashMap::new(),
        }
    }

    fn info(&self) -> Info {
        Info {
            kind: "io.nats.micro.v1.info_response".to_owned(),
            name: NAME.to_owned(),
            id: self.id.clone(),
            description: self.options.description.to_owned(),
            version: self.options.version.to_owned(),
            metadata: HashMap::new(),
            endpoints: vec![endpoint::Info {
                name: ENDPOINT.to_owned(),
                subject: SUBJECT.to_owned(),
                queue_group: QUEUE_GROUP.to_owned(),
                metadata: HashMap::new(),
            }],
        }
    }

    fn stats(&self, in_flight: usize) -> Statistics {
        let requests = u32::try_from(self.requests).unwrap_or(u32::MAX).max(1);
        let stats = Stats {
            kind: "io.nats.micro.v1.stats_response".to_owned(),
            name: NAME.to_owned(),
            id: self.id.clone(),
            version: self.options.version.to_owned(),
            started: with_microseconds(self.options.started),
            endpoints: vec![endpoint::Stats {
                name: ENDPOINT.to_owned(),
                subject: SUBJECT.to_owned(),
                requests: self.requests,
                errors: self.errors,
                processing_time: self.processing_time,
                average_processing_time: self.processing_time / requests,
                last_error: self.last_error.clone(),
                // Some client libraries cannot parse statistics without it.
                data: Some(serde_json::json!({"under_way": in_flight})),
                queue_group: QUEUE_GROUP.to_owned(),
            }],
        };
        Statistics {
            stats,
            metadata: HashMap::new(),
        }
    }
}

/// Truncates a time to microseconds, at least one: one client library requires them.
fn with_microseconds(time: OffsetDateTime) -> OffsetDateTime {
    let micros = time.microsecond().max(1);
    time.replace_microsecond(micros).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_has_microseconds_and_no_more() {
        let second = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(with_microseconds(second).nanosecond(), 1_000);
        let later = second + Duration::from_nanos(1_234_567_891);
        assert_eq!(with_microseconds(later).nanosecond(), 234_567_000);
    }
}
