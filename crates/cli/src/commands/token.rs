//! `detente token create|list|revoke`: works on NATS directly, since an operator has no token yet.

use detente_auth::{Record, Tokens, TokensError};
use detente_jetstream::topology;
use serde::Serialize;

use crate::args::{Create, OutputFormat, Store, Token};
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
    let single = topology::Replicas::One;
    let records = match command {
        Token::Create(args) => return create(args, out).await,
        Token::List(store) => {
            with_tokens(store, single, async |tokens| tokens.list().await).await?
        }
        Token::Revoke { id, store } => {
            let revoke = async |tokens: &Tokens| tokens.revoke(id, env::now()).await;
            vec![with_tokens(store, single, revoke).await?]
        }
    };
    Ok(out.show(&records, |out, records| render::tokens(out, records))?)
}

async fn create(args: &Create, out: &mut Output) -> anyhow::Result<()> {
    let token = detente_auth::Token::new(&env::random()?);
    let record = Record::new(&token, &args.name, args.role, env::now());
    let record = record.map_err(|error| CliError::Usage(error.to_string()))?;
    let add = async |tokens: &Tokens| tokens.add(&record).await;
    with_tokens(&args.store, args.replicas, add).await?;
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

/// Runs an operation on the tokens of a server.
async fn with_tokens<T>(
    store: &Store,
    replicas: topology::Replicas,
    operation: impl AsyncFnOnce(&Tokens) -> Result<T, TokensError>,
) -> anyhow::Result<T> {
    let session = NatsSession::open(store, "token").await?;
    let done = match Tokens::open(&session.connection, replicas).await {
        Ok(tokens) => operation(&tokens).await,
        Err(error) => Err(error),
    };
    session.close().await;
    done.map_err(|error| match error {
        TokensError::Unknown(_) => CliError::Usage(error.to_string()).into(),
        other => other.into(),
    })
}
