//! Before the first commit: streams and buckets, the writer, and where to go on.

use detente_jetstream::control::{Control, ControlError};
use detente_jetstream::reader::{EventsReader, Options};
use detente_jetstream::relations::RelationsWriter;
use detente_jetstream::topology::{self, EVENTS};
use detente_jetstream::{Checkpoint, Connection, inspect};

use crate::error::Error;
use crate::service::Deps;

/// Everything that the stages begin with.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) reader: EventsReader,
    pub(crate) writer: RelationsWriter,
    pub(crate) plan: Plan,
    /// The end of the log when it was looked at.
    pub(crate) head: u64,
}

/// Where to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Commits up to this one are told: they are taken and not folded.
    pub(crate) told: u64,
    /// A group that is told in part, right after those.
    pub(crate) half: Option<Checkpoint>,
}

/// What a projector makes sure of, beside its own stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// That some projection is in force, and that it feeds the bucket if it is this one.
    Serve,
    /// Nothing: somebody else does.
    Tell,
}

pub(crate) async fn setup(deps: &Deps, claim: Claim) -> Result<Setup, Error> {
    let Deps {
        connection,
        projection,
        replicas,
        ..
    } = deps;
    topology::ensure_events(connection, *replicas).await?;
    topology::ensure_control(connection, *replicas).await?;
    topology::ensure_relations(connection, projection, *replicas).await?;
    if claim == Claim::Serve && is_active(deps).await? {
        topology::feed_relations_bucket(connection, projection, *replicas).await?;
    }
    let (writer, last) = RelationsWriter::open(connection, projection).await?;
    let plan = match last {
        Some(message) => {
            let (stream, sequence) = (projection.stream(), message.sequence);
            let checkpoint = Checkpoint::read(&message.headers);
            Plan::after(checkpoint.ok_or(Error::Checkpoint { stream, sequence })?)
        }
        None => Plan {
            told: 0,
            half: None,
        },
    };
    let head = inspect::head(connection, EVENTS).await?;
    if plan.needs() > head {
        return Err(Error::Ahead {
            position: plan.needs(),
            head,
        });
    }
    let reader = open_log(connection).await?;
    tracing::info!(%projection, told = plan.told, head, "the projector begins");
    Ok(Setup {
        reader,
        writer,
        plan,
        head,
    })
}

async fn open_log(connection: &Connection) -> Result<EventsReader, Error> {
    Ok(EventsReader::open(connection, EVENTS, 1, Options::events()).await?)
}

/// Whether the projection is the active one; where none is, it becomes it.
async fn is_active(deps: &Deps) -> Result<bool, Error> {
    let control = Control::open(&deps.connection).await?;
    loop {
        if let Some(active) = control.active_projection().await? {
            return Ok(active.value == deps.projection);
        }
        match control.set_active_projection(&deps.projection, None).await {
            Ok(_) => return Ok(true),
            // Somebody was faster.
            Err(ControlError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

impl Plan {
    fn after(last: Checkpoint) -> Self {
        if last.is_whole() {
            Self {
                told: last.position,
                half: None,
            }
        } else {
            Self {
                told: last.from.saturating_sub(1),
                half: Some(last),
            }
        }
    }

    /// The last commit that the log must have.
    fn needs(&self) -> u64 {
        self.half.map_or(self.told, |half| half.position)
    }
}
