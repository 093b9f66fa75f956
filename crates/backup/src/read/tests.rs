//! What was written reads back; whatever is done to it is noticed, and where is said.

use super::*;
use crate::write::Writer;
use time::OffsetDateTime;

fn kept(sequence: u64) -> Kept {
    Kept {
        sequence,
        subject: "detente.events.report".to_owned(),
        headers: vec![("Detente-Records".to_owned(), sequence.to_string())],
        payload: vec![u8::try_from(sequence % 251).unwrap_or(0); 300_000].into(),
        stored: OffsetDateTime::UNIX_EPOCH + time::Duration::nanoseconds(sequence.cast_signed()),
    }
}

fn written(commits: u64) -> Vec<u8> {
    let header = Header {
        format: VERSION,
        product: "0.1.0".to_owned(),
        created: "2026-11-23T12:00:00Z".to_owned(),
        stream: "EVENTS".to_owned(),
        first: commits.min(1),
        last: commits,
    };
    let mut writer = Writer::begin(Vec::new(), &header).expect("a beginning");
    for sequence in 1..=commits {
        writer.add(&kept(sequence)).expect("a commit");
    }
    let (bytes, count) = writer.end().expect("an end");
    assert_eq!(bytes.len() as u64, count);
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<Kept>, ReadError> {
    let mut reader = Reader::begin(bytes)?;
    let mut all = Vec::new();
    while let Some(kept) = reader.commit()? {
        all.push(kept);
    }
    Ok(all)
}

fn damage(bytes: &[u8]) -> Damage {
    match read(bytes) {
        Err(ReadError::Damage(damage)) => damage,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_written_reads_back() {
    for commits in [0, 1, 9] {
        let all: Vec<Kept> = (1..=commits).map(kept).collect();
        assert_eq!(read(&written(commits)).expect("a sound backup"), all);
    }
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let bytes = written(9);
    for len in 0..bytes.len() {
        match damage(&bytes[..len]) {
            Damage::Other => assert!(len < 17, "{len}"),
            Damage::Cut { at, .. } => assert_eq!(at, len as u64),
            other => panic!("{len}: {other}"),
        }
    }
}

#[test]
fn a_bit_that_is_flipped_anywhere_is_refused() {
    let bytes = written(9);
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        let _ = damage(&flipped);
    }
}

#[test]
fn another_version_and_a_tail_are_refused() {
    let mut bytes = written(1);
    bytes.push(0);
    let at = bytes.len() as u64 - 1;
    assert_eq!(damage(&bytes), Damage::Tail { at });
    let other = [b"detente backup 2\n".as_slice(), &bytes[17..]].concat();
    let found = "2".to_owned();
    assert_eq!(damage(&other), Damage::Version { found });
    assert_eq!(damage(b"PK\x03\x04"), Damage::Other);
}
