//! How every door behaves over HTTP, whatever is behind it.
//!
//! A room gives its routes as [`Doors`], each with a description of what it takes and answers; here
//! they are closed: wrong addresses and methods, panics, limits, request ids and compression are
//! answered in one way, whoever may not come in is refused, and the description is served. This
//! room knows no country, no record and no stream.
//!
//! Reading order: [`doors`] (routes), [`manners`] (what surrounds them), `gate` (who may), [`reply`] (problems and
//! JSON), [`accept`], [`list`] and [`tag`] (forms of an answer, and whether the client has it
//! already), [`describe`] with `openapi` and `reference`, [`serve`](mod@serve), [`tls`].

pub mod doors;

mod closed;
mod gate;
mod limit;
pub mod manners;
mod request;

pub mod reply;

pub mod accept;
pub mod list;
pub mod tag;

pub mod describe;
mod openapi;
pub mod probes;
mod reference;

mod line;
mod patient;
pub mod serve;
pub mod tls;

pub use accept::{Form, Wanted};
pub use closed::note_panic;
pub use describe::Operation;
pub use doors::Doors;
pub use gate::Identity;
pub use line::Line;
pub use manners::{Ids, Manners, Origins};
pub use patient::Watched;
pub use reply::Failure;
pub use serve::{Patient, Peer, serve};
pub use tls::Tls;
