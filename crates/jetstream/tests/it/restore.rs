//! Restoring a log.

use detente_jetstream::commit::{Builder, DIGEST, RECORDS, hex};
use detente_jetstream::restore::{Restorer, StoredCommit};
use detente_jetstream::stream_info;
use detente_jetstream::topology::{EVENTS, REPORT, Replicas};
use detente_testkit::nats::{Nats, in_time};
use time::OffsetDateTime;

/// Returns a commit as a backup of an earlier version has it, with the message id of all others.
fn commit(sequence: u64) -> StoredCommit {
    let mut builder = Builder::with_capacity(100, 0);
    assert!(builder.push(format!("record {sequence}").as_bytes()));
    let frame = builder.finish().expect("a commit");
    let headers = [
        (DIGEST, hex(frame.digest)),
        (RECORDS, frame.records.to_string()),
        ("Nats-Msg-Id", "the same".to_owned()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    StoredCommit {
        sequence,
        subject: REPORT.to_owned(),
        headers: headers.into(),
        payload: frame.payload,
        stored: OffsetDateTime::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn commits_with_one_message_id_are_all_restored_and_a_restore_of_them_is_resumed() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    for (already_restored, last) in [(0, 2), (2, 4)] {
        let begun = in_time(Restorer::begin(&conn, Replicas::One)).await;
        let mut restorer = begun.expect("an empty server, or a part of the same log");
        assert_eq!(restorer.already_restored(), already_restored);
        for sequence in 1..=last {
            let put = in_time(restorer.put(commit(sequence))).await;
            put.expect("a commit is put");
        }
        in_time(restorer.flush()).await.expect("all are stored");
        if last == 4 {
            in_time(restorer.finish()).await.expect("a log in use");
        }
    }
    for sequence in 1..=4 {
        let read = stream_info::read_one(&conn, EVENTS, sequence).await;
        let message = read.expect("a read").expect("a message");
        assert_eq!(message.headers.get("Nats-Msg-Id"), None);
        let mut restored = commit(sequence);
        restored.headers.pop();
        assert_eq!(StoredCommit::from(message), restored);
    }
}
