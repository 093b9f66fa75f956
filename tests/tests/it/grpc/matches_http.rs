//! Every value of every gRPC answer equals that of HTTP.

use super::{Clients, amendment, clash, connect, draft, event, rows};
use crate::helpers::get;
use detente_api::proto;
use detente_grpc::proto::DESCRIPTION;
use detente_tests::product::Product;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::Value;

/// Converts a message to JSON, with the names of its fields.
fn json(name: &str, message: &impl Message) -> Value {
    let pool = DescriptorPool::decode(DESCRIPTION).unwrap();
    let descriptor = pool
        .get_message_by_name(&format!("detente.v1.{name}"))
        .unwrap();
    let message = DynamicMessage::decode(descriptor, &*message.encode_to_vec()).unwrap();
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .skip_default_fields(false)
        .stringify_64_bit_integers(false);
    message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .unwrap()
}

/// Checks a message against the answer over HTTP.
async fn assert_matches(product: &Product, path: &str, name: &str, message: &impl Message) {
    let http = get(product, path).await;
    assert_same(path, &json(name, message), &http);
}

/// Checks a message against an answer over HTTP that was already read.
pub(crate) fn assert_equals(name: &str, message: &impl Message, http: &Value) {
    assert_same(name, &json(name, message), http);
}

/// Checks a value over gRPC against the one over HTTP.
fn assert_same(at: &str, grpc: &Value, http: &Value) {
    let is_same = match http {
        Value::Object(fields) => {
            for (name, value) in fields {
                assert_same(&format!("{at}.{name}"), &field(grpc, name), value);
            }
            true
        }
        Value::Array(items) => {
            let list = grpc.get("codes").unwrap_or(grpc).as_array();
            let list = list.map(Vec::as_slice).unwrap_or_default();
            assert_eq!(list.len(), items.len(), "{at}: {grpc} and {http}");
            for (place, (grpc, http)) in list.iter().zip(items).enumerate() {
                assert_same(&format!("{at}[{place}]"), grpc, http);
            }
            true
        }
        Value::Null => match grpc {
            Value::Object(fields) => fields.values().all(Value::is_null) || fields.is_empty(),
            other => other.is_null(),
        },
        Value::String(text) => {
            let ending = format!("_{}", text.to_ascii_uppercase());
            let is_enum = |word: &str| word.ends_with(&ending) && word == word.to_uppercase();
            let word = grpc.get("text").unwrap_or(grpc).as_str();
            word.is_some_and(|word| word == text || is_enum(word))
        }
        Value::Number(number) => grpc.get("count").unwrap_or(grpc).as_f64() == number.as_f64(),
        Value::Bool(_) => grpc == http,
    };
    assert!(is_same, "{at}: {grpc} and {http}");
}

