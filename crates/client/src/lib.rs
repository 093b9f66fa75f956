//! A client of the HTTP API: typed reads, reports that may be sent again, and watches that resume
//! by themselves. The command line asks its server through it.
//!
//! It knows addresses, answers and waits, and no rule: what a server says is given back as the
//! structs that the server wrote it from ([`view`]), and what it refuses as its
//! [problem](Problem), with a stable code.
//!
//! - A row that is reported has its id before it is first sent, so it is sent again until its fate
//!   is known, and is never a second event ([`Client::report`]).
//! - A watch goes on from its last cursor after any cut, with neither gap nor repeat, and crosses
//!   over when another rulebook comes into force ([`Client::watch`]).
//! - Nothing waits for ever: a read has a time limit, and a line that is silent is dead.
//!
//! ```no_run
//! use detente_client::{Client, Clocks, Filter, Place, StreamExt as _, Watched};
//!
//! # async fn run() -> Result<(), detente_client::Error> {
//! let client = Client::builder("http://127.0.0.1:1648").build()?;
//!
//! let clocks = Clocks::now().at("2023-04-18");
//! let state = client.state("TJK", "AFG", &clocks).await?;
//! println!("Tajikistan recognises: {}", state.recognition.level);
//!
//! let filter = Filter::all().country("TJK").dimension("recognition");
//! let mut watch = client.watch(&filter, Place::Now);
//! while let Some(watched) = watch.next().await {
//!     match watched? {
//!         Watched::Changes(frame) => println!("{}: {:?}", frame.relation, frame.changes),
//!         Watched::Switched(to) => println!("another rulebook: {}", to.projection),
//!         Watched::Cut(why) => eprintln!("cut, and coming again: {why}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Reading order: [`builder`](Builder), `client` (one request and its answer), [`clocks`](Clocks),
//! `reads`, `pages`, `report`, `amend`, `line` (a stream that comes again), `watch`, `replay`,
//! `webhooks`.

mod builder;
mod client;
mod error;
mod wait;

mod clocks;
mod filter;
mod pages;
mod reads;

mod amend;
mod report;

mod line;
mod replay;
mod watch;

mod webhooks;

pub use builder::{Builder, Ids};
pub use client::Client;
pub use clocks::{Clocks, KnownAt, Way};
pub use error::{Error, Failed, Unfinished};
pub use filter::{Filter, Place, Which};
pub use pages::Pages;
pub use reads::{Known, Readiness};
pub use replay::{Replay, Replaying};
pub use report::{Row, Rows};
pub use watch::{Watch, Watched};
pub use webhooks::Webhooks;

pub use detente_api::json::{
    Accepted, Amend, Answer, DetailForm, EventForm, PatchForm, Refused, ReportForm,
};
pub use detente_api::refusal::{Code, Problem, Refusal};
pub use detente_api::view;
pub use futures_util::StreamExt;
