//! Pages of the change feed, and its cursors after it was made anew.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;

use detente_api::Code;
use detente_feed::{Cursor, Error, Filter, StartAt};
use detente_jetstream::feed_writer::{FeedWriter, Outgoing};
use detente_jetstream::topology::{self, Projection, Replicas};
use detente_jetstream::{Checkpoint, Connection};
use detente_read_model::ReadModel;
use detente_read_model::read_model::{ReadModelDeps, SwitchState};
use detente_testkit::nats::{Nats, eventually, in_time};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The length of a message, in bytes.
const LENGTH: usize = 200 << 10;

fn projection() -> Projection {
    Projection::new("p").unwrap()
}

/// Returns the message of a commit, which has no changes and a large field that is passed over.
fn message(position: u64) -> Outgoing {
    let payload = serde_json::json!({
        "relation": "AFG-TJK", "position": position, "changes": [],
        "other": "x".repeat(LENGTH),
    });
    Outgoing {
        subject_suffix: "AFG.TJK".to_owned(),
        headers: Checkpoint {
            from: position,
            position,
            part: 1,
            parts: 1,
            digest: 7,
        }
        .to_headers(),
        payload: payload.to_string().into(),
    }
}

/// Creates the feed with messages.
async fn publish(connection: &Connection, messages: u64) {
    topology::ensure_changes(connection, &projection(), Replicas::One)
        .await
        .unwrap();
    let (mut writer, _) = FeedWriter::open(connection, &projection()).await.unwrap();
    let messages = (1..=messages).map(message).collect();
    in_time(writer.publish(messages)).await.unwrap();
}

fn start(connection: Connection, stop: &CancellationToken) -> ReadModel {
    let deps = ReadModelDeps {
        connection,
        rules: Arc::new(detente_rulebook::default_rulebook().unwrap()),
        rulebook: detente_rulebook::DEFAULT.into(),
        projection: projection(),
        clock: Arc::new(|| time::OffsetDateTime::UNIX_EPOCH),
        metrics: None,
        probes: Vec::new(),
    };
    let state = watch::Sender::new(SwitchState::default());
    ReadModel::start(deps, stop.clone(), state.subscribe())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_end_by_bytes_and_together_have_every_frame() {
    let nats = Nats::start().await;
    let connection = nats.connect().await;
    publish(&connection, 25).await;
    let stop = CancellationToken::new();
    let model = start(connection, &stop);
    let (mut from, mut pages) = (StartAt::Start, Vec::new());
    loop {
        let page = in_time(model.changes(&from, Filter::default(), 1_000)).await;
        let page = page.unwrap();
        if page.items.is_empty() {
            break;
        }
        let positions = page.items.iter().map(|frame| frame.position);
        pages.push(positions.collect::<Vec<_>>());
        from = StartAt::parse(&page.next.unwrap()).unwrap();
    }
    let lengths: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(lengths, [11, 11, 3]);
    assert_eq!(pages.concat(), (1..=25).collect::<Vec<_>>());
    let latest = in_time(model.feed().earlier(&Filter::default(), None, 200)).await;
    let latest = latest.unwrap();
    assert_eq!((latest.frames.len(), latest.before), (11, Some(15)));
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_a_feed_that_was_made_anew_is_refused() {
    let nats = Nats::start().await;
    let connection = nats.connect().await;
    publish(&connection, 5).await;
    let stop = CancellationToken::new();
    let model = start(connection.clone(), &stop);
    let old: Cursor = in_time(model.feed().end()).await.unwrap();
    assert_eq!(old.sequence, 5);
    topology::delete_changes(&connection, &projection())
        .await
        .unwrap();
    publish(&connection, 9).await;
    // The service that followed the earlier feed says so, and is to be started again.
    let failed = in_time(model.feed().end()).await.unwrap_err();
    assert!(failed.reason.contains("was made again"), "{failed}");
    stop.cancel();

    let stop = CancellationToken::new();
    let model = start(connection, &stop);
    let ended = async || {
        let end = model.feed().end().await.ok()?;
        (end.sequence == 9).then_some(end)
    };
    let head = eventually("the new feed", ended).await;
    assert_ne!(head.incarnation, old.incarnation);
    for stale in [old.to_string(), "p-5".to_owned()] {
        let from = StartAt::parse(&stale).unwrap();
        let refused = in_time(model.changes(&from, Filter::default(), 10)).await;
        let Err(Error::Refused(refusal)) = refused else {
            panic!("{stale} is not refused: {refused:?}")
        };
        assert_eq!(refusal.code, Code::StaleCursor);
        let start = model.feed().cursor(0).to_string();
        assert_eq!(refusal.allowed, [start, head.to_string()]);
    }
    stop.cancel();
}
