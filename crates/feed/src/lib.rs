//! Subscriptions to the change feed.
//!
//! Recent frames stay in memory, in a ring; older ones are read from the stream. A subscriber pulls
//! at its own pace, so nothing is buffered for it. One that has fallen behind the ring reads the
//! stream with a reader of its own until it has caught up.
//!
//! Reading order: [`cursor`], [`feed`], `ring`, `wakers`, [`subscription`], [`filter_request`] and
//! [`filter`], [`expression`].

pub mod cursor;
pub mod error;

mod encoded;
pub mod feed;
mod ring;
mod wakers;

pub mod subscription;

pub mod expression;
pub mod filter;
pub mod filter_request;

pub mod cloud_event;
pub mod crossing;
pub mod metrics;
pub mod reverse;

pub use cloud_event::CloudEvent;
pub use crossing::Crossing;
pub use detente_api::view::Frame;
pub use error::{Failure, No};
pub use expression::{Expression, Field};
pub use feed::{Feed, NotHere, Seen};
pub use filter::Filter;
pub use filter_request::Wanted;
pub use reverse::Earlier;
pub use subscription::{Step, Subscription};
