//! The initial rulebook of a service: the one in force, else the given or the built-in one.

use std::path::Path;

use detente_api::text;
use detente_jetstream::Connection;
use detente_jetstream::kv::KvError;
use detente_jetstream::stream_info::{self, StreamInfoError};
use detente_jetstream::topology::{self, Replicas, TopologyError};
use detente_rulebook::Origin;
use detente_rulebook_store::{CompiledRulebook, Error as StoreError, RulebookStore};

use crate::exit_code::CliError;
use crate::output::Output;

/// Compiles the rulebook of a file, or the built-in one.
pub(crate) fn compile(path: Option<&Path>) -> anyhow::Result<CompiledRulebook> {
    let compiled = match path {
        Some(path) => CompiledRulebook::parse(&read(path)?, Origin::Adopted),
        None => CompiledRulebook::parse(detente_rulebook::DEFAULT.as_bytes(), Origin::Shipped),
    };
    let compiled = compiled.map_err(|problems| {
        let name = path.map_or("the built-in rulebook".into(), Path::to_string_lossy);
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| format!("\n  {}", text::line(&problem.to_string())))
            .collect();
        CliError::Config(format!("{name} is not a valid rulebook:{}", lines.concat()))
    });
    Ok(compiled?)
}

/// Reads the file of a rulebook.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(path).map_err(|error| {
        let path = path.display();
        CliError::Config(format!("cannot read the rulebook {path}: {error}"))
    })
}

/// Returns the rulebook in force; if there is none, puts `own` into force.
pub(crate) async fn bootstrap(
    connection: &Connection,
    replicas: Replicas,
    own: &CompiledRulebook,
    out: &mut Output,
) -> anyhow::Result<CompiledRulebook> {
    let step = async || -> anyhow::Result<_> {
        topology::ensure_bucket(connection, topology::Bucket::Control, replicas).await?;
        let store = RulebookStore::open(connection).await?;
        store.bootstrap(own).await.map_err(config)
    };
    let active = connection.until_settled(step, may_pass).await?;
    warn(own, &active, out);
    Ok(active)
}

/// Returns the rulebook that a reader starts with: the one in force, or else `own`.
pub(crate) async fn choose(
    connection: &Connection,
    own: &CompiledRulebook,
    out: &mut Output,
) -> anyhow::Result<CompiledRulebook> {
    let step = async || -> anyhow::Result<_> {
        match RulebookStore::open(connection).await {
            Ok(store) => store.load().await?.choose(own).map_err(config),
            Err(error) if error.is_transient() && !is_new(connection).await => Err(error.into()),
            Err(_) => Ok(own.clone()),
        }
    };
    let active = connection.until_settled(step, may_pass).await?;
    warn(own, &active, out);
    Ok(active)
}

/// Returns true if the server says that there is no control bucket: nothing was ever in force. Its
/// error alone may also be that of a server that has just started.
async fn is_new(connection: &Connection) -> bool {
    let stream = format!("KV_{}", topology::Bucket::Control.name());
    let head = stream_info::head(connection, &stream).await;
    matches!(head, Err(StreamInfoError::NoStream { .. }))
}

/// Returns true if NATS was away or is not ready, so that the same may succeed later.
fn may_pass(error: &anyhow::Error) -> bool {
    let topology = error.downcast_ref().map(TopologyError::is_transient);
    let bucket = error.downcast_ref().map(KvError::is_transient);
    let store = error.downcast_ref().map(|error| match error {
        StoreError::Kv(error) => error.is_transient(),
        StoreError::Unreadable { .. } | StoreError::Damaged { .. } | StoreError::Write(_) => false,
    });
    topology.or(bucket).or(store).unwrap_or(false)
}

/// Warns if the given rulebook is not the one in force.
fn warn(own: &CompiledRulebook, active: &CompiledRulebook, out: &mut Output) {
    if own.origin == Origin::Adopted && own.projection != active.projection {
        out.note(&format!(
            "note: the rulebook {} is in force, not the one given with --rulebook ({}); switch with \
             `detente rulebook adopt FILE`",
            active.projection, own.projection
        ));
    }
}

fn config(error: StoreError) -> anyhow::Error {
    match error {
        StoreError::Unreadable { .. } | StoreError::Damaged { .. } => {
            CliError::Config(error.to_string()).into()
        }
        StoreError::Kv(_) | StoreError::Write(_) => error.into(),
    }
}
