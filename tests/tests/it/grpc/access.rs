//! Tokens over gRPC.

use super::{Clients, amendment, clash, connect, event, rows};
use crate::auth::{create_token, get_as, revoke_token, status, wait_for_token};
use crate::helpers::eventually;
use detente_api::proto;
use detente_tests::product::{Product, TIMEOUT};
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
    let product = Product::temporary(&[]);
    let [reader, reporter] =
        ["reader", "reporter"].map(|role| create_token(&product.nats, "someone", role));
    let Clients {
        mut report,
        relation,
        mut change,
    } = connect(&product).await;
    let list = async |request: Request<proto::ListCountriesRequest>| {
        let answer = relation.clone().list_countries(request).await;
        answer.map_or_else(|status| status.code(), |_| Code::Ok)
    };
    let countries = proto::ListCountriesRequest::default;
    let without_token = || Request::new(countries());
    eventually("the later token is known", async || {
        list(without_token()).await != Code::Ok
            && list(with_token(&reporter.token, countries())).await == Code::Ok
    })
    .await;
    assert_eq!(list(without_token()).await, Code::Unauthenticated);
    let wrong = with_token("wrong", countries());
    assert_eq!(list(wrong).await, Code::Unauthenticated);
    let read = with_token(&reader.token, countries());
    assert_eq!(list(read).await, Code::Ok);

    let reported = clash(1);
    let sent = rows([event(reported.clone())]);
    let by_reader = with_token(&reader.token, sent.clone());
    let status = report.report(by_reader).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    let by_reporter = with_token(&reporter.token, sent);
    report.report(by_reporter).await.unwrap();
    let retraction = proto::Retraction {
        reason: "A mistake".to_owned(),
    };
    let retract = proto::amendment::Amend::Retract(retraction);
    let amends = rows([amendment(&reported.id, retract)]);
    let by_reporter = with_token(&reporter.token, amends);
    let status = report.report(by_reporter).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);

    // A watch ends when its token is revoked.
    let request = with_token(&reader.token, proto::WatchRequest::default());
    let mut stream = change.watch(request).await.unwrap().into_inner();
    stream.message().await.unwrap();
    revoke_token(&product.nats, &reader);
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_stream_of_reports_ends_when_its_token_is_revoked() {
    let product = Product::temporary(&[]);
    let [gone, stays] = ["gone", "stays"].map(|name| create_token(&product.nats, name, "reporter"));
    wait_for_token(&product, &gone).await;
    wait_for_token(&product, &stays).await;
    let Clients { mut report, .. } = connect(&product).await;
    let (sender, mut receiver) = tokio::sync::mpsc::channel(10);
    let rows = futures_util::stream::poll_fn(move |context| receiver.poll_recv(context));
    let sent = |number| proto::ReportStreamRequest {
        row: Some(event(clash(number))),
    };
    let mut stream = report.clone();
    let request = with_token(&gone.token, rows);
    let answer = tokio::spawn(async move { stream.report_stream(request).await });
    // The rows of the first batch are stored; the others wait for the next one.
    for number in 1..=1_001 {
        sender.send(sent(number)).await.unwrap();
    }
    let known = async |number: u64| {
        let path = format!("/v1/events/{}", clash(number).id);
        status(get_as(&product.http, &path, &stays.token)).await == 200
    };
    eventually("the first batch is stored", async || known(1_000).await).await;
    revoke_token(&product.nats, &gone);
    let answer = tokio::time::timeout(TIMEOUT, answer).await.unwrap();
    assert_eq!(answer.unwrap().unwrap_err().code(), Code::Unauthenticated);
    drop(sender);
    let last = with_token(&stays.token, rows_of(1_002));
    report.report(last).await.unwrap();
    eventually("the last event is known", async || known(1_002).await).await;
    assert!(!known(1_001).await);
}

fn rows_of(number: u64) -> proto::ReportRequest {
    rows([event(clash(number))])
}
