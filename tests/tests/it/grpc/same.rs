//! What gRPC says is what HTTP says: every value of every answer.

use super::{Called, amendment, call, draft, event, rows};
use crate::ask::{get, text};
use detente_api::proto;
use detente_grpc::proto::DESCRIPTION;
use detente_tests::product::Product;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::Value;

/// A message as JSON, with the names of its fields.
fn json(name: &str, message: &impl Message) -> Value {
    let pool = DescriptorPool::decode(DESCRIPTION).unwrap();
    let described = pool
        .get_message_by_name(&format!("detente.v1.{name}"))
        .unwrap();
    let message = DynamicMessage::decode(described, &*message.encode_to_vec()).unwrap();
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .skip_default_fields(false)
        .stringify_64_bit_integers(false);
    message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .unwrap()
}

/// Holds an answer over gRPC against the one over HTTP.
fn hold(at: &str, called: &Value, asked: &Value) {
    let is_same = match asked {
        Value::Object(fields) => {
            for (name, value) in fields {
                hold(&format!("{at}.{name}"), &field(called, name), value);
            }
            true
        }
        Value::Array(items) => {
            let list = called.get("codes").unwrap_or(called).as_array().cloned();
            let list = list.unwrap_or_default();
            assert_eq!(list.len(), items.len(), "{at}: {called} and {asked}");
            for (place, (called, asked)) in list.iter().zip(items).enumerate() {
                hold(&format!("{at}[{place}]"), called, asked);
            }
            true
        }
        Value::Null => match called {
            Value::Object(fields) => fields.values().all(Value::is_null) || fields.is_empty(),
            other => other.is_null(),
        },
        Value::String(word) => {
            let ending = format!("_{}", word.to_ascii_uppercase());
            let is_value = |said: &str| said.ends_with(&ending) && said == said.to_uppercase();
            let said = called.get("text").unwrap_or(called).as_str();
            said.is_some_and(|said| said == word || is_value(said))
        }
        Value::Number(number) => called.get("count").unwrap_or(called).as_f64() == number.as_f64(),
        Value::Bool(_) => called == asked,
    };
    assert!(is_same, "{at}: {called} and {asked}");
}

