//! Paginated lists.

use std::marker::PhantomData;

use detente_api::view::Page;
use futures_util::{Stream, stream};
use serde::de::DeserializeOwned;

use crate::client::{Client, Pairs};
use crate::error::Error;

/// A list that is read page by page. All pages show the list as it was known when the first one was
/// read.
#[derive(Debug)]
#[must_use = "pages are fetched by `next` or `all`"]
pub struct Pages<T> {
    client: Client,
    path: Vec<String>,
    params: Pairs,
    is_done: bool,
    items: PhantomData<fn() -> T>,
}

// === impl Pages ===

impl<T: DeserializeOwned + Send + 'static> Pages<T> {
    pub(crate) fn new(client: &Client, path: &[&str], params: Pairs) -> Self {
        Self {
            client: client.clone(),
            path: path.iter().map(|&part| part.to_owned()).collect(),
            params,
            is_done: false,
            items: PhantomData,
        }
    }

    /// Sets the most items of a page: 1 to 1,000; 100 by default.
    pub fn limit(mut self, limit: usize) -> Self {
        self.set("limit", limit.to_string());
        self
    }

    /// Starts after another page, given its `next`.
    pub fn from(mut self, cursor: impl Into<String>) -> Self {
        self.set("from", cursor.into());
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
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let page: Page<T> = self.client.get(&path, &self.params).await?;
        match &page.next {
            Some(next) => self.set("from", next.clone()),
            None => self.is_done = true,
        }
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
            total: None,
        };
        while let Some(page) = self.next().await? {
            all.items.extend(page.items);
            all.known_at = page.known_at;
            all.total = page.total;
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

    fn set(&mut self, name: &'static str, value: String) {
        self.params.retain(|(other, _)| *other != name);
        self.params.push((name, value));
    }
}
