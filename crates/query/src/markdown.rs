//! Answers as Markdown: a page that a person can read, send and print.
//!
//! It says nothing that the view does not say, and leads from each level to its reasons.

mod country;
mod format;
mod relation;

pub(crate) use country::country;
pub(crate) use relation::relation;
