//! From acknowledgement to the frame that a subscriber sees, through the whole product.

use crate::raw::Raw;
use crate::table::{Table, quantile, say};
use detente_domain::party::{Party, PartyKind};
use detente_tests::product::Product;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use uuid::Uuid;

/// Events a second, and how many in all.
const RATE: u64 = 1_000;
const EVENTS: u64 = 10_000;

/// An event that opens a mission that was not there: every one is a change.
fn event(number: u64, states: &[Party]) -> (Uuid, Value) {
    let id = Uuid::from_u64_pair(0x0191_0000_0000_7000, 0x8000 << 48 | number);
    let place = usize::try_from(number).unwrap_or(0);
    let host = states[place % states.len()].code();
    let sender = states[(place + 1 + place / states.len() % 9) % states.len()].code();
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
    let product = Product::up(&directory.join("up"), &[]);
    let states: Vec<Party> = Party::all()
        .filter(|party| party.kind() == PartyKind::State)
        .take(60)
        .collect();
    let (seen_out, mut seen_in) = mpsc::unbounded_channel();
    let client = reqwest::Client::new();
    let url = format!("{}/v1/changes?from=start", product.http);
    let watch = client
        .get(url)
        .header("accept", "text/event-stream")
        .send()
        .await;
    let Ok(watch) = watch else {
        return say("no changes");
    };
    let watching = tokio::spawn(async move {
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
                for cause in data["changes"].as_array().into_iter().flatten() {
                    for id in cause["causes"].as_array().into_iter().flatten() {
                        if let Some(Ok(id)) = id.as_str().map(Uuid::parse_str) {
                            let _ = seen_out.send((id, at));
                        }
                    }
                }
            }
        }
    });
    let (acked_out, mut acked_in) = mpsc::unbounded_channel();
    let mut pace = tokio::time::interval(Duration::from_nanos(1_000_000_000 / RATE));
    for number in 0..EVENTS {
        pace.tick().await;
        let (id, event) = event(number, &states);
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
            say(&format!("    {} frames did not come", waiting.len()));
            break;
        };
        if let Some(acked) = waiting.remove(&id) {
            millis.push(at.saturating_duration_since(acked).as_secs_f64() * 1e3);
        }
    }
    watching.abort();
    millis.sort_by(f64::total_cmp);
    let raw = raw_round(&product.nats).await.unwrap_or_default();
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let raw = (!raw.is_empty()).then(|| quantile(&raw, share));
        let what = format!("acknowledgement to SSE frame at {RATE}/s, {name}");
        table.row(&what, quantile(&millis, share), raw, "ms");
    }
}

/// Durable publish, consume, durable republish, receive, at the same rate: milliseconds, sorted.
async fn raw_round(url: &str) -> Result<Vec<f64>, async_nats::Error> {
    let raw = Raw::connect(url).await?;
    raw.stream("RAWIN").await?;
    raw.stream("RAWOUT").await?;
    let mut first = raw.follow("RAWIN").await?;
    let mut last = raw.follow("RAWOUT").await?;
    let again = raw.context.clone();
    let passing = tokio::spawn(async move {
        while let Some(Ok(message)) = first.next().await {
            if let Ok(ack) = again.publish("RAWOUT.raw", message.payload.clone()).await {
                drop(tokio::spawn(ack.into_future()));
            }
        }
    });
    let count = EVENTS / 2;
    let publishing = raw.context.clone();
    let started = Instant::now();
    let (acked_out, mut acked_in) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_nanos(1_000_000_000 / RATE));
        for number in 0..count {
            pace.tick().await;
            let payload = number.to_be_bytes().repeat(32);
            let (publishing, acked) = (publishing.clone(), acked_out.clone());
            tokio::spawn(async move {
                if let Ok(ack) = publishing.publish("RAWIN.raw", payload.into()).await
                    && ack.await.is_ok()
                {
                    let _ = acked.send((number, started.elapsed()));
                }
            });
        }
    });
    let mut seen = HashMap::new();
    while (seen.len() as u64) < count {
        let Ok(Some(message)) = tokio::time::timeout(Duration::from_secs(10), last.next()).await
        else {
            break;
        };
        let payload = message?.payload.clone();
        let number = payload
            .first_chunk::<8>()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes));
        seen.insert(number, started.elapsed());
    }
    passing.abort();
    let mut millis = Vec::new();
    while let Ok((number, acked)) = acked_in.try_recv() {
        if let Some(seen) = seen.get(&number) {
            millis.push(seen.saturating_sub(acked).as_secs_f64() * 1e3);
        }
    }
    millis.sort_by(f64::total_cmp);
    Ok(millis)
}
