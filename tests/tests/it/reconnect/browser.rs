//! The `EventSource` of browsers and its polyfills: they see nothing of an answer but its events, and
//! some cannot send headers.

use crate::expect::refuses;
use crate::helpers::{SseEvent, answer, answer_to, pages, text};
use crate::http::get_at;
use detente_tests::product::{Product, TIMEOUT};
use reqwest::{RequestBuilder, Response};

/// Opens a stream.
async fn open(request: RequestBuilder) -> Response {
    let request = request.header("accept", "text/event-stream");
    let response = request.timeout(TIMEOUT).send().await.unwrap();
    assert_eq!(response.status(), 200, "{}", response.url());
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

/// Reads the first event of a name.
async fn first(request: RequestBuilder, name: &str) -> SseEvent {
    let (mut response, mut read) = (open(request).await, String::new());
    loop {
        while let Some((block, rest)) = read.split_once("\n\n") {
            let event = SseEvent::parse(block);
            if event.event == name {
                return event;
            }
            read = rest.to_owned();
        }
        let chunk = response.chunk().await.unwrap().expect("a further event");
        read.push_str(&String::from_utf8_lossy(&chunk));
    }
}

/// Reads the only event of a stream that refuses the cursor of the client.
pub(crate) async fn refused_in_stream(request: RequestBuilder) -> SseEvent {
    let whole = open(request).await.text().await.unwrap();
    let (event, rest) = whole.split_once("\n\n").unwrap();
    assert_eq!(rest, "", "the stream ends");
    assert!(event.contains("retry: "), "{event}");
    let told = SseEvent::parse(event);
    assert_eq!(told.event, "refused");
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_is_resumed_by_a_parameter_as_by_the_header() {
    let product = Product::temporary(&["--demo"]);
    let frames = pages(&product).await;
    let cursors: Vec<String> = frames.iter().map(|frame| text(&frame["cursor"])).collect();
    let stream = |more: &str| get_at(&product.http, &format!("/v1/changes?from=start{more}"));
    for name in ["lastEventId", "lastEventID", "Last-Event-ID"] {
        let resumed = stream(&format!("&{name}={}", cursors[1]));
        assert_eq!(first(resumed, "changes").await.id, cursors[2], "{name}");
        let fresh = stream(&format!("&{name}="));
        assert_eq!(first(fresh, "changes").await.id, cursors[0], "{name}");
        let both = stream(&format!("&{name}={}", cursors[1])).header("last-event-id", &cursors[3]);
        assert_eq!(first(both, "changes").await.id, cursors[4], "{name}");
    }
    let replay = "/v1/replay?from=2022-01-01&to=2023-04-30";
    let begun = first(get_at(&product.http, replay), "changes").await;
    let resumed = format!("{replay}&lastEventId={}", begun.id);
    let next = first(get_at(&product.http, &resumed), "changes").await;
    let by_header = get_at(&product.http, replay).header("last-event-id", &begun.id);
    assert_eq!(next.id, first(by_header, "changes").await.id);
    assert_ne!(next.id, begun.id);

    // A page has a parameter of its own, and nothing is ignored.
    let page = answer_to(&product, &format!("/v1/changes?lastEventId={}", cursors[1])).await;
    refuses(400, "bad_query").assert_answers("a page", &page);
    let twice = stream("&lastEventId=a&lastEventId=b").header("accept", "text/event-stream");
    refuses(400, "bad_query").assert_answers("twice", &answer(twice).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_cursor_is_told_inside_the_stream_with_one_to_resume_from() {
    let product = Product::temporary(&["--demo"]);
    let whole = pages(&product).await;
    let stale = "0123456789ab-3";
    let path = format!("/v1/changes?from=now&lastEventId={stale}");
    let told = refused_in_stream(get_at(&product.http, &path)).await;
    assert_eq!(told.data["code"], "stale_cursor");
    assert_eq!(told.data["refusals"][0]["given"], stale);
    // A client that does no more than connect again misses nothing.
    let again = get_at(&product.http, "/v1/changes?from=now").header("last-event-id", &told.id);
    let next = first(again, "changes").await;
    assert_eq!(next.data, whole[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_tell_proxies_to_pass_events_on_at_once_and_to_keep_none() {
    let product = Product::temporary(&["--demo"]);
    for path in ["/v1/changes", "/v1/replay", "/v1/changes?lastEventId=a-1"] {
        let response = open(get_at(&product.http, path)).await;
        let headers = response.headers();
        assert_eq!(headers["x-accel-buffering"], "no", "{path}");
        assert_eq!(headers["cache-control"], "no-store, no-transform", "{path}");
    }
}
