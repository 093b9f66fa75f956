//! Subscriptions to the change feed.
//!
//! Recent frames stay in memory, in a ring; older ones are read from the stream. A subscriber pulls
//! at its own pace, so nothing is buffered for it. One that has fallen behind the ring reads the
//! stream with a reader of its own until it has caught up.
//!
//! Reading order: [`cursor`], [`feed`], `ring`, `wakers`, [`subscription`], [`filter`],
//! [`expression`].

pub mod cursor;
pub mod error;

mod encoded;
pub mod feed;
#[cfg(test)]
mod fixtures;
mod ring;
mod wakers;

pub mod hole;
pub mod subscription;

pub mod expression;
pub mod filter;

pub mod cloud_event;
pub mod cursor_mapping;
pub mod metrics;
pub mod reverse;

pub use cloud_event::CloudEvent;
pub use cursor::{Cursor, StartAt};
pub use cursor_mapping::MappedCursor;
pub use detente_api::request::PAGE_BYTES_MAX;
pub use detente_api::view::Frame;
pub use error::{Error, Failure};
pub use expression::{Expression, Field};
pub use feed::{Feed, Seen};
pub use filter::Filter;
pub use hole::Hole;
pub use reverse::EarlierPage;
pub use subscription::{Next, Step, Subscription};
