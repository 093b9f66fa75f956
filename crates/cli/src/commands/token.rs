//! `detente token create|list|revoke`: an operator's acts, so they go to NATS, where only the
//! services are, and not to the doors that tokens open.

use detente_auth::record::BadName;
use detente_auth::{Record, Shown, Tokens, TokensError};
use detente_jetstream::topology;
use serde::Serialize;

use crate::args::{Create, Output, Replicas, Store, Token, TokenCommand};
use crate::exit::Fault;
use crate::store::Reached;
use crate::{Out, ambient, show};

/// A token that was just made.
#[derive(Serialize)]
struct Made<'a> {
    #[serde(flatten)]
    shown: Shown<'a>,
    token: &'a str,
}

pub(super) async fn run(args: &Token, out: &mut Out) -> anyhow::Result<()> {
    match &args.command {
        TokenCommand::Create(args) => create(args, out).await,
        TokenCommand::List { store } => list(store, out).await,
        TokenCommand::Revoke { id, store } => revoke(id, store, out).await,
    }
}

async fn create(args: &Create, out: &mut Out) -> anyhow::Result<()> {
    let token = detente_auth::Token::new(&ambient::random()?);
    let record = Record::new(&token, &args.name, args.role.into(), ambient::now());
    let record = record.map_err(|bad: BadName| Fault::Usage(bad.to_string()))?;
    let replicas = match args.replicas {
        Replicas::One => topology::Replicas::One,
        Replicas::Three => topology::Replicas::Three,
    };
    let reached = Reached::either(&args.store, "token").await?;
    let added = match Tokens::open(&reached.connection, replicas).await {
        Ok(tokens) => tokens.add(&record).await,
        Err(error) => Err(error),
    };
    reached.close().await;
    added?;
    let whole = token.whole();
    match out.form() {
        Output::Json => out.json(&Made {
            shown: record.shown(),
            token: whole.reveal(),
        })?,
        Output::Table => {
            out.line(whole.reveal())?;
            out.note(&format!(
                "the token {} of {:?}, {}; it is shown this once, and kept nowhere",
                record.id, record.name, record.role
            ));
        }
    }
    Ok(())
}

async fn list(store: &Store, out: &mut Out) -> anyhow::Result<()> {
    let reached = Reached::either(store, "token").await?;
    let listed = match Tokens::open(&reached.connection, topology::Replicas::One).await {
        Ok(tokens) => tokens.list().await,
        Err(error) => Err(error),
    };
    reached.close().await;
    tell(&listed?, out)
}

async fn revoke(id: &str, store: &Store, out: &mut Out) -> anyhow::Result<()> {
    let reached = Reached::either(store, "token").await?;
    let revoked = match Tokens::open(&reached.connection, topology::Replicas::One).await {
        Ok(tokens) => tokens.revoke(id, ambient::now()).await,
        Err(error) => Err(error),
    };
    reached.close().await;
    let record = revoked.map_err(|error| match error {
        TokensError::Unknown(_) => Fault::Usage(error.to_string()).into(),
        other => anyhow::Error::from(other),
    })?;
    tell(&[record], out)
}

fn tell(records: &[Record], out: &mut Out) -> anyhow::Result<()> {
    let shown: Vec<Shown<'_>> = records.iter().map(Record::shown).collect();
    match out.form() {
        Output::Json => out.json(&shown)?,
        Output::Table => {
            let text = show::tokens(out, &shown);
            out.text(&text)?;
        }
    }
    Ok(())
}
