//! The encoding of the log, against its fixtures and proto file.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod fixtures;
mod generated;
