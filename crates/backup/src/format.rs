//! The format of a backup: a line with its name and version, then frames.
//!
//! ```text
//! detente backup 1\n
//! H  header: JSON
//! B  block: first u64, last u64, length u32, then commits, compressed by zstd; as often as needed
//! E  end: JSON with the count, the last sequence, and the digest of all bytes before this frame
//! ```
//!
//! A frame is its kind (one byte), its length (u32), the digest of kind, length and body (u64,
//! xxh3), and its body. A commit in a block is its length (u32), its digest (u64) and its body:
//! sequence u64, nanoseconds since 1970 i128, subject (u16 and text), count of headers u16, each
//! as name and value (u16 and text each), and the payload. All numbers are little-endian.

use bytes::{Buf, BufMut, Bytes};
use detente_jetstream::restore::StoredCommit;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use xxhash_rust::xxh3::Xxh3;

/// The version that is written and read.
pub const VERSION: u32 = 1;
/// The beginning of the file; the version and a line feed follow.
pub(crate) const NAME: &str = "detente backup ";
/// The size of commits, in bytes, after which a block is closed: enough to compress well.
pub(crate) const BLOCK_BYTES: usize = 1 << 20;
/// The largest size of a frame, in bytes: a full block and one commit of the largest size.
pub(crate) const FRAME_MAX: u32 = 96 << 20;

/// The kinds of frames.
pub(crate) const HEADER: u8 = b'H';
pub(crate) const BLOCK: u8 = b'B';
pub(crate) const END: u8 = b'E';

/// The header of a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub format: u32,
    /// The version of the program that wrote it.
    pub product: String,
    /// The time of creation, RFC 3339.
    pub created: String,
    /// The stream that was read.
    pub stream: String,
    /// The first position, 0 for an empty log.
    pub first: u64,
    /// The last position.
    pub last: u64,
}

/// The end of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) commits: u64,
    pub(crate) last: u64,
    pub(crate) digest: String,
}

/// Damage of a backup.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file is not a backup.
    #[error("the file is not a backup of Detente: it does not begin with {NAME:?}")]
    Other,
    /// The backup has another version.
    #[error("the backup has format {found}, and this program reads {VERSION}")]
    Version {
        /// The version in the file.
        found: String,
    },
    /// The file ends too early.
    #[error("the backup is truncated: it ends at byte {at}, within {within}")]
    Truncated {
        /// The offset of its end.
        at: u64,
        /// The part that is truncated.
        within: &'static str,
    },
    /// A frame is damaged.
    #[error("the backup is damaged in the frame at byte {at}: {what}")]
    Frame {
        /// The offset of the frame.
        at: u64,
        /// A description of the damage.
        what: String,
    },
    /// A commit is damaged.
    #[error("the backup is damaged in the block at byte {at}, after commit {after}: {what}")]
    Commit {
        /// The offset of the block.
        at: u64,
        /// The last commit that was sound.
        after: u64,
        /// A description of the damage.
        what: &'static str,
    },
    /// Bytes follow the end.
    #[error("the backup ends at byte {at}, and more bytes follow")]
    Tail {
        /// The offset of its end.
        at: u64,
    },
}

/// Returns the digest of a frame.
pub(crate) fn frame_digest(kind: u8, body: &[u8]) -> u64 {
    let mut digest = Xxh3::new();
    digest.update(&[kind]);
    digest.update(&(body.len() as u64).to_le_bytes());
    digest.update(body);
    digest.digest()
}

/// Encodes a commit at the end of a block.
pub(crate) fn encode(block: &mut Vec<u8>, commit: &StoredCommit) {
    let mut body = Vec::with_capacity(commit.payload.len() + 256);
    body.put_u64_le(commit.sequence);
    body.put_i128_le(commit.stored.unix_timestamp_nanos());
    put_text(&mut body, &commit.subject);
    body.put_u16_le(u16::try_from(commit.headers.len()).unwrap_or(u16::MAX));
    for (name, value) in commit.headers.iter().take(u16::MAX.into()) {
        put_text(&mut body, name);
        put_text(&mut body, value);
    }
    body.put_slice(&commit.payload);
    block.put_u32_le(u32::try_from(body.len()).unwrap_or(u32::MAX));
    block.put_u64_le(xxhash_rust::xxh3::xxh3_64(&body));
    block.put_slice(&body);
}

/// Appends a text. NATS has no header or subject longer than 64 KiB.
fn put_text(body: &mut Vec<u8>, text: &str) {
    body.put_u16_le(u16::try_from(text.len()).unwrap_or(u16::MAX));
    body.put_slice(text.as_bytes());
}

/// Decodes the next commit of a block and removes it.
pub(crate) fn decode(block: &mut Bytes) -> Result<StoredCommit, &'static str> {
    const TRUNCATED: &str = "a commit is truncated";
    let len = block.try_get_u32_le().map_err(|_| TRUNCATED)? as usize;
    let digest = block.try_get_u64_le().map_err(|_| TRUNCATED)?;
    if block.len() < len {
        return Err(TRUNCATED);
    }
    let mut body = block.split_to(len);
    if xxhash_rust::xxh3::xxh3_64(&body) != digest {
        return Err("a commit does not match its digest");
    }
    let sequence = body.try_get_u64_le().map_err(|_| TRUNCATED)?;
    let nanos = body.try_get_i128_le().map_err(|_| TRUNCATED)?;
    let stored = OffsetDateTime::from_unix_timestamp_nanos(nanos);
    let stored = stored.map_err(|_| "a commit has a time out of range")?;
    let subject = take_text(&mut body)?;
    let count = body.try_get_u16_le().map_err(|_| TRUNCATED)?;
    let mut headers = Vec::with_capacity(count.into());
    for _ in 0..count {
        headers.push((take_text(&mut body)?, take_text(&mut body)?));
    }
    Ok(StoredCommit {
        sequence,
        subject,
        headers,
        payload: body,
        stored,
    })
}

fn take_text(body: &mut Bytes) -> Result<String, &'static str> {
    let len = usize::from(body.try_get_u16_le().map_err(|_| "a text is truncated")?);
    if body.len() < len {
        return Err("a text is truncated");
    }
    String::from_utf8(body.split_to(len).into()).map_err(|_| "a text is not UTF-8")
}
