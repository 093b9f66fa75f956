//! Helpers for tests: a private nats-server ([`nats`]), a cluster of three ([`cluster`]), a notation
//! for events ([`notation`]), random records ([`strategies`]) and random histories ([`histories`]).

pub mod cluster;
pub mod histories;
pub mod nats;
pub mod notation;
pub mod strategies;
