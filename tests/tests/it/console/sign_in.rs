//! Signing in by a token, which a cookie keeps from scripts and from other sites, and out.

use super::{Browser, cookie_of, location};
use crate::auth::{create_token, revoke_token, wait_for_token};
use crate::helpers::{event, eventually, numbered_id, ready, run_json, text};
use detente_tests::product::{Product, TIMEOUT, binary, free_address};
use futures_util::StreamExt as _;
use reqwest::Method;
use std::fs::File;
use std::process::{Command, Stdio};

/// Names and values of headers.
type Headers<'h> = &'h [(&'h str, &'h str)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_lead_to_the_sign_in_and_it_leads_back() {
    let product = Product::temporary(&[]);
    let made = create_token(&product.nats, "مكتب الأخبار", "reader");
    wait_for_token(&product, &made).await;
    let mut browser = Browser::new(&product);
    for (asked, next) in [
        ("/en/", "%2Fen%2F"),
        ("/ar/events?country=TJK", "%2Far%2Fevents%3Fcountry%3DTJK"),
        ("/en/report", "%2Fen%2Freport"),
    ] {
        let lang = &asked[..3];
        let led = location(&browser.get(asked).await);
        assert_eq!(led, format!("{lang}/sign-in?next={next}"));
    }
    assert!(browser.page("/en/sign-in").await.contains("name=\"token\""));

    let secret = made.token.rsplit_once('_').unwrap().1;
    let wrong = made.token.replace(&secret[..8], "00000000");
    for wrong in [wrong.as_str(), "garbage", ""] {
        let refused = browser.sign_in(wrong, "/en/").await;
        assert_eq!(refused.status(), 401, "{wrong}");
        assert!(!refused.headers().contains_key("set-cookie"));
        let page = refused.text().await.unwrap();
        assert!(page.contains("unknown or was revoked"), "{page}");
        assert!(wrong.is_empty() || !page.contains(wrong), "{page}");
    }

    let signed_in = browser.sign_in(&made.token, "/ar/events?country=TJK").await;
    assert_eq!(location(&signed_in), "/ar/events?country=TJK");
    let set = signed_in.headers()["set-cookie"].to_str().unwrap();
    let (cookie, attributes) = set.split_once("; ").unwrap();
    assert_eq!(cookie, format!("detente_token={}", made.token));
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Strict; Path=/; Max-Age=28800"
    );
    browser.cookie = Some(cookie.to_owned());
    let page = browser.page("/en/").await;
    assert!(
        page.contains("مكتب الأخبار") && !page.contains(secret),
        "{page}"
    );
    // The API answers its pages, too; a cache keeps that for nobody else.
    let read = browser.get("/v1/countries").await;
    assert_eq!(read.status(), 200);
    assert_eq!(read.headers()["cache-control"], "no-cache, private");

    let out = browser.post("/en/sign-out", &[("step", "out")]).await;
    assert_eq!(location(&out), "/en/sign-in");
    let set = out.headers()["set-cookie"].to_str().unwrap();
    assert!(
        set.starts_with("detente_token=; ") && set.contains("; Max-Age=0"),
        "{set}"
    );

    // A token that was good is told apart from none.
    revoke_token(&product.nats, &made);
    eventually("it is revoked", async || {
        browser.get("/en/").await.status() == 303
    })
    .await;
    assert_eq!(browser.get("/v1/countries").await.status(), 401);
    let page = browser.page("/en/sign-in?next=%2Fen%2F").await;
    assert!(page.contains("unknown or was revoked"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sign_in_leads_nowhere_else_and_its_cookie_is_secure_over_tls() {
    let product = Product::temporary(&[]);
    let made = create_token(&product.nats, "desk", "reader");
    wait_for_token(&product, &made).await;
    let browser = Browser::new(&product);
    for next in [
        "//evil.example/",
        "https://evil.example/en/",
        "/\\evil.example",
        "/en\\..\\\\evil.example",
        "javascript:alert(1)",
        "/en/\r\nset-cookie: a=b",
        "en/",
    ] {
        let signed_in = browser.sign_in(&made.token, next).await;
        assert_eq!(location(&signed_in), "/en/", "{next:?}");
        let encoded = reqwest::Url::parse_with_params("http://x/", [("next", next)]).unwrap();
        let page = browser
            .page(&format!("/en/sign-in?{}", encoded.query().unwrap()))
            .await;
        // The way to this page in other languages keeps what it was asked for.
        let (_, main) = page.split_once("<main").unwrap();
        assert!(
            !main.contains("evil") && !main.contains("javascript:"),
            "{main}"
        );
    }
    // Behind a proxy that ends TLS, the browser says what it sees.
    let form = browser.form("/en/sign-in", &[("token", &made.token)]);
    let host = product.http.replace("http://", "https://");
    let signed_in = form.header("origin", host).send().await.unwrap();
    let set = signed_in.headers()["set-cookie"].to_str().unwrap();
    assert!(set.ends_with("; Secure"), "{set}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cookie_counts_only_for_requests_of_own_pages() {
    let ours = "https://desk.example.org";
    let product = Product::temporary(&["--cors", ours]);
    let made = create_token(&product.nats, "desk", "admin");
    wait_for_token(&product, &made).await;
    let browser = Browser::signed_in(&product, &made).await;
    let own = product.http.as_str();
    let evil = "https://evil.example";
    let mut visit = event("visit.made", &["KGZ"], &["UZB"], "2023-05-01");
    visit["id"] = numbered_id(7);
    let form = [("kind", "visit.made")];
    let cases: [(Headers<'_>, [u16; 3]); 7] = [
        // JSON to the API, a form to a page, a read.
        (&[("origin", own)], [201, 422, 200]),
        (&[("sec-fetch-site", "same-origin")], [200, 422, 200]),
        (&[], [401, 403, 200]),
        (&[("origin", ours)], [401, 403, 401]),
        (&[("origin", evil)], [403, 403, 403]),
        (&[("sec-fetch-site", "cross-site")], [403, 403, 403]),
        (
            &[("origin", own), ("sec-fetch-site", "cross-site")],
            [401, 403, 200],
        ),
    ];
    for (headers, expected) in cases {
        let write = browser.request(Method::POST, "/v1/events");
        let write = write.header("content-type", "application/json");
        let write = write.body(visit.to_string());
        let form = browser.form("/en/report", &form);
        let stream = browser.request(Method::GET, "/v1/changes?from=now");
        let stream = stream.header("accept", "text/event-stream");
        for (request, status) in [write, form, stream].into_iter().zip(expected) {
            let add = |request: reqwest::RequestBuilder, (name, value): &(&str, &str)| {
                request.header(*name, *value)
            };
            let answer = headers.iter().fold(request, add).send().await.unwrap();
            assert_eq!(answer.status(), status, "{headers:?} {}", answer.url());
        }
    }
    // The API takes no form, whoever sends it.
    let sent = browser.post("/v1/events", &form).await;
    assert_eq!(sent.status(), 415);
    assert!(
        sent.text()
            .await
            .unwrap()
            .contains("unsupported_media_type")
    );
    // A header counts before a cookie.
    let both = browser
        .request(Method::GET, "/v1/countries")
        .bearer_auth("garbage");
    assert_eq!(both.send().await.unwrap().status(), 401);
    // Neither is it said to anybody that asks for less than a page.
    let signed_out = Browser::new(&product);
    let unsigned = signed_out.form("/en/sign-in", &[("token", &made.token)]);
    assert_eq!(unsigned.send().await.unwrap().status(), 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_a_page_ends_with_its_token() {
    let product = Product::temporary(&[]);
    let made = create_token(&product.nats, "desk", "reader");
    wait_for_token(&product, &made).await;
    let browser = Browser::signed_in(&product, &made).await;
    let stream = browser.request(Method::GET, "/v1/changes?from=now");
    let stream = stream.header("accept", "text/event-stream");
    let stream = stream.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    revoke_token(&product.nats, &made);
    let mut stream = stream.bytes_stream();
    let all = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(TIMEOUT, all).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_signs_in_is_in_no_log_and_on_no_page() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data").display().to_string();
    let create = ["token", "create", "--name", "desk", "--role", "admin"];
    let token = text(&run_json(&[&create[..], &["--data-dir", &data]].concat())["token"]);
    let secret = token.rsplit_once('_').unwrap().1.to_owned();
    let (http, log) = (free_address(), directory.path().join("server.log"));
    let file = File::create(&log).unwrap();
    let mut server = Command::new(binary())
        .args([
            "up",
            "--http",
            &http,
            "--grpc",
            "127.0.0.1:0",
            "--nats-port",
            "0",
        ])
        .args(["--data-dir", &data])
        .env("DETENTE_LOG", "trace")
        .stdin(Stdio::null())
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .spawn()
        .unwrap();
    let http = format!("http://{http}");
    ready(&http).await;
    let mut browser = Browser::at(&http);
    browser
        .sign_in(&token.replace(&secret[..4], "0000"), "")
        .await;
    let signed_in = browser.sign_in(&token, "").await;
    browser.cookie = Some(cookie_of(&signed_in));
    let mut seen = Vec::new();
    for path in [
        "/en/",
        "/ar/report",
        "/ru/events",
        "/en/nowhere",
        "/en/sign-in",
        "/v1/events/x",
    ] {
        seen.push(browser.get(path).await.text().await.unwrap());
    }
    browser.post("/en/report", &[("kind", "visit.made")]).await;
    drop(server.kill());
    drop(server.wait());
    seen.push(String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned());
    for text in &seen {
        assert!(!text.contains(&secret[8..]), "{text}");
    }
    assert!(seen.last().unwrap().contains(" INFO detente_"));
}
