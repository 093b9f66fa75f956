//! gRPC, through a client over real sockets.

mod access;
pub(crate) mod matches_http;
mod reconnect;
mod refusals;
mod serving;

use detente_api::proto;
use detente_grpc::proto::change_service_client::ChangeServiceClient;
use detente_grpc::proto::relation_service_client::RelationServiceClient;
use detente_grpc::proto::report_service_client::ReportServiceClient;
use detente_tests::product::{Product, TIMEOUT};
use std::collections::BTreeMap;
use tonic::transport::{Channel, Endpoint};
use uuid::Uuid;

/// Clients of the services of a server.
pub(crate) struct Clients {
    report: ReportServiceClient<Channel>,
    pub(crate) relation: RelationServiceClient<Channel>,
    pub(crate) change: ChangeServiceClient<Channel>,
}

fn endpoint(address: &str) -> Endpoint {
    Endpoint::from_shared(address.to_owned())
        .unwrap()
        .connect_timeout(TIMEOUT)
}

/// Follows the changes from a cursor. Returns the code of the refusal, if there is one.
pub(crate) async fn refusal_of_watch(
    product: &Product,
    from: &str,
) -> Option<(tonic::Code, String)> {
    let request = proto::WatchRequest {
        from: from.to_owned(),
        wanted: None,
    };
    let status = connect(product).await.change.watch(request).await.err()?;
    let (reason, _) = refusals::refusals_of(&status);
    Some((status.code(), reason))
}

/// Reports a clash on a date, or nothing. Returns the first refusal.
pub(crate) async fn refusal_of_report(product: &Product, occurred: Option<&str>) -> proto::Refusal {
    let clash = |occurred| event(draft(1, "clash.occurred", &["KGZ", "TJK"], occurred));
    let request = rows(occurred.map(clash));
    let answer = connect(product).await.report.report(request).await;
    refusal_of(&answer.unwrap_err()).1
}

/// Returns the reason of a status, and its first refusal.
pub(crate) fn refusal_of(status: &tonic::Status) -> (String, proto::Refusal) {
    let (reason, refusals) = refusals::refusals_of(status);
    (reason, refusals[0].clone())
}

pub(crate) async fn connect(product: &Product) -> Clients {
    let channel = endpoint(&product.grpc).connect().await.unwrap();
    Clients {
        report: ReportServiceClient::new(channel.clone()),
        relation: RelationServiceClient::new(channel.clone()),
        change: ChangeServiceClient::new(channel),
    }
}

/// Returns an event; the number makes its id.
fn draft(number: u64, kind: &str, actors: &[&str], occurred: &str) -> proto::EventDraft {
    let list = |codes: &[&str]| codes.iter().map(|&code| code.to_owned()).collect();
    proto::EventDraft {
        id: Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000 << 48 | number).to_string(),
        kind: kind.to_owned(),
        actors: list(actors),
        occurred: occurred.to_owned(),
        title: BTreeMap::from([("en".to_owned(), "Something that happened".to_owned())]),
        report: Some(publication()),
        ..proto::EventDraft::default()
    }
}

/// Returns a clash of Kyrgyzstan and Tajikistan; the number makes its id.
fn clash(number: u64) -> proto::EventDraft {
    draft(number, "clash.occurred", &["KGZ", "TJK"], "2022-09-14")
}

fn publication() -> proto::Publication {
    proto::Publication {
        publisher: "A wire agency".to_owned(),
        language: Some("en".to_owned()),
        grade: "B2".to_owned(),
        ..proto::Publication::default()
    }
}

fn event(draft: proto::EventDraft) -> proto::ReportRow {
    row(proto::report_row::Row::Event(draft))
}

fn row(row: proto::report_row::Row) -> proto::ReportRow {
    proto::ReportRow { row: Some(row) }
}

/// Returns an amendment of an event.
fn amendment(target: &str, amend: proto::amendment::Amend) -> proto::ReportRow {
    let amendment = proto::Amendment {
        id: String::new(),
        target: target.to_owned(),
        amend: Some(amend),
    };
    row(proto::report_row::Row::Amendment(amendment))
}

fn rows(rows: impl IntoIterator<Item = proto::ReportRow>) -> proto::ReportRequest {
    proto::ReportRequest {
        rows: rows.into_iter().collect(),
    }
}
