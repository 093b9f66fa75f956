//! The projector: follows the log, folds it, publishes changes with the checkpoint, and writes the
//! latest views.
//!
//! Three stages run in a row with bounded queues between them: one reads the log, one folds it on a
//! thread of its own, one publishes in batches. Beside them a task writes views. The crate serves
//! no HTTP, and all state is in the streams: a projector may be killed at any moment and started
//! anywhere, and the feed continues without loss or repeats.
//!
//! The checkpoint is the last message of the CHANGES stream: its headers name the commits of its
//! group, the digest of the last one, and its number in the group (see
//! [`detente_jetstream::Checkpoint`]). The rest of the group is derived again, since the fold is
//! deterministic, and published. Commits that change nothing leave no message; after a restart they
//! are derived again, and give nothing new. [`apply_commit`], [`Group`] and [`messages`] derive
//! messages, [`latest_view`] gives the views; the verifier uses them too.
//!
//! Of several projectors of one projection, one publishes and the others follow the log, ready to
//! take over at any moment.
//!
//! A [`Supervisor`] runs one projector for each stored rulebook, and switches between them.
//!
//! Reading order: `supervisor`, `projector` (start and end of one projector), `setup` (streams,
//! writer, checkpoint), `apply`, `group`, `message`, `view`, `pending`, `fold` and `publish`
//! (the stages), `roles` (to lead and to follow), `views` (their queue, rendering and writing), `progress`.

pub mod metrics;

mod apply;
mod error;
mod fold;
mod group;
mod message;
mod pending;
mod progress;
mod projector;
mod publish;
mod roles;
mod setup;
mod supervisor;
mod view;
mod views;

pub use apply::apply_commit;
pub use error::Error;
pub use group::Group;
pub use message::{messages, omitted};
pub use progress::{Progress, State};
pub use supervisor::{CandidateProgress, Supervisor, SupervisorConfig, SupervisorHandle};
pub use view::latest_view;
