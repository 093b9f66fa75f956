//! A subscriber with plain HTTP: after a cut it sends `Last-Event-ID`.

use super::{POLL_EVERY, Until, is_reached};
use detente_client::view::Frame;
use detente_tests::product::TIMEOUT;
use reqwest::{Client, Response};
use std::time::{Duration, Instant};

/// The wait before a retry.
const RETRY_AFTER: Duration = Duration::from_millis(20);

/// Reads all changes from the start to the end, over as many connections as needed.
pub(super) async fn read(http: String, until: Until) -> Vec<Frame> {
    let client = Client::new();
    let mut seen = Vec::new();
    let mut last = String::new();
    let mut last_frame = Instant::now();
    while !is_reached(&until, &last) {
        assert!(last_frame.elapsed() < TIMEOUT, "nothing in time");
        let mut request = client.get(format!("{http}/v1/changes?from=start"));
        request = request.header("accept", "text/event-stream");
        if !last.is_empty() {
            request = request.header("last-event-id", &last);
        }
        match request.send().await {
            Ok(response) if response.status() == 200 => {
                let before = last.clone();
                one_connection(response, &mut seen, &mut last, &until).await;
                if last != before {
                    last_frame = Instant::now();
                }
            }
            // The server is starting.
            Ok(response) => assert_eq!(response.status(), 503),
            Err(_) => tokio::time::sleep(RETRY_AFTER).await,
        }
    }
    seen
}

/// Reads whole events of one connection; an incomplete one is dropped.
async fn one_connection(
    mut response: Response,
    seen: &mut Vec<Frame>,
    last: &mut String,
    until: &Until,
) {
    let mut bytes = Vec::new();
    while !is_reached(until, last) {
        let Ok(chunk) = tokio::time::timeout(POLL_EVERY, response.chunk()).await else {
            continue;
        };
        let Ok(Some(chunk)) = chunk else { return };
        bytes.extend(chunk);
        while let Some(end) = bytes.windows(2).position(|pair| pair == b"\n\n") {
            let block: Vec<u8> = bytes.drain(..end + 2).collect();
            apply(&String::from_utf8(block).unwrap(), seen, last);
        }
    }
}

fn apply(block: &str, seen: &mut Vec<Frame>, last: &mut String) {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    if field("event: ") == Some("changes") {
        seen.push(serde_json::from_str(field("data: ").unwrap()).unwrap());
    }
    if let Some(id) = field("id: ") {
        id.clone_into(last);
    }
}
