//! Checks the values of the control bucket.

use detente_jetstream::topology::{Bucket, bucket_stream};
use detente_jetstream::{Connection, stream_info};
use detente_rulebook_store::RulebookStore;

use crate::error::Error;
use crate::report::{Code, Finding, Report};

/// Reports the values that services pass over, and damaged texts of rulebooks.
pub(crate) async fn check(connection: &Connection, report: &mut Report) -> Result<(), Error> {
    let bucket = bucket_stream(Bucket::Control.name());
    let end = stream_info::end(connection, &bucket).await;
    if stream_info::if_exists(end)?.is_none() {
        // Without a bucket nothing was ever in force.
        return Ok(());
    }
    let store = RulebookStore::open(connection).await?;
    let stored = store.load().await?;
    let values = stored.damaged_values.into_iter();
    let rulebooks = stored.damaged.into_iter();
    let rulebooks = rulebooks.map(|(name, reason)| (format!("rulebook.{name}"), reason));
    for (key, fault) in values.chain(rulebooks) {
        report.add(Finding::new(Code::DamagedValue, format!("{key}: {fault}")));
    }
    Ok(())
}
