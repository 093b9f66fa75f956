//! Tokens over gRPC.

use super::{Clients, amendment, clash, connect, event, rows};
use crate::auth::{create_token, revoke_token};
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
