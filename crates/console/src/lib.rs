//! The console: pages for people who would rather look than read, in Arabic, English and Russian.
//!
//! Pages are rendered on the server from the views that the API serves, so a number on a page is
//! that of the API. They need no script; one of our own adds changes as they happen. Nothing is
//! loaded from elsewhere. The address of a page has its language and both clocks, so it can be cited.
//!
//! Reading order: [`router`], `ask` (what a page is asked for) with `lang` and `link`, `shell` (what
//! all pages have in common) with `text`, `dates`, `clocks` and `assets`, `error`, `form` and `write`
//! (what forms have, and what becomes of it); then `facts` (what is known of a level), `level` (how it looks), and a module for each
//! page.

mod ask;
mod assets;
mod cite;
mod clocks;
mod dates;
mod error;
mod facts;
mod form;
mod lang;
mod level;
mod link;
mod order;
mod picture;
mod routes;
mod shell;
mod text;
mod write;

mod board;
mod brief;
mod changes;
mod country;
mod diff;
mod event;
mod map;
mod methodology;
mod relation;
mod report;
mod session;
mod sources;
mod why;

pub use routes::router;
