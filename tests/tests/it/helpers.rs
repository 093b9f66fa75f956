//! Helpers: requests, server-sent events and the command line.

use crate::openapi_check;
use detente_tests::product::{Product, TIMEOUT, run};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use std::process::Output;
use std::time::Instant;

/// The path of the demo data.
pub(crate) const DEMO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crates/cli/data/demo.ndjson"
);

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) body: Value,
}

/// Sends a request, and checks the answer against the OpenAPI description.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let (client, request) = request.timeout(TIMEOUT).build_split();
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
    openapi_check::assert_matches(&method, &url, &answer).await;
    answer
}

/// Gets a path, and expects a 200.
pub(crate) async fn get(product: &Product, path: &str) -> Value {
    let request = Client::new().get(format!("{}{path}", product.http));
    let answer = answer(request).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

/// Reports a body with a media type.
pub(crate) async fn post(product: &Product, media_type: &str, body: Vec<u8>) -> Answer {
    let request = Client::new().post(format!("{}/v1/events", product.http));
    answer(request.header("content-type", media_type).body(body)).await
}

/// Reports one event, or an array of events.
pub(crate) async fn report(product: &Product, event: &Value) -> Answer {
    post(product, "application/json", event.to_string().into_bytes()).await
}

/// Returns a valid event.
pub(crate) fn event(kind: &str, actors: &[&str], recipients: &[&str], occurred: &str) -> Value {
    serde_json::json!({
        "kind": kind, "actors": actors, "recipients": recipients, "occurred": occurred,
        "title": {"en": "Something that happened"},
        "report": {"publisher": "A wire agency", "language": "en", "grade": "B2"},
    })
}

/// Returns the report of an opened mission.
pub(crate) fn mission(details: Value) -> Value {
    let mut event = event("mission.opened", &["KAZ"], &["UZB"], "2023-05-05");
    event["details"] = details;
    event
}

/// Replaces or adds one field of an event.
pub(crate) fn replaced(mut event: Value, pointer: &str, value: Value) -> Value {
    match event.pointer_mut(pointer) {
        Some(field) => *field = value,
        None => event[pointer.trim_start_matches('/')] = value,
    }
    event
}

/// Returns the number of events.
pub(crate) async fn count(product: &Product) -> usize {
    let page = get(product, "/v1/events?limit=1000").await;
    assert_eq!(page["next"], Value::Null, "all events are on one page");
    page["items"].as_array().unwrap().len()
}

/// Parses the output of a command, and expects exit code 0.
pub(crate) fn data(output: &Output) -> Value {
    let note = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{note}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}; {note}"))
}

/// Returns the stderr of a command.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Splits a command line into arguments.
pub(crate) fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// Gets a conduct, and expects the same from HTTP and from the command line.
pub(crate) async fn state(product: &Product, from: &str, to: &str, at: &str) -> Value {
    let path = format!("/v1/relations/{from}/{to}?at={at}");
    let answer = get(product, &path).await;
    let printed = product.client(&["state", from, to, "--at", at, "-o", "json"]);
    assert_eq!(data(&printed), answer, "{path}");
    answer
}

/// Gets a conduct from a file, without a server.
pub(crate) fn state_of_file(file: &str, from: &str, to: &str, at: &str) -> Value {
    data(&run(&[
        "state", from, to, "--at", at, "--file", file, "-o", "json",
    ]))
}

/// Reads the whole change feed, in small pages.
pub(crate) async fn pages(product: &Product) -> Vec<Value> {
    pages_of(&product.http, 7).await
}

/// Reads the whole change feed of a server, in pages of a size.
pub(crate) async fn pages_of(http: &str, limit: usize) -> Vec<Value> {
    let (mut frames, mut from) = (Vec::new(), "start".to_owned());
    loop {
        let url = format!("{http}/v1/changes?limit={limit}&from={from}");
        let page = answer(Client::new().get(url)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let items = page.body["items"].as_array().unwrap();
        if items.is_empty() {
            return frames;
        }
        frames.extend(items.iter().cloned());
        from = text(&page.body["next"]);
    }
}

/// Returns a string value; empty for any other.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Waits until a condition holds.
pub(crate) async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let until = Instant::now() + TIMEOUT;
    while !holds().await {
        assert!(Instant::now() < until, "not in time: {what}");
        tokio::task::yield_now().await;
    }
}

/// Waits until a server is ready.
pub(crate) async fn ready(http: &str) {
    eventually("the server is ready", async || {
        let ready = Client::new().get(format!("{http}/readyz"));
        let ready = ready.timeout(TIMEOUT).send().await;
        ready.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
}

/// A subscription to the change feed, as server-sent events.
pub(crate) struct Feed {
    response: Response,
    read: Vec<u8>,
}

/// One server-sent event.
#[derive(Debug)]
pub(crate) struct SseEvent {
    pub(crate) event: String,
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl Feed {
    /// Subscribes from the start, or after the last event id, as a browser does.
    pub(crate) async fn open(product: &Product, last: Option<&str>) -> Self {
        Self::at(&product.http, last).await
    }

    /// Subscribes to the server at an address.
    pub(crate) async fn at(http: &str, last: Option<&str>) -> Self {
        Self::with(http, last, "").await
    }

    /// Subscribes from the start, with further parameters.
    pub(crate) async fn with_parameters(http: &str, more: &str) -> Self {
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

    pub(crate) async fn next(&mut self) -> SseEvent {
        loop {
            let end = self.read.windows(2).position(|bytes| bytes == b"\n\n");
            if let Some(end) = end {
                let block: Vec<u8> = self.read.drain(..end + 2).collect();
                return SseEvent::parse(&String::from_utf8(block).unwrap());
            }
            let chunk = tokio::time::timeout(TIMEOUT, self.response.chunk()).await;
            let chunk = chunk.expect("an event in time").unwrap();
            self.read.extend(chunk.expect("the feed has no end"));
        }
    }

    /// Reads up to the next event of a name.
    pub(crate) async fn next_of(&mut self, name: &str) -> SseEvent {
        loop {
            let sent = self.next().await;
            if sent.event == name {
                return sent;
            }
        }
    }

    /// Reads up to the next frame of changes.
    pub(crate) async fn frame(&mut self) -> SseEvent {
        loop {
            let sent = self.next().await;
            if sent.event == "changes" {
                assert_eq!(text(&sent.data["cursor"]), sent.id);
                return sent;
            }
        }
    }
}

impl SseEvent {
    fn parse(block: &str) -> Self {
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
