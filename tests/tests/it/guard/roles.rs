//! What each role may do, and whose name stands on what it did.

use super::{Made, asked, knows, make, problem, sent, status};
use crate::ask::{Answer, answer, event, text};
use crate::said::{Said, near, said};
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::{Value, json};

fn forbidden(given: &'static str, allowed: &'static str) -> Said {
    let refused = Said {
        field: "role",
        given,
        ..said(403, "forbidden")
    };
    near(refused, allowed)
}

async fn posted(product: &Product, path: &str, made: &Made, body: &Value) -> Answer {
    let request = Client::new().post(format!("{}{path}", product.http));
    let request = request.header("content-type", "application/json");
    answer(request.bearer_auth(&made.token).body(body.to_string())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_may_do_what_it_is_for_and_its_name_stands_on_it() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let [reader, reporter, editor] = [
        ("a newsroom", "reader"),
        ("مكتب آسيا الوسطى", "reporter"),
        ("the desk's editor", "editor"),
    ]
    .map(|(name, role)| make(&product.nats, name, role));
    knows(&product, &editor).await;
    let good = event("clash.occurred", &["KGZ"], &["UZB"], "2023-05-01");

    let refused = posted(&product, "/v1/events", &reader, &good).await;
    forbidden("reader", "reporter").assert_answers("a reader reports", &refused);
    let reported = posted(&product, "/v1/events", &reporter, &good).await;
    assert_eq!(reported.status, 201, "{}", reported.body);
    let id = text(&reported.body["accepted"][0]["id"]);

    let dispute = json!({"by": "UZB", "report": {"publisher": "A paper", "grade": "B2"}});
    let door = format!("/v1/events/{id}/disputes");
    for made in [&reader, &reporter] {
        let refused = posted(&product, &door, made, &dispute).await;
        said(403, "forbidden").assert_answers("an amendment", &refused);
    }
    // Nor through the door of reports, where the rows beside it are taken.
    let mut row = dispute.clone();
    row["dispute"] = json!(id);
    let refused = posted(&product, "/v1/events", &reporter, &row).await;
    forbidden("reporter", "editor").assert_answers("an amendment as a row", &refused);
    let other = event("clash.occurred", &["KGZ"], &["TJK"], "2023-05-02");
    let mixed = posted(&product, "/v1/events", &reporter, &json!([other, row])).await;
    assert_eq!(mixed.body["accepted"][0]["row"], 1, "{}", mixed.body);
    assert_eq!(mixed.body["refused"][0]["refusals"][0]["code"], "forbidden");
    let amended = posted(&product, &door, &editor, &dispute).await;
    assert_eq!(amended.status, 201, "{}", amended.body);

    let position = &amended.body["accepted"][0]["position"];
    let path = format!("/v1/events/{id}?min_position={position}");
    let shown = answer(asked(&product.http, &path, &reader.token))
        .await
        .body;
    assert_eq!(shown["author"], "مكتب آسيا الوسطى", "{shown:#}");
    assert!(
        shown
            .to_string()
            .contains("\"author\":\"the desk's editor\""),
        "{shown:#}"
    );

    // Nobody can say that he is somebody else.
    let mut borrowed = event("clash.occurred", &["KGZ"], &["KAZ"], "2023-05-03");
    borrowed["author"] = json!("the desk's editor");
    let refused = posted(&product, "/v1/events", &reporter, &borrowed).await;
    assert_eq!(refused.body["code"], "unknown_field", "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_token_opens_nothing_but_what_is_open_to_all() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    assert_eq!(
        status(asked(&product.http, "/v1/countries", "garbage")).await,
        200
    );
    let made = make(&product.nats, "a newsroom", "reader");
    knows(&product, &made).await;
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
    for sent_as in wrong.chain(none) {
        let request = Client::new().get(format!("{}/v1/countries", product.http));
        let response = sent(request.header("authorization", &sent_as)).await;
        assert_eq!(response.status(), 401, "{sent_as}");
        let challenge = &response.headers()["www-authenticate"];
        assert!(challenge.to_str().unwrap().starts_with("Bearer"));
        let told = problem(response).await;
        assert_eq!(told["code"], "unauthenticated", "{sent_as}");
        assert!(!told.to_string().contains(secret), "{told}");
    }
    let nobody = answer(asked(&product.http, "/v1/countries", "")).await;
    said(401, "unauthenticated").assert_answers("no token", &nobody);
    for open in ["/livez", "/readyz", "/v1/docs", "/v1/openapi.json"] {
        assert_eq!(status(asked(&product.http, open, "")).await, 200, "{open}");
    }
    for closed in ["/metrics", "/v1/changes", "/v1/rulebook", "/v1/replay"] {
        assert_eq!(
            status(asked(&product.http, closed, "")).await,
            401,
            "{closed}"
        );
    }
    let head = Client::new().head(format!("{}/v1/countries", product.http));
    assert_eq!(status(head).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_door_that_takes_a_token_says_so_in_the_description_and_asks_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let made = make(&product.nats, "a newsroom", "reader");
    knows(&product, &made).await;
    let document = crate::described::document(&product.http).await;
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
            let told = operation["security"][0]["token"].is_array();
            let answered = status(Client::new().request(method, url)).await;
            assert_eq!(answered == 401, told, "{path}: {answered}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_token_has_requests_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let limits = ["--rate-limit", "1", "--rate-burst", "40"];
    let product = Product::up(directory.path(), &limits);
    let [one, other] = ["one", "other"].map(|name| make(&product.nats, name, "reader"));
    knows(&product, &other).await;
    let mut answered = 0;
    while answered != 429 {
        answered = status(asked(&product.http, "/v1/countries", &one.token)).await;
    }
    assert_eq!(
        status(asked(&product.http, "/v1/countries", &other.token)).await,
        200
    );
}
