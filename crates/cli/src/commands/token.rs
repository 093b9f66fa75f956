//! `detente token create|list|revoke`: works on NATS directly, since an operator has no token yet.

use detente_auth::{Record, Tokens, TokensError};
use detente_jetstream::Connection;
use serde::Serialize;

use super::services::check_copies;
use crate::args::{Copies, Create, OutputFormat, Store, Token};
use crate::exit_code::CliError;
use crate::nats::NatsSession;
use crate::output::Output;
use crate::{env, render};

/// A new token.
#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    record: &'a Record,
    token: &'a str,
}

pub(super) async fn run(command: &Token, out: &mut Output) -> anyhow::Result<()> {
    let records = match command {
        Token::Create(args) => return create(args, out).await,
        Token::List(store) => with_tokens(store, list).await?,
        Token::Revoke { id, store } => {
            let revoke = async |connection: &Connection| revoke(connection, id).await;
            vec![with_tokens(store, revoke).await?]
        }
    };
    Ok(out.show(&records, |out, records| render::tokens(out, records))?)
}

async fn create(args: &Create, out: &mut Output) -> anyhow::Result<()> {
    let token = detente_auth::Token::new(&env::random()?);
    let record = Record::new(&token, &args.name, args.role, env::now());
    let record = record.map_err(|error| CliError::Usage(error.to_string()))?;
    let add = async |connection: &Connection| add(connection, &record, &args.copies).await;
    with_tokens(&args.store, add).await?;
    let secret = token.reveal();
    match out.format() {
        OutputFormat::Json => out.json(&Created {
            record: &record,
            token: secret.reveal(),
        })?,
        OutputFormat::Table => {
            out.line(secret.reveal())?;
            out.note(&format!(
                "created token {} of {:?}, {}; it is not stored and cannot be shown again",
                record.id, record.name, record.role
            ));
        }
    }
    Ok(())
}

async fn add(connection: &Connection, record: &Record, copies: &Copies) -> anyhow::Result<()> {
    if Tokens::find(connection).await?.is_none() {
        check_copies(connection, copies)?;
    }
    let tokens = Tokens::open(connection, copies.replicas).await?;
    Ok(tokens.add(record).await?)
}

async fn list(connection: &Connection) -> anyhow::Result<Vec<Record>> {
    match Tokens::find(connection).await? {
        Some(tokens) => Ok(tokens.list().await?),
        None => Ok(Vec::new()),
    }
}

async fn revoke(connection: &Connection, id: &str) -> anyhow::Result<Record> {
    let unknown = || CliError::Usage(TokensError::Unknown(id.to_owned()).to_string());
    let tokens = Tokens::find(connection).await?.ok_or_else(unknown)?;
    tokens
        .revoke(id, env::now())
        .await
        .map_err(|error| match error {
            TokensError::Unknown(_) => unknown().into(),
            other => other.into(),
        })
}

/// Runs an operation on the tokens of a server.
async fn with_tokens<T>(
    store: &Store,
    operation: impl AsyncFnOnce(&Connection) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let session = NatsSession::open(store, "token").await?;
    let done = operation(&session.connection).await;
    session.close().await;
    done
}
