//! The domain: parties, imprecise dates, events, grades, records, the rulebook and the fold.
//!
//! Everything here is a pure value or a pure function. The crate has no IO, clock, randomness or
//! serialisation, and no floating point in folded state: the same records give the same bytes on
//! every machine and in every order of arrival.
//!
//! Reading order: [`day`] and [`edtf`] (dates), [`party`] (actors and recipients), [`kind`] and
//! [`details`] (actions), [`grade`] and [`publisher`] (reports), [`event`] and [`record`] (the
//! contents of the log), [`background`] (what is known before any report), [`rulebook`] (the
//! weights), and [`fold`] (the result).

pub mod day;
pub mod edtf;
pub mod party;

pub mod details;
pub mod grade;
pub mod kind;
pub mod publisher;

pub mod event;
pub mod record;
pub mod relations;

pub mod background;

pub mod dimension;
pub mod level;
pub mod rulebook;

pub mod decay;
pub mod fold;
pub mod state;

pub mod suggest;

mod normalize;
mod string_enum;
mod tsv;
