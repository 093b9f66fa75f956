//! A take-over by a projector whose own fold is behind.

use super::*;

use detente_api::submission;
use detente_codec::encode;
use detente_domain::event::{Authorship, EventId};
use detente_domain::record::{Body, Record, RecordId};
use detente_jetstream::topology::{Projection, REPORT};
use detente_jetstream::{Headers, commit};
use serde_json::json;
use time::OffsetDateTime;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::views::render::Request;

/// A commit with one event.
fn commit(sequence: u64, recipient: &str) -> Message {
    let event = json!({
        "kind": "talks.held", "actors": ["AFG"], "recipients": [recipient],
        "occurred": "2023-04-01", "title": {"en": "An event"},
        "report": {"publisher": "A paper", "grade": "B2"},
    });
    let id = Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000 << 48 | sequence);
    let event = submission::event(&event).expect("an event");
    let record = Record {
        id: RecordId(id),
        authorship: Authorship {
            author: "local".to_owned(),
            recorded: OffsetDateTime::UNIX_EPOCH,
        },
        body: Body::Reported(Box::new(event.into_event(EventId(id)))),
    };
    let mut builder = commit::Builder::with_capacity(1 << 20, 0);
    assert!(builder.push(&encode(&record)));
    Message {
        sequence,
        subject: REPORT.to_owned(),
        headers: Headers::default(),
        payload: builder.finish().expect("a record").payload,
        published: OffsetDateTime::UNIX_EPOCH,
        is_damaged: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_wait_for_what_another_one_has_published_and_take_it_in() {
    let rules = detente_rulebook::parse(detente_rulebook::DEFAULT).expect("a rulebook");
    let (commits_tx, commits) = mpsc::channel(9);
    let (requests_tx, requests) = mpsc::channel(1);
    let (batches, mut published) = mpsc::channel(9);
    let progress = watch::Sender::new(Progress::default());
    let views = Arc::new(ViewQueue::default());
    let projection = Projection::new("9f86d081").expect("a projection");
    let mut stage = FoldStage {
        chronicle: Chronicle::new(Arc::new(rules)),
        commits,
        progress: progress.clone(),
        runtime: Handle::current(),
        views: Arc::clone(&views),
        renderer: Renderer::new(projection, 1 << 18, requests),
        may_render: true,
        pending: Some(Pending::default()),
    };
    let checkpoint = Checkpoint {
        from: 2,
        position: 2,
        part: 1,
        parts: 1,
        digest: 0,
    };
    let lead = tokio::task::spawn_blocking(move || {
        let to = Publishing {
            checkpoint: Some(checkpoint),
            queue: Arc::new(Semaphore::new(MESSAGES_QUEUED)),
            batches,
        };
        stage.lead(&to)
    });
    let (answer, pairs) = oneshot::channel();
    let asked = requests_tx.send(Request::Pairs(answer)).await;
    asked.expect("a stage");
    commits_tx.send(commit(1, "TJK")).await.expect("a stage");
    while progress.borrow().folded < 1 {
        tokio::task::yield_now().await;
    }
    commits_tx.send(commit(2, "KAZ")).await.expect("a stage");
    // The relation of the commit that came last is known when the writer compares.
    assert_eq!(pairs.await.expect("an answer").len(), 2);
    assert_eq!(views.take(9, |_| true).len(), 2);
    drop((commits_tx, requests_tx));
    lead.await.expect("a thread").expect("a clean end");
    let first = published.recv().await.expect("a batch");
    assert_eq!((first.position, first.messages.len()), (2, 0));
    assert!(published.recv().await.is_none());
}
