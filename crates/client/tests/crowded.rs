//! Rows that affect too many relations together are sent in several requests.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};

use axum::Router;
use detente_client::{Client, Code, Error};
use serde_json::{Value, json};

/// The numbers of the rows of each request.
type Requests = Arc<Mutex<Vec<Vec<u64>>>>;

/// A server that takes rows until they have ten relations together. It fails at a request.
async fn client(fails_at: usize) -> (Client, Requests) {
    let requests = Requests::default();
    let seen = Arc::clone(&requests);
    let router = Router::new().fallback(move |body: String| {
        let rows = body
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let (mut left, mut numbers) = (10, Vec::new());
        let (mut accepted, mut refused) = (Vec::new(), Vec::new());
        for (line, row) in (1..).zip(rows) {
            numbers.push(row["number"].as_u64().unwrap());
            let relations = row["relations"].as_u64().unwrap();
            if relations > left {
                let refusal = json!({"code": "too_many_relations", "message": "too many"});
                refused.push(json!({"row": line, "refusals": [refusal]}));
                continue;
            }
            left -= relations;
            accepted.push(json!({"row": line, "id": row["id"], "position": 1, "repeat": false}));
        }
        let mut seen = seen.lock().unwrap();
        seen.push(numbers);
        let answer = if seen.len() == fails_at {
            (
                axum::http::StatusCode::INTERNAL_SERVER_ERROR,
                "{}".to_owned(),
            )
        } else {
            let outcome = json!({"accepted": accepted, "refused": refused});
            (axum::http::StatusCode::OK, outcome.to_string())
        };
        std::future::ready(answer)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = Client::builder(format!("http://{address}")).build();
    (client.unwrap(), requests)
}

/// Returns rows that affect so many relations.
fn rows(relations: &[u64]) -> Vec<Value> {
    let rows = (1_u64..).zip(relations);
    rows.map(|(number, relations)| json!({"number": number, "relations": relations}))
        .collect()
}

#[tokio::test]
async fn rows_that_are_too_many_together_are_sent_in_further_requests() {
    let (client, requests) = client(0).await;
    let outcome = client.report(&rows(&[6, 6, 11, 4, 6])).await.unwrap();
    let accepted: Vec<usize> = outcome.accepted.iter().map(|row| row.row).collect();
    assert_eq!(accepted, [1, 2, 4, 5]);
    assert_eq!(outcome.refused.len(), 1);
    assert_eq!(outcome.refused[0].row, 3);
    assert_eq!(outcome.refused[0].refusals[0].code, Code::TooManyRelations);
    let sent: [Vec<u64>; 4] = [vec![1, 2, 3, 4, 5], vec![2, 3, 5], vec![3, 5], vec![3]];
    assert_eq!(*requests.lock().unwrap(), sent);
}

#[tokio::test]
async fn rows_that_are_refused_alone_are_not_sent_again() {
    let (client, requests) = client(0).await;
    let outcome = client.report(&rows(&[11, 12])).await.unwrap();
    assert_eq!(outcome.refused.len(), 2);
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failure_of_a_further_request_leaves_its_rows_without_an_answer() {
    let (client, _) = client(2).await;
    let error = client.report(&rows(&[6, 6])).await.unwrap_err();
    let Error::Partial(partial) = error else {
        unreachable!("{error:?}")
    };
    assert_eq!(partial.answered.accepted.len(), 1);
    assert!(partial.answered.refused.is_empty());
    let left: Vec<usize> = partial.rows.iter().map(|row| row.number).collect();
    assert_eq!(left, [2]);
}
