//! A copy of a server's streams without deny flags, so that tests can tamper with it.

use async_nats::HeaderMap;
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use detente_jetstream::topology::{Bucket, EVENTS, Projection, RELATIONS_BUCKET, bucket_stream};
use detente_nats_server::LocalServer;
use detente_testkit::nats;
use detente_tests::product::Product;
use tempfile::TempDir;

pub(crate) struct StreamCopy {
    pub(crate) server: LocalServer,
    pub(crate) jetstream: Context,
    _dir: TempDir,
}

/// Changes a message of a copy; `None` leaves it out.
pub(crate) type Change = fn(&str, u64, Bytes) -> Option<Bytes>;

impl StreamCopy {
    /// Copies all streams as they are.
    pub(crate) async fn copy(product: &Product, projection: &Projection) -> Self {
        Self::changed(product, projection, |_, _, payload| Some(payload)).await
    }

    /// Copies all streams, with a change.
    pub(crate) async fn changed(
        product: &Product,
        projection: &Projection,
        change: Change,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let server = nats::start(dir.path().join("nats")).await;
        let from = jetstream::new(detente_tests::nats::connect(&product.nats).await.unwrap());
        let jetstream = jetstream::new(async_nats::connect(server.url()).await.unwrap());
        let bucket = bucket_stream(RELATIONS_BUCKET);
        let streams = [
            EVENTS.to_owned(),
            projection.stream(),
            bucket_stream(Bucket::Control.name()),
            bucket,
        ];
        for name in &streams {
            let stream = from.get_stream(name).await.unwrap();
            let mut config = stream.cached_info().config.clone();
            (config.deny_delete, config.deny_purge) = (false, false);
            jetstream.create_stream(config).await.unwrap();
            for sequence in 1..=stream.cached_info().state.last_sequence {
                // A bucket has only the last message of each key.
                let Ok(message) = stream.get_raw_message(sequence).await else {
                    continue;
                };
                let Some(payload) = change(name, sequence, message.payload) else {
                    continue;
                };
                let mut headers = HeaderMap::new();
                for (key, values) in message.headers.iter() {
                    if !key.to_string().starts_with("Nats-") {
                        headers.insert(key.clone(), values[0].clone());
                    }
                }
                let sent = jetstream.publish_with_headers(message.subject, headers, payload);
                sent.await.unwrap().await.unwrap();
            }
        }
        Self {
            server,
            jetstream,
            _dir: dir,
        }
    }

    /// Deletes a message, which the original streams deny.
    pub(crate) async fn delete(&self, stream: &str, sequence: u64) {
        let stream = self.jetstream.get_stream(stream).await.unwrap();
        assert!(stream.delete_message(sequence).await.unwrap());
    }

    /// Publishes a message again as it is, at the end of its stream.
    pub(crate) async fn repeat(&self, stream: &str, sequence: u64) {
        let stream = self.jetstream.get_stream(stream).await.unwrap();
        let message = stream.get_raw_message(sequence).await.unwrap();
        let sent =
            self.jetstream
                .publish_with_headers(message.subject, message.headers, message.payload);
        sent.await.unwrap().await.unwrap();
    }
}
