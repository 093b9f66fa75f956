//! Tests from outside the crate.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod generated;
mod refusals;
