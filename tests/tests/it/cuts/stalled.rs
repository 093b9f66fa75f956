//! Readers who stop reading: the others go on, nothing is heaped up for them, and when they read
//! again they find their place.

use super::{assert_same, pages, ready};
use crate::crash::{caught_up, serve};
use crate::oracle::projection;
use crate::switch::{gateway, preload, preload_from};
use detente_client::view::Frame;
use detente_client::{Filter, Place, StreamExt as _, Watched};
use detente_jetstream::{inspect, topology};
use detente_tests::product::{PATIENCE, api, free_address};
use detente_tests::server;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// Readers who take the head of the answer, and no more.
const STALLED: usize = 60;
/// Events that are there: the feed has some 10 MB then, which would be 600 MB for all of these.
const EVENTS: u64 = 6_000;
/// Frames that come while they stall.
const NEWS: usize = 20;
/// What the service may take more for all of them together.
const MORE_KIB_MAX: u64 = 64 << 10;

/// A reader whose machine takes next to nothing for it.
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

/// Reads on, and gives the cursors that come, up to one; fewer where the server cuts it.
async fn read_on(mut stream: TcpStream, last: &str) -> Vec<String> {
    let (mut text, mut cursors, mut bytes) = (String::new(), Vec::new(), vec![0; 64 << 10]);
    loop {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut bytes)).await;
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
async fn readers_who_stop_reading_harm_nobody_and_find_their_place() {
    let directory = tempfile::tempdir().unwrap();
    let nats = server::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let [ingest_at, query_at] = [free_address(), free_address()];
    let _ingest = serve("ingest", &url, &ingest_at);
    let _projector = serve("projector", &url, "127.0.0.1:0");
    gateway(&ingest_at).await;
    preload(&ingest_at, EVENTS).await;
    let connection = server::connect(&nats, "test").await;
    let head = inspect::head(&connection, topology::EVENTS).await.unwrap();
    caught_up(&connection, &projection(), head).await;
    let query = serve("query", &url, &query_at);
    let http = format!("http://{query_at}");
    ready(&http).await;
    let whole = pages(&http, &Filter::all()).await;
    let before = query.memory_kib().unwrap();

    let mut readers = Vec::new();
    for _ in 0..STALLED {
        readers.push(stalled(&query_at).await);
    }
    // Another one reads all, and what comes then, as if nobody else were there.
    let mut watch = api(&http).watch(&Filter::all(), Place::Start);
    let mut seen: Vec<Frame> = Vec::new();
    while seen.len() < whole.len() + NEWS {
        let next = tokio::time::timeout(PATIENCE, watch.next()).await;
        match next.expect("in time").unwrap().unwrap() {
            Watched::Changes(frame) => seen.push(frame),
            other => panic!("{other:?}"),
        }
        if seen.len() == whole.len() {
            preload_from(&ingest_at, 2_000_000, 500).await;
        }
    }
    assert_same(&seen[..whole.len()], &whole, "who reads");
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
            .changes(&Filter::all(), &place, 1_000)
            .await
            .unwrap();
        let next = rest.items.first().map(|frame| frame.cursor.as_str());
        assert_eq!(next, wanted.get(read.len()).copied().or(next));
    }
    nats.stop().await;
}
