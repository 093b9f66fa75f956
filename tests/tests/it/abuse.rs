//! Clients that take more than their share, and requests that ask for too much: the server answers
//! them and goes on.

mod bodies;
mod connections;
