//! The changes that commits cause: occasion, day, span, from, to, causes; all of them.

#[path = "../../../domain/tests/notation/mod.rs"]
mod notation;

mod harness;

mod amended;
mod corroborated;
mod lapses;
mod told;
