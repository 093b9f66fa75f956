//! A token that is revoked ceases to work at once, also where it is in use.

use super::{Made, asked, knows, make, revoke, status};
use crate::ask::eventually;
use detente_tests::product::{PATIENCE, Process, Product};
use futures_util::StreamExt as _;
use reqwest::Response;
use std::time::{Duration, Instant};

/// How soon it ceases to work; a machine that is busy may be slower than the second that is said.
const SOON: Duration = Duration::from_secs(5);

async fn subscribed(product: &Product, token: &str) -> Response {
    let request = asked(&product.http, "/v1/changes?from=now", token);
    let request = request.header("accept", "text/event-stream");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

/// Waits for the end of a stream.
async fn ends(response: Response) -> Instant {
    let mut stream = response.bytes_stream();
    let all = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(PATIENCE, all).await.unwrap();
    Instant::now()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_revoked_ceases_to_work_and_its_streams_end() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let [gone, stays] = ["gone", "stays"].map(|name| make(&product.nats, name, "reader"));
    knows(&product, &gone).await;
    knows(&product, &stays).await;
    let cut = tokio::spawn(ends(subscribed(&product, &gone.token).await));
    let kept = tokio::spawn(ends(subscribed(&product, &stays.token).await));
    let watch = watching(&product, &gone);
    revoke(&product.nats, &gone);
    let revoked = Instant::now();
    let ended = cut.await.unwrap();
    assert!(
        ended.duration_since(revoked) < SOON,
        "{:?}",
        ended - revoked
    );
    assert_eq!(
        status(asked(&product.http, "/v1/countries", &gone.token)).await,
        401
    );
    assert_eq!(
        status(asked(&product.http, "/v1/countries", &stays.token)).await,
        200
    );
    eventually("the command ends", async || watch.borrow_mut().has_ended()).await;
    assert!(!kept.is_finished(), "nobody else is cut");
}

/// `detente watch` with a token, which would come again for ever after a cut.
fn watching(product: &Product, made: &Made) -> std::cell::RefCell<Process> {
    let args = ["watch", "--token", &made.token, "--server", &product.http];
    std::cell::RefCell::new(Process::start(&args))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_subscribed_without_a_token_is_cut_when_the_first_one_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let anybody = tokio::spawn(ends(subscribed(&product, "").await));
    let made = make(&product.nats, "first", "reader");
    anybody.await.unwrap();
    knows(&product, &made).await;
    // Revoking the last one closes the doors, and does not open them.
    revoke(&product.nats, &made);
    eventually("it is revoked", async || {
        status(asked(&product.http, "/v1/countries", &made.token)).await == 401
    })
    .await;
    assert_eq!(status(asked(&product.http, "/v1/countries", "")).await, 401);
}
