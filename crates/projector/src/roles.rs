//! The roles of a projector: it leads, which is to publish, or follows while another one does.
//!
//! Only one of several projectors can publish, since each message expects the one before it. One
//! that is fenced so, or that hears another one when it starts, follows: its fold stays at the head
//! of the log. The one that leads says its progress again and again; when it has been silent for
//! a second, another leads, and publishes what is missing.

use std::sync::Arc;
use std::time::Duration;

use detente_jetstream::feed_writer::{FeedWriter, FeedWriterError};
use detente_jetstream::progress::ProgressListener;
use detente_jetstream::{Checkpoint, Incarnation, stream_info};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::fold::{FoldStage, MESSAGES_QUEUED, Publishing};
use crate::progress::Progress;
use crate::publish::publish;
use crate::setup::{ProjectorConfig, open_feed};

/// The most batches that wait for the publisher; their messages have a limit of their own.
const BATCHES_QUEUED: usize = 256;
/// The time without a word after which the projector that leads is taken to be gone: three times
/// the longest time between two words.
const SILENCE: Duration = Duration::from_secs(1);

/// The time for which a projector listens when it starts: a bit longer than the longest time between
/// two words. If it misses one, it fences the other one, or is fenced.
const LISTEN_FIRST: Duration = Duration::from_millis(500);
/// The attempts to take over before a feed that lacks its last messages counts as cut off: a server
/// that has just begun to lead the stream may not know them yet.
const ENDS_LOOKED_AT: usize = 3;

/// What both roles need.
pub(crate) struct Roles<'a> {
    pub(crate) config: &'a ProjectorConfig,
    pub(crate) progress: &'a watch::Sender<Progress>,
    /// True while this projector publishes.
    pub(crate) leads: &'a watch::Sender<bool>,
}

/// A feed that is open for writing, and its checkpoint.
type OpenFeed = (FeedWriter, Option<Checkpoint>);

impl Roles<'_> {
    /// Runs until there are no more commits, or until an error.
    pub(crate) async fn run(&self, mut stage: FoldStage, feed: OpenFeed) -> Result<(), Error> {
        let incarnation = feed.0.incarnation();
        let mut listener = self.listen().await?;
        let heard_until = Instant::now() + LISTEN_FIRST;
        let published = feed.1.map_or(0, Checkpoint::published_through);
        let caught_up = tokio::task::spawn_blocking(move || (stage.catch_up(published), stage));
        let goes_on;
        (goes_on, stage) = caught_up.await.map_err(Error::Panicked)?;
        if !goes_on {
            return Ok(());
        }
        let may_lead = !self.config.standby
            || tokio::time::timeout_at(heard_until, listener.next())
                .await
                .is_err();
        drop(listener);
        let mut feed = may_lead.then_some(feed);
        loop {
            if let Some(feed) = feed.take() {
                let ended;
                (stage, ended) = self.lead(stage, feed).await?;
                match ended {
                    Err(Error::Fenced { sequence, .. }) if self.config.standby => {
                        let projection = &self.config.projection;
                        tracing::info!(%projection, sequence, "another projector publishes");
                    }
                    ended => return ended,
                }
            }
            let next;
            (stage, next) = self.follow(stage, incarnation).await?;
            let Some(next) = next else {
                return Ok(());
            };
            feed = Some(next);
        }
    }

    /// Folds and publishes. Returns how that ended.
    async fn lead(
        &self,
        mut stage: FoldStage,
        (writer, checkpoint): OpenFeed,
    ) -> Result<(FoldStage, Result<(), Error>), Error> {
        let (batches_tx, batches) = mpsc::channel(BATCHES_QUEUED);
        let to = Publishing {
            checkpoint,
            queue: Arc::new(Semaphore::new(MESSAGES_QUEUED)),
            batches: batches_tx,
        };
        self.set_leads(true);
        let fold = tokio::task::spawn_blocking(move || (stage.lead(&to), stage));
        // When one ends, the queue between them closes, and the other ends too.
        let (folded, published) =
            tokio::join!(fold, publish(writer, batches, self.progress.clone()));
        self.set_leads(false);
        let (folded, stage) = folded.map_err(Error::Panicked)?;
        Ok((stage, published.and(folded)))
    }

    /// Folds while another projector publishes. Returns the feed once that one is gone; `None` if
    /// there are no more commits.
    async fn follow(
        &self,
        mut stage: FoldStage,
        incarnation: Incarnation,
    ) -> Result<(FoldStage, Option<OpenFeed>), Error> {
        let mut listener = self.listen().await?;
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let fold = tokio::task::spawn_blocking(move || (stage.follow(&stopped), stage));
        let taken_over = async {
            let mut looked = 0;
            loop {
                self.listen_until_silent(&mut listener).await;
                looked += 1;
                let opened = self.open_followed(incarnation).await;
                match opened {
                    Err(Error::StreamInfo(error)) if error.is_transient() => {
                        tracing::warn!(%error, "the feed cannot be taken over yet");
                    }
                    Err(
                        error @ (Error::FeedLost { .. }
                        | Error::Publish(FeedWriterError::LastMissing { .. })),
                    ) if looked < ENDS_LOOKED_AT => {
                        tracing::warn!(%error, "the end of the feed is looked at again");
                    }
                    opened => {
                        stop.cancel();
                        return opened;
                    }
                }
            }
        };
        let mut fold = std::pin::pin!(fold);
        let (feed, folded) = tokio::select! {
            folded = &mut fold => (None, folded),
            opened = taken_over => (Some(opened), fold.await),
        };
        let (goes_on, stage) = folded.map_err(Error::Panicked)?;
        if !goes_on? {
            return Ok((stage, None));
        }
        let feed = feed.transpose()?;
        let projection = &self.config.projection;
        tracing::info!(%projection, "the projector that published is gone; taking over");
        Ok((stage, feed))
    }

    /// Opens the feed to take it over. What others have published was dropped here, so it must still
    /// have that.
    async fn open_followed(&self, incarnation: Incarnation) -> Result<OpenFeed, Error> {
        let (connection, projection) = (&self.config.connection, &self.config.projection);
        let known = self.progress.borrow().published_sequence;
        // A server that was just elected may not have applied all of it.
        stream_info::end_from(connection, &projection.stream(), known).await?;
        let (writer, checkpoint) = open_feed(connection, projection).await?;
        let end = writer.last_sequence();
        if end < known || writer.incarnation() != incarnation {
            let stream = projection.stream();
            return Err(Error::FeedLost { stream, end, known });
        }
        Ok((writer, checkpoint))
    }

    fn set_leads(&self, leads: bool) {
        self.leads.send_replace(leads);
        self.progress.send_modify(|progress| progress.leads = leads);
    }

    async fn listen(&self) -> Result<ProgressListener, Error> {
        let ProjectorConfig {
            connection,
            projection,
            ..
        } = self.config;
        Ok(ProgressListener::open(connection, projection).await?)
    }

    /// Takes over the progress of the projector that leads, until it says no more. Nothing is heard
    /// while this process has no connection, so that does not count.
    async fn listen_until_silent(&self, listener: &mut ProgressListener) {
        loop {
            match tokio::time::timeout(SILENCE, listener.next()).await {
                Ok(said) => self.progress.send_modify(|progress| progress.follow(said)),
                Err(_) if self.config.connection.is_connected() => return,
                Err(_) => {}
            }
        }
    }
}
