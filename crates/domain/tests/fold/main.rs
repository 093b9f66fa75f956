//! Tests of the fold: events in, states and timelines out.

mod harness;

mod crossings;
mod duration;
mod index;
mod levels;
mod optimisations;
mod posture;
mod recognition;
mod regimes;
mod registers;
mod relations;
mod representation;
mod rulebooks;
