//! The health of the services, by the protocol of gRPC: it follows readiness.

use std::time::Duration;

use detente_ingest::Gateway;
use detente_read_model::{Readings, health};
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::changes::Changes;
use crate::proto::change_service_server::ChangeServiceServer;
use crate::proto::relation_service_server::RelationServiceServer;
use crate::proto::report_service_server::ReportServiceServer;
use crate::relations::Relations;
use crate::report::Reports;

/// How often the parts are asked how they are.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The server as a whole.
pub(crate) const WHOLE: &str = "";
pub(crate) const REPORT: &str = <ReportServiceServer<Reports> as NamedService>::NAME;
pub(crate) const READ: [&str; 2] = [
    <RelationServiceServer<Relations> as NamedService>::NAME,
    <ChangeServiceServer<Changes> as NamedService>::NAME,
];

/// The services whose health is told.
pub(crate) fn names(takes: bool, reads: bool) -> Vec<&'static str> {
    let mut names = vec![WHOLE];
    names.extend(takes.then_some(REPORT));
    names.extend(reads.then_some(READ).into_iter().flatten());
    names
}

/// Says that none of the services is served, yet or any more.
pub(crate) async fn none(reporter: &HealthReporter, names: &[&str]) {
    for name in names {
        reporter
            .set_service_status(name, ServingStatus::NotServing)
            .await;
    }
}

/// Keeps the statuses what the parts say, until the shutdown; then says that nothing is served.
pub(crate) async fn follow(
    reporter: HealthReporter,
    gateway: Option<Gateway>,
    readings: Option<Readings>,
    shutdown: CancellationToken,
) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    let names = names(gateway.is_some(), readings.is_some());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            _ = every.tick() => {}
        }
        let takes = gateway.as_ref().map(|gateway| gateway.health().is_ok());
        let reads = readings
            .as_ref()
            .map(|readings| health::health(&readings.current()).ready);
        for name in &names {
            let is_well = if *name == WHOLE {
                takes.unwrap_or(true) && reads.unwrap_or(true)
            } else if *name == REPORT {
                takes.unwrap_or(false)
            } else {
                reads.unwrap_or(false)
            };
            reporter.set_service_status(name, status(is_well)).await;
        }
    }
    none(&reporter, &names).await;
}

const fn status(is_well: bool) -> ServingStatus {
    if is_well {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    }
}
