//! The client of the services, configured by the global arguments.

use detente_api::Code;
use detente_auth::Secret;
use detente_client::{Builder, Client, Error};

use crate::args::Global;
use crate::env;
use crate::exit_code::CliError;

/// Configures a client of the server, with the token and the CA certificates.
pub(crate) fn builder(global: &Global) -> anyhow::Result<Builder> {
    let mut builder = Client::builder(&global.server).ids(env::ids());
    if let Some(token) = token(global)? {
        builder = builder.token(token.reveal());
    }
    let Some(file) = &global.ca else {
        return Ok(builder);
    };
    let invalid = |why: String| CliError::Config(format!("{}: {why}", file.display()));
    let pem = std::fs::read(file).map_err(|error| invalid(error.to_string()))?;
    let trusting = builder.trust(&pem);
    Ok(trusting.map_err(|error| invalid(error.to_string()))?)
}

/// Builds a client of the server, and of a gateway with an address of its own.
pub(crate) fn client(global: &Global, ingest: Option<&str>) -> anyhow::Result<Client> {
    let mut builder = builder(global)?;
    if let Some(ingest) = ingest {
        builder = builder.ingest(ingest);
    }
    let built = builder.build();
    built.map_err(|error| CliError::Usage(error.to_string()).into())
}

fn token(global: &Global) -> anyhow::Result<Option<Secret>> {
    let Some(file) = &global.token_file else {
        let token = global.token.clone();
        return Ok(token.filter(|token| !token.reveal().is_empty()));
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| CliError::Config(format!("cannot read {}: {error}", file.display())))?;
    Ok(Some(Secret::new(text.trim())))
}

/// Turns an error of the client into one with advice and an exit code.
pub(crate) fn with_exit_code(error: Error) -> anyhow::Error {
    match error {
        Error::Refused(problem) => {
            let (detail, code, advice) = (&problem.detail, problem.code.as_str(), &problem.advice);
            let text = format!("{detail} ({code})\n  {advice}");
            match problem.code {
                Code::Unauthenticated => anyhow::anyhow!(
                    "{text}\n  give the token with --token-file FILE, or in DETENTE_TOKEN"
                ),
                Code::UnknownParty
                | Code::UnknownRelation
                | Code::UnknownDimension
                | Code::BadQuery
                | Code::BadFilter
                | Code::BadCursor => CliError::Usage(text).into(),
                _ => anyhow::anyhow!(text),
            }
        }
        Error::Failed(failure) if failure.code.is_empty() => anyhow::anyhow!(failure.detail),
        Error::Failed(failure) => {
            anyhow::anyhow!("the server returned {}: {}", failure.status, failure.detail)
        }
        Error::Unreachable { .. } => anyhow::anyhow!(
            "{error}\n  start a server with `detente up`, name another one with --server, or fold a \
             file with --file; `detente doctor` checks more"
        ),
        Error::Partial(partial) => {
            let stored = partial.answered.accepted.len();
            let text = format!("{stored} rows are stored; the rest may or may not be");
            with_exit_code(partial.cause).context(text)
        }
        other => anyhow::Error::new(other),
    }
}
