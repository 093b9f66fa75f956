//! The gateway: admits reports, appends them, answers. It never folds and never reads a view.
//!
//! One deed, [`Gateway::submit`], and two doors to it, [`router`] and [`nats::Door`]. What may be admitted is said
//! by `wire`; how it gets on disk, by `stream`; here a report gets its id and its author, repeats
//! and clashes of ids are found, and everybody is answered after the acknowledgement.
//!
//! Reading order: [`gateway`] (start, tasks, health), [`admit`] (the deed), `recent` (ids that
//! were seen), `keys` (and idempotency keys), `rebuild` (how they are known after a restart),
//! `tick` (the day's record), [`http`] (the door), [`nats`] (the same door for requests over NATS),
//! [`service`] (door and gateway as one process).

pub mod gateway;

pub mod admit;
mod keys;
mod rebuild;
mod recent;
mod tick;

pub mod http;
pub mod nats;
mod reply;
pub mod service;

pub mod error;
pub mod metrics;

pub use admit::Row;
pub use error::{Error, Failure, FailureCode};
pub use gateway::{Clock, Deps, Failing, Gateway, Ids};
pub use http::{BODY_MAX, ROWS_MAX, router};
pub use service::serve;
