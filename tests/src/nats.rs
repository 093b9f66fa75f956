//! A plain NATS client, as any other program has one.

use async_nats::{Client, ConnectError, ConnectErrorKind, ConnectOptions, ServerAddr};

/// Connects to an address, which may contain user and password: the client would not use them.
pub async fn connect(url: &str) -> Result<Client, ConnectError> {
    let address: Result<ServerAddr, _> = url.parse();
    let address =
        address.map_err(|error| ConnectError::with_source(ConnectErrorKind::ServerParse, error))?;
    let options = match (address.username(), address.password()) {
        (Some(user), Some(password)) => {
            ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        }
        _ => ConnectOptions::new(),
    };
    options.connect(&address).await
}
