//! Sending what has its id already: again and again, until its fate is known.

use std::time::Duration;

use anyhow::Context as _;
use detente_wire::json::Answer;
use reqwest::{Client, StatusCode};

use crate::source::{problem, unreachable};

/// How often a request is tried whose fate is not known; the ids make that harmless.
const TRIES: u32 = 5;
/// How long the service may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// Sends a body of rows until their fate is known.
pub(super) async fn send(
    client: &Client,
    url: &str,
    media_type: &str,
    body: String,
) -> anyhow::Result<Answer> {
    let mut wait = Duration::from_millis(200);
    let mut tries = 1;
    loop {
        let request = client.post(url).header("content-type", media_type);
        let sent = request
            .body(body.clone())
            .timeout(ANSWER_WITHIN)
            .send()
            .await;
        let error = match sent {
            Ok(response) => {
                let status = response.status();
                let body = response.bytes().await.context("reading the answer")?;
                // An answer has the rows, also where none was accepted; a failure has not.
                if let Ok(answer) = serde_json::from_slice(&body) {
                    return Ok(answer);
                }
                let error = problem(status, &body);
                if status != StatusCode::SERVICE_UNAVAILABLE {
                    return Err(error);
                }
                Some(error)
            }
            Err(error) => {
                let base = url.split("/v1/").next().unwrap_or(url);
                Some(unreachable(base, &error))
            }
        };
        if let Some(error) = error.filter(|_| tries >= TRIES) {
            return Err(error);
        }
        tries += 1;
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
}
