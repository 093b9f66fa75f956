//! Backups of the log.

use detente_backup::read::Reader;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Checks any bytes as a backup.
pub(crate) fn file(bytes: &[u8]) {
    let Ok(mut reader) = Reader::begin(bytes) else {
        return;
    };
    let mut last = 0;
    while let Ok(Some(commit)) = reader.commit() {
        last += 1;
        assert_eq!(commit.sequence, last);
    }
}

/// Checks a file of frames whose digests are right. The bytes are its frames, each a kind, a length
/// of 2 bytes and a body; that of a block is its head of 20 bytes and its commits, each a length of
/// 2 bytes and a body.
pub(crate) fn frames(mut bytes: &[u8]) {
    let mut backup = b"detente backup 1\n".to_vec();
    while let Some((kind, rest)) = bytes.split_first() {
        let (body, rest) = cut(rest);
        bytes = rest;
        let body = if *kind == b'B' {
            block(body)
        } else {
            body.to_vec()
        };
        let mut digest = Xxh3::new();
        digest.update(&[*kind]);
        digest.update(&(body.len() as u64).to_le_bytes());
        digest.update(&body);
        backup.push(*kind);
        backup.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        backup.extend(digest.digest().to_le_bytes());
        backup.extend(body);
    }
    file(&backup);
}

/// Returns a block with commits whose digests are right.
fn block(body: &[u8]) -> Vec<u8> {
    let (head, mut bytes) = body.split_at_checked(20).unwrap_or((body, &[]));
    let mut commits = Vec::new();
    while !bytes.is_empty() {
        let (body, rest) = cut(bytes);
        bytes = rest;
        commits.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        commits.extend(xxh3_64(body).to_le_bytes());
        commits.extend(body);
    }
    let compressed = zstd::bulk::compress(&commits, 1).unwrap_or_default();
    [head, &compressed].concat()
}

/// Cuts off a length of 2 bytes and as many bytes, or what there is.
fn cut(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (len, rest) = bytes.split_at_checked(2).unwrap_or((bytes, &[]));
    let len = len
        .iter()
        .rev()
        .fold(0, |len, byte| (len << 8) | usize::from(*byte));
    rest.split_at_checked(len).unwrap_or((rest, &[]))
}
