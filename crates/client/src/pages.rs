//! Paginated lists.

use std::fmt;
use std::marker::PhantomData;

use detente_api::view::Page;
use futures_util::{Stream, stream};
use serde::de::DeserializeOwned;

use crate::client::{Client, Params};
use crate::error::Error;

/// A list that is read page by page. All pages show the list as it was known when the first one was
/// read.
#[must_use = "pages are fetched by `next` or `all`"]
pub struct Pages<T> {
    client: Client,
    path: Vec<String>,
    params: Params,
    limit: Option<usize>,
    from: Option<String>,
    is_done: bool,
    items: PhantomData<fn() -> T>,
}

// === impl Pages ===

impl<T: DeserializeOwned + Send + 'static> Pages<T> {
    pub(crate) fn new(client: &Client, path: &[&str], params: Params) -> Self {
        Self {
            client: client.clone(),
            path: path.iter().map(|&part| part.to_owned()).collect(),
            params,
            limit: None,
            from: None,
            is_done: false,
            items: PhantomData,
        }
    }

    /// Sets the most items of a page: 1 to 1,000; 100 by default.
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Starts after another page, given its `next`.
    pub fn from(mut self, cursor: impl Into<String>) -> Self {
        self.from = Some(cursor.into());
        self
    }

    /// Returns the next page, or `None` after the last one. After an error, the next call asks for
    /// the same page again.
    ///
    /// # Errors
    /// [`Error`] if the server refuses, fails or does not respond.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        if self.is_done {
            return Ok(None);
        }
        let mut params = self.params.clone();
        params.extend(self.limit.map(|limit| ("limit", limit.to_string())));
        params.extend(self.from.clone().map(|from| ("from", from)));
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let page: Page<T> = self.client.get(&path, &params).await?;
        self.from.clone_from(&page.next);
        self.is_done = page.next.is_none();
        Ok(Some(page))
    }

    /// Returns all remaining items as one page.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn all(mut self) -> Result<Page<T>, Error> {
        let mut all = Page {
            items: Vec::new(),
            next: None,
            known_at: None,
        };
        while let Some(page) = self.next().await? {
            all.items.extend(page.items);
            all.known_at = page.known_at;
        }
        Ok(all)
    }

    /// Returns the pages as a stream, which ends after the last one or with an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Page<T>, Error>> + Send {
        stream::try_unfold(self, async |mut pages| {
            let page = pages.next().await?;
            Ok(page.map(|page| (page, pages)))
        })
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("path", &self.path)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}
