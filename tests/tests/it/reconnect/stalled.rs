//! Subscribers that stop reading: others continue, memory stays bounded, and they resume later.

use super::{cursor, pages};
use crate::crash::{Services, caught_up, serve};
use crate::helpers::{assert_same_frames, ready};
use crate::log_fold::projection;
use crate::switch::{preload, preload_from};
use detente_client::request::FilterRequest;
use detente_client::view::Frame;
use detente_client::{Place, StreamExt as _, WatchEvent};
use detente_testkit::nats;
use detente_tests::product::{TIMEOUT, api, free_address};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// The number of subscribers that read only the head of the answer.
const STALLED: usize = 60;
/// Events before the stall; their feed has some 10 MB, which would be 600 MB for all subscribers.
const EVENTS: u64 = 6_000;
/// Frames that are published while they stall.
const NEW_FRAMES: usize = 20;
/// The most additional memory for all of them together.
const MORE_KIB_MAX: u64 = 64 << 10;

/// Opens a subscription with a small receive buffer, and reads only the status line.
async fn stalled(address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
    let request = format!(
        "GET /v1/changes?from=start HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    stream
}

/// Reads cursors up to a last one; fewer if the server closes the connection.
async fn read_on(mut stream: TcpStream, last: &str) -> Vec<String> {
    let (mut text, mut cursors, mut bytes) = (String::new(), Vec::new(), vec![0; 64 << 10]);
    loop {
        let read = tokio::time::timeout(TIMEOUT, stream.read(&mut bytes)).await;
        match read.expect("it is cut, or it goes on") {
            Ok(count) if count > 0 => text.push_str(&String::from_utf8_lossy(&bytes[..count])),
            _ => return cursors,
        }
        while let Some((block, rest)) = text.split_once("\n\n") {
            if block.contains("event: changes")
                && let Some((_, id)) = block.split_once("id: ")
            {
                cursors.push(id.lines().next().unwrap_or_default().to_owned());
            }
            text = rest.to_owned();
            if cursors.last().is_some_and(|cursor| cursor == last) {
                return cursors;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_subscribers_do_not_affect_others_and_can_resume() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let [ingest_at, query_at] = [free_address(), free_address()];
    let _services = Services::start_ready(&url, &ingest_at).await;
    preload(&ingest_at, EVENTS).await;
    let connection = nats::connect(&nats, "test").await;
    caught_up(&connection, &projection()).await;
    let query = serve("query", &url, &query_at);
    let http = format!("http://{query_at}");
    ready(&http).await;
    let whole = pages(&http, &FilterRequest::default()).await;
    let before = query.memory_kib().unwrap();

    let mut readers = Vec::new();
    for _ in 0..STALLED {
        readers.push(stalled(&query_at).await);
    }
    // Another subscriber reads everything, as if it were alone.
    let mut watch = api(&http).watch(&FilterRequest::default(), Place::Start);
    let mut received: Vec<Frame> = Vec::new();
    while received.len() < whole.len() + NEW_FRAMES {
        let next = tokio::time::timeout(TIMEOUT, watch.next()).await;
        match next.expect("in time").unwrap().unwrap() {
            WatchEvent::Changes(frame) => received.push(frame),
            other => panic!("{other:?}"),
        }
        if received.len() == whole.len() {
            preload_from(&ingest_at, 2_000_000, 500).await;
        }
    }
    assert_same_frames(&received[..whole.len()], &whole, cursor, "the reader");
    let after = query.memory_kib().unwrap();
    assert!(
        after < before + MORE_KIB_MAX,
        "{after} KiB with them, {before} KiB without"
    );

    let last = &whole.last().unwrap().cursor;
    let wanted: Vec<&str> = whole.iter().map(|frame| frame.cursor.as_str()).collect();
    for reader in readers.drain(..3) {
        let read = read_on(reader, last).await;
        assert_eq!(read, wanted[..read.len()], "a cut is at the end only");
        let place = read
            .last()
            .map_or(Place::Start, |last| Place::After(last.clone()));
        let rest = api(&http)
            .changes(&FilterRequest::default(), &place, 1_000)
            .await
            .unwrap();
        let next = rest.items.first().map(|frame| frame.cursor.as_str());
        assert_eq!(next, wanted.get(read.len()).copied().or(next));
    }
    nats.stop().await;
}
