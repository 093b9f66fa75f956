//! Watches, health, reflection and shutdown.

use super::{clash, connect, endpoint, event, rows};
use crate::helpers::ready;
use detente_api::proto;
use detente_testkit::nats;
use detente_tests::product::{Process, Product, TIMEOUT, free_address};
use proto::watch_response::Event;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_gets_reported_changes_and_a_shutdown_ends_its_stream() {
    let mut product = Product::temporary(&[]);
    let mut clients = connect(&product).await;
    let stream = clients.change.watch(proto::WatchRequest::default()).await;
    let mut stream = stream.unwrap().into_inner();
    let next = async |stream: &mut tonic::Streaming<proto::WatchResponse>| {
        let message = tokio::time::timeout(TIMEOUT, stream.message()).await;
        message
            .unwrap()
            .map(|message| message.and_then(|message| message.event))
    };
    let greeting = next(&mut stream).await.unwrap().unwrap();
    let Event::Heartbeat(greeting) = greeting else {
        panic!("{greeting:?}")
    };
    assert_eq!(greeting.cursor, greeting.head);
    let reported = clash(1);
    let sent = rows([event(reported.clone())]);
    let answer = clients.report.report(sent).await.unwrap().into_inner();
    let frame = next(&mut stream).await.unwrap().unwrap();
    let Event::Frame(frame) = frame else {
        panic!("{frame:?}")
    };
    assert_eq!(
        (frame.relation.as_str(), frame.position),
        ("KGZ-TJK", answer.accepted[0].position)
    );
    let mut changes = frame.changes.iter();
    assert!(changes.any(|change| change.causes == [reported.id.clone()]));

    assert_eq!(product.process.interrupt(), Some(0));
    let status = next(&mut stream).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_follows_readiness_and_reflection_describes_the_services() {
    let product = Product::temporary(&[]);
    let channel = endpoint(&product.grpc).connect().await.unwrap();
    let mut health = HealthClient::new(channel.clone());
    let services = [
        "",
        "detente.v1.ReportService",
        "detente.v1.RelationService",
        "detente.v1.ChangeService",
    ];
    for service in services {
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        let mut statuses = health.watch(request).await.unwrap().into_inner();
        wait_for(&mut statuses, ServingStatus::Serving).await;
    }
    let unknown = HealthCheckRequest {
        service: "detente.v1.None".to_owned(),
    };
    let status = health.check(unknown).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);

    let mut reflection = ServerReflectionClient::new(channel);
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let asked = futures_util::stream::iter([request]);
    let answers = reflection.server_reflection_info(asked).await;
    let answer = answers.unwrap().into_inner().message().await;
    let answer = answer.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::ListServicesResponse(listed) = answer else {
        panic!("{answer:?}")
    };
    let names: Vec<_> = listed
        .service
        .iter()
        .map(|service| &*service.name)
        .collect();
    let mut expected = services[1..].iter();
    assert!(expected.all(|name| names.contains(name)), "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_without_its_log_is_not_serving() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let [ingest, grpc] = [free_address(), free_address()];
    let listen = ["--http", &ingest, "--grpc", &grpc];
    let _ingest =
        Process::start(&[&["serve", "ingest", "--nats", nats.url()], &listen[..]].concat());
    ready(&format!("http://{ingest}")).await;
    let channel = endpoint(&format!("http://{grpc}")).connect().await.unwrap();
    let request = HealthCheckRequest {
        service: "detente.v1.ReportService".to_owned(),
    };
    let statuses = HealthClient::new(channel).watch(request).await.unwrap();
    let mut statuses = statuses.into_inner();
    wait_for(&mut statuses, ServingStatus::Serving).await;
    nats.stop().await;
    wait_for(&mut statuses, ServingStatus::NotServing).await;
}

async fn wait_for(
    statuses: &mut tonic::Streaming<tonic_health::pb::HealthCheckResponse>,
    wanted: ServingStatus,
) {
    loop {
        let answer = tokio::time::timeout(TIMEOUT, statuses.message()).await;
        let answer = answer.expect("in time").unwrap().unwrap();
        if answer.status() == wanted {
            return;
        }
    }
}
