//! The changes that commits cause: occasion, day, span, from, to, causes; all of them. And the
//! reasons and differences that can be asked for after them.

#[path = "../../../domain/tests/notation/mod.rs"]
mod notation;

mod harness;

mod amended;
mod corroborated;
mod differences;
mod lapses;
mod reasons;
mod told;
