//! Requests and replies: every request is answered and counted.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_nats::service::{Info, PingResponse, Stats};
use async_nats::{Client, HeaderMap};
use detente_jetstream::service::{self, Options, Reply, Request, SUBJECT, ServiceError};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use detente_testkit::nats::{Nats, eventually, in_time};

fn reply(text: &str) -> Reply {
    Reply {
        payload: text.to_owned().into(),
        ..Reply::default()
    }
}

fn error(code: u16, message: &str) -> Reply {
    Reply {
        headers: vec![("Hint".to_owned(), "again".to_owned())],
        payload: "{}".into(),
        error: Some(ServiceError {
            code,
            message: message.to_owned(),
        }),
    }
}

fn options(concurrency_limit: usize) -> Options {
    Options {
        version: "1.2.3",
        description: "A test",
        started: OffsetDateTime::UNIX_EPOCH,
        concurrency_limit,
        busy: error(503, "too many"),
        internal_error: error(500, "broken"),
    }
}

/// Echoes the request, refuses `bad`, and panics at `panic`.
async fn echo(request: Request) -> Reply {
    let text = String::from_utf8_lossy(&request.payload).into_owned();
    assert_ne!(text, "panic");
    if text == "bad" {
        return error(422, "not\nso");
    }
    let to = request.headers.get("To").unwrap_or("nil");
    reply(&format!("{text} to {to}"))
}

async fn ask(client: &Client, text: &str) -> (String, Option<HeaderMap>) {
    let answer = in_time(client.request(SUBJECT, text.to_owned().into())).await;
    let answer = answer.expect("a reply");
    let text = String::from_utf8(answer.payload.to_vec()).expect("text");
    (text, answer.headers)
}

fn header(headers: Option<&HeaderMap>, name: &str) -> String {
    let value = headers.and_then(|headers| headers.get(name));
    value.map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn a_service_answers_refuses_and_survives_a_panic() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let cancel = CancellationToken::new();
    let task = service::start(&conn, options(8), echo, cancel.clone()).await;
    let task = task.expect("a service");
    let client = async_nats::connect(nats.server.url()).await.expect("in");

    let mut headers = HeaderMap::new();
    headers.insert("To", "all");
    let answer = client.request_with_headers(SUBJECT, headers, "hello".into());
    let answer = in_time(answer).await.expect("a reply");
    assert_eq!(answer.payload, "hello to all");

    for (text, code, message) in [("bad", "422", "not so"), ("panic", "500", "broken")] {
        let (body, headers) = ask(&client, text).await;
        assert_eq!(body, "{}");
        let headers = headers.as_ref();
        assert_eq!(header(headers, "Nats-Service-Error-Code"), code);
        assert_eq!(header(headers, "Nats-Service-Error"), message);
        assert_eq!(header(headers, "Hint"), "again");
    }
    assert_eq!(ask(&client, "still").await.0, "still to nil");

    cancel.cancel();
    in_time(task).await.expect("a clean end");
    let gone = in_time(client.request(SUBJECT, "x".into())).await;
    let gone = gone.expect_err("no service").kind();
    assert_eq!(gone, async_nats::RequestErrorKind::NoResponders);
}

#[tokio::test]
async fn a_service_is_found_and_its_requests_are_counted() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let started = service::start(&conn, options(8), echo, CancellationToken::new()).await;
    started.expect("a service");
    let client = async_nats::connect(nats.server.url()).await.expect("in");
    for text in ["one", "two", "bad"] {
        ask(&client, text).await;
    }
    // A request without a reply subject is counted as an error.
    client.publish(SUBJECT, "lost".into()).await.expect("sent");

    let asked = async |subject: String| {
        let answer = in_time(client.request(subject, "".into())).await;
        answer.expect("an answer").payload
    };
    let ping = asked("$SRV.PING".to_owned()).await;
    let ping: PingResponse = serde_json::from_slice(&ping).expect("a pong");
    assert_eq!((&*ping.name, &*ping.version), ("detente", "1.2.3"));
    let info = asked(format!("$SRV.INFO.detente.{}", ping.id)).await;
    let info: Info = serde_json::from_slice(&info).expect("the info");
    assert_eq!((info.id, &*info.description), (ping.id, "A test"));
    let endpoint = &info.endpoints[0];
    assert_eq!(
        (&*endpoint.name, &*endpoint.subject, &*endpoint.queue_group),
        ("report", SUBJECT, "q")
    );
    let stats = eventually("four requests", async || {
        let stats = asked("$SRV.STATS.detente".to_owned()).await;
        let stats: Stats = serde_json::from_slice(&stats).expect("statistics");
        (stats.endpoints[0].requests == 4).then_some(stats)
    });
    let stats = stats.await;
    assert_eq!(stats.started.unix_timestamp(), 0);
    assert_eq!(stats.endpoints[0].errors, 2);
    assert!(stats.endpoints[0].last_error.is_some());
    assert!(stats.endpoints[0].processing_time >= stats.endpoints[0].average_processing_time);
}

#[tokio::test]
async fn requests_above_the_limit_are_refused_and_those_in_flight_are_answered_after_the_end() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let cancel = CancellationToken::new();
    let gate = Arc::new(Semaphore::new(0));
    let waiting = Arc::clone(&gate);
    let handler = move |request: Request| {
        let waiting = Arc::clone(&waiting);
        async move {
            waiting.acquire().await.expect("a gate").forget();
            Reply {
                payload: request.payload,
                ..Reply::default()
            }
        }
    };
    let task = service::start(&conn, options(2), handler, cancel.clone()).await;
    let task = task.expect("a service");
    let client = async_nats::connect(nats.server.url()).await.expect("in");
    let asking: Vec<_> = ["a", "b", "c", "d"]
        .map(|text| {
            let client = client.clone();
            tokio::spawn(async move { ask(&client, text).await })
        })
        .into();
    let stats = async || {
        let answer = client.request("$SRV.STATS.detente", "".into()).await;
        let stats = serde_json::from_slice::<Stats>(&answer.expect("statistics").payload);
        stats.expect("statistics").endpoints[0].errors
    };
    eventually("two are refused", async || {
        (stats().await == 2).then_some(())
    })
    .await;
    cancel.cancel();
    gate.add_permits(2);
    let mut answered = BTreeSet::new();
    let mut refused = 0;
    for asked in asking {
        let (body, headers) = in_time(asked).await.expect("a reply");
        match &*header(headers.as_ref(), "Nats-Service-Error-Code") {
            "503" => refused += 1,
            _ => drop(answered.insert(body)),
        }
    }
    assert_eq!((refused, answered.len()), (2, 2));
    in_time(task).await.expect("a clean end");
}
