//! gRPC refusals: the status, and the refusals of HTTP as details; rows; limits.

use super::{amendment, connect, draft, endpoint, event, rows};
use detente_api::message::REFUSALS_URL;
use detente_api::proto;
use detente_tests::product::Product;
use prost::Message as _;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{StatusExt as _, pb};

/// Returns the code and all refusals of a status.
fn refusals_of(status: &Status) -> (String, Vec<proto::Refusal>) {
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.domain, "detente");
    let details = pb::Status::decode(status.details()).unwrap().details;
    let refusals = details
        .iter()
        .find(|any| any.type_url == REFUSALS_URL)
        .unwrap();
    let refusals = proto::Refusals::decode(&*refusals.value).unwrap();
    (info.reason, refusals.refusals)
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code, word: &str) {
    let status = answer.unwrap_err();
    let (reason, refusals) = refusals_of(&status);
    assert_eq!((status.code(), reason.as_str()), (code, word), "{status:?}");
    assert_eq!(refusals[0].code, word);
    assert!(!refusals[0].message.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_have_a_status_and_the_allowed_values() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let mut clients = connect(&product).await;
    let relation = |from: &str, to: &str, at: &str, known_at: &str| proto::GetRelationRequest {
        from: from.to_owned(),
        to: to.to_owned(),
        clocks: Some(proto::Clocks {
            at: at.to_owned(),
            known_at: known_at.to_owned(),
            min_position: 0,
        }),
    };
    for (request, code, word) in [
        (
            relation("Tajikstan", "AFG", "", ""),
            Code::InvalidArgument,
            "unknown_party",
        ),
        (
            relation("TJK", "TJK", "", ""),
            Code::NotFound,
            "unknown_relation",
        ),
        (
            relation("TJK", "AFG", "soon", ""),
            Code::InvalidArgument,
            "bad_query",
        ),
        (
            relation("TJK", "AFG", "", "4000000"),
            Code::OutOfRange,
            "unknown_position",
        ),
    ] {
        let answer = clients.relation.get_relation(request).await;
        assert_refused(answer, code, word);
    }
    let request = proto::WhyRequest {
        from: "TJK".to_owned(),
        to: "AFG".to_owned(),
        dimension: "mood".to_owned(),
        ..proto::WhyRequest::default()
    };
    let status = clients.relation.why(request).await.unwrap_err();
    let (word, refusals) = refusals_of(&status);
    assert_eq!(
        (status.code(), word.as_str()),
        (Code::NotFound, "unknown_dimension")
    );
    assert!(refusals[0].allowed.contains(&"political".to_owned()));
    assert_eq!(
        status.get_details_bad_request().unwrap().field_violations[0].field,
        "dimension"
    );
    let request = proto::GetEventRequest {
        id: "none".to_owned(),
        clocks: None,
    };
    assert_refused(
        clients.relation.get_event(request).await,
        Code::NotFound,
        "unknown_event",
    );
    let request = proto::DiffRequest {
        from: "TJK".to_owned(),
        to: "AFG".to_owned(),
        at_from: "2023-02-01".to_owned(),
        at_to: "2023-01-01".to_owned(),
        ..proto::DiffRequest::default()
    };
    let status = clients.relation.diff(request).await.unwrap_err();
    assert_eq!(refusals_of(&status).1[0].field.as_deref(), Some("at_from"));
    for (from, code, word) in [
        ("0123456789ab-3", Code::FailedPrecondition, "stale_cursor"),
        ("not a cursor", Code::InvalidArgument, "bad_cursor"),
    ] {
        let request = proto::WatchRequest {
            from: from.to_owned(),
            wanted: None,
        };
        assert_refused(clients.change.watch(request).await.map(drop), code, word);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_of_a_filter_is_parsed_and_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let mut clients = connect(&product).await;
    let list = |one: &str| vec![one.to_owned()];
    let good = proto::ChangeFilter {
        country: list("Tajikistan"),
        party: list("TALIBAN"),
        pair: list("AFG-TJK"),
        dimension: list("political"),
        register: list("missions"),
        direction: list("TJK-AFG"),
        occasion: vec![proto::Occasion::Happened.into()],
        filter: Some("change.to != 'unknown'".to_owned()),
    };
    let wanted = |wanted| proto::ListChangesRequest {
        wanted: Some(wanted),
        ..Default::default()
    };
    clients.change.list_changes(wanted(good)).await.unwrap();
    let none = proto::ChangeFilter::default;
    for (bad, word, field) in [
        (
            proto::ChangeFilter {
                country: list("Atlantis"),
                ..none()
            },
            "unknown_party",
            "country",
        ),
        (
            proto::ChangeFilter {
                party: list("Atlantis"),
                ..none()
            },
            "unknown_party",
            "party",
        ),
        (
            proto::ChangeFilter {
                pair: list("AFG"),
                ..none()
            },
            "bad_query",
            "pair",
        ),
        (
            proto::ChangeFilter {
                dimension: list("mood"),
                ..none()
            },
            "unknown_dimension",
            "dimension",
        ),
        (
            proto::ChangeFilter {
                register: list("mood"),
                ..none()
            },
            "unknown_dimension",
            "register",
        ),
        (
            proto::ChangeFilter {
                direction: list("AFG"),
                ..none()
            },
            "bad_query",
            "direction",
        ),
        (
            proto::ChangeFilter {
                occasion: vec![77],
                ..none()
            },
            "bad_query",
            "occasion",
        ),
        (
            proto::ChangeFilter {
                filter: Some("change.mood".to_owned()),
                ..none()
            },
            "bad_filter",
            "filter",
        ),
    ] {
        let status = clients.change.list_changes(wanted(bad)).await.unwrap_err();
        let (code, refusals) = refusals_of(&status);
        assert_eq!(code, word);
        assert_eq!(refusals[0].field.as_deref(), Some(field));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_answered_one_by_one_and_a_single_row_by_a_status() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let mut clients = connect(&product).await;
    let good = draft(1, "clash.occurred", &["KGZ", "TJK"], "2022-09-14");
    let wrong = draft(2, "clash.occured", &["KGZ", "Atlantis"], "2022-09-14");
    let clash = proto::EventDraft {
        occurred: "2022-09-15".to_owned(),
        ..good.clone()
    };

    let sent = rows([
        event(good.clone()),
        event(wrong.clone()),
        event(good.clone()),
    ]);
    let answer = clients
        .report
        .report(sent.clone())
        .await
        .unwrap()
        .into_inner();
    let accepted: Vec<_> = answer
        .accepted
        .iter()
        .map(|row| (row.row, row.repeat))
        .collect();
    assert_eq!(accepted, [(1, false), (3, true)]);
    let words: Vec<_> = answer.refused[0]
        .refusals
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    assert_eq!(
        (answer.refused[0].row, words),
        (2, vec!["unknown_kind", "unknown_party"])
    );
    let again = clients.report.report(sent).await.unwrap().into_inner();
    assert!(again.accepted.iter().all(|row| row.repeat));
    assert_eq!(again.accepted[0].position, answer.accepted[0].position);

    let single = clients.report.report(rows([event(wrong.clone())])).await;
    assert_refused(single, Code::InvalidArgument, "unknown_kind");
    let single = clients.report.report(rows([event(clash)])).await;
    assert_refused(single, Code::AlreadyExists, "id_conflict");
    assert_refused(
        clients.report.report(rows([])).await,
        Code::InvalidArgument,
        "empty_body",
    );
    let retract = proto::amendment::Amend::Retract(proto::Retraction::default());
    let single = clients
        .report
        .report(rows([amendment(&good.id, retract)]))
        .await;
    assert_refused(single, Code::InvalidArgument, "missing_field");

    // A stream is answered at its end, even if it needs several commits.
    let many = (10..2_510).map(|number| draft(number, "clash.occurred", &["KGZ", "TJK"], "2022"));
    let many = std::iter::once(wrong)
        .chain(many)
        .map(|draft| proto::ReportStreamRequest {
            row: Some(event(draft)),
        });
    let answer = clients
        .report
        .report_stream(futures_util::stream::iter(many.collect::<Vec<_>>()));
    let answer = answer.await.unwrap().into_inner();
    assert_eq!((answer.accepted.len(), answer.refused.len()), (2_500, 1));
    assert_eq!(answer.refused[0].row, 1);
    let numbers: Vec<_> = answer.accepted.iter().map(|row| row.row).collect();
    assert_eq!(numbers, (2..=2_501).collect::<Vec<_>>());
    let nothing = futures_util::stream::iter(Vec::new());
    let answer = clients.report.report_stream(nothing).await;
    assert_refused(answer, Code::InvalidArgument, "empty_body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exceeded_limits_are_refused_and_the_server_continues() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(
        directory.path(),
        &["--rate-limit", "1", "--rate-burst", "4"],
    );
    let channel = endpoint(&product.grpc).connect().await.unwrap();
    let mut reports = super::ReportServiceClient::new(channel.clone());
    let mut large = draft(1, "clash.occurred", &["KGZ", "TJK"], "2022-09-14");
    large.title.insert("en".to_owned(), "x".repeat(9 << 20));
    let answer = reports.report(rows([event(large)])).await;
    assert_refused(answer, Code::ResourceExhausted, "body_too_large");

    let mut relations = super::RelationServiceClient::new(channel);
    let late = || {
        let clocks = proto::Clocks {
            min_position: 1_000,
            ..proto::Clocks::default()
        };
        let mut request = tonic::Request::new(proto::ListCountriesRequest {
            clocks: Some(clocks),
            page: None,
        });
        request.set_timeout(Duration::from_millis(200));
        request
    };
    let status = relations.list_countries(late()).await.unwrap_err();
    assert!(
        [Code::DeadlineExceeded, Code::Cancelled].contains(&status.code()),
        "{status:?}"
    );
    let mut request = late();
    request.set_timeout(Duration::from_secs(20));
    assert_refused(
        relations.list_countries(request).await,
        Code::Unavailable,
        "not_caught_up",
    );

    let mut seen = None;
    for _ in 0..20 {
        if let Err(status) = relations
            .list_countries(proto::ListCountriesRequest::default())
            .await
        {
            seen = Some(status);
            break;
        }
    }
    assert_refused(
        seen.map_or(Ok(()), Err),
        Code::ResourceExhausted,
        "too_many_requests",
    );
}
