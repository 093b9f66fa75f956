//! Reading a body, within the limits of one request and of all together.

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use detente_http::coding::broken_off;
use futures_util::StreamExt as _;

use crate::error::ReportError;
use crate::memory::{BodyMemory, Reservation, too_large};
use crate::report::BODY_MAX;

/// The most bytes of a body over the limit that are read and discarded, so that a client that reads
/// only after it has sent gets the answer. One in a content coding ends right after the limit.
const DRAIN_MAX: usize = 64 << 20;

/// Reads a body whole. Its memory is reserved until the reservation is dropped.
pub(super) async fn read(
    body: Body,
    headers: &HeaderMap,
    memory: &BodyMemory,
) -> Result<(Bytes, Reservation), ReportError> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let length = length.and_then(|length| length.parse::<usize>().ok());
    let is_too_large = length.is_some_and(|length| length > BODY_MAX);
    if is_too_large && headers.contains_key(header::EXPECT) {
        // The client waits for an answer before it sends.
        return Err(too_large().into());
    }
    let mut bytes = BytesMut::new();
    let mut reservation = memory.reserve();
    let mut stream = body.into_data_stream();
    while let Some(data) = stream.next().await {
        let data = data.map_err(|error| broken_off(&error))?;
        let length = bytes.len() + data.len();
        if is_too_large || length > BODY_MAX {
            drop((bytes, reservation));
            drain(stream).await;
            return Err(too_large().into());
        }
        reservation.grow(length)?;
        bytes.extend_from_slice(&data);
    }
    Ok((bytes.freeze(), reservation))
}

async fn drain(mut stream: BodyDataStream) {
    let mut drained = 0;
    while drained < DRAIN_MAX
        && let Some(Ok(data)) = stream.next().await
    {
        drained += data.len();
    }
}
