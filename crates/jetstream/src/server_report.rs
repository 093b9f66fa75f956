//! What an operator wants to know of a server: version, storage, copies and clock.

use async_nats::jetstream::context::{AccountError, Context, RequestError};
use async_nats::jetstream::stream::Info;
use futures_util::TryStreamExt as _;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Connection;
use crate::topology::EVENTS;

/// The prefixes of the names of streams and buckets, beside the log.
const PREFIXES: [&str; 3] = ["CHANGES_", "KV_relations", "KV_detente_"];

/// The error returned when a server does not describe itself.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The account is not answered for.
    #[error("the account cannot be read: {0}")]
    Account(#[from] AccountError),
    /// The streams are not answered for.
    #[error("the streams cannot be read: {0}")]
    Streams(#[from] RequestError),
}

/// A server, as seen through a connection.
#[derive(Clone, Debug)]
pub struct ServerReport {
    /// Its version.
    pub version: String,
    /// True if it is one of a cluster.
    pub is_clustered: bool,
    /// The bytes that the account stores in files.
    pub stored: u64,
    /// The most bytes that it may store in files, if there is a limit.
    pub stored_max: Option<u64>,
    /// Our streams and buckets.
    pub streams: Vec<StreamReport>,
    /// Its clock; `None` if it does not say it, as without a log.
    pub clock: Option<OffsetDateTime>,
}

/// A stream or bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamReport {
    /// The name of the stream.
    pub name: String,
    /// The number of copies.
    pub copies: usize,
    /// The copies that are offline or behind.
    pub behind: usize,
}

/// The part of the answer about a stream that the client leaves out.
#[derive(Deserialize)]
struct Timed {
    ts: String,
}

impl ServerReport {
    /// Asks the server. Nothing is changed.
    pub async fn of(connection: &Connection) -> Result<Self, ReportError> {
        let info = connection.client().server_info();
        let jetstream = connection.jetstream();
        let account = jetstream.query_account().await?;
        let all: Vec<Info> = jetstream.streams().try_collect().await?;
        let streams: Vec<StreamReport> = all.iter().filter_map(StreamReport::of).collect();
        let has_log = streams.iter().any(|stream| stream.name == EVENTS);
        let clock = if has_log {
            clock(jetstream).await?
        } else {
            None
        };
        let limit = account.limits.max_storage;
        Ok(Self {
            version: info.version,
            is_clustered: info.cluster.is_some(),
            stored: account.storage,
            stored_max: limit.and_then(|limit| u64::try_from(limit).ok()),
            streams,
            clock,
        })
    }
}

impl StreamReport {
    /// Describes a stream, if it is one of ours.
    fn of(info: &Info) -> Option<Self> {
        let name = &info.config.name;
        let is_ours = name == EVENTS || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        let peers = info.cluster.iter().flat_map(|cluster| &cluster.replicas);
        let behind = peers.filter(|peer| peer.offline || !peer.current).count();
        is_ours.then(|| Self {
            name: name.clone(),
            copies: info.config.num_replicas,
            behind,
        })
    }
}

async fn clock(jetstream: &Context) -> Result<Option<OffsetDateTime>, RequestError> {
    let subject = format!("STREAM.INFO.{EVENTS}");
    let Timed { ts } = jetstream.request(subject, &serde_json::json!({})).await?;
    Ok(OffsetDateTime::parse(&ts, &Rfc3339).ok())
}
