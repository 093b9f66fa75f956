//! A commit: the bytes of one EVENTS message.
//!
//! Its payload is the protobuf message `Commit { repeated Record records = 1; }`, laid down by
//! hand: each record is the tag `0x0A`, its length as a varint, and its bytes as they came. So
//! nothing is encoded twice, and a reader walks the records without copying one.

use async_nats::header::HeaderMap;
use bytes::{BufMut, Bytes, BytesMut};
use xxhash_rust::xxh3::xxh3_64;

use crate::headers::Headers;

/// The most records in one commit.
pub const RECORDS_MAX: usize = 1_000;
/// The header with the digest of the payload: xxh3-64, sixteen hexadecimal digits.
pub const DIGEST: &str = "Detente-Digest";
/// The header with the count of records.
pub const RECORDS: &str = "Detente-Records";
/// The header with the trace context of the first record's sender.
pub const TRACEPARENT: &str = "traceparent";

/// Field 1, wire type "length-delimited".
const TAG: u8 = 0x0A;

/// What is wrong with a commit that was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The payload does not have the digest that its header says.
    #[error("its digest is {found}, its header says {wanted:?}")]
    Digest {
        /// What the payload has.
        found: String,
        /// What the header says, if there is one.
        wanted: Option<String>,
    },
    /// The payload holds another number of records than its header says.
    #[error("it holds {found} records, its header says {wanted:?}")]
    Count {
        /// What the payload has.
        found: usize,
        /// What the header says, if there is one.
        wanted: Option<String>,
    },
    /// The payload is no sequence of records.
    #[error("there is no record at byte {offset}")]
    Shape {
        /// Where the next record should begin.
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
    /// How many records it holds.
    pub records: u32,
    /// The digest of the payload.
    pub digest: u64,
}

/// Walks the records of a payload, without copying or allocating.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    payload: &'a [u8],
    offset: usize,
}

/// The bytes that a record takes in a payload.
pub fn framed_len(record: usize) -> usize {
    1 + varint_len(record) + record
}

/// The digest of a payload, as the header has it.
pub fn digest(payload: &[u8]) -> String {
    hex(xxh3_64(payload))
}

/// The records of a payload. After an error there is no more.
pub fn records(payload: &[u8]) -> Records<'_> {
    Records { payload, offset: 0 }
}

/// The records of a shared payload, each sharing its memory.
pub fn shared_records(payload: &Bytes) -> impl Iterator<Item = Result<Bytes, FrameError>> + '_ {
    records(payload).map(|record| record.map(|record| payload.slice_ref(record)))
}

/// Checks a message's payload against its headers, and gives the count of records.
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

/// Checks only the digest: one pass at memory speed.
pub fn verify_digest(payload: &[u8], headers: &Headers) -> Result<(), FrameError> {
    let found = xxh3_64(payload);
    let wanted = headers.get(DIGEST);
    if wanted.and_then(|digest| u64::from_str_radix(digest, 16).ok()) == Some(found) {
        return Ok(());
    }
    Err(FrameError::Digest {
        found: hex(found),
        wanted: wanted.map(str::to_owned),
    })
}

// === impl Builder ===

impl Builder {
    /// A builder for payloads of at most `bytes_max`.
    pub fn new(bytes_max: usize) -> Builder {
        Builder::with_capacity(bytes_max, 0)
    }

    /// The same, with room for so many bytes already.
    pub fn with_capacity(bytes_max: usize, capacity: usize) -> Builder {
        Builder {
            payload: BytesMut::with_capacity(capacity),
            records: 0,
            bytes_max,
        }
    }

    /// Whether a record of this length still finds room.
    pub fn fits(&self, record: usize) -> bool {
        let room = self.bytes_max.saturating_sub(self.payload.len());
        (self.records as usize) < RECORDS_MAX && framed_len(record) <= room
    }

    /// Adds a record and gives its index, or `None` if it finds no room.
    pub fn push(&mut self, record: &[u8]) -> Option<u32> {
        if !self.fits(record.len()) {
            return None;
        }
        self.payload.reserve(framed_len(record.len()));
        self.payload.put_u8(TAG);
        put_varint(&mut self.payload, record.len());
        self.payload.put_slice(record);
        let index = self.records;
        self.records += 1;
        Some(index)
    }

    /// How many records it holds.
    pub fn records(&self) -> usize {
        self.records as usize
    }

    /// The commit, or `None` if it holds no record.
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

// === impl Frame ===

impl Frame {
    /// The headers that go with the payload.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(DIGEST, hex(self.digest));
        headers.insert(RECORDS, self.records.to_string());
        headers
    }
}

// === impl Records ===

impl<'a> Iterator for Records<'a> {
    type Item = Result<&'a [u8], FrameError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.payload.get(self.offset..)?;
        let (&tag, after_tag) = rest.split_first()?;
        let found = if tag == TAG {
            take_varint(after_tag)
        } else {
            None
        };
        let record = found.and_then(|(len, used)| {
            let start = 1 + used;
            let record = rest.get(start..start.checked_add(len)?)?;
            Some((record, start + len))
        });
        match record {
            Some((record, taken)) => {
                self.offset += taken;
                Some(Ok(record))
            }
            None => {
                let offset = self.offset;
                self.offset = self.payload.len();
                Some(Err(FrameError::Shape { offset }))
            }
        }
    }
}

fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

fn varint_len(value: usize) -> usize {
    let bits = (usize::BITS - value.leading_zeros()).max(1);
    bits.div_ceil(7) as usize
}

fn put_varint(buffer: &mut BytesMut, mut value: usize) {
    while value >= 0x80 {
        buffer.put_u8((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    buffer.put_u8(value as u8);
}

/// The number, and how many bytes it took.
fn take_varint(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_u64;
    for (index, &byte) in bytes.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * index);
        if byte < 0x80 {
            return Some((usize::try_from(value).ok()?, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests;
