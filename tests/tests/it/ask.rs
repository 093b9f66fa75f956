//! Asking as anybody would: requests, server-sent events, and the command line.

use crate::described;
use detente_tests::product::{PATIENCE, Product, run};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use std::process::Output;
use std::time::Instant;

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) body: Value,
}

/// Asks, and holds the answer against what is described of it.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let (client, request) = request.timeout(PATIENCE).build_split();
    let request = request.unwrap();
    let (method, url) = (request.method().clone(), request.url().clone());
    let response = client.execute(request).await.unwrap();
    let status = response.status().as_u16();
    let media_type = response.headers()["content-type"].to_str().unwrap();
    let media_type = media_type.to_owned();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let answer = Answer {
        status,
        media_type,
        body,
    };
    described::hold(&method, &url, &answer).await;
    answer
}

/// What is at an address, and it is good.
pub(crate) async fn get(product: &Product, path: &str) -> Value {
    let request = Client::new().get(format!("{}{path}", product.http));
    let answer = answer(request).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

/// Reports, with a media type.
pub(crate) async fn post(product: &Product, media_type: &str, body: Vec<u8>) -> Answer {
    let request = Client::new().post(format!("{}/v1/events", product.http));
    answer(request.header("content-type", media_type).body(body)).await
}

/// Reports one event, or an array.
pub(crate) async fn report(product: &Product, event: &Value) -> Answer {
    post(product, "application/json", event.to_string().into_bytes()).await
}

/// One event that is good.
pub(crate) fn event(kind: &str, actors: &[&str], recipients: &[&str], occurred: &str) -> Value {
    serde_json::json!({
        "kind": kind, "actors": actors, "recipients": recipients, "occurred": occurred,
        "title": {"en": "Something that happened"},
        "report": {"publisher": "A wire agency", "language": "en", "grade": "B2"},
    })
}

/// How many events there are.
pub(crate) async fn count(product: &Product) -> usize {
    let page = get(product, "/v1/events?limit=1000").await;
    assert_eq!(page["next"], Value::Null, "one page has them all");
    page["items"].as_array().unwrap().len()
}

/// What a command that is done printed.
pub(crate) fn data(output: &Output) -> Value {
    let note = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{note}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}; {note}"))
}

/// A conduct, the same through the command line and through HTTP.
pub(crate) async fn state(product: &Product, from: &str, to: &str, at: &str) -> Value {
    let path = format!("/v1/relations/{from}/{to}?at={at}");
    let asked = get(product, &path).await;
    let printed = product.client(&["state", from, to, "--at", at, "-o", "json"]);
    assert_eq!(data(&printed), asked, "{path}");
    asked
}

/// A conduct, folded from a file with no server.
pub(crate) fn state_of_file(file: &str, from: &str, to: &str, at: &str) -> Value {
    data(&run(&[
        "state", from, to, "--at", at, "--file", file, "-o", "json",
    ]))
}

/// Every frame of the change feed, read in pages.
pub(crate) async fn pages(product: &Product) -> Vec<Value> {
    let (mut frames, mut from) = (Vec::new(), "start".to_owned());
    loop {
        let page = get(product, &format!("/v1/changes?limit=7&from={from}")).await;
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            return frames;
        }
        frames.extend(items.iter().cloned());
        from = text(&page["next"]);
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Waits for something that comes.
pub(crate) async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < until, "not in time: {what}");
        tokio::task::yield_now().await;
    }
}

/// It is ready, at the latest when the feed has told of the last report.
pub(crate) async fn assert_ready(product: &Product) {
    eventually("it is ready", async || {
        let ready = Client::new().get(format!("{}/readyz", product.http));
        let ready = ready.send().await;
        ready.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
}

/// A connection to the change feed, as server-sent events.
pub(crate) struct Feed {
    response: Response,
    read: Vec<u8>,
}

/// One server-sent event.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) event: String,
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl Feed {
    /// Asks for all from the start, as a browser does: after a cut with the id that was seen last.
    pub(crate) async fn open(product: &Product, last: Option<&str>) -> Self {
        Self::at(&product.http, last).await
    }

    /// Asks whoever is at an address.
    pub(crate) async fn at(http: &str, last: Option<&str>) -> Self {
        Self::with(http, last, "").await
    }

    /// Asks for all from the start, and for more of it.
    pub(crate) async fn asking(http: &str, more: &str) -> Self {
        Self::with(http, None, more).await
    }

    async fn with(http: &str, last: Option<&str>, more: &str) -> Self {
        let url = format!("{http}/v1/changes?from=start{more}");
        let mut request = Client::new().get(url).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        Self {
            response,
            read: Vec::new(),
        }
    }

    pub(crate) async fn next(&mut self) -> Sent {
        loop {
            let end = self.read.windows(2).position(|bytes| bytes == b"\n\n");
            if let Some(end) = end {
                let block: Vec<u8> = self.read.drain(..end + 2).collect();
                return Sent::read(&String::from_utf8(block).unwrap());
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.expect("a sign of life in time").unwrap();
            self.read.extend(chunk.expect("the feed has no end"));
        }
    }

    /// The next event of a name.
    pub(crate) async fn next_of(&mut self, name: &str) -> Sent {
        loop {
            let sent = self.next().await;
            if sent.event == name {
                return sent;
            }
        }
    }

    /// The next frame of changes.
    pub(crate) async fn frame(&mut self) -> Sent {
        loop {
            let sent = self.next().await;
            if sent.event == "changes" {
                assert_eq!(text(&sent.data["cursor"]), sent.id);
                return sent;
            }
        }
    }
}

impl Sent {
    fn read(block: &str) -> Self {
        let field = |name: &str| {
            let lines = block.lines().filter_map(|line| line.strip_prefix(name));
            lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
        };
        Self {
            event: field("event:"),
            id: field("id:"),
            data: serde_json::from_str(&field("data:")).unwrap(),
        }
    }
}
