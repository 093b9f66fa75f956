//! Faults of a cluster of three servers under load, with two gateways that take the same ids: as
//! those of one server (see `kills`), they lose nothing and publish nothing twice.

use crate::crash::{progress, serve_with};
use crate::helpers::eventually;
use crate::kills::Run;
use detente_testkit::cluster::{Cluster, SERVERS};
use detente_tests::product::{Process, TIMEOUT, free_address};
use std::time::Instant;

/// The faults of the test; `DETENTE_FAULT_CYCLES` is another number of them.
const CYCLES: u64 = 10;

/// The sorts of faults.
const FAULTS: [Fault; 10] = [
    Fault::Killed(1),
    Fault::Frozen(1),
    Fault::Killed(2),
    Fault::Frozen(2),
    Fault::Killed(3),
    Fault::Frozen(3),
    Fault::Cut(1),
    Fault::Cut(2),
    Fault::Gateway,
    Fault::Projector,
];

/// What fails: some servers of the cluster, killed, frozen or cut off from all others, or a service
/// that is killed.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Killed(usize),
    Frozen(usize),
    Cut(usize),
    Gateway,
    Projector,
}

/// A cluster, and the services that write to it.
struct Site {
    cluster: Cluster,
    /// The gateways with their addresses.
    gateways: Vec<(Process, String)>,
    projectors: Vec<Process>,
}

fn cycles() -> u64 {
    let set = std::env::vars().find(|(name, _)| name == "DETENTE_FAULT_CYCLES");
    set.map_or(CYCLES, |(_, cycles)| cycles.parse().expect("a number"))
}

fn serve(role: &str, cluster: &Cluster, address: &str) -> Process {
    serve_with(role, &cluster.url(), address, &["--replicas", "3"])
}

async fn is_ready(address: &str) -> bool {
    let answer = reqwest::get(format!("http://{address}/readyz")).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

impl Site {
    /// Starts the services together with the cluster, which has no leader yet.
    async fn start() -> Self {
        let cluster = Cluster::start().await;
        let addresses = [free_address(), free_address()].into_iter();
        let gateways = addresses.map(|address| (serve("ingest", &cluster, &address), address));
        let projectors = (0..2).map(|_| serve("projector", &cluster, "127.0.0.1:0"));
        let mut site = Self {
            gateways: gateways.collect(),
            projectors: projectors.collect(),
            cluster,
        };
        site.ready().await;
        site
    }

    /// Waits until the gateways are ready. No service may have ended.
    async fn ready(&mut self) {
        let addresses = self.gateways.iter().map(|(_, address)| address.clone());
        let until = Instant::now() + 3 * TIMEOUT;
        for address in Vec::from_iter(addresses) {
            while !is_ready(&address).await {
                self.assert_runs();
                assert!(Instant::now() < until, "not in time: {address} is ready");
                tokio::task::yield_now().await;
            }
        }
        self.assert_runs();
    }

    fn assert_runs(&mut self) {
        for (gateway, _) in &mut self.gateways {
            gateway.assert_runs("gateway");
        }
        for projector in &mut self.projectors {
            projector.assert_runs("projector");
        }
    }

    /// Makes something fail under load, mends it, and waits until all goes on.
    async fn fail(&mut self, fault: Fault, run: &Run) {
        let first = run.random.below(SERVERS as u64) as usize;
        let servers = |count| (first..first + count).map(|number| number % SERVERS);
        match fault {
            Fault::Killed(count) => {
                servers(count).for_each(|number| self.cluster.kill(number));
                self.without(count, run).await;
                servers(count).for_each(|number| self.cluster.start_server(number));
            }
            Fault::Frozen(count) => {
                servers(count).for_each(|number| self.cluster.freeze(number));
                self.without(count, run).await;
                servers(count).for_each(|number| self.cluster.thaw(number));
            }
            Fault::Cut(count) => {
                servers(count).for_each(|number| self.cluster.cut(number));
                self.without(count, run).await;
                servers(count).for_each(|number| self.cluster.mend(number));
            }
            Fault::Gateway => {
                let place = run.random.below(2) as usize;
                let (process, address) = &mut self.gateways[place];
                process.kill();
                *process = serve("ingest", &self.cluster, address);
            }
            Fault::Projector => {
                let place = run.random.below(2) as usize;
                self.projectors[place].kill();
                self.projectors[place] = serve("projector", &self.cluster, "127.0.0.1:0");
            }
        }
        self.ready().await;
        progress(&run.load).await;
    }

    /// Waits until it shows that some servers are away: two of three go on, and fewer take nothing,
    /// which the gateways tell.
    async fn without(&mut self, count: usize, run: &Run) {
        if count == 1 {
            self.ready().await;
            return progress(&run.load).await;
        }
        for (_, address) in &self.gateways {
            eventually("a gateway that cannot write is not ready", async || {
                !is_ready(address).await
            })
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_three_servers_lose_nothing_and_publish_nothing_twice() {
    let mut site = Site::start().await;
    let url = site.cluster.url();
    let gateways: Vec<&str> = site.gateways.iter().map(|(_, at)| &**at).collect();
    let run = Run::start(&url, &gateways).await;
    for fault in FAULTS.into_iter().cycle().take(cycles() as usize) {
        run.moment().await;
        site.fail(fault, &run).await;
    }
    run.assert_exact(&url).await;
    site.assert_runs();
}
