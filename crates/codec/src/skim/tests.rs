//! Partial decoding agrees with full decoding, on valid and on invalid bytes.

use detente_domain::record::Body;
use proptest::prelude::*;

use super::{Skim, content_digest, record_id, skim};
use crate::record::{Decoded, decode, decode_act, encode};
use detente_testkit::strategies;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn skimming_agrees_with_decoding(record in strategies::record()) {
        let bytes = encode(&record);
        prop_assert_eq!(record_id(&bytes), Ok(record.id.0));
        match (skim(&bytes), &record.body) {
            (Ok(Skim::Event(skimmed)), Body::Reported(event)) => {
                prop_assert_eq!(skimmed.event, event.id);
                prop_assert_eq!(decode_act(skimmed.act), Ok(event.act.clone()));
                prop_assert_eq!(skimmed.earliest, event.occurred.earliest());
                prop_assert_eq!(skimmed.latest, event.occurred.latest());
                prop_assert_eq!(skimmed.grade, event.report.grade);
                prop_assert_eq!(skimmed.publisher, event.report.publisher.as_bytes());
                let nanos = record.authorship.recorded.unix_timestamp_nanos();
                prop_assert_eq!(i128::from(skimmed.recorded_unix_ms) * 1_000_000, nanos);
            }
            (Ok(Skim::Other), Body::Reported(_)) => prop_assert!(false, "not recognised"),
            (Ok(Skim::Other), _) => {}
            (other, _) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn no_bytes_make_decoding_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        agree(&bytes)?;
    }

    #[test]
    fn damaged_records_decode_alike(
        record in strategies::record(),
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = encode(&record);
        for (index, byte) in flips {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        agree(&bytes)?;
        agree(&bytes[..cut.index(bytes.len())])?;
    }

    #[test]
    fn a_retry_has_the_same_digest_and_another_record_does_not(
        record in strategies::record(),
        other in strategies::record(),
    ) {
        let digest = content_digest(&encode(&record));
        let mut retry = record.clone();
        retry.authorship = other.authorship.clone();
        prop_assert_eq!(content_digest(&encode(&retry)), digest.clone());
        let mut changed = other;
        changed.id = record.id;
        if let Body::Reported(event) = &mut changed.body {
            event.id.0 = record.id.0;
        }
        prop_assert_eq!(content_digest(&encode(&changed)) == digest, changed.body == record.body);
    }
}

/// Asserts that partial decoding agrees with full decoding.
fn agree(bytes: &[u8]) -> Result<(), TestCaseError> {
    let decoded = decode(bytes);
    let _ = (record_id(bytes), content_digest(bytes));
    match skim(bytes) {
        Ok(Skim::Event(skimmed)) => match decoded {
            Ok(Decoded::Record(record)) => {
                let Body::Reported(event) = record.body else {
                    return Err(TestCaseError::fail("it is not a first report"));
                };
                prop_assert_eq!(skimmed.event, event.id);
                prop_assert_eq!(decode_act(skimmed.act), Ok(event.act));
                prop_assert_eq!(skimmed.earliest, event.occurred.earliest());
                prop_assert_eq!(skimmed.latest, event.occurred.latest());
                prop_assert_eq!(skimmed.grade, event.report.grade);
            }
            Ok(Decoded::NotUnderstood { id, .. }) => prop_assert_eq!(skimmed.event.0, id),
            // Text that is not UTF-8, in a part that was skipped.
            Err(_) => {}
        },
        Ok(Skim::Other) => {}
        Err(_) => prop_assert!(decoded.is_err(), "only partial decoding failed"),
    }
    Ok(())
}

#[test]
fn a_number_of_ten_bytes_decodes_and_one_of_eleven_does_not() {
    use super::cursor::{Cursor, FieldValue};
    let max = [
        0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01,
    ];
    let read = Cursor::new(&max).next();
    assert!(matches!(read, Ok(Some((1, FieldValue::Varint(u64::MAX))))));
    let mut long = max;
    long[10] = 0x02;
    assert!(Cursor::new(&long).next().is_err());
    long[10] = 0x81;
    assert!(Cursor::new(&long).next().is_err());
}
