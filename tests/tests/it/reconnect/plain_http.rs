//! A subscriber with plain HTTP: after a cut it sends `Last-Event-ID`.

use super::{LastCursor, POLL_EVERY, is_last};
use crate::helpers::SseEvent;
use detente_client::view::Frame;
use detente_tests::product::TIMEOUT;
use reqwest::{Client, Response};
use std::time::{Duration, Instant};

/// The time after which a client gives up waiting for the head of an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The wait before a retry.
const RETRY_AFTER: Duration = Duration::from_millis(20);

/// Reads all changes from the start to the end, over as many connections as needed.
pub(super) async fn read(http: String, last: LastCursor) -> Vec<Frame> {
    let client = Client::new();
    let mut received = Vec::new();
    let mut cursor = String::new();
    let mut received_at = Instant::now();
    while !is_last(&last, &cursor) {
        assert!(received_at.elapsed() < TIMEOUT, "nothing in time");
        let mut request = client.get(format!("{http}/v1/changes?from=start"));
        request = request.header("accept", "text/event-stream");
        if !cursor.is_empty() {
            request = request.header("last-event-id", &cursor);
        }
        let Ok(answered) = tokio::time::timeout(ANSWER_WITHIN, request.send()).await else {
            continue;
        };
        match answered {
            Ok(response) if response.status() == 200 => {
                let before = cursor.clone();
                read_connection(response, &mut received, &mut cursor, &last).await;
                if cursor != before {
                    received_at = Instant::now();
                }
            }
            // The server is starting.
            Ok(response) => assert_eq!(response.status(), 503),
            Err(_) => tokio::time::sleep(RETRY_AFTER).await,
        }
    }
    received
}

/// Reads whole events of one connection; an incomplete one is dropped.
async fn read_connection(
    mut response: Response,
    received: &mut Vec<Frame>,
    cursor: &mut String,
    last: &LastCursor,
) {
    let mut bytes = Vec::new();
    while !is_last(last, cursor) {
        let Ok(chunk) = tokio::time::timeout(POLL_EVERY, response.chunk()).await else {
            continue;
        };
        let Ok(Some(chunk)) = chunk else { return };
        bytes.extend(chunk);
        while let Some(end) = bytes.windows(2).position(|pair| pair == b"\n\n") {
            let block: Vec<u8> = bytes.drain(..end + 2).collect();
            let event = SseEvent::parse(&String::from_utf8(block).unwrap());
            if event.event == "changes" {
                received.push(serde_json::from_value(event.data).unwrap());
            }
            *cursor = event.id;
        }
    }
}
