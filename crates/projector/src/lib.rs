//! The projector: follows the log, folds it, and commits changes, views and checkpoint.
//!
//! Three stages in a row, with bounded queues between them: one reads the log, one folds it on a
//! thread of its own, one publishes. What waits for the publisher leaves together. There is no
//! HTTP here, and no state that the streams do not have: kill it at any moment and start it
//! anywhere, and the feed goes on with neither loss nor repeat.
//!
//! The checkpoint is the last message of the RELATIONS stream: its headers name the commits that
//! it and its neighbours tell of, and which of their messages it is (see [`Checkpoint`]). What is
//! missing of them is derived again, since the fold is deterministic, and published. [`take`],
//! [`group`] and [`message`] are that deriving; whoever checks a feed derives with them too.
//!
//! A [`keeper`] runs one projector for each rulebook that is kept, and switches from one to the
//! other.
//!
//! Reading order: [`service`] (start and end), `setup` (streams, the writer, the checkpoint),
//! [`take`] (a commit into the chronicle), [`group`] (what is told together), [`message`] (how),
//! `fold` and `publish` (the stages), [`progress`] (how far it is), [`keeper`] (several, and the
//! switch).

pub mod service;

mod setup;

pub mod group;
pub mod message;
pub mod take;

mod fold;
mod publish;

pub mod keeper;

pub mod error;
pub mod metrics;
pub mod progress;

pub use detente_jetstream::Checkpoint;
pub use error::Error;
pub use group::Group;
pub use keeper::{Candidacy, Keeper, KeeperHandle};
pub use message::messages;
pub use progress::{Handle, Progress, State};
pub use service::{Deps, Projector};
pub use take::fold;
