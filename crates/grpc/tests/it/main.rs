//! The gRPC door: what is generated.
#![expect(clippy::expect_used, reason = "tests")]

mod generated;