/// A field by its name in JSON: what that flattens is an object of its own in protobuf.
fn field(called: &Value, name: &str) -> Value {
    if name == "rule" {
        return serde_json::from_str(called["rule_json"].as_str().unwrap()).unwrap();
    }
    let places = [called, &called["cited"], &called["key"]];
    let found = places.into_iter().find_map(|place| place.get(name));
    found.cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_says_what_http_says() {
    use proto::amendment::Amend;
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let mut called = call(&product).await;
    // An event with every record about it, and one that nobody has reported.
    let report = Some(super::publication());
    let told = draft(1, "clash.occurred", &["KGZ", "TJK"], "2022-09-14");
    let (id, other) = (told.id.clone(), draft(2, "", &[], "").id);
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
    let answer = called.report.report(rows([
        event(told),
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
    relations(&product, &mut called, position).await;
    why(&product, &mut called, position).await;
    lists(&product, &mut called, position).await;
    events(&product, &mut called, [&id, &other]).await;
}

/// Both clocks of a question, after all that was reported.
fn clocks(day: &str, position: u64) -> Option<proto::Clocks> {
    Some(proto::Clocks {
        at: day.to_owned(),
        known_at: String::new(),
        min_position: position,
    })
}

/// Relations, and days on which they are asked for: known well, a little and not at all.
const ASKED: [(&str, &str, &str); 4] = [
    ("TJK", "AFG", "2023-04-18"),
    ("AFG", "UZB", "2022-01-01"),
    ("FJI", "PER", "2023-01-01"),
    ("TJK", "KGZ", "2022-10-01"),
];

async fn relations(product: &Product, called: &mut Called, position: u64) {
    let at = |day: &str| clocks(day, position);
    let waits = format!("min_position={position}");
    for (from, to, day) in ASKED {
        let path = format!("/v1/relations/{from}/{to}");
        let (from, to) = (from.to_owned(), to.to_owned());
        let request = proto::GetRelationRequest {
            from: from.clone(),
            to: to.clone(),
            clocks: at(day),
        };
        let answer = called
            .relation
            .get_relation(request)
            .await
            .unwrap()
            .into_inner();
        let asked = get(product, &format!("{path}?at={day}&{waits}")).await;
        hold(
            "relation",
            &json("Relation", &answer.relation.unwrap()),
            &asked,
        );

        let request = proto::GetHistoryRequest {
            from: from.clone(),
            to: to.clone(),
            clocks: at(day),
            ..Default::default()
        };
        let answer = called
            .relation
            .get_history(request)
            .await
            .unwrap()
            .into_inner();
        let asked = get(product, &format!("{path}/history?at={day}&{waits}")).await;
        hold("history", &json("GetHistoryResponse", &answer), &asked);

        let request = proto::ListRelationEventsRequest {
            from: from.clone(),
            to: to.clone(),
            clocks: at(day),
            page: None,
        };
        let answer = called
            .relation
            .list_relation_events(request)
            .await
            .unwrap()
            .into_inner();
        let asked = get(product, &format!("{path}/events?at={day}&{waits}")).await;
        hold(
            "events",
            &json("ListRelationEventsResponse", &answer),
            &asked,
        );
    }
}

async fn why(product: &Product, called: &mut Called, position: u64) {
    let at = |day: &str| clocks(day, position);
    let waits = format!("min_position={position}");
    for (from, to, day) in ASKED {
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
            let answer = called.relation.why(request).await.unwrap().into_inner();
            let asked = get(
                product,
                &format!("{path}/why/{dimension}?at={day}&limit=3&{waits}"),
            )
            .await;
            hold("why", &json("Reasons", &answer.reasons.unwrap()), &asked);
        }
        let request = proto::DiffRequest {
            from,
            to,
            at_from: "2021-08-01".to_owned(),
            at_to: day.to_owned(),
            min_position: position,
            ..Default::default()
        };
        let answer = called.relation.diff(request).await.unwrap().into_inner();
        let asked = get(
            product,
            &format!("{path}/diff?from=2021-08-01&to={day}&{waits}"),
        )
        .await;
        hold("diff", &json("Diff", &answer.diff.unwrap()), &asked);
    }
}

async fn lists(product: &Product, called: &mut Called, position: u64) {
    let at = |day: &str| clocks(day, position);
    let waits = format!("min_position={position}");
    let request = proto::GetCountryRequest {
        country: "AFG".to_owned(),
        clocks: at("2023-04-18"),
    };
    let answer = called
        .relation
        .get_country(request)
        .await
        .unwrap()
        .into_inner();
    let asked = get(product, &format!("/v1/countries/AFG?at=2023-04-18&{waits}")).await;
    hold(
        "country",
        &json("Country", &answer.country.unwrap()),
        &asked,
    );

    let page = Some(proto::PageRequest {
        limit: 3,
        from: String::new(),
    });
    let request = proto::ListCountriesRequest {
        clocks: at("2023-04-18"),
        page: page.clone(),
    };
    let answer = called
        .relation
        .list_countries(request)
        .await
        .unwrap()
        .into_inner();
    let asked = get(
        product,
        &format!("/v1/countries?at=2023-04-18&limit=3&{waits}"),
    )
    .await;
    hold("countries", &json("ListCountriesResponse", &answer), &asked);

    let request = proto::ListEventsRequest {
        country: "TJK".to_owned(),
        order: proto::EventOrder::Newest.into(),
        page,
        ..Default::default()
    };
    let answer = called
        .relation
        .list_events(request)
        .await
        .unwrap()
        .into_inner();
    let asked = get(product, "/v1/events?country=TJK&order=newest&limit=3").await;
    hold("events", &json("ListEventsResponse", &answer), &asked);
}

async fn events(product: &Product, called: &mut Called, ids: [&String; 2]) {
    let answer = called
        .relation
        .list_pending_events(proto::ListPendingEventsRequest::default());
    let answer = answer.await.unwrap().into_inner();
    let asked = get(product, "/v1/events?pending=true").await;
    hold(
        "pending",
        &json("ListPendingEventsResponse", &answer),
        &asked,
    );
    assert_eq!(answer.items.len(), 1);

    for id in ids {
        let request = proto::GetEventRequest {
            id: id.clone(),
            clocks: None,
        };
        let answer = called
            .relation
            .get_event(request)
            .await
            .unwrap()
            .into_inner();
        let asked = get(product, &format!("/v1/events/{id}")).await;
        let shown = match answer.shown.unwrap() {
            proto::get_event_response::Shown::Event(event) => json("Event", &*event),
            proto::get_event_response::Shown::Pending(pending) => json("PendingEvent", &pending),
        };
        hold("event", &shown, &asked);
    }

    let request = proto::ListChangesRequest {
        limit: 1_000,
        ..Default::default()
    };
    let answer = called
        .change
        .list_changes(request)
        .await
        .unwrap()
        .into_inner();
    let asked = get(product, "/v1/changes?limit=1000").await;
    hold("changes", &json("ListChangesResponse", &answer), &asked);
    assert!(answer.items.len() > 30, "{} frames", answer.items.len());
    assert_eq!(answer.next, text(&asked["next"]));
}

#[test]
fn another_value_is_seen() {
    let called = serde_json::json!({"level": "LEVEL_CLOSE", "cited": {"event": "a"}, "n": 1.5});
    for asked in [
        serde_json::json!({"level": "strained"}),
        serde_json::json!({"event": "b"}),
        serde_json::json!({"n": 1.4}),
        serde_json::json!({"more": true}),
    ] {
        let held = std::panic::catch_unwind(|| hold("it", &called, &asked));
        assert!(held.is_err(), "{asked}");
    }
}
