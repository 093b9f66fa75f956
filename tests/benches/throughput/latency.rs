//! Latency from acknowledgement to the frame at a subscriber, through the whole product.

use crate::raw::Raw;
use crate::table::{Table, note, quantile, sorted};
use async_nats::HeaderMap;
use bytes::Bytes;
use detente_domain::party::Party;
use detente_tests::product::Product;
use detente_tests::sample::states;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use uuid::Uuid;

/// The header with the number of a message in its round.
const NUMBER: &str = "Number";
/// Events a second, and in all.
const RATE: u64 = 1_000;
const EVENTS: u64 = 10_000;

/// The relations of the events.
pub(crate) struct Spread {
    states: Vec<Party>,
    /// The number of states with which each of them opens missions.
    others: usize,
}

impl Spread {
    /// Returns some 500 relations: each changes often, and its view grows to 18 kB.
    pub(crate) fn narrow() -> Self {
        Self {
            states: states().take(60).collect(),
            others: 9,
        }
    }

    /// Returns nearly all relations of the world: each changes once.
    pub(crate) fn wide() -> Self {
        let states: Vec<Party> = states().collect();
        let others = (states.len() - 1) / 2;
        Self { states, others }
    }

    fn relations(&self) -> usize {
        self.states.len() * self.others
    }
}

/// Returns an event that opens a new mission, so that each causes a change.
pub(crate) fn event(number: u64, spread: &Spread) -> (Uuid, Value) {
    let Spread { states, others } = spread;
    let id = Uuid::from_u64_pair(0x0191_0000_0000_7000, 0x8000 << 48 | number);
    let place = usize::try_from(number).unwrap_or(0);
    let host = states[place % states.len()].code();
    let sender = states[(place + 1 + place / states.len() % others) % states.len()].code();
    let event = json!({
        "id": id, "kind": "mission.opened", "actors": [sender], "recipients": [host],
        "occurred": "2024-05-01",
        "details": {"mission": "consulate", "host": host, "sender": sender,
                    "city": format!("City {number}")},
        "title": {"en": "A consulate opens"},
        "report": {"publisher": "A wire agency", "grade": "A1"},
    });
    (id, event)
}

pub(crate) async fn run(directory: &Path, table: &mut Table) {
    for (name, spread) in [("wide", Spread::wide()), ("narrow", Spread::narrow())] {
        round(&directory.join(name), &spread, table).await;
    }
    disk(directory, table);
}

async fn round(directory: &Path, spread: &Spread, table: &mut Table) {
    let product = Product::up(directory, &[]);
    let (seen_out, mut seen_in) = mpsc::unbounded_channel();
    let client = reqwest::Client::new();
    let url = format!("{}/v1/changes?from=start", product.http);
    let watch = client
        .get(url)
        .header("accept", "text/event-stream")
        .send()
        .await;
    let Ok(watch) = watch else {
        return note("no changes");
    };
    let watching = tokio::spawn(send_causes(watch, seen_out));
    let (acked_out, mut acked_in) = mpsc::unbounded_channel();
    let mut pace = tokio::time::interval(Duration::from_nanos(1_000_000_000 / RATE));
    for number in 0..EVENTS {
        pace.tick().await;
        let (id, event) = event(number, spread);
        let (client, acked) = (client.clone(), acked_out.clone());
        let url = format!("{}/v1/events", product.http);
        tokio::spawn(async move {
            let sent = client.post(url).json(&event).send().await;
            if sent.is_ok_and(|answer| answer.status().is_success()) {
                let _ = acked.send((id, Instant::now()));
            }
        });
    }
    drop(acked_out);
    let mut acked = HashMap::new();
    while let Some((id, at)) = acked_in.recv().await {
        acked.insert(id, at);
    }
    let mut millis: Vec<f64> = Vec::new();
    let mut waiting = acked.clone();
    while !waiting.is_empty() {
        let Ok(Some((id, at))) =
            tokio::time::timeout(Duration::from_secs(10), seen_in.recv()).await
        else {
            note(&format!("    {} frames did not come", waiting.len()));
            break;
        };
        if let Some(acked) = waiting.remove(&id) {
            millis.push(at.saturating_duration_since(acked).as_secs_f64() * 1e3);
        }
    }
    watching.abort();
    let millis = sorted(millis);
    let views = views(&product.nats).await.unwrap_or_default();
    let small = vec![("raw".to_owned(), Bytes::from(vec![0; 256])); views.len() / 2];
    let mean = views.iter().map(|(_, view)| view.len()).sum::<usize>() / views.len().max(1);
    let same = format!("views of {mean} bytes, into a bucket too");
    for (what, messages) in [("256 bytes", small), (same.as_str(), views)] {
        let bucket = messages.iter().any(|(subject, _)| subject != "raw");
        let raw = raw_round(&product.nats, messages, bucket).await;
        let relations = spread.relations();
        let what = format!("ack to SSE, {RATE}/s, {relations} relations; raw: {what}");
        table.latencies(&what, &millis, &raw.unwrap_or_default());
    }
}

