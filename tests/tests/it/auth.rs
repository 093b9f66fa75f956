//! Tokens and roles, secrets in no log, TLS, credentials for NATS.

mod exposure;
mod local_nats;
mod logs;
mod nats_users;
mod revoked;
mod roles;
mod tls;

use crate::helpers::{eventually, run_json, text};
use detente_tests::product::{Product, TIMEOUT};
use reqwest::{Client, RequestBuilder, Response};

/// A new token and its id.
#[derive(Clone, Debug)]
pub(crate) struct NewToken {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Creates a token on a running server.
pub(crate) fn create_token(nats: &str, name: &str, role: &str) -> NewToken {
    let made = run_json(&[
        "token", "create", "--name", name, "--role", role, "--nats", nats,
    ]);
    assert_eq!((&made["name"], &made["role"]), (&name.into(), &role.into()));
    NewToken {
        id: text(&made["id"]),
        token: text(&made["token"]),
    }
}

/// Revokes a token.
pub(crate) fn revoke_token(nats: &str, made: &NewToken) {
    let revoked = run_json(&["token", "revoke", &made.id, "--nats", nats]);
    assert!(revoked[0]["revoked"].is_string(), "{revoked}");
}

/// Prepares a `GET`, with the token unless that is empty.
pub(crate) fn get_as(http: &str, path: &str, token: &str) -> RequestBuilder {
    let request = Client::new().get(format!("{http}{path}"));
    let request = request.timeout(TIMEOUT);
    if token.is_empty() {
        request
    } else {
        request.bearer_auth(token)
    }
}

pub(crate) async fn status(request: RequestBuilder) -> u16 {
    send(request).await.status().as_u16()
}

pub(crate) async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

/// Waits until a token is accepted, and requests without one are not.
pub(crate) async fn wait_for_token(product: &Product, made: &NewToken) {
    eventually("the token is known", async || {
        let with_token = get_as(&product.http, "/v1/countries", &made.token);
        let without = get_as(&product.http, "/v1/countries", "");
        status(without).await == 401 && status(with_token).await == 200
    })
    .await;
}