/// Finds a field by its JSON name: protobuf nests the objects that JSON flattens.
fn field(grpc: &Value, name: &str) -> Value {
    for (json, text) in [("rule", "rule_json"), ("body", "body_json")] {
        if name == json
            && let Some(text) = grpc[text].as_str()
        {
            return serde_json::from_str(text).unwrap();
        }
    }
    let places = [grpc, &grpc["cited"], &grpc["key"]];
    let value = places.into_iter().find_map(|place| place.get(name));
    value.cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_equals_that_of_http() {
    use proto::amendment::Amend;
    let product = Product::temporary(&["--demo"]);
    let mut clients = connect(&product).await;
    // An event with every kind of amendment, and a pending one.
    let report = Some(super::publication());
    let reported = clash(1);
    let (id, other) = (reported.id.clone(), draft(2, "", &[], "").id);
    let dispute = proto::Denial {
        by: Some("KGZ".to_owned()),
        claim: Some("It was an exercise".to_owned()),
        report: report.clone(),
    };
    let correct = proto::Correction {
        occurred: Some("2022-09-15".to_owned()),
        report: report.clone(),
        ..proto::Correction::default()
    };
    let retract = proto::Retraction {
        reason: "It was another one".to_owned(),
    };
    let answer = clients.report.report(rows([
        event(reported),
        amendment(&id, Amend::Dispute(dispute)),
        amendment(&id, Amend::Correct(correct)),
        amendment(&id, Amend::Corroborate(proto::Corroboration { report })),
        amendment(
            &id,
            Amend::Link(proto::Link {
                other: other.clone(),
            }),
        ),
        amendment(&other, Amend::Retract(retract)),
    ]));
    let answer = answer.await.unwrap().into_inner();
    assert_eq!(
        (answer.accepted.len(), answer.refused.len()),
        (6, 0),
        "{answer:?}"
    );
    let positions = answer.accepted.iter().map(|row| row.position);
    let position = positions.max().unwrap();
    relations(&product, &mut clients, position).await;
    why(&product, &mut clients, position).await;
    lists(&product, &mut clients, position).await;
    events(&product, &mut clients, [&id, &other]).await;
}

/// Returns clocks that wait for a position.
fn clocks(day: &str, position: u64) -> Option<proto::Clocks> {
    Some(proto::Clocks {
        at: day.to_owned(),
        known_at: String::new(),
        min_position: position,
    })
}

/// Relations and days: with much evidence, with little and with none.
const CASES: [(&str, &str, &str); 4] = [
    ("TJK", "AFG", "2023-04-18"),
    ("AFG", "UZB", "2022-01-01"),
    ("FJI", "PER", "2023-01-01"),
    ("TJK", "KGZ", "2022-10-01"),
];

async fn relations(product: &Product, clients: &mut Clients, position: u64) {
    let client = &mut clients.relation;
    for (from, to, day) in CASES {
        let path =
            |of: &str| format!("/v1/relations/{from}/{to}{of}?at={day}&min_position={position}");
        let (from, to) = (from.to_owned(), to.to_owned());
        let clocks = clocks(day, position);
        let request = proto::GetRelationRequest {
            from: from.clone(),
            to: to.clone(),
            clocks: clocks.clone(),
        };
        let answer = client.get_relation(request).await.unwrap().into_inner();
        let relation = answer.relation.unwrap();
        assert_matches(product, &path(""), "Relation", &relation).await;

        let request = proto::GetHistoryRequest {
            from: from.clone(),
            to: to.clone(),
            clocks: clocks.clone(),
            ..Default::default()
        };
        let answer = client.get_history(request).await.unwrap();
        let name = "GetHistoryResponse";
        assert_matches(product, &path("/history"), name, answer.get_ref()).await;

        let request = proto::ListRelationEventsRequest {
            from,
            to,
            clocks,
            page: None,
        };
        let answer = client.list_relation_events(request).await.unwrap();
        let name = "ListRelationEventsResponse";
        assert_matches(product, &path("/events"), name, answer.get_ref()).await;
    }
}

async fn why(product: &Product, clients: &mut Clients, position: u64) {
    let client = &mut clients.relation;
    for (from, to, day) in CASES {
        let path = |of: &str| format!("/v1/relations/{from}/{to}/{of}&min_position={position}");
        for dimension in [
            "recognition",
            "representation",
            "security",
            "threat",
            "posture",
        ] {
            let request = proto::WhyRequest {
                from: from.to_owned(),
                to: to.to_owned(),
                dimension: dimension.to_owned(),
                clocks: clocks(day, position),
                limit: 3,
            };
            let answer = client.why(request).await.unwrap().into_inner();
            let path = path(&format!("why/{dimension}?at={day}&limit=3"));
            let reasons = answer.reasons.unwrap();
            assert_matches(product, &path, "Reasons", &reasons).await;
        }
        let request = proto::DiffRequest {
            from: from.to_owned(),
            to: to.to_owned(),
            at_from: "2021-08-01".to_owned(),
            at_to: day.to_owned(),
            min_position: position,
            ..Default::default()
        };
        let answer = client.diff(request).await.unwrap().into_inner();
        let path = path(&format!("diff?from=2021-08-01&to={day}"));
        assert_matches(product, &path, "Diff", &answer.diff.unwrap()).await;
    }
}

async fn lists(product: &Product, clients: &mut Clients, position: u64) {
    let client = &mut clients.relation;
    let clocks = clocks("2023-04-18", position);
    let at = format!("at=2023-04-18&min_position={position}");
    let request = proto::GetCountryRequest {
        country: "AFG".to_owned(),
        clocks: clocks.clone(),
    };
    let answer = client.get_country(request).await.unwrap().into_inner();
    let path = format!("/v1/countries/AFG?{at}");
    assert_matches(product, &path, "Country", &answer.country.unwrap()).await;

    let page = Some(proto::PageRequest {
        limit: 3,
        from: String::new(),
    });
    let request = proto::ListCountriesRequest {
        clocks,
        page: page.clone(),
    };
    let answer = client.list_countries(request).await.unwrap();
    let path = format!("/v1/countries?{at}&limit=3");
    let name = "ListCountriesResponse";
    assert_matches(product, &path, name, answer.get_ref()).await;

    let request = proto::ListEventsRequest {
        country: "TJK".to_owned(),
        order: proto::EventOrder::Newest.into(),
        page,
        ..Default::default()
    };
    let answer = client.list_events(request).await.unwrap();
    let path = "/v1/events?country=TJK&order=newest&limit=3";
    assert_matches(product, path, "ListEventsResponse", answer.get_ref()).await;
}

async fn events(product: &Product, clients: &mut Clients, ids: [&String; 2]) {
    use proto::get_event_response::Shown;
    let client = &mut clients.relation;
    let request = proto::ListPendingEventsRequest::default();
    let answer = client.list_pending_events(request).await.unwrap();
    let (path, name) = ("/v1/events?pending=true", "ListPendingEventsResponse");
    assert_matches(product, path, name, answer.get_ref()).await;
    assert_eq!(answer.get_ref().items.len(), 1);

    for id in ids {
        let request = proto::GetEventRequest {
            id: id.clone(),
            clocks: None,
            page: None,
        };
        let answer = client.get_event(request).await.unwrap().into_inner();
        let path = format!("/v1/events/{id}");
        match answer.shown.unwrap() {
            Shown::Event(event) => assert_matches(product, &path, "Event", &*event).await,
            Shown::Pending(pending) => {
                assert_matches(product, &path, "PendingEvent", &pending).await
            }
        }
    }

    let request = proto::ListChangesRequest {
        limit: 1_000,
        ..Default::default()
    };
    let answer = clients.change.list_changes(request).await.unwrap();
    let answer = answer.into_inner();
    let path = "/v1/changes?limit=1000";
    assert_matches(product, path, "ListChangesResponse", &answer).await;
    assert!(answer.items.len() > 30, "{} frames", answer.items.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_equals_that_of_http() {
    let product = Product::temporary(&[]);
    let mut clients = connect(&product).await;
    let sent = rows([event(clash(1))]);
    let reported = clients.report.report(sent).await.unwrap().into_inner();
    let position = reported.accepted[0].position;
    let request = proto::PreviewRequest {
        rows: vec![
            event(clash(2)),
            event(draft(3, "visit.made", &["KGZ"], "2999")),
        ],
        lang: "ru".to_owned(),
        min_position: position,
    };
    let answer = clients.relation.preview(request).await.unwrap();
    let preview = answer.into_inner().preview.unwrap();
    assert_eq!((preview.similar.len(), preview.rows.len()), (1, 2));
    let rows = preview.rows.iter().map(|row| row.event.as_ref().unwrap());
    let body: Vec<Value> = rows
        .map(|event| json("EventDraft", event))
        .map(plain)
        .collect();
    let path = format!(
        "{}/v1/preview?lang=ru&min_position={position}",
        product.http
    );
    let body = serde_json::json!(body).to_string();
    let request = reqwest::Client::new().post(path);
    let request = request
        .header("content-type", "application/json")
        .body(body);
    let http = crate::helpers::answer(request).await.body;
    assert_same("preview", &json("Preview", &preview), &http);

    let many = proto::PreviewRequest {
        rows: vec![event(clash(2)); 101],
        ..Default::default()
    };
    let status = clients.relation.preview(many).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::ResourceExhausted);
}

/// Returns an event of a message as JSON has it: without the fields that are not set.
fn plain(mut event: Value) -> Value {
    let publication = event["report"].as_object_mut().unwrap();
    publication.retain(|_, value| !value.is_null());
    event
}

#[test]
fn an_answer_that_differs_fails_the_check() {
    let grpc = serde_json::json!({"level": "LEVEL_CLOSE", "cited": {"event": "a"}, "n": 1.5});
    for http in [
        serde_json::json!({"level": "strained"}),
        serde_json::json!({"event": "b"}),
        serde_json::json!({"n": 1.4}),
        serde_json::json!({"more": true}),
    ] {
        let compared = std::panic::catch_unwind(|| assert_same("it", &grpc, &http));
        assert!(compared.is_err(), "{http}");
    }
}
