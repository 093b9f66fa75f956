//! Connecting: what a server must be able to do.

use std::sync::atomic::{AtomicU32, Ordering};

use detente_jetstream::Connection;
use detente_jetstream::connect::{ConnectError, MAX_PAYLOAD_NEEDED, Options};
use detente_testkit::nats::{Nats, in_time, start_limited};

#[tokio::test]
async fn a_server_that_accepts_only_small_messages_is_refused_with_both_numbers() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (max_payload, is_enough) in [(MAX_PAYLOAD_NEEDED - 1, false), (MAX_PAYLOAD_NEEDED, true)] {
        let server = start_limited(dir.path().join(max_payload.to_string()), max_payload).await;
        let opened = Connection::open(&Options::new(server.url(), "test")).await;
        match opened {
            Ok(connection) => assert!(is_enough && connection.max_payload() == max_payload),
            Err(error) => {
                assert!(!is_enough, "{error}");
                assert!(
                    matches!(error, ConnectError::SmallPayload { .. }),
                    "{error}"
                );
                let text = error.to_string();
                assert!(text.contains("max_payload = 524287 bytes"), "{text}");
                assert!(text.contains("needs 524288 or more"), "{text}");
            }
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn a_step_whose_answer_is_lost_with_the_connection_is_taken_again() {
    let nats = Nats::start().await;
    let connection = nats.connect().await;
    let steps = AtomicU32::new(0);
    let step = async || -> Result<(), &str> {
        if steps.fetch_add(1, Ordering::Relaxed) == 0 {
            nats.kill().await;
            std::future::pending::<()>().await;
        }
        Err("refused")
    };
    let outcome = in_time(connection.across_reconnects(step)).await;
    assert_eq!((outcome, steps.into_inner()), (Err("refused"), 2));
}

#[tokio::test]
async fn a_step_whose_error_may_pass_is_taken_again_until_it_is_settled() {
    let nats = Nats::start().await;
    let connection = nats.connect().await;
    let steps = AtomicU32::new(0);
    let step = async || match steps.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Err("not yet"),
        _ => Err("refused"),
    };
    let settled = connection.until_settled(step, |error| *error == "not yet");
    let outcome: Result<(), &str> = in_time(settled).await;
    assert_eq!((outcome, steps.into_inner()), (Err("refused"), 3));
}
