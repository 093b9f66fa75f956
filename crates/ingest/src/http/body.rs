//! Reading a body: bounded, for one request and for all together.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use detente_api::refusal::{Code, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::BODY_MAX;
use crate::error::{Failure, FailureCode};

/// How much of a body that is too large is read and thrown away, so that its sender, who does not
/// listen while he sends, hears the answer.
const DRAIN_MAX: usize = 64 << 20;
/// A body takes its share of the common memory in steps of so many bytes.
const STEP: usize = 64 << 10;

/// A body, with its share of the common memory.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

/// Why there is none.
#[derive(Debug)]
pub(super) enum Unread {
    Refused(Refusal),
    Failed(Failure),
}

/// Reads a body whole. `memory` has a permit for each KiB that all bodies may take together.
pub(super) async fn read(
    mut body: Body,
    headers: &HeaderMap,
    memory: &Arc<Semaphore>,
) -> Result<Whole, Unread> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let length = length.and_then(|length| length.parse::<usize>().ok());
    let too_large = length.is_some_and(|length| length > BODY_MAX);
    if too_large && headers.contains_key(header::EXPECT) {
        // The sender waits for a word before he sends.
        return Err(Unread::Refused(refusal()));
    }
    let mut bytes = BytesMut::new();
    let (mut share, mut paid): (Option<OwnedSemaphorePermit>, usize) = (None, 0);
    while let Some(data) = next(&mut body).await? {
        if too_large || bytes.len() + data.len() > BODY_MAX {
            drop(bytes);
            drop(share);
            drain(body).await;
            return Err(Unread::Refused(refusal()));
        }
        while paid < bytes.len() + data.len() {
            let more = Arc::clone(memory).try_acquire_many_owned((STEP >> 10) as u32);
            let more = more.map_err(|_| Unread::Failed(busy()))?;
            match &mut share {
                Some(share) => share.merge(more),
                None => share = Some(more),
            }
            paid += STEP;
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Whole {
        bytes: bytes.freeze(),
        _share: share,
    })
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, Unread> {
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
        match frame {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
            Err(error) => {
                let message = format!("the body broke off: {error}");
                return Err(Unread::Refused(Refusal::new(Code::BadJson, message)));
            }
        }
    }
    Ok(None)
}

async fn drain(mut body: Body) {
    let mut drained = 0;
    while drained < DRAIN_MAX
        && let Ok(Some(data)) = next(&mut body).await
    {
        drained += data.len();
    }
}

fn refusal() -> Refusal {
    let mib = BODY_MAX >> 20;
    Refusal::new(Code::BodyTooLarge, format!("a body has at most {mib} MiB"))
}

/// There is no room for another body right now.
pub(crate) fn busy() -> Failure {
    let reason = "too many reports are being read at once".to_owned();
    Failure {
        code: FailureCode::LogUnavailable,
        reason,
        accepted: Vec::new(),
    }
}
