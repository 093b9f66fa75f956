//! Black-box tests: the real binary and a real nats-server.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod abuse;
mod amend;
mod auth;
mod backup;
mod cli;
mod cluster;
mod cluster_faults;
mod console;
mod crash;
mod damaged_feed;
mod damaged_log;
mod demo;
mod doctor;
mod error_cases;
mod expect;
mod filters;
mod foreign_messages;
mod gateways;
mod grpc;
mod helpers;
mod http;
mod incarnation;
mod kills;
mod kinds;
mod log_fold;
mod nats_api;
mod nats_permissions;
mod openapi_check;
mod preview;
mod reasons;
mod rebuild;
mod reconnect;
mod refusals;
mod refused_amendments;
mod registers;
mod replay;
mod report;
mod resume;
mod rulebook_compare;
mod same_words;
mod standby;
mod stream_copy;
mod switch;
mod verify;
mod webhooks;
mod without_nats;
mod world;
