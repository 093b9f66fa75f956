//! Throughput and latency, each figure beside that of raw JetStream for the same bytes in the same
//! run.
//!
//! `cargo bench -p detente-tests` starts a nats-server (`sync_interval: always`) and prints one
//! table; `-- replay latency` runs only these parts (of `append`, `replay`, `projection`,
//! `latency`, `subscribers`, `sustained`, `questions`, `growth`). Runs alternate and medians are
//! compared, so that a drift in the speed of the machine has little effect.

mod append;
mod growth;
mod latency;
mod log;
mod projection;
mod questions;
mod raw;
mod replay;
mod subscribers;
mod sustained;
mod table;

use detente_testkit::nats;
use detente_tests::sample;
use table::Table;

/// The number of records that are appended in bulk and replayed.
const RECORDS: u64 = 1_000_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => table::note(&format!("no runtime: {error}")),
    }
}

async fn run() {
    let Ok(directory) = tempfile::tempdir() else {
        return table::note("no temporary directory");
    };
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    let mut table = Table::default();
    if is_wanted("questions") {
        questions::run(&mut table);
    }
    if is_wanted("growth") {
        growth::run(&mut table);
    }
    let on_a_log = ["append", "replay"].into_iter();
    let on_a_log: Vec<&str> = on_a_log.filter(|part| is_wanted(part)).collect();
    let encoded = if on_a_log.is_empty() {
        Vec::new()
    } else {
        encoded()
    };
    // Each has its own log, so that no run reads the log of another.
    for part in on_a_log {
        let nats = nats::start(directory.path().join(part)).await;
        match part {
            "append" => {
                append::bulk(&nats, &encoded, &mut table).await;
                append::reporters(&nats, &encoded, &mut table).await;
            }
            _ => replay::run(&nats, &encoded, &mut table).await,
        }
        nats.stop().await;
    }
    if is_wanted("projection") {
        projection::run(directory.path(), &mut table).await;
    }
    if is_wanted("latency") {
        latency::run(directory.path(), &mut table).await;
    }
    if is_wanted("subscribers") {
        subscribers::run(directory.path(), &mut table).await;
    }
    if is_wanted("sustained") {
        sustained::run(directory.path(), &mut table).await;
    }
    table.print();
}

fn encoded() -> Vec<bytes::Bytes> {
    let records = sample::records(0, RECORDS);
    let encoded: Vec<bytes::Bytes> = records
        .iter()
        .map(|record| detente_codec::encode(record).into())
        .collect();
    let bytes: usize = encoded.iter().map(bytes::Bytes::len).sum();
    table::note(&format!(
        "{RECORDS} records of {} bytes in the mean",
        bytes / encoded.len()
    ));
    encoded
}
