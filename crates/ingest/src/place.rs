//! Appends records whose ids are reserved, and settles what became of each.

use detente_jetstream::appender::{Appended, Appender, Weighed};

use crate::dedup::{Outcome, Reserved};

/// A record to append, whose id is reserved.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) reserved: Reserved,
    pub(crate) record: Weighed,
}

/// Appends records. Returns an outcome for each.
pub(crate) async fn append(
    appender: &Appender,
    mut records: Vec<Pending>,
    traceparent: Option<&str>,
) -> Vec<Outcome> {
    for record in &mut records {
        record.reserved.sent();
    }
    let weighed: Vec<Weighed> = records.iter().map(|record| record.record.clone()).collect();
    let appended = appender.append_many(weighed, traceparent).await;
    let settle = |(pending, appended): (Pending, Result<Appended, _>)| {
        pending
            .reserved
            .settle(appended.map(|appended| appended.position))
    };
    records.into_iter().zip(appended).map(settle).collect()
}
