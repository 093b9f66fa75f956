//! A change feed that was deleted and derived again: its cursors are refused on every transport.

use crate::expect::refuses;
use crate::grpc::refusal_of_watch;
use crate::helpers::{answer, changes_of, eventually, get, pages, text};
use crate::log_fold::projection;
use crate::reconnect::browser::refused_in_stream;
use crate::webhooks::receiver::Receiver;
use crate::webhooks::{act, create, show, wait_for_deliveries};
use detente_jetstream::Connection;
use detente_jetstream::topology;
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::{Value, json};

/// Returns frames without their cursors.
fn without_cursors(frames: &[Value]) -> Vec<Value> {
    let mut changes = changes_of(frames);
    for change in &mut changes {
        change.as_object_mut().unwrap().remove("cursor");
    }
    changes.sort_by_key(|change| (change["position"].as_u64(), change.to_string()));
    changes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_a_feed_that_was_derived_again_is_refused_everywhere() {
    let data = tempfile::tempdir().unwrap();
    let private = "--webhooks-allow-private";
    let mut product = Product::up(data.path(), &["--demo", private]);
    let receiver = Receiver::accepting().await;
    let before = pages(&product).await;
    create(&product, &receiver, json!({})).await;
    wait_for_deliveries(&receiver, before.len()).await;
    let cursor = text(&get(&product, "/readyz").await["cursor"]);
    eventually("the webhook is at the end", async || {
        show(&product, "").await["cursor"] == *cursor
    })
    .await;
    let options = detente_jetstream::connect::Options::new(&product.nats, "test");
    let connection = Connection::open(&options).await.unwrap();
    topology::delete_changes(&connection, &projection())
        .await
        .unwrap();
    product.kill();

    let product = Product::up(data.path(), &[private]);
    eventually("the feed is complete", async || {
        let after = pages(&product).await;
        without_cursors(&after) == without_cursors(&before)
    })
    .await;
    let head = text(&get(&product, "/readyz").await["cursor"]);
    assert_ne!(head.split('-').nth(1), cursor.split('-').nth(1));
    let url = format!("{}/v1/changes", product.http);
    let page = Client::new().get(&url).query(&[("from", &cursor)]);
    let stream = Client::new().get(&url).header("last-event-id", &cursor);
    let page = answer(page).await;
    refuses(410, "stale_cursor").assert_answers("of the old feed", &page);
    let told = refused_in_stream(stream).await;
    let start = format!("{}-0", head.rsplit_once('-').unwrap().0);
    assert_eq!(told.id, start, "nothing is missed");
    for refused in [page.body, told.data] {
        assert_eq!(refused["code"], "stale_cursor");
        assert_eq!(refused["refusals"][0]["given"], *cursor);
        assert_eq!(refused["refusals"][0]["allowed"], json!([start, head]));
    }
    let refused = refusal_of_watch(&product, &cursor).await;
    let wanted = (tonic::Code::FailedPrecondition, "stale_cursor".to_owned());
    assert_eq!(refused, Some(wanted));
    eventually("the webhook is stopped", async || {
        show(&product, "").await["status"] == "lost"
    })
    .await;
    let delivered = receiver.accepted().len();
    act(&product, "replay", Some(json!({"cursor": "start"}))).await;
    wait_for_deliveries(&receiver, delivered + before.len()).await;
}
