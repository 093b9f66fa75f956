//! A subscriber that is cut at any frame resumes with neither gap nor duplicate.

use crate::helpers::{Feed, answer, event, get, pages, report, text};
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::{Value, json};

/// The least number of cuts of a subscriber.
const CUTS_MIN: usize = 25;

/// Reads a number of frames with a cut after each; `between` runs while there is no connection.
async fn read_with_cuts(
    product: &Product,
    seen: &mut Vec<Value>,
    until: usize,
    between: impl AsyncFn(usize),
) -> usize {
    let mut cuts = 0;
    while seen.len() < until {
        let last = seen.last().map(|frame| text(&frame["cursor"]));
        let mut feed = Feed::open(product, last.as_deref()).await;
        seen.push(feed.frame().await.data);
        drop(feed);
        cuts += 1;
        between(seen.len()).await;
    }
    cuts
}

fn assert_same(seen: &[Value], whole: &[Value]) {
    let cursors = |frames: &[Value]| -> Vec<String> {
        frames.iter().map(|frame| text(&frame["cursor"])).collect()
    };
    assert_eq!(cursors(seen), cursors(whole), "neither gap nor repeat");
    assert_eq!(seen, whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cuts_after_every_frame_and_a_kill_lose_and_repeat_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut product = Product::up(directory.path(), &["--demo"]);
    let demo = pages(&product).await;
    assert!(demo.len() > 2 * CUTS_MIN, "{} frames", demo.len());
    let mut seen = Vec::new();
    let away = async |_| ();
    let mut cuts = read_with_cuts(&product, &mut seen, demo.len() / 2, away).await;

    // One subscriber is connected when everything is killed.
    let last = text(&seen.last().unwrap()["cursor"]);
    let mut feed = Feed::open(&product, Some(&last)).await;
    seen.push(feed.frame().await.data);
    product.kill();
    drop(feed);
    drop(product);
    let product = Product::up(directory.path(), &[]);

    // From here on the feed grows while there is no connection.
    let grown = demo.len() + 5;
    let away = async |count: usize| {
        if (demo.len()..grown).contains(&count) {
            let day = format!("2023-06-{:02}", count - demo.len() + 1);
            let clash = event("clash.occurred", &["KGZ", "UZB"], &[], &day);
            assert_eq!(report(&product, &clash).await.status, 201);
        }
    };
    cuts += read_with_cuts(&product, &mut seen, grown, away).await;
    assert!(cuts >= CUTS_MIN, "{cuts} cuts");
    let whole = pages(&product).await;
    assert_same(&seen[..demo.len()], &demo);
    assert_same(&seen, &whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_before_and_after_any_cut_make_up_the_feed() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let whole = pages(&product).await;
    for cut in 0..=whole.len() {
        let mut feed = Feed::open(&product, None).await;
        // A subscriber that is cut before the first frame has a cursor too.
        let mut last = feed.next().await.id;
        let mut seen = Vec::new();
        for _ in 0..cut {
            let sent = feed.frame().await;
            last = sent.id;
            seen.push(sent.data);
        }
        drop(feed);
        let mut feed = Feed::open(&product, Some(&last)).await;
        while seen.len() < whole.len() {
            seen.push(feed.frame().await.data);
        }
        assert_same(&seen, &whole);
        let page = get(&product, &format!("/v1/changes?limit=1000&from={last}")).await;
        assert_eq!(page["items"].as_array().unwrap(), &whole[cut..], "{cut}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_another_projection_is_refused_with_the_cursor_to_continue_from() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let head = get(&product, "/readyz").await["cursor"].clone();
    let url = format!("{}/v1/changes", product.http);
    let stale = "0123456789ab-3";
    let ask = |cursor: &'static str| {
        let live = Client::new().get(&url).header("last-event-id", cursor);
        let live = live.header("accept", "text/event-stream");
        [live, Client::new().get(&url).query(&[("from", cursor)])]
    };
    for request in ask(stale) {
        let answer = answer(request).await;
        assert_eq!(answer.status, 410);
        assert_eq!(answer.media_type, "application/problem+json");
        assert_eq!(answer.body["code"], "stale_cursor");
        let refusal = &answer.body["refusals"][0];
        assert_eq!(refusal["given"], stale);
        assert_eq!(refusal["allowed"][1], head);
        let from = text(&refusal["allowed"][0]);
        let whole = get(&product, &format!("/v1/changes?limit=1000&from={from}")).await;
        assert_eq!(whole["items"].as_array().unwrap(), &pages(&product).await);
    }
    for request in ask("not a cursor") {
        let answer = answer(request).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (400, &json!("bad_cursor"))
        );
    }
}
