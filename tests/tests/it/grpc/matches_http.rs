//! Every value of every gRPC answer equals that of HTTP.

use super::{Clients, amendment, connect, draft, event, rows};
use crate::helpers::{get, text};
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

/// Checks an answer over gRPC against the one over HTTP.
fn assert_same(at: &str, grpc: &Value, http: &Value) {
    let is_same = match http {
        Value::Object(fields) => {
            for (name, value) in fields {
                assert_same(&format!("{at}.{name}"), &field(grpc, name), value);
            }
            true
        }
        Value::Array(items) => {
            let list = grpc.get("codes").unwrap_or(grpc).as_array().cloned();
            let list = list.unwrap_or_default();
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
            let is_value = |given: &str| given.ends_with(&ending) && given == given.to_uppercase();
            let given = grpc.get("text").unwrap_or(grpc).as_str();
            given.is_some_and(|given| given == text || is_value(given))
        }
        Value::Number(number) => grpc.get("count").unwrap_or(grpc).as_f64() == number.as_f64(),
        Value::Bool(_) => grpc == http,
    };
    assert!(is_same, "{at}: {grpc} and {http}");
}

/// Finds a field by its JSON name: protobuf nests the objects that JSON flattens.
fn field(grpc: &Value, name: &str) -> Value {
    if name == "rule" {
        return serde_json::from_str(grpc["rule_json"].as_str().unwrap()).unwrap();
    }
    let places = [grpc, &grpc["cited"], &grpc["key"]];
    let found = places.into_iter().find_map(|place| place.get(name));
    found.cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_equals_that_of_http() {
    use proto::amendment::Amend;
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let mut clients = connect(&product).await;
    // An event with every kind of amendment, and a pending one.
    let report = Some(super::publication());
    let reported = draft(1, "clash.occurred", &["KGZ", "TJK"], "2022-09-14");
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
    let position = answer
        .accepted
        .iter()
        .map(|row| row.position)
        .max()
        .unwrap();
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
    let at = |day: &str| clocks(day, position);
    let waits = format!("min_position={position}");
    for (from, to, day) in CASES {
        let path = format!("/v1/relations/{from}/{to}");
        let (from, to) = (from.to_owned(), to.to_owned());
        let request = proto::GetRelationRequest {
            from: from.clone(),
            to: to.clone(),
            clocks: at(day),
        };
        let answer = clients
            .relation
            .get_relation(request)
            .await
            .unwrap()
            .into_inner();
        let http = get(product, &format!("{path}?at={day}&{waits}")).await;
        assert_same(
            "relation",
            &json("Relation", &answer.relation.unwrap()),
            &http,
        );

        let request = proto::GetHistoryRequest {
            from: from.clone(),
            to: to.clone(),
            clocks: at(day),
            ..Default::default()
        };
        let answer = clients
            .relation
            .get_history(request)
            .await
            .unwrap()
            .into_inner();
        let http = get(product, &format!("{path}/history?at={day}&{waits}")).await;
        assert_same("history", &json("GetHistoryResponse", &answer), &http);

        let request = proto::ListRelationEventsRequest {
            from: from.clone(),
            to: to.clone(),
            clocks: at(day),
            page: None,
        };
        let answer = clients
            .relation
            .list_relation_events(request)
            .await
            .unwrap()
            .into_inner();
        let http = get(product, &format!("{path}/events?at={day}&{waits}")).await;
        assert_same(
            "events",
            &json("ListRelationEventsResponse", &answer),
            &http,
        );
    }
}

async fn why(product: &Product, clients: &mut Clients, position: u64) {
    let at = |day: &str| clocks(day, position);
    let waits = format!("min_position={position}");
    for (from, to, day) in CASES {
        let path = format!("/v1/relations/{from}/{to}");
        let (from, to) = (from.to_owned(), to.to_owned());
        for dimension in [
            "recognition",
            "representation",
            "security",
            "threat",
            "posture",
        ] {
            let request = proto::WhyRequest {
                from: from.clone(),
                to: to.clone(),
                dimension: dimension.to_owned(),
                clocks: at(day),
                limit: 3,
            };
            let answer = clients.relation.why(request).await.unwrap().into_inner();
            let http = get(
                product,
                &format!("{path}/why/{dimension}?at={day}&limit=3&{waits}"),
            )
            .await;
            assert_same("why", &json("Reasons", &answer.reasons.unwrap()), &http);
        }
        let request = proto::DiffRequest {
            from,
            to,
            at_from: "2021-08-01".to_owned(),
            at_to: day.to_owned(),
            min_position: position,
            ..Default::default()
        };
        let answer = clients.relation.diff(request).await.unwrap().into_inner();
        let http = get(
            product,
            &format!("{path}/diff?from=2021-08-01&to={day}&{waits}"),
        )
        .await;
        assert_same("diff", &json("Diff", &answer.diff.unwrap()), &http);
    }
}

async fn lists(product: &Product, clients: &mut Clients, position: u64) {
    let at = |day: &str| clocks(day, position);
    let waits = format!("min_position={position}");
    let request = proto::GetCountryRequest {
        country: "AFG".to_owned(),
        clocks: at("2023-04-18"),
    };
    let answer = clients
        .relation
        .get_country(request)
        .await
        .unwrap()
        .into_inner();
    let http = get(product, &format!("/v1/countries/AFG?at=2023-04-18&{waits}")).await;
    assert_same("country", &json("Country", &answer.country.unwrap()), &http);

    let page = Some(proto::PageRequest {
        limit: 3,
        from: String::new(),
    });
    let request = proto::ListCountriesRequest {
        clocks: at("2023-04-18"),
        page: page.clone(),
    };
    let answer = clients
        .relation
        .list_countries(request)
        .await
        .unwrap()
        .into_inner();
    let http = get(
        product,
        &format!("/v1/countries?at=2023-04-18&limit=3&{waits}"),
    )
    .await;
    assert_same("countries", &json("ListCountriesResponse", &answer), &http);

    let request = proto::ListEventsRequest {
        country: "TJK".to_owned(),
        order: proto::EventOrder::Newest.into(),
        page,
        ..Default::default()
    };
    let answer = clients
        .relation
        .list_events(request)
        .await
        .unwrap()
        .into_inner();
    let http = get(product, "/v1/events?country=TJK&order=newest&limit=3").await;
    assert_same("events", &json("ListEventsResponse", &answer), &http);
}

async fn events(product: &Product, clients: &mut Clients, ids: [&String; 2]) {
    let answer = clients
        .relation
        .list_pending_events(proto::ListPendingEventsRequest::default());
    let answer = answer.await.unwrap().into_inner();
    let http = get(product, "/v1/events?pending=true").await;
    assert_same(
        "pending",
        &json("ListPendingEventsResponse", &answer),
        &http,
    );
    assert_eq!(answer.items.len(), 1);

    for id in ids {
        let request = proto::GetEventRequest {
            id: id.clone(),
            clocks: None,
        };
        let answer = clients
            .relation
            .get_event(request)
            .await
            .unwrap()
            .into_inner();
        let http = get(product, &format!("/v1/events/{id}")).await;
        let shown = match answer.shown.unwrap() {
            proto::get_event_response::Shown::Event(event) => json("Event", &*event),
            proto::get_event_response::Shown::Pending(pending) => json("PendingEvent", &pending),
        };
        assert_same("event", &shown, &http);
    }

    let request = proto::ListChangesRequest {
        limit: 1_000,
        ..Default::default()
    };
    let answer = clients
        .change
        .list_changes(request)
        .await
        .unwrap()
        .into_inner();
    let http = get(product, "/v1/changes?limit=1000").await;
    assert_same("changes", &json("ListChangesResponse", &answer), &http);
    assert!(answer.items.len() > 30, "{} frames", answer.items.len());
    assert_eq!(answer.next, text(&http["next"]));
}

#[test]
fn a_difference_is_found() {
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
