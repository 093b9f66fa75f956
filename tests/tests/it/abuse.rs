//! Requests that ask for too much: the server answers them and goes on.

mod bodies;
