//! The gateway: admits reports, appends them to the log and answers. It never folds, and never
//! reads a view.
//!
//! The use case is [`Gateway::report`], with adapters for HTTP ([`router`]), NATS
//! ([`nats::NatsEndpoint`]) and, in its own crate, gRPC. `detente_api` validates rows and
//! `detente_jetstream` appends records; this crate assigns ids and authors, finds repeats and
//! conflicts of ids, and answers once the log has acknowledged.
//!
//! Reading order: [`gateway`] (start, tasks, health), [`report`] (the use case), [`admit`]
//! (admission of rows), `place` (their append), `dedup` (recent ids) and
//! `idempotency` (recent keys) with `recent` (their table), `recover` (both after a restart),
//! `follower` (the commits of other gateways), `probe` (whether the log can be written), `tick` (the
//! daily record), `answer` with `headers` and `memory` (what HTTP and NATS share), [`http`],
//! [`nats`].

pub mod gateway;

pub mod admit;
mod dedup;
mod follower;
mod idempotency;
mod place;
mod probe;
mod recent;
mod recover;
pub mod report;
mod tick;

mod answer;
mod headers;
pub mod http;
mod memory;
pub mod nats;

pub mod error;
pub mod metrics;

pub use error::{Error, Failure, ReportError};
pub use gateway::{Deps, Gateway};
pub use http::router;
pub use probe::{Disk, Failing, Part, ReadDisk};
pub use report::{BODY_MAX, Content, ROWS_MAX, ReportBatch};
pub use tick::TickError;
