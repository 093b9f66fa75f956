//! Clients that take more than their share, and requests that ask for too much: the server answers
//! them and goes on.

mod bodies;
mod connections;
mod large_answers;
mod limits;
mod probes;
mod wide_events;

use std::time::{Duration, Instant};

use detente_tests::product::{Product, TIMEOUT};
use reqwest::Client;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The longest that an unrelated request may wait on a machine that is busy with other tests. A
/// request that waits for a fold of the log waits longer.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Asks for paths again and again while something else goes on.
struct Watch {
    stop: CancellationToken,
    slowest: JoinHandle<(Duration, &'static str)>,
}

impl Watch {
    fn start(product: &Product, paths: &'static [&'static str]) -> Self {
        let (http, stop) = (product.http.clone(), CancellationToken::new());
        let stopped = stop.clone();
        let slowest = tokio::spawn(async move {
            let client = Client::new();
            let mut slowest = (Duration::ZERO, "");
            while !stopped.is_cancelled() {
                for path in paths {
                    let began = Instant::now();
                    let asked = client.get(format!("{http}{path}")).timeout(TIMEOUT);
                    let answer = asked.send().await.unwrap();
                    // One that is behind is not ready, and says so at once.
                    let status = answer.status().as_u16();
                    assert!([200, 503].contains(&status), "{path}: {status}");
                    slowest = slowest.max((began.elapsed(), path));
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            slowest
        });
        Self { stop, slowest }
    }

    /// Checks that none of the answers took long.
    async fn end(self) {
        self.stop.cancel();
        let (slowest, path) = self.slowest.await.unwrap();
        assert!(slowest <= WAIT_MAX, "{path} took {slowest:?}");
    }
}
