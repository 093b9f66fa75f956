//! Views as Markdown pages for people. A page has nothing that the view does not have, and links
//! each level to its reasons.

mod country;
mod format;
mod relation;

pub(crate) use country::country;
pub(crate) use relation::relation;
