//! A backup reads back, and every damage is detected.

#![expect(clippy::expect_used, reason = "tests")]

use detente_backup::format::VERSION;
use detente_backup::read::Reader;
use detente_backup::write::Writer;
use detente_backup::{Damage, Error, Header};
use detente_jetstream::restore::StoredCommit;
use time::OffsetDateTime;

fn commit(sequence: u64) -> StoredCommit {
    StoredCommit {
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
        writer.add(&commit(sequence)).expect("a commit");
    }
    let (bytes, count) = writer.end().expect("an end");
    assert_eq!(bytes.len() as u64, count);
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<StoredCommit>, Error> {
    let mut reader = Reader::begin(bytes)?;
    let mut all = Vec::new();
    while let Some(commit) = reader.commit()? {
        all.push(commit);
    }
    Ok(all)
}

fn damage(bytes: &[u8]) -> Damage {
    match read(bytes) {
        Err(Error::Damage(damage)) => damage,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_backup_reads_back() {
    for commits in [0, 1, 9] {
        let all: Vec<StoredCommit> = (1..=commits).map(commit).collect();
        assert_eq!(read(&written(commits)).expect("a sound backup"), all);
    }
}

#[test]
fn a_truncated_file_is_refused() {
    let bytes = written(9);
    for len in 0..bytes.len() {
        match damage(&bytes[..len]) {
            Damage::Other => assert!(len < 17, "{len}"),
            Damage::Truncated { at, .. } => assert_eq!(at, len as u64),
            other => panic!("{len}: {other}"),
        }
    }
}

#[test]
fn a_flipped_bit_is_refused() {
    let bytes = written(9);
    for index in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[index] ^= 1 << (index % 8);
        let _ = damage(&flipped);
    }
}

#[test]
fn another_version_and_trailing_bytes_are_refused() {
    let mut bytes = written(1);
    bytes.push(0);
    let at = bytes.len() as u64 - 1;
    assert_eq!(damage(&bytes), Damage::Tail { at });
    let other = [b"detente backup 2\n".as_slice(), &bytes[17..]].concat();
    let found = "2".to_owned();
    assert_eq!(damage(&other), Damage::Version { found });
    assert_eq!(damage(b"PK\x03\x04"), Damage::Other);
}
