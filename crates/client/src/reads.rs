//! Reads: each asks one address, and gives back the struct that its answer was written from.

use detente_api::refusal::Code;
use detente_api::view::{
    ChangeView, CountryItem, CountryView, DiffView, EventView, Frame, Page, PendingView,
    RelationView, RulebookView, Shown, WhyView,
};
use reqwest::header::DATE;
use serde_json::Value;
use uuid::Uuid;

use crate::client::{Client, unreachable};
use crate::error::Error;
use crate::{Clocks, Filter, Pages, Place, Way, Which};

/// What is known of an id.
#[derive(Clone, Debug)]
pub enum Known {
    /// An event, or what is said about one that is yet to come.
    Shown(Box<Shown>),
    /// It is the id of a record about these.
    About(Vec<Uuid>),
    /// Nobody named it.
    Nothing,
}

/// Whether a server does its work.
#[derive(Clone, Debug, PartialEq)]
pub struct Readiness {
    /// It does.
    pub is_ready: bool,
    /// What it says of its parts.
    pub health: Value,
    /// The server's time, as the header `Date` has it.
    pub date: Option<String>,
}

// === impl Client ===

impl Client {
    /// How one state stands towards another; states by code or name.
    ///
    /// # Errors
    /// [`Error`] where the server refuses, fails or does not answer; so for every read.
    pub async fn state(
        &self,
        from: &str,
        to: &str,
        clocks: &Clocks,
    ) -> Result<RelationView, Error> {
        let path = ["v1", "relations", from, to];
        self.get(&path, &clocks.params()).await
    }

    /// Every state that has a relation.
    pub fn countries(&self, clocks: &Clocks) -> Pages<CountryItem> {
        Pages::new(self, &["v1", "countries"], clocks.params())
    }

    /// A country, and how it stands with every other.
    ///
    /// # Errors
    /// [`Error`], as every read.
    pub async fn country(&self, country: &str, clocks: &Clocks) -> Result<CountryView, Error> {
        let path = ["v1", "countries", country];
        self.get(&path, &clocks.params()).await
    }

    /// The steps of a relation, of one dimension or register or of all.
    pub fn history(
        &self,
        from: &str,
        to: &str,
        dimension: Option<&str>,
        clocks: &Clocks,
    ) -> Pages<ChangeView> {
        let mut params = clocks.params();
        params.extend(dimension.map(|word| ("dimension", word.to_owned())));
        Pages::new(self, &["v1", "relations", from, to, "history"], params)
    }

    /// The events of a relation.
    pub fn relation_events(&self, from: &str, to: &str, clocks: &Clocks) -> Pages<EventView> {
        let path = ["v1", "relations", from, to, "events"];
        Pages::new(self, &path, clocks.params())
    }

    /// Why a dimension stands where it does, with at most so many events.
    ///
    /// # Errors
    /// [`Error`], as every read.
    pub async fn why(
        &self,
        from: &str,
        to: &str,
        dimension: &str,
        limit: usize,
        clocks: &Clocks,
    ) -> Result<WhyView, Error> {
        let mut params = clocks.params();
        params.push(("limit", limit.to_string()));
        let path = ["v1", "relations", from, to, "why", dimension];
        self.get(&path, &params).await
    }

    /// What differs between two points of the two clocks, and whether it happened or was learned.
    ///
    /// # Errors
    /// [`Error`], as every read.
    pub async fn diff(&self, from: &str, to: &str, way: &Way) -> Result<DiffView, Error> {
        let path = ["v1", "relations", from, to, "diff"];
        self.get(&path, &way.params()).await
    }

    /// Events.
    pub fn events(&self, which: &Which, clocks: &Clocks) -> Pages<EventView> {
        let mut params = clocks.params();
        params.extend(which.params());
        Pages::new(self, &["v1", "events"], params)
    }

    /// What is said about events that nobody has reported yet.
    pub fn pending(&self, clocks: &Clocks) -> Pages<PendingView> {
        let mut params = clocks.known().params();
        params.push(("pending", "true".to_owned()));
        Pages::new(self, &["v1", "events"], params)
    }

    /// An event with all that was said about it; or what is said about one that is yet to come.
    ///
    /// # Errors
    /// [`Error`], as every read.
    pub async fn event(&self, id: Uuid, clocks: &Clocks) -> Result<Shown, Error> {
        let path = ["v1", "events", &id.to_string()];
        self.get(&path, &clocks.params()).await
    }

    /// What is known of an id, which may be that of any record, or of none.
    ///
    /// # Errors
    /// [`Error`], as every read; an id that nobody knows is an answer.
    pub async fn look(&self, id: Uuid, clocks: &Clocks) -> Result<Known, Error> {
        match self.event(id, clocks).await {
            Ok(shown) => Ok(Known::Shown(Box::new(shown))),
            Err(Error::Refused(problem)) if problem.code == Code::UnknownEvent => {
                let about = problem.refusals.iter().flat_map(|refusal| &refusal.allowed);
                let about: Vec<Uuid> = about.filter_map(|id| id.parse().ok()).collect();
                Ok(if about.is_empty() {
                    Known::Nothing
                } else {
                    Known::About(about)
                })
            }
            Err(error) => Err(error),
        }
    }

    /// The rulebook that answers, and those that are kept beside it.
    ///
    /// # Errors
    /// [`Error`], as every read.
    pub async fn rulebook(&self) -> Result<RulebookView, Error> {
        self.get(&["v1", "rulebook"], &[]).await
    }

    /// A page of changes: at most so many frames. Its `next` is always given: a feed goes on.
    ///
    /// # Errors
    /// [`Error`], as every read.
    pub async fn changes(
        &self,
        filter: &Filter,
        from: &Place,
        limit: usize,
    ) -> Result<Page<Frame>, Error> {
        let mut params = filter.params();
        params.push(("from", from.as_str().to_owned()));
        params.push(("limit", limit.to_string()));
        self.get(&["v1", "changes"], &params).await
    }

    /// Whether the server does its work. One that says that it does not is an answer.
    ///
    /// # Errors
    /// [`Error::Unreachable`] where nobody answers.
    pub async fn readiness(&self) -> Result<Readiness, Error> {
        let request = self.ask(&["readyz"], &[]);
        let request = request.timeout(self.parts().answer_within);
        let lost = |error| unreachable(error, self.server());
        let response = request.send().await.map_err(lost)?;
        let date = response.headers().get(DATE);
        let date = date.and_then(|date| date.to_str().ok()).map(str::to_owned);
        Ok(Readiness {
            is_ready: response.status().is_success(),
            health: response.json().await.unwrap_or_default(),
            date,
        })
    }
}
