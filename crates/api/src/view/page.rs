//! Pages: a list cut to a limit, with a cursor for the rest.

use serde::{Deserialize, Serialize};

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; null where there is none.
    pub next: Option<String>,
    /// The position of the log up to which the list was known; null for lists without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<u64>,
}

impl<T> Page<T> {
    /// The page of `limit` items from a place on, of a list as it was known at a position: its
    /// cursor keeps that position, so that all pages are of one list.
    pub fn cut(items: impl Iterator<Item = T>, known: u64, from: usize, limit: usize) -> Self {
        let mut rest = items.skip(from);
        let items: Vec<T> = rest.by_ref().take(limit).collect();
        let next = rest
            .next()
            .map(|_| format!("{known}-{}", from + items.len()));
        Self {
            items,
            next,
            known_at: Some(known),
        }
    }

    /// The same page with other items.
    pub fn map<U>(self, map: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(map).collect(),
            next: self.next,
            known_at: self.known_at,
        }
    }
}
