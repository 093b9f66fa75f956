//! Tokens over gRPC.

use super::{draft, endpoint, event, rows};
use detente_api::proto;
use detente_grpc::proto::change_service_client::ChangeServiceClient;
use detente_grpc::proto::relation_service_client::RelationServiceClient;
use detente_grpc::proto::report_service_client::ReportServiceClient;
use detente_tests::product::{Product, TIMEOUT, run};
use serde_json::Value;
use tonic::metadata::MetadataValue;
use tonic::{Code, Request};

fn with_token<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let sent: MetadataValue<_> = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", sent);
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_decides_about_reads_reports_and_amendments() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let token = |args: &[&str]| -> Value {
        let mut all = vec!["token"];
        all.extend(args);
        all.extend(["--nats", &product.nats, "-o", "json"]);
        let output = run(&all);
        let note = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {note}"))
    };
    let made = |role| token(&["create", "--name", "someone", "--role", role]);
    let (reader, reporter) = (made("reader"), made("reporter"));
    let secret = |made: &Value| made["token"].as_str().unwrap().to_owned();
    let channel = endpoint(&product.grpc).connect().await.unwrap();
    let mut relations = RelationServiceClient::new(channel.clone());
    let mut reports = ReportServiceClient::new(channel.clone());
    let mut changes = ChangeServiceClient::new(channel);
    let list = proto::ListCountriesRequest::default;
    crate::helpers::eventually("the later token is known", async || {
        let asked = with_token(&secret(&reporter), list());
        let mut relations = relations.clone();
        relations.list_countries(list()).await.is_err()
            && relations.list_countries(asked).await.is_ok()
    })
    .await;
    let status = relations.list_countries(list()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    let status = relations
        .list_countries(with_token("wrong", list()))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    relations
        .list_countries(with_token(&secret(&reader), list()))
        .await
        .unwrap();

    let reported = draft(1, "clash.occurred", &["KGZ", "TJK"], "2022-09-14");
    let sent = rows([event(reported.clone())]);
    let status = reports
        .report(with_token(&secret(&reader), sent.clone()))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    reports
        .report(with_token(&secret(&reporter), sent))
        .await
        .unwrap();
    let retraction = proto::Retraction {
        reason: "A mistake".to_owned(),
    };
    let retract = proto::amendment::Amend::Retract(retraction);
    let amends = rows([super::amendment(&reported.id, retract)]);
    let status = reports
        .report(with_token(&secret(&reporter), amends))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);

    // A watch ends when its token is revoked.
    let request = with_token(&secret(&reader), proto::WatchRequest::default());
    let mut stream = changes.watch(request).await.unwrap().into_inner();
    stream.message().await.unwrap();
    token(&["revoke", reader["id"].as_str().unwrap()]);
    let end = tokio::time::timeout(TIMEOUT, async {
        loop {
            // Earlier messages may still arrive.
            match stream.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the stream ended without a status"),
                Err(status) => return status,
            }
        }
    });
    assert_eq!(end.await.unwrap().code(), Code::Unauthenticated);
}
