//! Refusals of webhooks: code and field.

use super::call;
use crate::expect::refuses;
use crate::helpers::answer;
use detente_tests::product::Product;
use reqwest::{Client, Method};
use serde_json::{Value, json};

const GOOD: &str = "https://93.184.215.14/hook";

async fn refused(product: &Product, path: &str, body: Value) -> (u16, String, Value) {
    let answer = call(&product.http, Method::POST, path, Some(body)).await;
    let media_type = "application/problem+json";
    assert_eq!(answer.media_type, media_type, "{}", answer.body);
    let refusal = &answer.body["refusals"][0];
    let code = refusal["code"].as_str().unwrap().to_owned();
    // A refusal never contains the secret.
    assert!(!answer.body.to_string().contains("c2VjcmV0"));
    (answer.status, code, refusal["field"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_webhook_is_refused_with_code_and_field() {
    let product = Product::temporary(&[]);
    let with = |field: &str, value: Value| {
        let mut body = json!({"url": GOOD});
        body[field] = value;
        (field.to_owned(), body)
    };
    let private = |url: &str| ("private_address", with("url", json!(url)));
    for (code, (field, body)) in [
        private("https://127.0.0.1/"),
        private("https://localhost:8443/hook"),
        private("https://[::1]/"),
        private("https://[::ffff:10.0.0.1]/"),
        private("https://169.254.169.254/latest"),
        private("https://192.168.1.1/"),
        private("https://2130706433/"),
        ("bad_url", with("url", json!("http://example.org/"))),
        (
            "bad_url",
            with("url", json!("https://u:c2VjcmV0@example.org/")),
        ),
        ("bad_url", with("url", json!("example.org"))),
        ("missing_field", with("url", Value::Null)),
        ("wrong_type", with("url", json!(7))),
        ("bad_secret", with("secret", json!("c2VjcmV0"))),
        ("bad_secret", with("secret", json!("whsec_c2VjcmV0"))),
        ("bad_name", with("id", json!("Desk 1"))),
        ("unknown_field", with("colour", json!("red"))),
        ("bad_cursor", with("from", json!("yesterday"))),
        ("unknown_party", with("country", json!(["TJX"]))),
        ("unknown_dimension", with("dimension", json!(["colour"]))),
        ("bad_filter", with("filter", json!("change.too == 1"))),
    ] {
        let (status, refused_code, refused_field) = refused(&product, "", body.clone()).await;
        let refused = (refused_code.as_str(), refused_field);
        assert_eq!(refused, (code, json!(field)), "{body}");
        assert!((400..500).contains(&status));
        assert!(status == 404 || code != "unknown_dimension");
    }
    let old = json!({"url": GOOD, "from": "0123456789ab-3"});
    assert_eq!(refused(&product, "", old).await.1, "stale_cursor");
    assert_eq!(refused(&product, "", json!([])).await.1, "wrong_type");

    for (body, expected) in [
        (b"{".to_vec(), refuses(400, "bad_json")),
        (
            b"{\"url\": \"https://a.example\", \"url\": \"https://b.example\"}".to_vec(),
            refuses(422, "duplicate_key").of("url", ""),
        ),
        (vec![b' '; 100_000], refuses(413, "body_too_large")),
    ] {
        let request = Client::new().post(format!("{}/v1/webhooks", product.http));
        let request = request.header("content-type", "application/json");
        expected.assert_answers("a body", &answer(request.body(body)).await);
    }

    let unknown = |path: &'static str| refused(&product, path, json!({"cursor": "start"}));
    assert_eq!(unknown("/none/replay").await.1, "unknown_webhook");
    for (method, path) in [
        (Method::POST, "/none/pause"),
        (Method::POST, "/none/resume"),
        (Method::POST, "/none/secret"),
        (Method::GET, "/none"),
        (Method::GET, "/none/deliveries"),
    ] {
        let answer = call(&product.http, method, path, None).await;
        refuses(404, "unknown_webhook").assert_answers(path, &answer);
    }
    let answer = call(&product.http, Method::GET, "?colour=red", None).await;
    assert_eq!(answer.body["code"], "bad_query");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_are_unique_and_there_are_at_most_a_hundred_webhooks() {
    let product = Product::temporary(&[]);
    for number in 0..100 {
        let body = json!({"id": format!("w-{number}"), "url": GOOD});
        let made = call(&product.http, Method::POST, "", Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let again = json!({"id": "w-0", "url": GOOD});
    let again = call(&product.http, Method::POST, "", Some(again)).await;
    let id_conflict = refuses(409, "id_conflict").of("id", "");
    id_conflict.assert_answers("the same id", &again);
    let more = call(&product.http, Method::POST, "", Some(json!({"url": GOOD}))).await;
    refuses(409, "too_many_webhooks").assert_answers("one more", &more);
    let list = call(&product.http, Method::GET, "", None).await.body;
    assert_eq!(list["items"].as_array().unwrap().len(), 100);
}
