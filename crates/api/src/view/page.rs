//! Pages of lists.

use serde::{Deserialize, Serialize};

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last page.
    pub next: Option<String>,
    /// The position of the log up to which the list was known; null for lists without a position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<u64>,
}

impl<T> Page<T> {
    /// Takes `limit` items from index `from` of a list as known at a position. The cursor keeps
    /// the position, so all pages show the same list.
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

    /// Maps each item.
    pub fn map<U>(self, map: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(map).collect(),
            next: self.next,
            known_at: self.known_at,
        }
    }
}
