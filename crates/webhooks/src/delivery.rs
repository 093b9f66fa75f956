//! One delivery: its id, its signature, the request.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT};
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use detente_feed::CloudEvent;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook, WebhookError,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use uuid::Uuid;

use crate::hook::Hook;
use crate::line::Line;

/// The most bytes that are read of what a receiver answers; nothing in it matters.
const ANSWER_MAX: usize = 16 << 10;
/// How long it is read.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// The most characters of an error that are kept.
const ERROR_MAX: usize = 200;
/// The space of delivery ids: UUIDv5 over the webhook's id and the cursor.
const SPACE: Uuid = Uuid::from_u128(0x6f1d_7a52_90b4_4e0c_8f53_d3a6_2b9e_71c4);

/// What came of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The receiver has it.
    Done,
    /// The receiver wants nothing any more.
    Gone,
    /// It is to be tried again.
    Failed {
        /// What went wrong.
        error: String,
        /// For how long the receiver wants nothing, in milliseconds.
        retry_after: Option<i64>,
    },
}

/// The id of the delivery of a frame to a webhook: the same however often it is sent.
pub(crate) fn id(hook: &str, cursor: &str) -> String {
    let name = format!("{hook} {cursor}");
    format!("msg_{}", Uuid::new_v5(&SPACE, name.as_bytes()).simple())
}

/// What a delivery is signed with, by each secret that is good now, in seconds since 1970.
pub(crate) fn signatures(
    hook: &Hook,
    id: &str,
    now: i64,
    body: &str,
) -> Result<String, WebhookError> {
    let sign = |secret: &str| Webhook::new(secret)?.sign(id, now, body.as_bytes());
    let signed = hook.secrets(now).map(|secret| sign(secret.expose()));
    let signed: Result<Vec<String>, WebhookError> = signed.collect();
    Ok(signed?.join(" "))
}

/// Sends one delivery; `now` is in seconds since 1970, and the receiver answers within `timeout`.
pub(crate) async fn send(
    line: &Line,
    hook: &Hook,
    id: &str,
    body: String,
    now: i64,
    timeout: Duration,
) -> Outcome {
    let signatures = match signatures(hook, id, now, &body) {
        Ok(signatures) => signatures,
        Err(error) => return failed(format!("it cannot be signed: {error}")),
    };
    let request = Request::post(line.url().as_str())
        .header(CONTENT_TYPE, CloudEvent::MEDIA_TYPE)
        .header(USER_AGENT, concat!("detente/", env!("CARGO_PKG_VERSION")))
        .header(HEADER_WEBHOOK_ID, id)
        .header(HEADER_WEBHOOK_TIMESTAMP, now)
        .header(HEADER_WEBHOOK_SIGNATURE, signatures)
        .body(Full::new(Bytes::from(body)));
    let request = match request {
        Ok(request) => request,
        Err(error) => return failed(format!("it cannot be written: {error}")),
    };
    let exchange = async {
        let client = line.client().await.map_err(|refused| refused.to_string())?;
        match client.request(request).await {
            Ok(response) => Ok(answered(response, now).await),
            Err(error) => {
                // The name may be at another address by now.
                line.look_again().await;
                Err(said(&error))
            }
        }
    };
    match tokio::time::timeout(timeout, exchange).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => failed(error),
        Err(_) => failed("the receiver takes too long".to_owned()),
    }
}

async fn answered(response: Response<Incoming>, now: i64) -> Outcome {
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
    // A connection is used again once its answer is read; what is long, or slow, is not worth that.
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

/// The wait that the receiver asks for, in milliseconds: seconds, or a date.
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

const fn failed(error: String) -> Outcome {
    Outcome::Failed {
        error,
        retry_after: None,
    }
}

/// An error with what caused it; no address is in it, which may hold a secret.
fn said(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        said = format!("{said}: {inner}");
        cause = inner.source();
    }
    said.chars().take(ERROR_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::{Before, Secret, Status};

    #[test]
    fn a_delivery_has_one_id_for_each_webhook_and_frame() {
        assert_eq!(id("a", "p-1"), "msg_64ceae90baa957728d2218b0ab4f9c9f");
        assert_ne!(id("a", "p-1"), id("a", "p-2"));
        assert_ne!(id("a", "p-1"), id("b", "p-1"));
    }

    #[test]
    fn a_delivery_is_signed_as_the_specification_has_it() {
        let secret = |text: &str| Secret::read(text).unwrap();
        // The example of the specification's own library.
        let first = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        let hook = |before| Hook {
            id: "a".to_owned(),
            url: String::new(),
            wanted: detente_feed::Wanted::default(),
            secret: secret(first),
            before,
            generation: Uuid::nil(),
            begins: String::new(),
            status: Status::Active,
        };
        let body = r#"{"email":"test@example.com","username":"test_user"}"#;
        let id = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
        let one = signatures(&hook(None), id, 1_649_367_553, body).unwrap();
        assert_eq!(one, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
        let before = Before {
            secret: Secret::of(&[7; 32]),
            until: 1_649_367_554,
        };
        let two = signatures(&hook(Some(before)), id, 1_649_367_553, body).unwrap();
        assert!(two.starts_with(&format!("{one} v1,")), "{two}");
    }

    #[test]
    fn a_receiver_asks_for_a_wait_in_seconds_or_by_a_date() {
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
