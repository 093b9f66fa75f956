//! JSON of events and amendments: read strictly, written plainly.
//!
//! Reading a row gives all its faults, not the first alone, and one bad row never spoils the
//! others. What is read is what may be stored: every limit and every rule of admission that needs
//! no clock and no log is checked here.

mod amendment;
mod answer;
mod cloud;
mod event;
mod faults;
mod form;
mod key;
mod parties;
mod report;
mod rows;
mod split;

#[cfg(test)]
mod tests;

pub use amendment::{Amend, Amendment, amendment};
pub use answer::{Accepted, Answer, Refused};
pub use cloud::foreign_id;
pub use event::{Draft, TITLE_MAX, event};
pub use form::{DetailForm, EventForm, PatchForm, ReportForm};
pub use key::{IDEMPOTENCY_KEY, KEY_MAX, Key, Keyed};
pub use report::{PUBLISHER_MAX, QUOTE_MAX, URL_MAX};
pub use rows::{Entry, Form, MEDIA_TYPES, binary, entries, single};
