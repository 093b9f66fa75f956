//! Views as Markdown pages for people. A page contains only data of the view, and links each level
//! to its reasons.

mod country;
mod format;
mod relation;

pub(crate) use country::country;
pub(crate) use relation::relation;
