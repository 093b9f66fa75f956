//! JetStream: everything that Detente knows of NATS, and nothing else.
//!
//! This room owns the streams and buckets, the group commit, the ordered reader, the fenced
//! commit of a projector, the service that takes requests, and the supervised local server.
//! Records, views and replies are opaque bytes here: it never reads a country, a rule, an
//! environment variable or the wall clock.

pub mod backoff;
mod checkpoint;
mod message;
pub mod version;

pub mod headers;

pub mod connect;

pub mod topology;

pub mod control;

pub mod commit;

pub mod appender;

pub mod inspect;

pub mod reader;

pub mod relations;

pub mod service;

pub mod restore;

pub use checkpoint::Checkpoint;
pub use connect::Connection;
pub use headers::Headers;
pub use message::Message;
pub use version::Version;
