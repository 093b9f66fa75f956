//! A commit: the bytes of one EVENTS message.
//!
//! Its payload is the protobuf message `Commit { repeated Record records = 1; }`, framed here: each
//! record is the tag `0x0A`, its length as a varint, and its encoded bytes. So no record is encoded
//! twice, and a reader iterates over the records without copying them.

use async_nats::header::HeaderMap;
use bytes::{BufMut, Bytes, BytesMut};
use prost::encoding::encode_varint;
use prost::{decode_length_delimiter, length_delimiter_len};
use xxhash_rust::xxh3::xxh3_64;

use crate::headers::Headers;

/// The most records in one commit.
pub const RECORDS_MAX: usize = 1_000;
/// The header with the digest of the payload: xxh3-64, sixteen hexadecimal digits.
pub const DIGEST: &str = "Detente-Digest";
/// The header with the number of records.
pub const RECORDS: &str = "Detente-Records";
/// The header of a message without a payload in the place of a commit that was lost.
pub const LOST: &str = "Detente-Lost";
/// The header with the trace context of the first traced record.
pub const TRACEPARENT: &str = "traceparent";

/// Field 1, wire type "length-delimited".
const TAG: u8 = 0x0A;

/// The error returned for an invalid commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The digest of the payload differs from that in the header.
    #[error("its digest is {found}, its header says {wanted:?}")]
    Digest {
        /// The digest of the payload.
        found: String,
        /// The digest in the header, if there is one.
        wanted: Option<String>,
    },
    /// The number of records in the payload differs from that in the header.
    #[error("it holds {found} records, its header says {wanted:?}")]
    Count {
        /// The number of records in the payload.
        found: usize,
        /// The number in the header, if there is one.
        wanted: Option<String>,
    },
    /// The payload is not a sequence of records.
    #[error("there is no record at byte {offset}")]
    Shape {
        /// The offset at which a record should begin.
        offset: usize,
    },
}

/// Gathers records into one payload.
#[derive(Debug)]
pub struct Builder {
    payload: BytesMut,
    records: u32,
    bytes_max: usize,
}

/// A finished commit.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The message's payload.
    pub payload: Bytes,
    /// The number of records that it holds.
    pub records: u32,
    /// The digest of the payload.
    pub digest: u64,
}

/// Returns the bytes that a record of this length takes in a payload.
pub fn framed_len(record: usize) -> usize {
    1 + length_delimiter_len(record) + record
}

/// Returns the digest of a payload.
pub fn digest(payload: &[u8]) -> u64 {
    xxh3_64(payload)
}

/// Returns the digest in a message's headers, if there is a valid one.
pub fn stored_digest(headers: &Headers) -> Option<u64> {
    u64::from_str_radix(headers.get(DIGEST)?, 16).ok()
}

/// Iterates over the records of a payload, without copying them. An error ends the iteration.
pub fn records(payload: &[u8]) -> impl Iterator<Item = Result<&[u8], FrameError>> {
    let mut rest = payload;
    std::iter::from_fn(move || {
        let (&tag, mut after) = rest.split_first()?;
        let len = decode_length_delimiter(&mut after).ok();
        let record = len.filter(|_| tag == TAG).and_then(|len| after.get(..len));
        let Some(record) = record else {
            let offset = payload.len() - rest.len();
            rest = &[];
            return Some(Err(FrameError::Shape { offset }));
        };
        rest = &after[record.len()..];
        Some(Ok(record))
    })
}

/// Checks a payload's digest, records and their number. Returns the number.
pub fn verify(payload: &[u8], headers: &Headers) -> Result<usize, FrameError> {
    verify_digest(payload, headers)?;
    let mut found = 0;
    for record in records(payload) {
        record?;
        found += 1;
    }
    let wanted = headers.get(RECORDS);
    if wanted.and_then(|count| count.parse().ok()) != Some(found) {
        return Err(FrameError::Count {
            found,
            wanted: wanted.map(str::to_owned),
        });
    }
    Ok(found)
}

/// Checks a payload's digest only: one pass at memory speed.
pub fn verify_digest(payload: &[u8], headers: &Headers) -> Result<(), FrameError> {
    let found = xxh3_64(payload);
    if stored_digest(headers) == Some(found) {
        return Ok(());
    }
    let wanted = headers.get(DIGEST);
    Err(FrameError::Digest {
        found: hex(found),
        wanted: wanted.map(str::to_owned),
    })
}

impl Builder {
    /// Creates a builder for a payload of at most `bytes_max`, with `capacity` bytes allocated.
    pub fn with_capacity(bytes_max: usize, capacity: usize) -> Self {
        Self {
            payload: BytesMut::with_capacity(capacity),
            records: 0,
            bytes_max,
        }
    }

    /// Adds a record, or returns false if it does not fit.
    pub fn push(&mut self, record: &[u8]) -> bool {
        let free = self.bytes_max.saturating_sub(self.payload.len());
        let len = framed_len(record.len());
        if self.records() >= RECORDS_MAX || len > free {
            return false;
        }
        self.payload.reserve(len);
        self.payload.put_u8(TAG);
        encode_varint(record.len() as u64, &mut self.payload);
        self.payload.put_slice(record);
        self.records += 1;
        true
    }

    /// Returns the number of records.
    pub fn records(&self) -> usize {
        self.records as usize
    }

    /// Returns the commit, or `None` without records.
    pub fn finish(self) -> Option<Frame> {
        if self.records == 0 {
            return None;
        }
        let payload = self.payload.freeze();
        let digest = xxh3_64(&payload);
        Some(Frame {
            payload,
            records: self.records,
            digest,
        })
    }
}

impl Frame {
    /// Returns the headers of the payload.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(DIGEST, hex(self.digest));
        headers.insert(RECORDS, self.records.to_string());
        headers
    }
}

/// Formats a digest as in the header.
pub fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

#[cfg(test)]
mod tests;
