//! Frames of a server: read ahead, and read on after a cut.

use std::time::Duration;

use detente_query::answers::Replayed;
use eventsource_stream::Eventsource as _;
use futures_util::StreamExt as _;
use reqwest::{Client, StatusCode};
use tokio::sync::mpsc;

use super::{Asked, relations};
use crate::args::{Global, Replay};
use crate::source::{accepted, client, unreachable};

/// Nothing for so long means that the line is dead: there is a sign of life every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// The longest wait before a server is tried again.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// A replay of a server.
pub(super) struct Remote {
    client: Client,
    base: String,
    params: Vec<(&'static str, String)>,
    last: Option<String>,
}

type Sender = mpsc::Sender<anyhow::Result<Replayed>>;

/// Why a connection ended.
enum Ended {
    /// It is over, or nobody listens.
    Done,
    /// The line was cut; come again.
    Cut,
}

impl Remote {
    pub(super) fn new(global: &Global, args: &Replay, asked: &Asked) -> anyhow::Result<Self> {
        let mut params = relations(&asked.filter);
        params.push(("clock", asked.clock.word().to_owned()));
        let topics = asked.filter.topics.iter();
        params.extend(topics.map(|topic| ("dimension", topic.word().to_owned())));
        let occasions = asked.filter.occasions.iter();
        params.extend(occasions.map(|occasion| ("occasion", occasion.word().to_owned())));
        params.extend(args.from.map(|day| ("from", day.to_string())));
        params.extend(args.to.map(|day| ("to", day.to_string())));
        let known = args.read.known_at;
        params.extend(known.map(|known| ("known_at", known.to_string())));
        Ok(Self {
            client: client(global, &global.server)?,
            base: global.server.trim_end_matches('/').to_owned(),
            params,
            last: None,
        })
    }

    /// Sends all frames, and what ended them if it was no good end.
    pub(super) async fn send(mut self, sender: &Sender) {
        let mut wait = Duration::from_millis(100);
        loop {
            let before = self.last.clone();
            match self.connect(sender).await {
                Ok(Ended::Done) => return,
                Ok(Ended::Cut) => {}
                // A server that answered before may come back.
                Err(error) if before.is_some() && error.is::<reqwest::Error>() => {}
                Err(error) => {
                    let error = match error.downcast::<reqwest::Error>() {
                        Ok(error) => unreachable(&self.base, &error),
                        Err(other) => other,
                    };
                    // Whoever has gone need not be told.
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
            if self.last != before {
                wait = Duration::from_millis(100);
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(WAIT_MAX);
        }
    }

    async fn connect(&mut self, sender: &Sender) -> anyhow::Result<Ended> {
        let request = self.client.get(format!("{}/v1/replay", self.base));
        let mut request = request.query(&self.params);
        if let Some(last) = &self.last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await?;
        match response.status() {
            StatusCode::SERVICE_UNAVAILABLE => return Ok(Ended::Cut),
            StatusCode::NO_CONTENT => return Ok(Ended::Done),
            _ => {}
        }
        let mut events = accepted(response).await?.bytes_stream().eventsource();
        while let Ok(Some(Ok(event))) = tokio::time::timeout(SILENCE_MAX, events.next()).await {
            if event.event == "end" {
                return Ok(Ended::Done);
            }
            if event.event == "changes" {
                let frame: Replayed = serde_json::from_str(&event.data)?;
                if sender.send(Ok(frame)).await.is_err() {
                    return Ok(Ended::Done);
                }
            }
            if !event.id.is_empty() {
                self.last = Some(event.id);
            }
        }
        Ok(Ended::Cut)
    }
}
