//! The start of a projector: streams, reader, writer and checkpoint.

use std::sync::Arc;

use detente_domain::rulebook::Rulebook;
use detente_jetstream::feed_writer::FeedWriter;
use detente_jetstream::reader::{Options, StreamReader};
use detente_jetstream::topology::{self, EVENTS, Projection, Replicas};
use detente_jetstream::{Checkpoint, Connection, commit, stream_info};
use tokio::sync::watch;

use crate::error::Error;
use crate::progress::{Progress, State};

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
    /// True to stand by while another projector publishes, instead of ending.
    pub(crate) standby: bool,
}

/// Checks the streams, and opens the log and the feed. Returns the checkpoint of the feed too, if it
/// has a message.
pub(crate) async fn setup(
    config: &ProjectorConfig,
    progress: &watch::Sender<Progress>,
) -> Result<(StreamReader, FeedWriter, Option<Checkpoint>), Error> {
    open(config, progress).await.map_err(Error::of_setup)
}

async fn open(
    config: &ProjectorConfig,
    progress: &watch::Sender<Progress>,
) -> Result<(StreamReader, FeedWriter, Option<Checkpoint>), Error> {
    let (connection, projection) = (&config.connection, &config.projection);
    topology::ensure_events(connection, config.replicas).await?;
    topology::ensure_changes(connection, projection, config.replicas).await?;
    let (writer, checkpoint) = open_feed(connection, projection).await?;
    let head = stream_info::head(connection, EVENTS).await?;
    let reader = StreamReader::open(connection, EVENTS, 1, Options::events()).await?;
    let published = checkpoint.map_or(0, Checkpoint::published_through);
    tracing::info!(%projection, published, head, "the projector starts");
    progress.send_modify(|progress| {
        progress.position = published;
        progress.head = head;
        progress.published_sequence = writer.last_sequence();
        progress.state = State::CatchingUp;
    });
    Ok((reader, writer, checkpoint))
}

/// Opens the feed for writing. Returns its checkpoint, if it has a message; it must be of this log.
pub(crate) async fn open_feed(
    connection: &Connection,
    projection: &Projection,
) -> Result<(FeedWriter, Option<Checkpoint>), Error> {
    let (writer, last) = FeedWriter::open(connection, projection).await?;
    let checkpoint = last.map(|message| {
        let (stream, sequence) = (projection.stream(), message.sequence);
        let checkpoint = Checkpoint::parse(&message.headers);
        checkpoint.ok_or(Error::Checkpoint { stream, sequence })
    });
    let checkpoint = checkpoint.transpose()?;
    if let Some(checkpoint) = checkpoint {
        check_log(connection, projection, checkpoint).await?;
    }
    Ok((writer, checkpoint))
}

/// Refuses a log that is not the one from which the feed was derived: one that ends before, or has
/// another commit at the position of the checkpoint.
async fn check_log(
    connection: &Connection,
    projection: &Projection,
    checkpoint: Checkpoint,
) -> Result<(), Error> {
    let Checkpoint {
        position, digest, ..
    } = checkpoint;
    let head = stream_info::end_from(connection, EVENTS, position)
        .await?
        .sequence;
    if position > head {
        return Err(Error::Ahead { position, head });
    }
    // A missing or damaged commit is named by the reader.
    let commit = stream_info::read_one(connection, EVENTS, position).await?;
    match commit.map(|commit| commit::digest(&commit.checked().payload)) {
        Some(found) if found != digest => Err(Error::OtherLog {
            stream: projection.stream(),
            position,
            wanted: commit::hex(digest),
            found: commit::hex(found),
        }),
        Some(_) | None => Ok(()),
    }
}
