//! The start of a projector: streams, writer and resume point.

use std::sync::Arc;

use detente_domain::rulebook::Rulebook;
use detente_jetstream::feed_writer::FeedWriter;
use detente_jetstream::reader::{EventsReader, Options};
use detente_jetstream::topology::{self, EVENTS, Projection, Replicas};
use detente_jetstream::{Checkpoint, Connection, stream_info};

use crate::error::Error;

/// The settings of a projector.
#[derive(Clone, Debug)]
pub(crate) struct ProjectorConfig {
    /// The connection to NATS.
    pub(crate) connection: Connection,
    /// The rules of the fold.
    pub(crate) rules: Arc<Rulebook>,
    /// The name of its projection.
    pub(crate) projection: Projection,
    /// The number of servers that store its streams.
    pub(crate) replicas: Replicas,
}

/// The values that the stages start with.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) reader: EventsReader,
    pub(crate) writer: FeedWriter,
    pub(crate) resume: ResumePoint,
    /// The end of the log.
    pub(crate) head: u64,
}

/// The point from which to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResumePoint {
    /// The commits up to this one are published: they are applied only.
    pub(crate) published: u64,
    /// The group after them, if it is partly published.
    pub(crate) partial: Option<Checkpoint>,
}

pub(crate) async fn setup(config: &ProjectorConfig) -> Result<Setup, Error> {
    let (connection, projection) = (&config.connection, &config.projection);
    topology::ensure_events(connection, config.replicas).await?;
    topology::ensure_relations(connection, projection, config.replicas).await?;
    let (writer, last) = FeedWriter::open(connection, projection).await?;
    let resume = match last {
        Some(message) => {
            let (stream, sequence) = (projection.stream(), message.sequence);
            let checkpoint = Checkpoint::parse(&message.headers);
            ResumePoint::after(checkpoint.ok_or(Error::Checkpoint { stream, sequence })?)
        }
        None => ResumePoint {
            published: 0,
            partial: None,
        },
    };
    let head = stream_info::head(connection, EVENTS).await?;
    let position = resume.last_commit();
    if position > head {
        return Err(Error::Ahead { position, head });
    }
    let reader = EventsReader::open(connection, EVENTS, 1, Options::events()).await?;
    tracing::info!(%projection, published = resume.published, head, "the projector starts");
    Ok(Setup {
        reader,
        writer,
        resume,
        head,
    })
}

impl ResumePoint {
    fn after(last: Checkpoint) -> Self {
        Self {
            published: last.published_through(),
            partial: (!last.is_whole()).then_some(last),
        }
    }

    /// Returns the last commit of which something is published.
    fn last_commit(&self) -> u64 {
        let partial = self.partial.map(|partial| partial.position);
        partial.unwrap_or(self.published)
    }
}
