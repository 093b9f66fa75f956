//! kill -9 at random moments under load: acknowledged records take effect once, no change is lost
//! or published twice, and views equal a fold of the log.

use crate::crash::{Load, Services, caught_up, reporter, serve};
use crate::helpers::{ready, stdout};
use crate::log_fold::{Log, Published, assert_views, projection};
use detente_jetstream::connect::Options;
use detente_jetstream::{Connection, stream_info};
use detente_nats_server::LocalServer;
use detente_testkit::nats;
use detente_tests::product::{Process, free_address, nats_address, nats_pid, run};
use detente_tests::random::Random;
use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinHandle;

/// The kills of each test; `DETENTE_KILL_CYCLES` is another number of them.
const CYCLES: u64 = 20;
/// The most acknowledgements, and the most messages of the feed, that are waited for before a kill.
const MOMENTS: u64 = 30;
/// The time after which a request is repeated: its answer may have gone down with the server.
const ANSWERS_WITHIN: Duration = Duration::from_millis(200);

fn cycles() -> u64 {
    let set = std::env::vars().find(|(name, _)| name == "DETENTE_KILL_CYCLES");
    set.map_or(CYCLES, |(_, cycles)| cycles.parse().expect("a number"))
}

/// Reports under way, and what a test sees of them.
pub(crate) struct Run {
    connection: Connection,
    pub(crate) load: Arc<Load>,
    reporters: Vec<JoinHandle<()>>,
    pub(crate) random: Random,
}

impl Run {
    pub(crate) async fn start(nats: &str, gateways: &[&str]) -> Self {
        let connection = Connection::open(&Options::new(nats, "test")).await.unwrap();
        let load = Arc::new(Load::default());
        let gateways: Vec<String> = gateways.iter().map(ToString::to_string).collect();
        let reporters = (0..4).map(|_| reporter(Arc::clone(&load), gateways.clone()));
        Self {
            connection,
            reporters: reporters.map(tokio::spawn).collect(),
            load,
            random: Random::new(RandomState::new().hash_one(())),
        }
    }

    async fn published(&self) -> Option<u64> {
        let stream = projection().stream();
        let head = stream_info::head(&self.connection, &stream);
        tokio::time::timeout(ANSWERS_WITHIN, head).await.ok()?.ok()
    }

    /// Waits for a random moment: for some acknowledgements or, every other time, messages of the
    /// feed, so that the projector too is killed while it writes.
    pub(crate) async fn moment(&self) {
        let more = self.random.below(MOMENTS);
        let acknowledged = || self.load.count.load(Ordering::Relaxed);
        let wanted = acknowledged() + more;
        let mut first = None;
        let by_feed = self.random.below(2) == 0;
        nats::eventually("reports are acknowledged and published", async || {
            let is_due = if by_feed {
                let now = self.published().await?;
                now >= *first.get_or_insert(now) + more
            } else {
                acknowledged() >= wanted
            };
            is_due.then_some(())
        })
        .await;
    }

    /// Ends the reports, and checks log, feed and views.
    pub(crate) async fn assert_exact(self, nats: &str) {
        self.load.stop.store(true, Ordering::Relaxed);
        for reporter in self.reporters {
            reporter.await.unwrap();
        }
        caught_up(&self.connection, &projection()).await;
        let log = Log::read(&self.connection).await;
        let acknowledged = self.load.acknowledged.lock().unwrap().clone();
        let lost: Vec<_> = acknowledged.difference(&log.ids()).copied().collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let (mut chronicle, expected) = log.fold();
        let counts = chronicle.counts();
        assert_eq!((counts.clashes, counts.repeats), (0, 0), "each once");
        let published = Published::read(&self.connection).await;
        published.assert_feed(&expected);
        assert_views(&self.connection, &projection(), &mut chronicle).await;
        // `verify` agrees.
        stdout(&run(&["verify", "--nats", nats]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_of_services_lose_nothing_and_publish_nothing_twice() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("nats");
    let mut nats = nats::start(&directory).await;
    let (url, address) = (nats.url().to_owned(), free_address());
    let mut services = Services::start_ready(&url, &address).await;
    let run = Run::start(&url, &[&address]).await;
    for _ in 0..cycles() {
        run.moment().await;
        match run.random.below(4) {
            0 => {
                nats::kill(nats.pid().expect("it runs"));
                nats = restart(nats, &directory).await;
            }
            1 => {
                nats::kill(nats.pid().expect("it runs"));
                services.ingest.kill();
                services.projector.kill();
                nats = restart(nats, &directory).await;
                services = Services::start(&url, &address);
            }
            _ => {
                services.projector.kill();
                services.projector = serve("projector", &url, "127.0.0.1:0");
            }
        }
    }
    run.assert_exact(&url).await;
    assert!(!services.projector.has_ended());
    nats.stop().await;
}

/// Starts another server on the data and port of a killed one. Its supervisor would wait longer from
/// kill to kill.
async fn restart(nats: LocalServer, directory: &Path) -> LocalServer {
    let port = nats.url().rsplit(':').next().unwrap().parse().unwrap();
    nats.stop().await;
    nats::start_on(directory, port).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_of_up_lose_nothing_and_publish_nothing_twice() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().display().to_string();
    let (address, nats) = (free_address(), free_address());
    let port = nats.rsplit(':').next().unwrap();
    let listen = ["--http", &address, "--grpc", "127.0.0.1:0"];
    let start = || {
        let keep = ["--nats-port", port, "--data-dir", &data];
        Process::start(&[&["up"][..], &listen, &keep].concat())
    };
    let mut up = start();
    ready(&format!("http://{address}")).await;
    let nats = nats_address(&data);
    let run = Run::start(&nats, &[&address]).await;
    for _ in 0..cycles() {
        run.moment().await;
        let its_nats = nats_pid(&directory.path().join("nats"));
        if let Some(pid) = its_nats.filter(|_| run.random.below(2) == 0) {
            nats::kill(pid);
        }
        up.kill();
        up = start();
    }
    run.assert_exact(&nats).await;
    assert!(!up.has_ended());
}
