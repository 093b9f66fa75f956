//! The gRPC health protocol, which follows readiness.

use std::time::Duration;

use detente_ingest::Gateway;
use detente_read_model::{ReadModels, health};
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

/// The interval of health checks.
const CHECK_EVERY: Duration = Duration::from_millis(500);
/// The server as a whole.
pub(crate) const WHOLE: &str = "";
pub(crate) const REPORT: &str = <ReportServiceServer<Reports> as NamedService>::NAME;
pub(crate) const READ: [&str; 2] = [
    <RelationServiceServer<Relations> as NamedService>::NAME,
    <ChangeServiceServer<Changes> as NamedService>::NAME,
];

/// The names of the services with a health status.
pub(crate) fn names(has_reports: bool, has_reads: bool) -> Vec<&'static str> {
    let mut names = vec![WHOLE];
    names.extend(has_reports.then_some(REPORT));
    names.extend(has_reads.then_some(READ).into_iter().flatten());
    names
}

/// Reports all services as not serving.
pub(crate) async fn clear(reporter: &HealthReporter, names: &[&str]) {
    for name in names {
        reporter
            .set_service_status(name, ServingStatus::NotServing)
            .await;
    }
}

/// Updates the statuses until the shutdown, then reports all as not serving.
pub(crate) async fn follow(
    reporter: HealthReporter,
    gateway: Option<Gateway>,
    models: Option<ReadModels>,
    shutdown: CancellationToken,
) {
    let mut interval = tokio::time::interval(CHECK_EVERY);
    let names = names(gateway.is_some(), models.is_some());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            _ = interval.tick() => {}
        }
        let reports = gateway.as_ref().map(|gateway| gateway.health().is_ok());
        let reads = models
            .as_ref()
            .map(|models| health::health(&models.current()).ready);
        for name in &names {
            let is_healthy = if *name == WHOLE {
                reports.unwrap_or(true) && reads.unwrap_or(true)
            } else if *name == REPORT {
                reports.unwrap_or(false)
            } else {
                reads.unwrap_or(false)
            };
            reporter.set_service_status(name, status(is_healthy)).await;
        }
    }
    clear(&reporter, &names).await;
}

const fn status(is_healthy: bool) -> ServingStatus {
    if is_healthy {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    }
}
