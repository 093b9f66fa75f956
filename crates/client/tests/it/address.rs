//! Addresses with a user and a password.

use super::*;

#[tokio::test]
async fn a_password_in_the_address_is_sent_and_never_shown() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sent = seen.clone();
    let router = Router::new().fallback(move |request: Request| {
        let headers = request.headers().get_all("authorization").iter();
        let headers = headers.map(|value| value.to_str().unwrap().to_owned());
        sent.lock().unwrap().extend(headers);
        std::future::ready(response_of(404, "", "not here"))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = Client::builder(format!("http://desk:s%40cret@{address}/under"));
    let client = client.build().unwrap();
    let error = client.rulebook().await.unwrap_err();
    assert_eq!(*seen.lock().unwrap(), ["Basic ZGVzazpzQGNyZXQ="]);
    assert_eq!(client.server(), format!("http://{address}/under"));

    let closed = Client::builder("http://desk:s%40cret@127.0.0.1:9")
        .build()
        .unwrap();
    let unreachable = closed.rulebook().await.unwrap_err();
    for text in [
        format!("{error} {error:?}"),
        format!("{unreachable} {unreachable:?} {closed:?}"),
    ] {
        assert!(!text.contains("cret") && !text.contains("desk"), "{text}");
    }
}
