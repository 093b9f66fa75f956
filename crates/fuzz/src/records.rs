//! Records of the log: whole, and decoded in part.

use detente_codec::record::decode_act;
use detente_codec::skim::{content_digest, record_id};
use detente_codec::{Decoded, Skim, decode, encode, skim};
use detente_domain::record::{Body, Record};

/// Checks that a record reads back as it was decoded, and that partial decoding agrees.
pub(crate) fn record(bytes: &[u8]) {
    let decoded = decode(bytes);
    if let Ok(Decoded::Record(record)) = &decoded {
        reads_back(record.clone());
    }
    let _ = (record_id(bytes), content_digest(bytes), decode_act(bytes));
    match skim(bytes) {
        Ok(Skim::Event(skimmed)) => match decoded {
            Ok(Decoded::Record(record)) => {
                let Body::Reported(event) = record.body else {
                    panic!("not a first report: {record:?}");
                };
                assert_eq!(skimmed.event, event.id);
                assert_eq!(decode_act(skimmed.act), Ok(event.act));
                assert_eq!(skimmed.earliest, event.occurred.earliest());
                assert_eq!(skimmed.latest, event.occurred.latest());
                assert_eq!(skimmed.grade, event.report.grade);
                assert_eq!(skimmed.publisher, event.report.publisher.as_bytes());
            }
            Ok(Decoded::NotUnderstood { id, .. }) => assert_eq!(skimmed.event.0, id),
            // Text that is not UTF-8, in a part that was skipped.
            Err(_) => {}
        },
        Ok(Skim::Other) => {}
        Err(_) => assert!(
            decoded.is_err(),
            "only partial decoding failed: {decoded:?}"
        ),
    }
}

/// Checks that a record can be stored.
pub(crate) fn reads_back(record: Record) {
    let bytes = encode(&record);
    assert_eq!(record_id(&bytes), Ok(record.id.0));
    assert_eq!(decode(&bytes), Ok(Decoded::Record(record)));
}