/// Sends the id of each event that caused a change, and the time at which the change came.
async fn send_causes(watch: reqwest::Response, seen: mpsc::UnboundedSender<(Uuid, Instant)>) {
    let mut text = String::new();
    let mut body = watch.bytes_stream();
    while let Some(Ok(chunk)) = body.next().await {
        let at = Instant::now();
        text.push_str(&String::from_utf8_lossy(&chunk));
        while let Some(end) = text.find("\n\n") {
            let frame: String = text.drain(..end + 2).collect();
            let data = frame.lines().find_map(|line| line.strip_prefix("data:"));
            let Some(Ok(data)) = data.map(serde_json::from_str::<Value>) else {
                continue;
            };
            for change in data["changes"].as_array().into_iter().flatten() {
                for id in change["causes"].as_array().into_iter().flatten() {
                    if let Some(Ok(id)) = id.as_str().map(Uuid::parse_str) {
                        let _ = seen.send((id, at));
                    }
                }
            }
        }
    }
}

/// Reads the published messages of relations, with the ends of their subjects.
async fn views(url: &str) -> Result<Vec<(String, Bytes)>, async_nats::Error> {
    let raw = Raw::connect(url).await?;
    let mut names = raw.context.stream_names();
    let mut views = Vec::new();
    while let Some(name) = names.next().await {
        let name = name?;
        if !name.starts_with("CHANGES_") {
            continue;
        }
        raw.each(&name, |message| {
            let mut parts = message.subject.rsplitn(3, '.');
            let (last, first) = (parts.next(), parts.next());
            let (last, first) = (last.unwrap_or_default(), first.unwrap_or_default());
            views.push((format!("{first}.{last}"), message.payload.clone()));
        })
        .await?;
    }
    Ok(views)
}

/// Measures durable publish, consume, durable republish and receive of messages at the same rate,
/// optionally with a bucket that the server fills meanwhile. Returns milliseconds, sorted.
async fn raw_round(
    url: &str,
    messages: Vec<(String, Bytes)>,
    bucket: bool,
) -> Result<Vec<f64>, async_nats::Error> {
    let raw = Raw::connect(url).await?;
    let (from, to) = if bucket {
        ("BYTESIN", "BYTESOUT")
    } else {
        ("RAWIN", "RAWOUT")
    };
    raw.stream(from).await?;
    raw.stream(to).await?;
    if bucket {
        raw.bucket(to).await?;
    }
    let mut first = raw.follow(from).await?;
    let mut last = raw.follow(to).await?;
    let again = raw.context.clone();
    let count = messages.len();
    let passing = tokio::spawn(async move {
        while let Some(Ok(message)) = first.next().await {
            let Some((subject, payload)) = number(&message.payload).and_then(|at| messages.get(at))
            else {
                continue;
            };
            let mut headers = HeaderMap::new();
            headers.insert(
                NUMBER,
                number(&message.payload).unwrap_or_default().to_string(),
            );
            let subject = format!("{to}.{subject}");
            if let Ok(ack) = again
                .publish_with_headers(subject, headers, payload.clone())
                .await
            {
                drop(tokio::spawn(ack.into_future()));
            }
        }
    });
    let publishing = raw.context.clone();
    let started = Instant::now();
    let (acked_out, mut acked_in) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_nanos(1_000_000_000 / RATE));
        for number in 0..count {
            pace.tick().await;
            let payload = (number as u64).to_be_bytes().repeat(32);
            let (publishing, acked) = (publishing.clone(), acked_out.clone());
            tokio::spawn(async move {
                if let Ok(ack) = publishing
                    .publish(format!("{from}.raw"), payload.into())
                    .await
                    && ack.await.is_ok()
                {
                    let _ = acked.send((number, started.elapsed()));
                }
            });
        }
    });
    let mut seen = HashMap::new();
    while seen.len() < count {
        let Ok(Some(message)) = tokio::time::timeout(Duration::from_secs(10), last.next()).await
        else {
            break;
        };
        let headers = message?.headers.clone().unwrap_or_default();
        let number = headers
            .get(NUMBER)
            .and_then(|number| number.as_str().parse().ok());
        let number = number.unwrap_or(usize::MAX);
        seen.insert(number, started.elapsed());
    }
    passing.abort();
    let mut millis = Vec::new();
    while let Ok((number, acked)) = acked_in.try_recv() {
        if let Some(seen) = seen.get(&number) {
            millis.push(seen.saturating_sub(acked).as_secs_f64() * 1e3);
        }
    }
    Ok(sorted(millis))
}

/// Reads the number at the start of a payload.
fn number(payload: &[u8]) -> Option<usize> {
    let bytes = payload.first_chunk::<8>()?;
    usize::try_from(u64::from_be_bytes(*bytes)).ok()
}

/// Measures the disk alone: writes of the size of a view, each with a sync.
fn disk(directory: &Path, table: &mut Table) {
    const BYTES: usize = 16 << 10;
    let Ok(mut file) = File::create(directory.join("disk")) else {
        return note("no file");
    };
    let mut millis = Vec::new();
    for _ in 0..EVENTS {
        let started = Instant::now();
        if file
            .write_all(&[0; BYTES])
            .and_then(|()| file.sync_data())
            .is_err()
        {
            return note("the disk is full");
        }
        millis.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let millis = sorted(millis);
    let what = format!("the disk alone: {BYTES} bytes and a sync");
    table.latencies(&what, &millis, &[]);
    let slowest = quantile(&millis, 1.0);
    table.row(&format!("{what}, slowest"), slowest, None, "ms");
}
