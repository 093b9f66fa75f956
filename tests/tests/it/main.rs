//! Black-box tests: the real binary, the real nats-server.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod amend;
mod ask;
mod backup;
mod cli;
mod compared;
mod crash;
mod cuts;
mod demo;
mod described;
mod doors;
mod filters;
mod grpc;
mod guard;
mod nats_door;
mod oracle;
mod provoked;
mod reasons;
mod refusals;
mod replay;
mod report;
mod resume;
mod said;
mod switch;
mod unamended;
mod unlocked;
mod verify;
mod webhooks;
