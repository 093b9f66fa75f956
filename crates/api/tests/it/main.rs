//! Tests of the crate through its public items.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says why"
)]

mod generated;
mod limits;
mod message;
mod refusal;
mod refusals;
mod relation;
mod request;
mod submission;
mod text;
mod view;
