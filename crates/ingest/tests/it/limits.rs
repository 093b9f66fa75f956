//! What one batch may cost, and who may still send it when it is stored.

use detente_api::submission::{BODY_RELATIONS_MAX, BodyFormat, RELATIONS_MAX, submissions};
use detente_auth::{AuthPolicy, Guard, Record, Role, Token, Tokens};
use detente_domain::party::{Party, PartyKind};
use detente_ingest::{Content, ReportBatch, ReportError};
use detente_jetstream::topology::Replicas;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{NOON, Nats, event, in_time, moment, reports};

/// Returns a meeting of so many states that it affects nearly as many relations as an event may.
fn meeting(day: u8) -> (Value, usize) {
    let states = Party::all().filter(|party| party.kind() == PartyKind::State);
    let states = states.filter(|party| party.life().to.is_none());
    let states: Vec<&str> = states.map(Party::code).collect();
    let mut count = states.len();
    while count * (count - 1) / 2 > RELATIONS_MAX {
        count -= 1;
    }
    let mut meeting = event(None, day);
    meeting["kind"] = json!("talks.held");
    meeting["actors"] = json!(&states[..count]);
    meeting["recipients"] = json!([]);
    meeting["details"] = json!({});
    (meeting, count * (count - 1) / 2)
}

#[tokio::test]
async fn wide_events_share_few_commits_and_those_beyond_the_budget_are_refused() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let (_, relations) = meeting(1);
    let fit = BODY_RELATIONS_MAX / relations;
    let rows = (0..=fit).map(|_| meeting(1).0);
    let body = Value::Array(rows.chain([event(None, 2)]).collect());
    let (status, answer) = server.post_json(&body).await;
    assert_eq!(status, 201, "{answer}");
    let accepted = answer["accepted"].as_array().expect("rows");
    let positions = accepted.iter().map(|row| row["position"].as_u64());
    let mut positions: Vec<_> = positions.collect();
    // The small row after the refused one fits.
    assert_eq!(positions.len(), fit + 1);
    let refused = &answer["refused"][0];
    assert_eq!(refused["row"], fit + 1);
    let refusal = &refused["refusals"][0];
    assert_eq!(refusal["code"], "too_many_relations", "{refusal}");
    assert_eq!(refusal["given"], relations.to_string());
    positions.dedup();
    assert!(positions.len() >= fit / 2, "{positions:?}");
    server.close().await;
}

#[tokio::test]
async fn a_caller_whose_token_was_revoked_meanwhile_stores_nothing() {
    let nats = Nats::start().await;
    let (gateway, _, cancel) = nats.gateway().await;
    let connection = nats.connect().await;
    let tokens = Tokens::open(&connection, Replicas::One)
        .await
        .expect("a bucket");
    let token = Token::new(&[7; 38]);
    let record = Record::new(&token, "a desk", Role::Reporter, moment(NOON)).expect("a record");
    tokens.add(&record).await.expect("a token");
    let guard = Guard::start(&connection, AuthPolicy::Always, CancellationToken::new())
        .await
        .expect("a guard");
    let sent = format!("Bearer {}", token.reveal().reveal());
    let caller = guard.authenticate(Some(&sent)).expect("a caller");
    let batch = |day| ReportBatch {
        caller: caller.clone(),
        guard: guard.clone(),
        content: Content::Rows(
            submissions(event(None, day).to_string().as_bytes(), BodyFormat::Json).collect(),
        ),
        traceparent: None,
        rows_max: 1,
    };
    gateway.report(batch(1)).await.expect("an answer");
    tokens
        .revoke(record.id.as_str(), moment(NOON))
        .await
        .expect("a revocation");
    in_time(guard.revoked(&caller)).await;
    let refused = gateway.report(batch(2)).await;
    let Err(ReportError::Refused(refusal)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(refusal.code.as_str(), "unauthenticated");
    assert_eq!(reports(&connection).await.len(), 1);
    cancel.cancel();
    gateway.stopped().await;
}
