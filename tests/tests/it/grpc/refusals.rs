//! gRPC refusals: the status, and the refusals of HTTP as details; rows; limits.

use super::{Clients, amendment, clash, connect, draft, event, rows};
use detente_api::message::REFUSALS_URL;
use detente_api::proto;
use detente_tests::product::Product;
use prost::Message as _;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{StatusExt as _, pb};

/// Returns the code and all refusals of a status.
pub(super) fn refusals_of(status: &Status) -> (String, Vec<proto::Refusal>) {
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.domain, "detente");
    let details = pb::Status::decode(status.details()).unwrap().details;
    let mut details = details.iter();
    let refusals = details.find(|any| any.type_url == REFUSALS_URL).unwrap();
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
    let product = Product::temporary(&["--demo"]);
    let mut clients = connect(&product).await;
    let invalid = Code::InvalidArgument;
    for ([from, to, at, known_at], code, word) in [
        (["Tajikstan", "AFG", "", ""], invalid, "unknown_party"),
        (["TJK", "TJK", "", ""], Code::NotFound, "unknown_relation"),
        (["TJK", "AFG", "soon", ""], invalid, "bad_query"),
        (
            ["TJK", "AFG", "", "4000000"],
            Code::OutOfRange,
            "unknown_position",
        ),
    ] {
        let request = proto::GetRelationRequest {
            from: from.to_owned(),
            to: to.to_owned(),
            clocks: Some(proto::Clocks {
                at: at.to_owned(),
                known_at: known_at.to_owned(),
                min_position: 0,
            }),
        };
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
        page: None,
    };
    let answer = clients.relation.get_event(request).await;
    assert_refused(answer, Code::NotFound, "unknown_event");
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
    let product = Product::temporary(&["--demo"]);
    let mut clients = connect(&product).await;
    let list = |word: &str| vec![word.to_owned()];
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
    for (field, word, code) in [
        ("country", "Atlantis", "unknown_party"),
        ("party", "Atlantis", "unknown_party"),
        ("pair", "AFG", "bad_query"),
        ("dimension", "mood", "unknown_dimension"),
        ("register", "mood", "unknown_dimension"),
        ("direction", "AFG", "bad_query"),
        ("occasion", "77", "bad_query"),
        ("filter", "change.mood", "bad_filter"),
    ] {
        let mut bad = proto::ChangeFilter::default();
        match field {
            "country" => bad.country = list(word),
            "party" => bad.party = list(word),
            "pair" => bad.pair = list(word),
            "dimension" => bad.dimension = list(word),
            "register" => bad.register = list(word),
            "direction" => bad.direction = list(word),
            "occasion" => bad.occasion = vec![word.parse().unwrap()],
            _ => bad.filter = Some(word.to_owned()),
        }
        let status = clients.change.list_changes(wanted(bad)).await.unwrap_err();
        let (reason, refusals) = refusals_of(&status);
        assert_eq!(reason, code);
        assert_eq!(refusals[0].field.as_deref(), Some(field));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_answered_one_by_one_and_a_single_row_by_a_status() {
    let product = Product::temporary(&[]);
    let mut clients = connect(&product).await;
    let good = clash(1);
    let wrong = draft(2, "clash.occured", &["KGZ", "Atlantis"], "2022-09-14");
    let conflicting = proto::EventDraft {
        occurred: "2022-09-15".to_owned(),
        ..good.clone()
    };

    let sent = rows([
        event(good.clone()),
        event(wrong.clone()),
        event(good.clone()),
    ]);
    let client = &mut clients.report;
    let answer = client.report(sent.clone()).await.unwrap().into_inner();
    let accepted = answer.accepted.iter().map(|row| (row.row, row.repeat));
    assert_eq!(accepted.collect::<Vec<_>>(), [(1, false), (3, true)]);
    let refused = &answer.refused[0];
    let codes = refused.refusals.iter().map(|refusal| &*refusal.code);
    let codes: Vec<_> = codes.collect();
    assert_eq!(
        (refused.row, &*codes),
        (2, &["unknown_kind", "unknown_party"][..])
    );
    let again = client.report(sent).await.unwrap().into_inner();
    assert!(again.accepted.iter().all(|row| row.repeat));
    assert_eq!(again.accepted[0].position, answer.accepted[0].position);

    let single = client.report(rows([event(wrong.clone())])).await;
    assert_refused(single, Code::InvalidArgument, "unknown_kind");
    let single = client.report(rows([event(conflicting)])).await;
    assert_refused(single, Code::AlreadyExists, "id_conflict");
    let nothing = client.report(rows([])).await;
    assert_refused(nothing, Code::InvalidArgument, "empty_body");
    let retract = proto::amendment::Amend::Retract(proto::Retraction::default());
    let single = client.report(rows([amendment(&good.id, retract)])).await;
    assert_refused(single, Code::InvalidArgument, "missing_field");

    let mut coded = tonic::Request::new(rows([event(good.clone())]));
    let gzip = tonic::metadata::MetadataValue::from_static("gzip");
    coded.metadata_mut().insert("grpc-encoding", gzip);
    let coded = client.report(coded).await;
    assert_refused(coded, Code::Unimplemented, "bad_content_encoding");

    // A stream is answered at its end, even if it needs several commits.
    let drafts = std::iter::once(wrong).chain((10..2_510).map(clash));
    let sent: Vec<_> = drafts
        .map(|draft| proto::ReportStreamRequest {
            row: Some(event(draft)),
        })
        .collect();
    let answer = client.report_stream(futures_util::stream::iter(sent)).await;
    let answer = answer.unwrap().into_inner();
    assert_eq!((answer.accepted.len(), answer.refused.len()), (2_500, 1));
    assert_eq!(answer.refused[0].row, 1);
    let numbers: Vec<_> = answer.accepted.iter().map(|row| row.row).collect();
    assert_eq!(numbers, (2..=2_501).collect::<Vec<_>>());
    let nothing = futures_util::stream::iter(Vec::new());
    let answer = client.report_stream(nothing).await;
    assert_refused(answer, Code::InvalidArgument, "empty_body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exceeded_limits_are_refused_and_the_server_continues() {
    let product = Product::temporary(&["--rate-limit", "1", "--rate-burst", "4"]);
    let Clients {
        mut report,
        mut relation,
        ..
    } = connect(&product).await;
    let mut large = clash(1);
    large.title.insert("en".to_owned(), "x".repeat(9 << 20));
    let answer = report.report(rows([event(large)])).await;
    assert_refused(answer, Code::ResourceExhausted, "body_too_large");

    let late = |limit| {
        let clocks = proto::Clocks {
            min_position: 1_000,
            ..proto::Clocks::default()
        };
        let mut request = tonic::Request::new(proto::ListCountriesRequest {
            clocks: Some(clocks),
            page: None,
        });
        request.set_timeout(limit);
        request
    };
    let request = late(Duration::from_millis(200));
    let status = relation.list_countries(request).await.unwrap_err();
    assert!(
        [Code::DeadlineExceeded, Code::Cancelled].contains(&status.code()),
        "{status:?}"
    );
    let request = late(Duration::from_secs(20));
    let answer = relation.list_countries(request).await;
    assert_refused(answer, Code::Unavailable, "not_caught_up");

    let mut answer = Ok(());
    for _ in 0..20 {
        let request = proto::ListCountriesRequest::default();
        answer = relation.list_countries(request).await.map(drop);
        if answer.is_err() {
            break;
        }
    }
    assert_refused(answer, Code::ResourceExhausted, "too_many_requests");
}
