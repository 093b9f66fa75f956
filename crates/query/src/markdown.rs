//! Views as Markdown pages for people. A page contains only data of the view, and links each level
//! to its reasons.

mod country;
mod format;
mod relation;

/// A view that is also available as Markdown.
pub(crate) trait Markdown {
    /// Returns the view as a page.
    fn to_markdown(&self) -> String;
}
