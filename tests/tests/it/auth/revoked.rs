//! A revoked token ceases to work at once, also for open streams.

use super::{NewToken, create_token, get_as, revoke_token, status, wait_for_token};
use crate::helpers::eventually;
use detente_tests::product::{Process, Product, TIMEOUT};
use futures_util::StreamExt as _;
use reqwest::Response;
use std::time::{Duration, Instant};

/// The time limit; the documented second may be exceeded on a busy machine.
const SOON: Duration = Duration::from_secs(5);

async fn subscribe(product: &Product, token: &str) -> Response {
    let request = get_as(&product.http, "/v1/changes?from=now", token);
    let request = request.header("accept", "text/event-stream");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

/// Returns the status of a read.
async fn read(product: &Product, token: &str) -> u16 {
    status(get_as(&product.http, "/v1/countries", token)).await
}

/// Waits for the end of a stream.
async fn end_of(response: Response) -> Instant {
    let mut stream = response.bytes_stream();
    let all = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(TIMEOUT, all).await.unwrap();
    Instant::now()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_ceases_to_work_and_its_streams_end() {
    let product = Product::temporary(&[]);
    let [gone, stays] = ["gone", "stays"].map(|name| create_token(&product.nats, name, "reader"));
    wait_for_token(&product, &gone).await;
    wait_for_token(&product, &stays).await;
    let cut = tokio::spawn(end_of(subscribe(&product, &gone.token).await));
    let kept = tokio::spawn(end_of(subscribe(&product, &stays.token).await));
    let watch = watching(&product, &gone);
    revoke_token(&product.nats, &gone);
    let revoked = Instant::now();
    let ended = cut.await.unwrap();
    assert!(
        ended.duration_since(revoked) < SOON,
        "{:?}",
        ended - revoked
    );
    assert_eq!(read(&product, &gone.token).await, 401);
    assert_eq!(read(&product, &stays.token).await, 200);
    eventually("the command ends", async || watch.borrow_mut().has_ended()).await;
    assert!(!kept.is_finished(), "other streams continue");
}

/// Starts `detente watch` with a token; it reconnects forever after other errors.
fn watching(product: &Product, made: &NewToken) -> std::cell::RefCell<Process> {
    let args = ["watch", "--token", &made.token, "--server", &product.http];
    std::cell::RefCell::new(Process::start(&args))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anonymous_subscriptions_end_when_the_first_token_is_created() {
    let product = Product::temporary(&[]);
    let anonymous = tokio::spawn(end_of(subscribe(&product, "").await));
    let made = create_token(&product.nats, "first", "reader");
    anonymous.await.unwrap();
    wait_for_token(&product, &made).await;
    // After the last token is revoked, tokens are still required.
    revoke_token(&product.nats, &made);
    eventually("it is revoked", async || {
        read(&product, &made.token).await == 401
    })
    .await;
    assert_eq!(read(&product, "").await, 401);
}
