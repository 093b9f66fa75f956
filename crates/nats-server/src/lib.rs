//! Finds, fetches and supervises a local nats-server.
//!
//! The server is found or fetched ([`find_or_fetch`]), started as a child process on loopback with
//! a generated configuration, a password and a directory of its own, restarted on the same port if it dies, and
//! stopped with its [`LocalServer`].

mod access;
mod child;
mod config;
mod data_dir;
mod disk;
mod error;
mod fetch;
mod find;
mod ready;
mod server;
mod supervisor;
mod write_errors;

pub use access::{Access, Admission, Password, USER};
pub use data_dir::PASSWORD_FILE;
pub use disk::Room;
pub use error::LocalServerError;
pub use find::{Binary, FindError, Search, find_or_fetch};
pub use server::{LocalServer, running};
pub use supervisor::{MAX_PAYLOAD, Options, State};
