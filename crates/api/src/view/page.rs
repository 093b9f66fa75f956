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
    /// The number of items on all pages; null for lists that are not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
}
