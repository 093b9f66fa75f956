//! Tests of the generated code.
#![expect(clippy::expect_used, reason = "tests")]

mod generated;
