//! Raw JetStream: the client library alone, on streams with the same settings.

use async_nats::jetstream::{self, consumer, stream};
use bytes::Bytes;
use futures_util::{StreamExt, stream as futures};
use std::time::{Duration, Instant};

pub(crate) struct Raw {
    pub(crate) context: jetstream::Context,
}

impl Raw {
    pub(crate) async fn connect(url: &str) -> Result<Self, async_nats::Error> {
        let client = detente_tests::nats::connect(url).await?;
        Ok(Self {
            context: jetstream::new(client),
        })
    }

    pub(crate) async fn stream(&self, name: &str) -> Result<(), async_nats::Error> {
        let config = stream::Config {
            name: name.to_owned(),
            subjects: vec![format!("{name}.>")],
            allow_direct: true,
            ..stream::Config::default()
        };
        self.context.get_or_create_stream(config).await?;
        Ok(())
    }

    /// Publishes payloads with a number in flight. Returns the seconds until all are acknowledged.
    pub(crate) async fn publish(
        &self,
        name: &str,
        payloads: &[Bytes],
        window: usize,
    ) -> Result<f64, async_nats::Error> {
        let started = Instant::now();
        let acks = futures::iter(payloads.iter().cloned()).map(|payload| async move {
            self.context
                .publish(format!("{name}.raw"), payload)
                .await?
                .await?;
            Ok::<(), async_nats::Error>(())
        });
        let mut acks = acks.buffered(window);
        while let Some(ack) = acks.next().await {
            ack?;
        }
        Ok(started.elapsed().as_secs_f64())
    }

    /// Creates a bucket that the server fills with the last message of each subject of a stream.
    pub(crate) async fn bucket(&self, from: &str) -> Result<(), async_nats::Error> {
        let source = stream::Source {
            name: from.to_owned(),
            subject_transforms: vec![stream::SubjectTransform {
                source: format!("{from}.>"),
                destination: format!("BUCKET{from}.>"),
            }],
            ..stream::Source::default()
        };
        let config = stream::Config {
            name: format!("BUCKET{from}"),
            max_messages_per_subject: 1,
            sources: Some(vec![source]),
            ..stream::Config::default()
        };
        self.context.get_or_create_stream(config).await?;
        Ok(())
    }

    /// Reads a stream up to its head. Returns the seconds and the bytes.
    pub(crate) async fn read(&self, name: &str) -> Result<(f64, usize), async_nats::Error> {
        let (started, mut bytes) = (Instant::now(), 0);
        self.each(name, |message| bytes += message.payload.len())
            .await?;
        Ok((started.elapsed().as_secs_f64(), bytes))
    }

    /// Calls a function with each message of a stream, up to its head.
    pub(crate) async fn each(
        &self,
        name: &str,
        mut seen: impl FnMut(&jetstream::Message),
    ) -> Result<(), async_nats::Error> {
        let stream = self.context.get_stream(name).await?;
        let head = stream.get_info().await?.state.last_sequence;
        let config = consumer::pull::Config {
            ack_policy: consumer::AckPolicy::None,
            inactive_threshold: Duration::from_secs(60),
            memory_storage: true,
            ..consumer::pull::Config::default()
        };
        let consumer = stream.create_consumer(config).await?;
        // As our reader does: without a bound in bytes the server drops a slow client.
        let pulls = consumer
            .stream()
            .max_messages_per_batch(10_000)
            .max_bytes_per_batch(32 << 20);
        let mut messages = pulls.messages().await?;
        let mut read = 0;
        while read < head {
            let Some(message) = messages.next().await else {
                break;
            };
            seen(&message?);
            read += 1;
        }
        Ok(())
    }

    /// Follows a stream from its end.
    pub(crate) async fn follow(
        &self,
        name: &str,
    ) -> Result<consumer::pull::Stream, async_nats::Error> {
        let stream = self.context.get_stream(name).await?;
        let config = consumer::pull::Config {
            ack_policy: consumer::AckPolicy::None,
            deliver_policy: consumer::DeliverPolicy::New,
            inactive_threshold: Duration::from_secs(60),
            memory_storage: true,
            ..consumer::pull::Config::default()
        };
        Ok(stream.create_consumer(config).await?.messages().await?)
    }
}
