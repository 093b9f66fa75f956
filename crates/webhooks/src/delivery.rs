//! One delivery: its id, its signatures, its request.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT};
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use detente_feed::CloudEvent;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook as Signer,
    WebhookError,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use uuid::Uuid;

use crate::pinned_client::PinnedClient;
use crate::webhook::Webhook;

/// The most bytes that are read of an answer; its content is not used.
const ANSWER_MAX: usize = 16 << 10;
/// The time limit of reading it.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// The most characters of an error.
const ERROR_MAX: usize = 200;
/// The namespace of delivery ids: UUIDv5 of the webhook's id and the cursor.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_7a52_90b4_4e0c_8f53_d3a6_2b9e_71c4);

/// The outcome of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The receiver accepted it.
    Done,
    /// The receiver wants no more deliveries.
    Gone,
    /// It failed, and is retried.
    Failed {
        /// The error.
        error: String,
        /// The wait that the receiver asks for, in milliseconds.
        retry_after: Option<i64>,
    },
}

/// Returns the id of the delivery of a frame to a webhook, the same for each attempt.
pub(crate) fn id(webhook: &str, cursor: &str) -> String {
    let name = format!("{webhook} {cursor}");
    format!("msg_{}", Uuid::new_v5(&NAMESPACE, name.as_bytes()).simple())
}

/// Returns the signatures of a body by each secret that is valid now, in seconds since 1970.
pub(crate) fn signatures(
    webhook: &Webhook,
    id: &str,
    now: i64,
    body: &str,
) -> Result<String, WebhookError> {
    let sign = |secret: &str| Signer::new(secret)?.sign(id, now, body.as_bytes());
    let signed = webhook.secrets(now).map(|secret| sign(secret.expose()));
    let signed: Result<Vec<String>, WebhookError> = signed.collect();
    Ok(signed?.join(" "))
}

/// Sends one delivery; `now` is in seconds since 1970, `timeout` limits the whole exchange.
pub(crate) async fn send(
    client: &PinnedClient,
    webhook: &Webhook,
    id: &str,
    body: String,
    now: i64,
    timeout: Duration,
) -> Outcome {
    let exchange = async {
        let signatures = signatures(webhook, id, now, &body);
        let signatures = signatures.map_err(|error| format!("it cannot be signed: {error}"))?;
        let request = Request::post(client.url().as_str())
            .header(CONTENT_TYPE, CloudEvent::MEDIA_TYPE)
            .header(USER_AGENT, concat!("detente/", env!("CARGO_PKG_VERSION")))
            .header(HEADER_WEBHOOK_ID, id)
            .header(HEADER_WEBHOOK_TIMESTAMP, now)
            .header(HEADER_WEBHOOK_SIGNATURE, signatures)
            .body(Full::new(Bytes::from(body)));
        let request = request.map_err(|error| format!("it cannot be written: {error}"))?;
        let http = client.client().await.map_err(|error| error.to_string())?;
        match http.request(request).await {
            Ok(response) => Ok(outcome(response, now).await),
            Err(error) => {
                // The name may have another address by now.
                client.clear_addresses().await;
                Err(with_causes(&error))
            }
        }
    };
    match tokio::time::timeout(timeout, exchange).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => failed(error),
        Err(_) => failed("the receiver takes too long".to_owned()),
    }
}

async fn outcome(response: Response<Incoming>, now: i64) -> Outcome {
    let status = response.status();
    let outcome = if status.is_success() {
        Outcome::Done
    } else if status == StatusCode::GONE {
        Outcome::Gone
    } else {
        let redirects = if status.is_redirection() {
            ", and redirects are not followed"
        } else {
            ""
        };
        Outcome::Failed {
            error: format!("the receiver answers {}{redirects}", status.as_u16()),
            retry_after: retry_after(response.headers(), now),
        }
    };
    // A connection can be reused once its answer is read.
    let mut body = response.into_body();
    let drained = async {
        let mut read = 0;
        while read < ANSWER_MAX
            && let Some(Ok(part)) = body.frame().await
        {
            read += part.data_ref().map_or(0, Bytes::len);
        }
    };
    let _ = tokio::time::timeout(ANSWER_WITHIN, drained).await;
    outcome
}

/// Parses `Retry-After`, seconds or a date, as milliseconds.
fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match value.parse::<u32>() {
        Ok(seconds) => i64::from(seconds),
        Err(_) => {
            // HTTP writes GMT where RFC 2822 has an offset.
            let date = value.replace("GMT", "+0000");
            let date = OffsetDateTime::parse(&date, &Rfc2822).ok()?;
            date.unix_timestamp().saturating_sub(now).max(0)
        }
    };
    Some(seconds.saturating_mul(1_000))
}

/// Returns the outcome of a delivery without an answer.
pub(crate) const fn failed(error: String) -> Outcome {
    Outcome::Failed {
        error,
        retry_after: None,
    }
}

/// Returns an error with its causes. The client's errors contain no address.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ").chars().take(ERROR_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::{PreviousSecret, SigningSecret, Status};
    use detente_api::request::FilterRequest;

    #[test]
    fn a_delivery_id_depends_on_webhook_and_cursor() {
        assert_eq!(id("a", "p-1"), "msg_64ceae90baa957728d2218b0ab4f9c9f");
        assert_ne!(id("a", "p-1"), id("a", "p-2"));
        assert_ne!(id("a", "p-1"), id("b", "p-1"));
    }

    #[test]
    fn a_delivery_is_signed_as_standard_webhooks_defines() {
        // The example of the official library.
        let first = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        let webhook = |previous_secret| Webhook {
            id: "a".to_owned(),
            url: String::new(),
            filter: FilterRequest::default(),
            secret: SigningSecret::parse(first).unwrap(),
            previous_secret,
            generation: Uuid::nil(),
            start_cursor: String::new(),
            status: Status::Active,
        };
        let body = r#"{"email":"test@example.com","username":"test_user"}"#;
        let id = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
        let current = signatures(&webhook(None), id, 1_649_367_553, body).unwrap();
        assert_eq!(current, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
        let previous = PreviousSecret {
            secret: SigningSecret::new(&[7; 32]),
            until: 1_649_367_554,
        };
        let both = signatures(&webhook(Some(previous)), id, 1_649_367_553, body).unwrap();
        assert!(both.starts_with(&format!("{current} v1,")), "{both}");
    }

    #[test]
    fn retry_after_is_in_seconds_or_a_date() {
        let asks = |value: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
            retry_after(&headers, 1_445_412_480)
        };
        assert_eq!(asks("120"), Some(120_000));
        assert_eq!(asks("Wed, 21 Oct 2015 07:28:10 GMT"), Some(10_000));
        assert_eq!(asks("Wed, 21 Oct 2015 07:27:00 GMT"), Some(0));
        assert_eq!(asks("soon"), None);
    }
}
