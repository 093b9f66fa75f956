//! Shared by tests: a private nats-server ([`nats`]) and random records ([`strategies`]).

pub mod nats;
pub mod strategies;
