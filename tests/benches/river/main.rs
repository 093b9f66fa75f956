//! The river's speed, each figure beside that of raw JetStream for the same bytes in the same run.
//!
//! `cargo bench -p detente-tests` starts its own nats-server (`sync_interval: always`) and prints
//! one table. Runs alternate, and medians are compared, so that a machine whose speed drifts does
//! not decide.

mod append;
mod raw;
mod replay;
mod table;

use detente_tests::{sample, server};
use table::Table;

/// Records in the log that is appended in bulk and replayed.
const RECORDS: u64 = 1_000_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => table::say(&format!("no runtime: {error}")),
    }
}

async fn run() {
    let Ok(directory) = tempfile::tempdir() else {
        return table::say("no temporary directory");
    };
    let nats = server::start(directory.path().join("nats")).await;
    let records = sample::records(0, RECORDS);
    let encoded: Vec<bytes::Bytes> = records
        .iter()
        .map(|record| detente_wire::encode(record).into())
        .collect();
    let bytes: usize = encoded.iter().map(bytes::Bytes::len).sum();
    table::say(&format!(
        "{RECORDS} records of {} bytes in the mean",
        bytes / encoded.len()
    ));
    let mut table = Table::default();
    append::bulk(&nats, &encoded, &mut table).await;
    append::reporters(&nats, &encoded, &mut table).await;
    replay::replay(&nats, &mut table).await;
    table.print();
    nats.stop().await;
}
