//! What the fold makes of events: given these, on that day, between those two, then this.

#[path = "../notation/mod.rs"]
mod notation;

mod harness;

mod busy;
mod compare;
mod duration;
mod index;
mod judged;
mod posture;
mod recognition;
mod regimes;
mod registers;
mod representation;
mod routes;
mod walks;
