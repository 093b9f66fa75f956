//! Views as Markdown pages for people, in each language. A page contains only data of the view, and
//! links each level to its reasons.

mod country;
mod format;
mod relation;

use detente_domain::party::Lang;

/// A view that is also available as Markdown.
pub(crate) trait Markdown {
    /// Returns the view as a page in a language.
    fn to_markdown(&self, lang: Lang) -> String;
}
