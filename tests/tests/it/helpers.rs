//! Helpers: requests, server-sent events and the command line.

use crate::openapi_check;
use detente_tests::product::{Product, TIMEOUT, run};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
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

/// Gets a path of a server.
pub(crate) async fn answer_to(product: &Product, path: &str) -> Answer {
    answer(Client::new().get(format!("{}{path}", product.http))).await
}

/// Gets a path, and expects a 200.
pub(crate) async fn get(product: &Product, path: &str) -> Value {
    let answer = answer_to(product, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

/// Gets an event, once the server has folded the log up to a position.
pub(crate) async fn get_event(product: &Product, id: &str, position: u64) -> Value {
    let path = format!("/v1/events/{id}?min_position={position}");
    get(product, &path).await
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

/// Reports a new event. Returns its id and position.
pub(crate) async fn reported(product: &Product, event: &Value) -> (String, u64) {
    let answer = report(product, event).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    accepted(&answer.body)
}

/// Returns the id and position of the first accepted row.
pub(crate) fn accepted(body: &Value) -> (String, u64) {
    let row = &body["accepted"][0];
    let position = row["position"].as_u64();
    let position = position.unwrap_or_else(|| panic!("nothing is accepted: {body}"));
    (text(&row["id"]), position)
}

/// Returns a valid event.
pub(crate) fn event(kind: &str, actors: &[&str], recipients: &[&str], occurred: &str) -> Value {
    json!({
        "kind": kind, "actors": actors, "recipients": recipients, "occurred": occurred,
        "title": {"en": "Something that happened"},
        "report": {"publisher": "A wire agency", "language": "en", "grade": "B2"},
    })
}

/// Returns a clash of Kyrgyzstan and Uzbekistan on a day of May 2023.
pub(crate) fn clash(day: u32) -> Value {
    let occurred = format!("2023-05-{day:02}");
    event("clash.occurred", &["KGZ", "UZB"], &[], &occurred)
}

/// Returns what stands: a war of Kyrgyzstan and Uzbekistan, a sanction by an organisation on
/// Afghanistan, and what ends them.
pub(crate) fn standing() -> Vec<Value> {
    let sanction = |kind, day| event(kind, &["CSTO"], &["AFG"], day);
    let mut events = vec![
        event("war.began", &["KGZ"], &["UZB"], "2023-05-04"),
        sanction("sanction.imposed", "2023-05-05"),
        event("ceasefire.agreed", &["KGZ", "UZB"], &[], "2023-05-20"),
        sanction("sanction.eased", "2023-05-25"),
    ];
    for (number, event) in (1..).zip(&mut events) {
        event["id"] = numbered_id(number);
        if event["actors"][0] == "CSTO" {
            event["details"] = json!({"name": "Arms embargo"});
        }
    }
    events
}

/// Checks the states of the days on which they stand.
pub(crate) async fn assert_stands(product: &Product) {
    for (from, to) in [("KGZ", "UZB"), ("UZB", "KGZ")] {
        let war = state(product, from, to, "2023-05-10").await;
        assert_eq!(war["wars"][0]["status"], "open", "{war}");
        for limited in ["political", "security", "posture"] {
            assert_eq!(war[limited]["level"], "hostile", "{limited}: {war}");
            assert_eq!(war[limited]["band"]["ceiling"]["kind"], "war.began");
        }
        let truce = state(product, from, to, "2023-05-21").await;
        assert_eq!(truce["wars"][0]["status"], "ceasefire", "{truce}");
        assert_eq!(truce["security"]["level"], "strained", "{truce}");
    }
    let sanctioned = state(product, "KAZ", "AFG", "2023-05-10").await;
    let sanction = &sanctioned["sanctions"][0];
    assert_eq!(
        (&sanction["via"], &sanction["status"]),
        (&json!("CSTO"), &json!("in_force"))
    );
    let economic = &sanctioned["economic"];
    assert_eq!(economic["level"], "strained", "{economic}");
    assert_eq!(economic["band"]["ceiling"]["kind"], "sanction.imposed");
    // Who is no member is not bound.
    let other = state(product, "UZB", "AFG", "2023-05-10").await;
    assert_eq!(other["sanctions"], json!([]));
    let eased = state(product, "KAZ", "AFG", "2023-05-26").await;
    assert_eq!(eased["sanctions"][0]["status"], "eased");
    assert_eq!(eased["economic"]["band"]["ceiling"], Value::Null);
}

/// Returns an id by number.
pub(crate) fn numbered_id(number: u32) -> Value {
    json!(format!("0190f0f0-0000-7000-8000-{number:012}"))
}

/// Returns the report of an opened mission.
pub(crate) fn mission(details: Value) -> Value {
    let mut event = event("mission.opened", &["KAZ"], &["UZB"], "2023-05-05");
    event["details"] = details;
    event
}

/// Returns the report of an opened consulate, with one detail replaced or added.
pub(crate) fn consulate(field: &str, value: Value) -> Value {
    let mut event = mission(json!({"mission": "consulate", "host": "KAZ", "sender": "UZB"}));
    event["details"][field] = value;
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
    let text = stdout(output);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Runs a command with `-o json`. Parses its output, and expects exit code 0.
pub(crate) fn run_json(args: &[&str]) -> Value {
    data(&run(&[args, &["-o", "json"]].concat()))
}

/// Returns the stdout of a command, and expects exit code 0.
pub(crate) fn stdout(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
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
    run_json(&["state", from, to, "--at", at, "--file", file])
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

/// Returns the changes of frames.
pub(crate) fn changes_of(frames: &[Value]) -> Vec<Value> {
    let changes = frames.iter().map(|frame| &frame["changes"]);
    let changes = changes.flat_map(|changes| changes.as_array().unwrap());
    changes.cloned().collect()
}

/// Checks that frames were received once and in order.
#[track_caller]
pub(crate) fn assert_same_frames<F: PartialEq>(
    received: &[F],
    expected: &[F],
    cursor: impl Fn(&F) -> String,
    case: &str,
) {
    let cursors = |frames: &[F]| -> Vec<String> { frames.iter().map(&cursor).collect() };
    let (received_cursors, expected_cursors) = (cursors(received), cursors(expected));
    assert_eq!(
        received_cursors, expected_cursors,
        "{case}: a gap or a repeat"
    );
    assert!(
        received == expected,
        "{case}: the cursors are the same, the changes are not"
    );
}

/// Gets a metric of a server.
pub(crate) async fn metric(product: &Product, name: &str) -> Option<u64> {
    let metrics = reqwest::get(format!("{}/metrics", product.http)).await;
    let metrics = metrics.unwrap().text().await.unwrap();
    let mut lines = metrics.lines().filter_map(|line| line.split_once(' '));
    let (_, value) = lines.find(|(line_name, _)| *line_name == name)?;
    Some(value.parse().unwrap())
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
    let until = Instant::now() + TIMEOUT;
    loop {
        let asked = Client::new().get(format!("{http}/readyz"));
        let said = match asked.timeout(TIMEOUT).send().await {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) => answer.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        assert!(Instant::now() < until, "{http} is not ready: {said}");
        tokio::task::yield_now().await;
    }
}

/// A subscription to the change feed, as server-sent events.
pub(crate) struct Feed {
    response: Response,
    unread: Vec<u8>,
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
    pub(crate) async fn open(http: &str, last: Option<&str>) -> Self {
        Self::with_parameters(http, last, "").await
    }

    /// Subscribes with further parameters.
    pub(crate) async fn with_parameters(http: &str, last: Option<&str>, more: &str) -> Self {
        let url = format!("{http}/v1/changes?from=start{more}");
        let mut request = Client::new().get(url).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        Self {
            response,
            unread: Vec::new(),
        }
    }

    pub(crate) async fn next(&mut self) -> SseEvent {
        loop {
            let end = self.unread.windows(2).position(|bytes| bytes == b"\n\n");
            if let Some(end) = end {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                return SseEvent::parse(&String::from_utf8(block).unwrap());
            }
            let chunk = tokio::time::timeout(TIMEOUT, self.response.chunk()).await;
            let chunk = chunk.expect("an event in time").unwrap();
            self.unread.extend(chunk.expect("the feed has no end"));
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
        let sent = self.next_of("changes").await;
        assert_eq!(text(&sent.data["cursor"]), sent.id);
        sent
    }
}

impl SseEvent {
    /// Parses the lines of an event.
    pub(crate) fn parse(block: &str) -> Self {
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
