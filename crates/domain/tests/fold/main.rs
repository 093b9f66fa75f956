//! Tests of the fold: events in, states and timelines out.

mod harness;
mod naive;

mod cascades;
mod crossings;
mod duration;
mod index;
mod levels;
mod limits;
mod monotone;
mod optimisations;
mod posture;
mod presumed;
mod recognition;
mod regimes;
mod registers;
mod relations;
mod representation;
mod rulebooks;
mod standing;
mod threat;
