//! The permissions of each role, and the recorded author.

use super::{NewToken, create_token, get_as, send, status, wait_for_token};
use crate::expect::{ExpectedRefusal, refuses};
use crate::helpers::{Answer, accepted, answer, event, eventually};
use crate::http::problem_of;
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::{Value, json};

fn forbidden(role: &'static str, needed: &'static str) -> ExpectedRefusal {
    refuses(403, "forbidden").of("role", role).allowing(needed)
}

async fn posted(product: &Product, path: &str, made: &NewToken, body: &Value) -> Answer {
    let request = Client::new().post(format!("{}{path}", product.http));
    let request = request.header("content-type", "application/json");
    answer(request.bearer_auth(&made.token).body(body.to_string())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_has_its_permissions_and_is_recorded_as_author() {
    let product = Product::temporary(&[]);
    let [reader, reporter, editor] = [
        ("a newsroom", "reader"),
        ("مكتب آسيا الوسطى", "reporter"),
        ("the desk's editor", "editor"),
    ]
    .map(|(name, role)| create_token(&product.nats, name, role));
    wait_for_token(&product, &editor).await;
    let good = event("clash.occurred", &["KGZ"], &["UZB"], "2023-05-01");

    let refused = posted(&product, "/v1/events", &reader, &good).await;
    forbidden("reader", "reporter").assert_answers("a reader reports", &refused);
    let reported = posted(&product, "/v1/events", &reporter, &good).await;
    assert_eq!(reported.status, 201, "{}", reported.body);
    let (id, _) = accepted(&reported.body);

    let dispute = json!({"by": "UZB", "report": {"publisher": "A paper", "grade": "B2"}});
    let path = format!("/v1/events/{id}/disputes");
    for made in [&reader, &reporter] {
        let refused = posted(&product, &path, made, &dispute).await;
        refuses(403, "forbidden").assert_answers("an amendment", &refused);
    }
    // Nor as a row of a report, whose other rows are accepted.
    let mut row = dispute.clone();
    row["dispute"] = json!(id);
    let refused = posted(&product, "/v1/events", &reporter, &row).await;
    forbidden("reporter", "editor").assert_answers("an amendment as a row", &refused);
    let other = event("clash.occurred", &["KGZ"], &["TJK"], "2023-05-02");
    let mixed = posted(&product, "/v1/events", &reporter, &json!([other, row])).await;
    assert_eq!(mixed.body["accepted"][0]["row"], 1, "{}", mixed.body);
    assert_eq!(mixed.body["refused"][0]["refusals"][0]["code"], "forbidden");
    let amended = posted(&product, &path, &editor, &dispute).await;
    assert_eq!(amended.status, 201, "{}", amended.body);

    let (_, position) = accepted(&amended.body);
    let path = format!("/v1/events/{id}?min_position={position}");
    let shown = answer(get_as(&product.http, &path, &reader.token))
        .await
        .body;
    assert_eq!(shown["author"], "مكتب آسيا الوسطى", "{shown:#}");
    assert!(
        shown
            .to_string()
            .contains("\"author\":\"the desk's editor\""),
        "{shown:#}"
    );

    // The author cannot be set by the client.
    let mut borrowed = event("clash.occurred", &["KGZ"], &["KAZ"], "2023-05-03");
    borrowed["author"] = json!("the desk's editor");
    let refused = posted(&product, "/v1/events", &reporter, &borrowed).await;
    assert_eq!(refused.body["code"], "unknown_field", "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_valid_token_only_public_endpoints_answer() {
    let product = Product::temporary(&[]);
    assert_eq!(
        status(get_as(&product.http, "/v1/countries", "garbage")).await,
        200
    );
    let made = create_token(&product.nats, "a newsroom", "reader");
    wait_for_token(&product, &made).await;
    let (rest, secret) = made.token.rsplit_once('_').unwrap();
    let wrong = [
        format!("{rest}_{}", "0".repeat(secret.len())),
        format!("detente_{}_{secret}", "0".repeat(made.id.len())),
        format!("{rest}_{}", &secret[1..]),
        made.token.to_uppercase(),
        "garbage".to_owned(),
        "\"".to_owned(),
    ];
    let wrong = wrong.map(|token| format!("Bearer {token}")).into_iter();
    let none = ["", "Bearer", "Bearer ", "Basic YTpi", &made.token].map(str::to_owned);
    for header in wrong.chain(none) {
        let request = get_as(&product.http, "/v1/countries", "");
        let response = send(request.header("authorization", &header)).await;
        assert_eq!(response.status(), 401, "{header}");
        let challenge = &response.headers()["www-authenticate"];
        assert!(challenge.to_str().unwrap().starts_with("Bearer"));
        let problem = problem_of(response).await;
        assert_eq!(problem["code"], "unauthenticated", "{header}");
        assert!(!problem.to_string().contains(secret), "{problem}");
    }
    let anonymous = answer(get_as(&product.http, "/v1/countries", "")).await;
    refuses(401, "unauthenticated").assert_answers("no token", &anonymous);
    for open in ["/livez", "/readyz", "/v1/docs", "/v1/openapi.json"] {
        assert_eq!(status(get_as(&product.http, open, "")).await, 200, "{open}");
    }
    for closed in ["/metrics", "/v1/changes", "/v1/rulebook", "/v1/replay"] {
        assert_eq!(
            status(get_as(&product.http, closed, "")).await,
            401,
            "{closed}"
        );
    }
    let head = Client::new().head(format!("{}/v1/countries", product.http));
    assert_eq!(status(head).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_endpoint_with_a_role_requires_it_and_is_described_so() {
    let product = Product::temporary(&[]);
    let made = create_token(&product.nats, "a newsroom", "reader");
    wait_for_token(&product, &made).await;
    let document = crate::openapi_check::document(&product.http).await;
    let scheme = &document["components"]["securitySchemes"]["token"];
    assert_eq!(
        (&scheme["type"], &scheme["scheme"]),
        (&json!("http"), &json!("bearer"))
    );
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let filled = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part });
            let filled: Vec<&str> = filled.collect();
            let url = format!("{}{}", product.http, filled.join("/"));
            let method = method.to_uppercase().parse().unwrap();
            let needs_token = operation["security"][0]["token"].is_array();
            let answered = status(Client::new().request(method, url)).await;
            assert_eq!(answered == 401, needs_token, "{path}: {answered}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rate_limit_applies_to_each_token_separately() {
    let product = Product::temporary(&["--rate-limit", "1", "--rate-burst", "40"]);
    let [busy, quiet] = ["busy", "quiet"].map(|name| create_token(&product.nats, name, "reader"));
    wait_for_token(&product, &quiet).await;
    let read = |token: &str| status(get_as(&product.http, "/v1/countries", token));
    let mut answers = Vec::new();
    for _ in 0..50 {
        answers.push(read(&busy.token).await);
    }
    assert!(answers.contains(&429), "{answers:?}");
    assert_eq!(read(&quiet.token).await, 200);
}

/// A token that cannot be read is not absent, neither for a server that runs nor for one that starts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_token_opens_nothing() {
    let data = tempfile::tempdir().unwrap();
    let mut product = Product::up(data.path(), &[]);
    let only = create_token(&product.nats, "the only one", "admin");
    wait_for_token(&product, &only).await;
    let refused = async |product: &Product, token: &str| {
        let asked = get_as(&product.http, "/v1/countries", token);
        eventually("access is refused", async || {
            let asked = asked.try_clone().expect("a request without a body");
            status(asked).await == 401
        })
        .await;
    };
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let tokens = async_nats::jetstream::new(client)
        .get_key_value("detente_tokens")
        .await
        .unwrap();
    let garbage = "{\"role\": 7".into();
    tokens.put(&only.id, garbage).await.unwrap();
    refused(&product, &only.token).await;
    refused(&product, "").await;
    product.kill();
    let product = Product::up(data.path(), &[]);
    refused(&product, "").await;
}
