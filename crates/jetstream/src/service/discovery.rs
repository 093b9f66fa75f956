//! How a service is found and counted: `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::service::{Info, PingResponse, Stats, endpoint, error};
use async_nats::{Client, Message, Subject, Subscriber};
use futures_util::stream::{SelectAll, select_all};
use serde::Serialize;
use time::OffsetDateTime;

use super::{Done, ENDPOINT, NAME, Options, QUEUE_GROUP, SUBJECT, ServiceError, failed};
use crate::Connection;

/// What all subjects of discovery begin with.
const PREFIX: &str = "$SRV";

/// The verbs, and who asks and is answered.
#[derive(Debug)]
pub(super) struct Discovery {
    /// What is asked; it never ends while the connection lives.
    pub(super) asked: SelectAll<Subscriber>,
    client: Client,
    id: String,
    version: &'static str,
    description: &'static str,
    started: OffsetDateTime,
    requests: usize,
    errors: usize,
    processing_time: Duration,
    last_error: Option<error::Error>,
}

/// The figures, with what the client library leaves out of their form and others insist on.
#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    stats: Stats,
    metadata: HashMap<String, String>,
}

impl Discovery {
    pub(super) async fn open(
        conn: &Connection,
        options: &Options,
        id: String,
    ) -> Result<Self, ServiceError> {
        let client = conn.client().clone();
        let mut asked = Vec::new();
        for verb in ["PING", "INFO", "STATS"] {
            for whom in ["", &format!(".{NAME}"), &format!(".{NAME}.{id}")] {
                let subject = format!("{PREFIX}.{verb}{whom}");
                let subscribed = client.subscribe(subject.clone()).await;
                asked.push(subscribed.map_err(|source| failed(subject, source))?);
            }
        }
        Ok(Self {
            asked: select_all(asked),
            client,
            id,
            version: options.version,
            description: options.description,
            started: readable(options.started),
            requests: 0,
            errors: 0,
            processing_time: Duration::ZERO,
            last_error: None,
        })
    }

    pub(super) fn count(&mut self, done: &Done) {
        self.requests += 1;
        self.processing_time += done.took;
        if let Some(fault) = &done.fault {
            self.errors += 1;
            self.last_error = Some(error::Error {
                status: fault.words.clone(),
                code: usize::from(fault.code),
            });
        }
    }

    /// Answers, with how many requests are under way.
    pub(super) async fn answer(&self, question: Message, under_way: usize) {
        let Some(to) = question.reply else { return };
        match question.subject.split('.').nth(1) {
            Some("PING") => self.tell(to, &self.ping()).await,
            Some("INFO") => self.tell(to, &self.info()).await,
            Some("STATS") => self.tell(to, &self.stats(under_way)).await,
            Some(_) | None => {}
        }
    }

    async fn tell(&self, to: Subject, what: &impl Serialize) {
        let told = match serde_json::to_vec(what) {
            Ok(bytes) => self.client.publish(to, bytes.into()).await,
            Err(error) => {
                tracing::error!(%error, "a service cannot be described");
                return;
            }
        };
        if let Err(error) = told {
            tracing::warn!(%error, "an answer of the discovery could not be sent");
        }
    }

    fn ping(&self) -> PingResponse {
        PingResponse {
            kind: "io.nats.micro.v1.ping_response".to_owned(),
            name: NAME.to_owned(),
            id: self.id.clone(),
            version: self.version.to_owned(),
            metadata: HashMap::new(),
        }
    }

    fn info(&self) -> Info {
        Info {
            kind: "io.nats.micro.v1.info_response".to_owned(),
            name: NAME.to_owned(),
            id: self.id.clone(),
            description: self.description.to_owned(),
            version: self.version.to_owned(),
            metadata: HashMap::new(),
            endpoints: vec![endpoint::Info {
                name: ENDPOINT.to_owned(),
                subject: SUBJECT.to_owned(),
                queue_group: QUEUE_GROUP.to_owned(),
                metadata: HashMap::new(),
            }],
        }
    }

    fn stats(&self, under_way: usize) -> Figures {
        let requests = u32::try_from(self.requests).unwrap_or(u32::MAX).max(1);
        let stats = Stats {
            kind: "io.nats.micro.v1.stats_response".to_owned(),
            name: NAME.to_owned(),
            id: self.id.clone(),
            version: self.version.to_owned(),
            started: self.started,
            endpoints: vec![endpoint::Stats {
                name: ENDPOINT.to_owned(),
                subject: SUBJECT.to_owned(),
                requests: self.requests,
                errors: self.errors,
                processing_time: self.processing_time,
                average_processing_time: self.processing_time / requests,
                last_error: self.last_error.clone(),
                // Some client libraries cannot read figures without it.
                data: Some(serde_json::json!({"under_way": under_way})),
                queue_group: QUEUE_GROUP.to_owned(),
            }],
        };
        Figures {
            stats,
            metadata: HashMap::new(),
        }
    }
}

/// A time as all client libraries read it: one of them takes microseconds, and wants some.
fn readable(time: OffsetDateTime) -> OffsetDateTime {
    let micros = time.microsecond().max(1);
    time.replace_microsecond(micros).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_has_microseconds_and_no_more() {
        let second = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(readable(second).nanosecond(), 1_000);
        let later = second + Duration::from_nanos(1_234_567_891);
        assert_eq!(readable(later).nanosecond(), 234_567_000);
    }
}
