//! The history of all relations in memory, on both clocks.
//!
//! A [`Chronicle`] applies records in any order and keeps, of each event, what the fold needs;
//! titles and quotes stay in the log. An amendment adds a version of its event, known from the
//! amendment's position on, so an earlier belief is read by leaving out later versions. The
//! chronicle owns the caches of the fold. It has no IO and no errors.
//!
//! Reading order: `acts`, `publishers` and [`versions`] (the storage of an event), `amendments`,
//! `retractions` and `links` (its changes), `corroboration` (the grade of its reports), `regime_act`,
//! `organisations` and `background` (who governs a state, and what it is a member of), `relation`,
//! and [`chronicle`] with its parts.

pub mod chronicle;
pub mod versions;

mod acts;
mod amendments;
mod background;
mod corroboration;
mod links;
mod organisations;
mod publishers;
mod regime_act;
mod relation;
mod retractions;
mod uses;

pub use chronicle::{
    Applied, BelievedEvent, Chronicle, Correction, Counts, FoldedApart, LongFold, PREFETCH_WINDOW,
    Pending, Point, Preview, ProposedEvent, RelationChanges, SimilarEvent,
};
pub use versions::Position;
