//! What asks the services: an HTTP client with the token that was given.

use std::time::Duration;

use detente_guard::Secret;
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use crate::args::Global;
use crate::exit::Fault;

/// How long it may take to be connected.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// A client for an address.
pub(crate) fn client(global: &Global, base: &str) -> anyhow::Result<Client> {
    if !base.starts_with("http://") {
        let message = format!("{base:?} is no address of a server, such as http://127.0.0.1:1648");
        return Err(Fault::Usage(message).into());
    }
    let mut headers = HeaderMap::new();
    if let Some(token) = token(global)? {
        let value = format!("Bearer {}", token.reveal());
        let mut value = HeaderValue::from_str(&value).map_err(|_| {
            Fault::Usage("the token is none: it has letters that none has".to_owned())
        })?;
        // It is shown nowhere.
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    let client = Client::builder()
        .connect_timeout(CONNECT_WITHIN)
        .default_headers(headers);
    Ok(client.build()?)
}

/// The token that was given, if any.
fn token(global: &Global) -> anyhow::Result<Option<Secret>> {
    let Some(file) = &global.token_file else {
        let given = global.token.clone();
        return Ok(given.filter(|token| !token.reveal().is_empty()));
    };
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(Secret::new(text.trim()))),
        Err(error) => {
            let message = format!("{} cannot be read: {error}", file.display());
            Err(Fault::Config(message).into())
        }
    }
}
