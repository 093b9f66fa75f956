//! What asks the services: a client with the token that was given.

use detente_auth::Secret;
use detente_client::{Builder, Client};

use crate::ambient;
use crate::args::Global;
use crate::exit::Fault;

/// A client of the server that is named, in the making; ids are ours.
pub(crate) fn builder(global: &Global) -> anyhow::Result<Builder> {
    let builder = Client::builder(&global.server).ids(ambient::ids());
    let builder = match token(global)? {
        Some(token) => builder.token(token.reveal()),
        None => builder,
    };
    let Some(file) = &global.ca else {
        return Ok(builder);
    };
    let told = |why: String| Fault::Config(format!("{}: {why}", file.display()));
    let pem = std::fs::read(file).map_err(|error| told(error.to_string()))?;
    Ok(builder
        .trust(&pem)
        .map_err(|error| told(error.to_string()))?)
}

/// A client of the server that is named, and of a gateway that is apart.
pub(crate) fn client(global: &Global, ingest: Option<&str>) -> anyhow::Result<Client> {
    let builder = builder(global)?;
    let builder = match ingest {
        Some(ingest) => builder.ingest(ingest),
        None => builder,
    };
    let built = builder.build();
    built.map_err(|error| Fault::Usage(error.to_string()).into())
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
