//! Tests of the chronicle: the changes of given commits, laws over random histories, and the
//! comparison with a naive model.

mod advanced;
mod apart;
mod changes;
mod cost;
mod dropped;
mod grown;
mod laws;
mod model;
mod previews;
