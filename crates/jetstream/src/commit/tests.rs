//! Framing and parsing of commits.

use super::*;

fn frame(records: &[Vec<u8>]) -> Frame {
    let mut builder = Builder::with_capacity(1 << 20, 0);
    for record in records {
        assert!(builder.push(record));
    }
    builder.finish().expect("at least one record")
}

fn received(frame: &Frame) -> Headers {
    Headers::received(Some(frame.headers()))
}

#[test]
fn records_read_back() {
    let encoded: Vec<Vec<u8>> = [0, 1, 127, 128, 16_383, 16_384]
        .map(|len| (0..len).map(|byte: u32| byte as u8).collect())
        .into();
    let frame = frame(&encoded);
    let size: usize = encoded.iter().map(|record| framed_len(record.len())).sum();
    assert_eq!(frame.payload.len(), size);
    let read: Result<Vec<Vec<u8>>, _> = records(&frame.payload)
        .map(|record| record.map(<[u8]>::to_vec))
        .collect();
    assert_eq!(read.as_ref(), Ok(&encoded));
    assert_eq!(verify(&frame.payload, &received(&frame)), Ok(6));
}

#[test]
fn a_changed_byte_is_found() {
    let frame = frame(&[b"one".to_vec(), b"two".to_vec()]);
    let headers = received(&frame);
    let mut payload = frame.payload.to_vec();
    payload[3] ^= 1;
    assert!(matches!(
        verify(&payload, &headers),
        Err(FrameError::Digest { .. })
    ));
    assert!(matches!(
        verify(&frame.payload, &Headers::default()),
        Err(FrameError::Digest { wanted: None, .. })
    ));
}

#[test]
fn an_invalid_payload_is_refused_with_the_offset() {
    let shape = |payload: &[u8]| records(payload).find_map(Result::err);
    assert_eq!(
        shape(b"\x0a\x01a\x12\x01b"),
        Some(FrameError::Shape { offset: 3 })
    );
    assert_eq!(shape(b"\x0a\x05abc"), Some(FrameError::Shape { offset: 0 }));
    assert_eq!(
        shape(&[0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        Some(FrameError::Shape { offset: 0 })
    );
    assert_eq!(records(b"\x0a\x05abc").count(), 1);
    assert_eq!(shape(b""), None);
}

#[test]
fn limits_hold() {
    let mut builder = Builder::with_capacity(framed_len(10) * 2, 0);
    assert!(builder.push(&[0; 10]));
    assert!(!builder.push(&[0; 11]));
    assert!(builder.push(&[0; 10]));
    assert!(!builder.push(&[]));

    let mut builder = Builder::with_capacity(usize::MAX, 0);
    let taken = (0..2_000).filter(|_| builder.push(b"x")).count();
    assert_eq!(taken, RECORDS_MAX);
    assert!(Builder::with_capacity(10, 0).finish().is_none());
}
