//! A client of the HTTP API: typed reads, idempotent reports, and watches that reconnect.
//!
//! Answers are the structs of [`view`], which the server serialises. A refused request returns the
//! server's [`Problem`], which has a stable code.
//!
//! - Each reported row gets an id before it is first sent. It is retried until the server answers,
//!   and never becomes a second event ([`Client::report`]).
//! - A watch reconnects and resumes from its last cursor, without gaps or duplicates, also across a
//!   switch to another rulebook ([`Client::watch`]).
//! - Every read has a time limit, and a silent stream is closed.
//!
//! ```no_run
//! use detente_client::request::{Clocks, FilterRequest, parse_day};
//! use detente_client::{Client, Place, StreamExt as _, WatchEvent};
//!
//! # async fn run() -> Result<(), detente_client::Error> {
//! let client = Client::builder("http://127.0.0.1:1648").build()?;
//!
//! let clocks = Clocks { at: parse_day("2023-04-18"), ..Clocks::default() };
//! let state = client.state("TJK", "AFG", &clocks).await?;
//! println!("Tajikistan recognises: {}", state.recognition.level);
//!
//! let filter = FilterRequest {
//!     country: vec!["TJK".to_owned()],
//!     dimension: vec!["recognition".to_owned()],
//!     ..FilterRequest::default()
//! };
//! let mut watch = client.watch(&filter, Place::Now);
//! while let Some(event) = watch.next().await {
//!     match event? {
//!         WatchEvent::Changes(frame) => println!("{}: {:?}", frame.relation, frame.changes),
//!         WatchEvent::Switched(to) => println!("new rulebook: {}", to.projection),
//!         WatchEvent::Lost(lost) => eprintln!("{}", lost.message),
//!         WatchEvent::Disconnected(error) => eprintln!("reconnecting: {error}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Reading order: [`builder`](Builder), `client` (one request and its response), `reads`, `pages`,
//! `report`, `amend`, `preview`, `sse` (server-sent events with reconnection), `watch`, `replay`, `webhooks`.

mod address;
mod backoff;
mod builder;
mod client;
mod error;

mod pages;
mod preview;
mod reads;

mod amend;
mod report;

mod replay;
mod sse;
mod watch;

mod webhooks;

pub use builder::{Builder, Ids};
pub use client::Client;
pub use error::{Error, Failure, PartialFailure};
pub use pages::Pages;
pub use preview::BLANK_MAX;
pub use reads::{IdLookup, Readiness};
pub use replay::{ReplayEvent, ReplayStream};
pub use report::Row;
pub use watch::{Place, Watch, WatchEvent};
pub use webhooks::WebhookAction;

pub use detente_api::refusal::{Code, Problem, Refusal};
pub use detente_api::submission::{
    Accepted, Amend, DetailDto, EventDto, PatchDto, Refused, ReportDto, ReportOutcome,
};
pub use detente_api::{request, view};
pub use futures_util::StreamExt;
