//! The encoding of the log, against its fixtures and proto file.

#![expect(clippy::expect_used, reason = "tests")]

mod fixtures;
mod generated;
