//! A subscriber that is cut at any frame resumes with neither gap nor duplicate.

use crate::expect::refuses;
use crate::helpers::{Feed, answer, assert_same_frames, clash, get, pages, reported, text};
use crate::reconnect::browser::refused_in_stream;
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::Value;

/// The least number of cuts of a subscriber.
const CUTS_MIN: usize = 25;

/// Reads a number of frames with a cut after each; `between` runs while there is no connection.
async fn read_with_cuts(
    product: &Product,
    received: &mut Vec<Value>,
    until: usize,
    between: impl AsyncFn(usize),
) -> usize {
    let mut cuts = 0;
    while received.len() < until {
        let last = received.last().map(cursor);
        let mut feed = Feed::open(&product.http, last.as_deref()).await;
        received.push(feed.frame().await.data);
        drop(feed);
        cuts += 1;
        between(received.len()).await;
    }
    cuts
}

fn cursor(frame: &Value) -> String {
    text(&frame["cursor"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cuts_after_every_frame_and_a_kill_lose_and_repeat_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut product = Product::up(directory.path(), &["--demo"]);
    let demo = pages(&product).await;
    assert!(demo.len() > 2 * CUTS_MIN, "{} frames", demo.len());
    let mut received = Vec::new();
    let nothing = async |_| ();
    let mut cuts = read_with_cuts(&product, &mut received, demo.len() / 2, nothing).await;

    // One subscriber is connected when everything is killed.
    let last = received.last().map(cursor);
    let mut feed = Feed::open(&product.http, last.as_deref()).await;
    received.push(feed.frame().await.data);
    product.kill();
    drop(feed);
    drop(product);
    let product = Product::up(directory.path(), &[]);

    // From here on the feed grows while there is no connection.
    let grown = demo.len() + 5;
    let grow = async |count: usize| {
        if (demo.len()..grown).contains(&count) {
            let day = u32::try_from(count - demo.len()).unwrap() + 1;
            reported(&product, &clash(day)).await;
        }
    };
    cuts += read_with_cuts(&product, &mut received, grown, grow).await;
    assert!(cuts >= CUTS_MIN, "{cuts} cuts");
    let whole = pages(&product).await;
    assert_same_frames(&received[..demo.len()], &demo, cursor, "the demo");
    assert_same_frames(&received, &whole, cursor, "all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_before_and_after_any_cut_make_up_the_feed() {
    let product = Product::temporary(&["--demo"]);
    let whole = pages(&product).await;
    for cut in 0..=whole.len() {
        let mut feed = Feed::open(&product.http, None).await;
        // A subscriber that is cut before the first frame has a cursor too.
        let mut last = feed.next().await.id;
        let mut received = Vec::new();
        for _ in 0..cut {
            let frame = feed.frame().await;
            last = frame.id;
            received.push(frame.data);
        }
        drop(feed);
        let mut feed = Feed::open(&product.http, Some(&last)).await;
        while received.len() < whole.len() {
            received.push(feed.frame().await.data);
        }
        assert_same_frames(&received, &whole, cursor, &format!("cut after {cut}"));
        let page = get(&product, &format!("/v1/changes?limit=1000&from={last}")).await;
        assert_eq!(page["items"].as_array().unwrap(), &whole[cut..], "{cut}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_another_projection_is_refused_with_the_cursor_to_continue_from() {
    let product = Product::temporary(&["--demo"]);
    let head = get(&product, "/readyz").await["cursor"].clone();
    let url = format!("{}/v1/changes", product.http);
    let stale = "0123456789ab-3";
    let ask = |cursor: &'static str| {
        let live = Client::new().get(&url).header("last-event-id", cursor);
        let live = live.header("accept", "text/event-stream");
        [live, Client::new().get(&url).query(&[("from", cursor)])]
    };
    let [live, page] = ask(stale);
    let told = refused_in_stream(live).await;
    let page = answer(page).await;
    let expected = refuses(410, "stale_cursor").of("", stale);
    expected.assert_answers(stale, &page);
    for refused in [told.data, page.body] {
        assert_eq!(refused["code"], "stale_cursor");
        let refusal = &refused["refusals"][0];
        assert_eq!(refusal["allowed"][1], head);
        let from = text(&refusal["allowed"][0]);
        let whole = get(&product, &format!("/v1/changes?limit=1000&from={from}")).await;
        assert_eq!(whole["items"].as_array().unwrap(), &pages(&product).await);
    }
    for request in ask("not a cursor") {
        let answer = answer(request).await;
        refuses(400, "bad_cursor").assert_answers("no cursor", &answer);
    }
}
