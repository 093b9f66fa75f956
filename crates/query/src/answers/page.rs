//! Pages: a list cut to a limit, with a cursor for the rest.

use detente_wire::{Code, Refusal};
use serde::{Deserialize, Serialize};

/// How many items a page has when nobody says.
pub const LIMIT_DEFAULT: usize = 100;
/// The most items of a page.
pub const LIMIT_MAX: usize = 1_000;

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

/// The position and the place that the cursor of a page holds.
///
/// # Errors
/// `bad_cursor` for anything else.
pub fn parse(text: &str) -> Result<(Option<u64>, usize), Refusal> {
    if text == "start" {
        return Ok((None, 0));
    }
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-')
        .filter(|(known, place)| number(known) && number(place))
        .and_then(|(known, place)| Some((Some(known.parse().ok()?), place.parse().ok()?)))
        .ok_or_else(|| {
            let refusal = Refusal::new(Code::BadCursor, "this list gave no such cursor");
            refusal.field("from").given(text).allowed(["start"])
        })
}
