//! Connecting: what a server must be able to do.

use detente_jetstream::Connection;
use detente_jetstream::connect::{ConnectError, MAX_PAYLOAD_NEEDED, Options};
use detente_testkit::nats::start_limited;

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
