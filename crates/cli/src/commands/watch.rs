//! `detente watch`: changes as they come, for ever; a cut is mended from the last cursor.

use std::time::Duration;

use detente_query::answers::{self, Topic};
use detente_query::feed::{Frame, Wanted};
use eventsource_stream::{Event, Eventsource as _};
use futures_util::StreamExt as _;
use reqwest::Client;

use crate::args::{Global, Output, Watch};
use crate::exit::Fault;
use crate::lifecycle::Lifecycle;
use crate::source::{accepted, client, unreachable};
use crate::{Out, show};

/// Nothing for so long means that the line is dead: there is a sign of life every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// The longest wait before a server is tried again.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// What is watched, and how far it came.
struct Watcher {
    client: Client,
    base: String,
    params: Vec<(&'static str, String)>,
    cursor: String,
    left: Option<u64>,
}

/// Why a connection ended.
enum Ended {
    /// All that was asked for has come.
    Done,
    /// The line was cut; come again.
    Cut(String),
}

pub(super) async fn run(global: &Global, args: &Watch, out: &mut Out) -> anyhow::Result<()> {
    let lifecycle = Lifecycle::of_process()?;
    let mut watcher = Watcher {
        client: client(global, &global.server)?,
        base: global.server.trim_end_matches('/').to_owned(),
        params: params(args)?,
        cursor: args.from.clone(),
        left: args.count,
    };
    let done = tokio::select! {
        done = watcher.watch(out) => done,
        () = lifecycle.soft.cancelled() => Ok(()),
    };
    if !["now", "start"].contains(&watcher.cursor.as_str()) {
        out.note(&format!("go on with: --from {}", watcher.cursor));
    }
    done
}

fn params(args: &Watch) -> Result<Vec<(&'static str, String)>, Fault> {
    let mut params = Vec::new();
    for given in &args.countries {
        params.push((
            "country",
            answers::state("country", given)?.code().to_owned(),
        ));
    }
    for given in &args.dimension {
        params.push(("dimension", Topic::parse(given)?.word().to_owned()));
    }
    params.extend(
        args.occasion
            .iter()
            .map(|given| ("occasion", given.clone())),
    );
    let wanted = Wanted {
        direction: args.direction.clone(),
        filter: args.filter.clone(),
        ..Wanted::default()
    };
    // What is wrong with an expression is said here, before a server is asked.
    wanted.read()?;
    params.extend(wanted.direction.into_iter().map(|one| ("direction", one)));
    params.extend(wanted.filter.map(|filter| ("filter", filter)));
    Ok(params)
}

impl Watcher {
    async fn watch(&mut self, out: &mut Out) -> anyhow::Result<()> {
        let mut wait = Duration::from_millis(100);
        let mut met = false;
        loop {
            let before = self.cursor.clone();
            let why = match self.connect(out).await {
                Ok(Ended::Done) => return Ok(()),
                Ok(Ended::Cut(why)) => {
                    met = true;
                    why
                }
                Err(error) if met && error.downcast_ref::<reqwest::Error>().is_some() => {
                    error.to_string()
                }
                Err(error) => match error.downcast::<reqwest::Error>() {
                    Ok(error) => return Err(unreachable(&self.base, &error)),
                    Err(other) => return Err(other),
                },
            };
            tracing::debug!(why, cursor = self.cursor, "connecting again");
            if self.cursor != before {
                wait = Duration::from_millis(100);
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(WAIT_MAX);
        }
    }

    /// Reads one connection to its end.
    async fn connect(&mut self, out: &mut Out) -> anyhow::Result<Ended> {
        let request = self
            .client
            .get(format!("{}/v1/changes", self.base))
            .query(&self.params);
        let request = request.query(&[("from", &self.cursor)]);
        let response = request.header("accept", "text/event-stream").send().await?;
        if response.status() == reqwest::StatusCode::SERVICE_UNAVAILABLE {
            return Ok(Ended::Cut("the server is not ready".to_owned()));
        }
        let mut events = accepted(response).await?.bytes_stream().eventsource();
        loop {
            let event = match tokio::time::timeout(SILENCE_MAX, events.next()).await {
                Ok(Some(Ok(event))) => event,
                Ok(Some(Err(error))) => return Ok(Ended::Cut(error.to_string())),
                Ok(None) => return Ok(Ended::Cut("the server has ended it".to_owned())),
                Err(_) => return Ok(Ended::Cut("the line is silent".to_owned())),
            };
            if self.take(&event, out)? {
                return Ok(Ended::Done);
            }
        }
    }

    /// Prints an event. Says whether it was the last one.
    fn take(&mut self, event: &Event, out: &mut Out) -> anyhow::Result<bool> {
        if event.event == "switched" {
            let switched: serde_json::Value = serde_json::from_str(&event.data)?;
            out.note(&format!(
                "another rulebook is in force: {} after {}; going on in its changes from {}",
                switched["projection"], switched["previous"], switched["cursor"]
            ));
        }
        if event.event == "changes" {
            let frame: Frame = serde_json::from_str(&event.data)?;
            for mut change in frame.changes {
                match out.form() {
                    Output::Table => out.line(&show::change(&change))?,
                    Output::Json => {
                        change.cursor = Some(frame.cursor.clone());
                        out.json_line(&change)?;
                    }
                }
                if let Some(left) = &mut self.left {
                    *left = left.saturating_sub(1);
                }
            }
        }
        if !event.id.is_empty() {
            self.cursor.clone_from(&event.id);
        }
        Ok(self.left == Some(0))
    }
}
