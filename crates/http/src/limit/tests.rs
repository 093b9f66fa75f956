//! Tests of the answer to a write that runs out of time.

use axum::routing::post;
use axum::{Extension, Router};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// Returns the answer to a write that never ends, after what its route said of it.
async fn answered(says: fn(&Stored)) -> String {
    let endless = async move |Extension(stored): Extension<Stored>, _body: String| {
        says(&stored);
        std::future::pending::<()>().await;
    };
    let limit = Duration::from_millis(20);
    let routes = Router::new().route("/", post(endless));
    let routes = routes.layer(axum::middleware::from_fn_with_state(limit, timeout));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });
    let request = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    server.abort();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    answer
}

#[tokio::test]
async fn a_write_out_of_time_says_that_nothing_was_stored_only_if_its_route_says_so() {
    let before = answered(|stored| stored.nothing_yet()).await;
    assert!(before.contains("\"code\":\"timed_out\""), "{before}");
    assert!(before.contains("nothing was stored"), "{before}");
    let begun: [fn(&Stored); 2] = [
        |_| {},
        |stored| {
            stored.nothing_yet();
            stored.begins();
        },
    ];
    for says in begun {
        let after = answered(says).await;
        assert!(after.contains("\"code\":\"outcome_unknown\""), "{after}");
    }
}
