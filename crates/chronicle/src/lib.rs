//! The chronicle: the history of all relations in memory, by both clocks.
//!
//! It takes records in any order and keeps, of each event, what the fold needs and no more;
//! titles and quotes stay in the log. Whatever an amendment makes of an event is a further row of
//! it, known from the amendment's position on: so an earlier belief is read by leaving out the
//! rows that came later. It owns the caches of the fold. It never awaits and never fails.
//!
//! Reading order: [`acts`], `voices` and [`rows`] (how an event is kept), [`dossier`] (what
//! amendments make of it), [`links`] (which are one) and `standing` (what their reports come to),
//! [`relation`] (which events a relation has), [`chronicle`] (taking records) and `warm` (many of
//! them), [`settle`] (what an event comes to), [`commit`](mod@commit) (the changes of a commit),
//! [`read`] (states, timelines, lists) with [`past`] (folds of earlier beliefs), [`said`]
//! (amendments, both sides of disputes), [`why`] and [`difference`], [`audit`] (what is loose).

pub mod acts;
pub mod audit;
pub mod chronicle;
pub mod commit;
pub mod difference;
pub mod dossier;
pub mod links;
pub mod past;
pub mod read;
pub mod relation;
pub mod rows;
pub mod said;
pub mod settle;
mod standing;
mod voices;
mod warm;
pub mod why;

pub use audit::Pending;
pub use chronicle::{Chronicle, Counts, Reported, Taken};
pub use commit::Moved;
pub use difference::{Point, Way};
pub use rows::Position;
pub use warm::WINDOW;
pub use why::{Account, Telling};
