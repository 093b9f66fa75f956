//! The file: a line that names it, then frames.
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
use detente_jetstream::restore::Kept;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use xxhash_rust::xxh3::Xxh3;

/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 1;
/// What the file begins with; a number and a line's end follow.
pub(crate) const NAME: &str = "detente backup ";
/// The bytes of commits after which a block is closed: enough to compress well.
pub(crate) const BLOCK_BYTES: usize = 1 << 20;
/// The most bytes that a frame may have: a full block with one commit of the largest size.
pub(crate) const FRAME_MAX: u32 = 96 << 20;

/// The kinds of frames.
pub(crate) const HEADER: u8 = b'H';
pub(crate) const BLOCK: u8 = b'B';
pub(crate) const END: u8 = b'E';

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the file's form.
    pub format: u32,
    /// The version of the program that wrote it.
    pub product: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// The stream that was read.
    pub stream: String,
    /// The first position, nought for an empty log.
    pub first: u64,
    /// The last position.
    pub last: u64,
}

/// What the end of a backup says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) commits: u64,
    pub(crate) last: u64,
    pub(crate) digest: String,
}

/// Why a file is no backup, or no sound one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It is something else.
    #[error("the file is no backup of Detente: it does not begin with {NAME:?}")]
    Other,
    /// It was written by another version.
    #[error("the backup has format {found}, and this program reads {VERSION}")]
    Version {
        /// The format that it says.
        found: String,
    },
    /// It ends too early.
    #[error("the backup is cut: it ends at byte {at}, within {within}")]
    Cut {
        /// Where it ends.
        at: u64,
        /// What is cut.
        within: &'static str,
    },
    /// Bytes are not as they were written.
    #[error("the backup is damaged in the frame at byte {at}: {what}")]
    Frame {
        /// Where the frame begins.
        at: u64,
        /// What is wrong.
        what: String,
    },
    /// A commit is not as it was written.
    #[error("the backup is damaged in the block at byte {at}, after commit {after}: {what}")]
    Commit {
        /// Where the block begins.
        at: u64,
        /// The last commit that was sound.
        after: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// Something follows its end.
    #[error("the backup ends at byte {at}, and something follows it")]
    Tail {
        /// Where it ends.
        at: u64,
    },
}

/// The digest of a frame.
pub(crate) fn frame_digest(kind: u8, body: &[u8]) -> u64 {
    let mut digest = Xxh3::new();
    digest.update(&[kind]);
    digest.update(&(body.len() as u64).to_le_bytes());
    digest.update(body);
    digest.digest()
}

/// Appends a commit to a block.
pub(crate) fn put(block: &mut Vec<u8>, kept: &Kept) {
    let mut body = Vec::with_capacity(kept.payload.len() + 256);
    body.put_u64_le(kept.sequence);
    body.put_i128_le(kept.stored.unix_timestamp_nanos());
    put_text(&mut body, &kept.subject);
    body.put_u16_le(u16::try_from(kept.headers.len()).unwrap_or(u16::MAX));
    for (name, value) in kept.headers.iter().take(u16::MAX.into()) {
        put_text(&mut body, name);
        put_text(&mut body, value);
    }
    body.put_slice(&kept.payload);
    block.put_u32_le(u32::try_from(body.len()).unwrap_or(u32::MAX));
    block.put_u64_le(xxhash_rust::xxh3::xxh3_64(&body));
    block.put_slice(&body);
}

/// NATS takes no header or subject that is longer than this length can say.
fn put_text(body: &mut Vec<u8>, text: &str) {
    body.put_u16_le(u16::try_from(text.len()).unwrap_or(u16::MAX));
    body.put_slice(text.as_bytes());
}

/// Takes the next commit of a block.
pub(crate) fn take(block: &mut Bytes) -> Result<Kept, &'static str> {
    const CUT: &str = "a commit is cut";
    let len = block.try_get_u32_le().map_err(|_| CUT)? as usize;
    let digest = block.try_get_u64_le().map_err(|_| CUT)?;
    if block.len() < len {
        return Err(CUT);
    }
    let mut body = block.split_to(len);
    if xxhash_rust::xxh3::xxh3_64(&body) != digest {
        return Err("a commit does not have its digest");
    }
    let sequence = body.try_get_u64_le().map_err(|_| CUT)?;
    let nanos = body.try_get_i128_le().map_err(|_| CUT)?;
    let stored = OffsetDateTime::from_unix_timestamp_nanos(nanos);
    let stored = stored.map_err(|_| "a commit has a moment out of the calendar")?;
    let subject = take_text(&mut body)?;
    let count = body.try_get_u16_le().map_err(|_| CUT)?;
    let mut headers = Vec::with_capacity(count.into());
    for _ in 0..count {
        headers.push((take_text(&mut body)?, take_text(&mut body)?));
    }
    Ok(Kept {
        sequence,
        subject,
        headers,
        payload: body,
        stored,
    })
}

fn take_text(body: &mut Bytes) -> Result<String, &'static str> {
    let len = usize::from(body.try_get_u16_le().map_err(|_| "a text is cut")?);
    if body.len() < len {
        return Err("a text is cut");
    }
    String::from_utf8(body.split_to(len).into()).map_err(|_| "a text is not UTF-8")
}
