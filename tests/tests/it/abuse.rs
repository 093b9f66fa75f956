//! Clients that take more than their share.

mod connections;
