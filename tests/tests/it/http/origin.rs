//! Pages of other sites, which a browser lets call any address.

use super::{get_at, header, problem_of, send};
use crate::auth::create_token;
use crate::helpers::{event, eventually, numbered_id, text};
use detente_tests::product::Product;
use reqwest::{Client, RequestBuilder, Response};

const EVIL: &str = "https://evil.example";

/// Returns the report of an event without any header but those given.
fn report(http: &str, headers: &[(&str, &str)]) -> RequestBuilder {
    let mut visit = event("visit.made", &["KGZ"], &["UZB"], "2023-05-01");
    visit["id"] = numbered_id(7);
    with(Client::new().post(format!("{http}/v1/events")), headers).body(visit.to_string())
}

fn with(request: RequestBuilder, headers: &[(&str, &str)]) -> RequestBuilder {
    let add = |request: RequestBuilder, (name, value): &(&str, &str)| request.header(*name, *value);
    headers.iter().fold(request, add)
}

async fn assert_refused(response: Response, status: u16, code: &str) {
    assert_eq!(response.status(), status, "{}", response.url());
    assert_eq!(header(&response, "access-control-allow-origin"), "");
    assert_eq!(problem_of(response).await["code"], code);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_another_site_can_neither_write_nor_read() {
    let product = Product::temporary(&[]);
    let http = product.http.as_str();
    let own = http.replace("http://127.0.0.1", "http://localhost");
    let json = ("content-type", "application/json");
    let foreign: [&[(&str, &str)]; 5] = [
        &[json, ("origin", EVIL)],
        &[json, ("origin", "null")],
        &[json, ("origin", "http://127.0.0.1:1")],
        &[json, ("sec-fetch-site", "cross-site")],
        &[json, ("sec-fetch-site", "same-site")],
    ];
    for headers in foreign {
        assert_refused(send(report(http, headers)).await, 403, "foreign_origin").await;
        for path in [
            "/v1/countries",
            "/v1/changes",
            "/v1/webhooks",
            "/readyz",
            "/nowhere",
        ] {
            let read = send(with(get_at(http, path), &headers[1..])).await;
            assert_refused(read, 403, "foreign_origin").await;
        }
    }
    // A name that was made to resolve to this machine.
    for host in [
        "evil.example",
        "evil.example:1648",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
    ] {
        let headers = [json, ("host", host), ("origin", "http://evil.example")];
        assert_refused(send(report(http, &headers)).await, 403, "foreign_host").await;
        let read = send(get_at(http, "/v1/events").header("host", host)).await;
        assert_refused(read, 403, "foreign_host").await;
    }
    // What a page may send without asking.
    for form in [
        &[][..],
        &[("content-type", "text/plain")],
        &[(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )],
        &[("content-type", "Multipart/Form-Data; boundary=x")],
    ] {
        let sent = send(report(http, form)).await;
        assert_refused(sent, 415, "unsupported_media_type").await;
        let hook = Client::new().post(format!("{http}/v1/webhooks"));
        let hook = with(hook, form).body(r#"{"url": "https://93.184.215.14/"}"#);
        assert_refused(send(hook).await, 415, "unsupported_media_type").await;
    }
    let stored = get_at(http, &format!("/v1/events/{}", text(&numbered_id(7))));
    assert_eq!(send(stored).await.status(), 404);

    // People, tools and the server's own pages.
    let navigates = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    let page = send(with(get_at(http, "/v1/docs"), &navigates)).await;
    assert_eq!(page.status(), 200);
    assert_eq!(header(&page, "x-content-type-options"), "nosniff");
    let policy = header(&page, "content-security-policy");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    for headers in [
        &[json][..],
        &[json, ("origin", http), ("sec-fetch-site", "same-origin")],
    ] {
        let sent = send(report(http, headers)).await;
        assert!(sent.status().is_success(), "{}", sent.status());
    }
    let sent = send(report(&own, &[json, ("origin", &own)])).await;
    assert!(sent.status().is_success(), "{}", sent.status());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listed_origins_names_and_tokens_are_let_in() {
    let ours = "https://desk.example.org";
    let options = ["--cors", ours, "--allow-host", "detente.internal"];
    let product = Product::temporary(&options);
    let http = product.http.as_str();
    let json = ("content-type", "application/json");
    let sent = send(report(
        http,
        &[json, ("origin", ours), ("sec-fetch-site", "cross-site")],
    ));
    assert_eq!(sent.await.status(), 201);
    let other = send(report(http, &[json, ("origin", EVIL)])).await;
    assert_refused(other, 403, "foreign_origin").await;
    let named = get_at(http, "/v1/countries").header("host", "detente.internal:80");
    assert_eq!(send(named).await.status(), 200);

    // With tokens in force, the name says nothing: a page has no token.
    let made = create_token(&product.nats, "a reader", "reader");
    let asked = || get_at(http, "/v1/countries").header("host", "evil.example");
    eventually("the token is needed", async || {
        send(asked()).await.status() == 401
    })
    .await;
    let read = asked().bearer_auth(&made.token);
    assert_eq!(send(read).await.status(), 200);
}
