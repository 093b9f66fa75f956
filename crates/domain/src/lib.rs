//! Words and laws: parties, imprecise dates, events, grades, records, the rulebook and the fold.
//!
//! Everything here is a pure value or a pure function. There is no IO, no clock, no randomness,
//! no wire format, and no floating point in folded state: the same records give the same bytes
//! on every machine and in every order of arrival.
//!
//! Reading order: [`day`] and [`edtf`] (when), [`party`] (who), [`kind`] and [`details`] (what),
//! [`grade`] and [`publisher`] (on whose word), [`event`] and [`record`] (what the log holds), [`rulebook`] (what
//! it weighs), and [`fold`] (what it comes to).

pub mod day;
pub mod edtf;
pub mod party;
pub mod suggest;

pub mod details;
pub mod grade;
pub mod kind;
pub mod publisher;

pub mod event;
pub mod record;
pub mod routes;

pub mod dimension;
pub mod level;
pub mod rulebook;

pub mod decay;
pub mod fold;
pub mod state;
