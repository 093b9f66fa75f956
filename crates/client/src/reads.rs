//! Reads: one method for each address, which returns the struct that the server serialised, or an
//! [`Error`] if the server refuses, fails or does not respond.

use detente_api::refusal::Code;
use detente_api::request::{
    Clocks, CountriesRequest, DiffPoints, EventId, EventRequest, EventsRequest, FilterRequest,
    KindRequest, KindsRequest, PageRequest, PendingRequest, RegisterRequest, Request as _,
};
use detente_api::view::{
    ChangeView, CountryItem, CountryView, DiffView, EntryView, EventLookup, EventView, Frame,
    KindView, Page, PendingView, RelationView, RulebookView, WhyView,
};
use reqwest::header::DATE;
use serde_json::Value;
use uuid::Uuid;

use crate::client::{Client, Pairs, unreachable};
use crate::error::Error;
use crate::{Pages, Place};

/// The result of looking up an id.
#[derive(Clone, Debug)]
pub enum IdLookup {
    /// An event, or records about one that has not been reported yet.
    Event(Box<EventLookup>),
    /// A record about these events.
    RecordAbout(Vec<Uuid>),
    /// No event or record has this id.
    Unknown,
}

/// The state of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Readiness {
    /// True if all parts of the server work.
    pub is_ready: bool,
    /// The details that the server returned.
    pub health: Value,
    /// The server's time, as in the header `Date`.
    pub date: Option<String>,
}

// === impl Client ===

impl Client {
    /// Returns the conduct of one state towards another; states by code or name.
    pub async fn state(
        &self,
        from: &str,
        to: &str,
        clocks: &Clocks,
    ) -> Result<RelationView, Error> {
        let path = ["v1", "relations", from, to];
        self.get(&path, &clocks.pairs()).await
    }

    /// Lists the states that have a relation.
    pub fn countries(&self, request: &CountriesRequest) -> Pages<CountryItem> {
        Pages::new(self, &["v1", "countries"], request.pairs())
    }

    /// Returns the relations of a country with every other.
    pub async fn country(&self, country: &str, clocks: &Clocks) -> Result<CountryView, Error> {
        let path = ["v1", "countries", country];
        self.get(&path, &clocks.pairs()).await
    }

    /// Lists the changes of a relation, of one dimension or register or of all.
    pub fn history(
        &self,
        from: &str,
        to: &str,
        dimension: Option<&str>,
        clocks: &Clocks,
    ) -> Pages<ChangeView> {
        let mut params = clocks.pairs();
        params.extend(dimension.map(|word| ("dimension", word.to_owned())));
        Pages::new(self, &["v1", "relations", from, to, "history"], params)
    }

    /// Lists the entries of one register of a conduct, the newest first.
    pub fn register(&self, request: &RegisterRequest) -> Pages<EntryView> {
        let (from, to) = request.relation.states();
        let (from, to, name) = (from.code(), to.code(), request.name.as_str());
        let path = ["v1", "relations", from, to, "registers", name];
        Pages::new(self, &path, request.pairs())
    }

    /// Lists the events of a relation.
    pub fn relation_events(&self, from: &str, to: &str, clocks: &Clocks) -> Pages<EventView> {
        let path = ["v1", "relations", from, to, "events"];
        Pages::new(self, &path, clocks.pairs())
    }

    /// Returns the rule and the evidence behind a level, with at most `limit` events.
    pub async fn why(
        &self,
        from: &str,
        to: &str,
        dimension: &str,
        limit: usize,
        clocks: &Clocks,
    ) -> Result<WhyView, Error> {
        let mut params = clocks.pairs();
        params.push(("limit", limit.to_string()));
        let path = ["v1", "relations", from, to, "why", dimension];
        self.get(&path, &params).await
    }

    /// Returns the differences between two points of the two clocks.
    pub async fn diff(&self, from: &str, to: &str, points: &DiffPoints) -> Result<DiffView, Error> {
        let path = ["v1", "relations", from, to, "diff"];
        self.get(&path, &points.pairs()).await
    }

    /// Lists events; for pending ones there is [`Client::pending`].
    pub fn events(&self, request: &EventsRequest) -> Pages<EventView> {
        let request = EventsRequest {
            pending: None,
            ..request.clone()
        };
        Pages::new(self, &["v1", "events"], request.pairs())
    }

    /// Lists records about events that have not been reported yet.
    pub fn pending(&self, request: &PendingRequest) -> Pages<PendingView> {
        let mut params = request.pairs();
        params.push(("pending", "true".to_owned()));
        Pages::new(self, &["v1", "events"], params)
    }

    /// Returns an event with the newest records about it, or the records about one that has not been
    /// reported yet.
    pub async fn event(&self, id: Uuid, clocks: &Clocks) -> Result<EventLookup, Error> {
        let request = EventRequest {
            id: EventId(id),
            clocks: *clocks,
            page: PageRequest::default(),
        };
        self.event_page(&request).await
    }

    /// Returns an event with a page of the records about it, or those records alone.
    pub async fn event_page(&self, request: &EventRequest) -> Result<EventLookup, Error> {
        let path = ["v1", "events", &request.id.0.to_string()];
        self.get(&path, &request.pairs()).await
    }

    /// Looks up the id of an event or of any record; an unknown one is not an error.
    pub async fn look_up(&self, id: Uuid, clocks: &Clocks) -> Result<IdLookup, Error> {
        match self.event(id, clocks).await {
            Ok(event) => Ok(IdLookup::Event(Box::new(event))),
            Err(Error::Refused(problem)) if problem.code == Code::UnknownEvent => {
                let about = problem.refusals.iter().flat_map(|refusal| &refusal.allowed);
                let about: Vec<Uuid> = about.filter_map(|id| id.parse().ok()).collect();
                Ok(if about.is_empty() {
                    IdLookup::Unknown
                } else {
                    IdLookup::RecordAbout(about)
                })
            }
            Err(error) => Err(error),
        }
    }

    /// Returns all kinds of events, under the rulebook in force.
    pub async fn kinds(&self, request: &KindsRequest) -> Result<Page<KindView>, Error> {
        self.get(&["v1", "kinds"], &request.pairs()).await
    }

    /// Returns a kind of event, under the rulebook in force.
    pub async fn kind(&self, request: &KindRequest) -> Result<KindView, Error> {
        let path = ["v1", "kinds", request.kind.as_str()];
        self.get(&path, &request.pairs()).await
    }

    /// Returns the rulebook in force and the stored ones.
    pub async fn rulebook(&self) -> Result<RulebookView, Error> {
        self.get(&["v1", "rulebook"], &Pairs::new()).await
    }

    /// Returns a page of at most `limit` frames of changes. Its `next` is always present, since the
    /// feed has no end.
    pub async fn changes(
        &self,
        filter: &FilterRequest,
        from: &Place,
        limit: usize,
    ) -> Result<Page<Frame>, Error> {
        let mut params = filter.pairs();
        params.push(("from", from.as_str().to_owned()));
        params.push(("limit", limit.to_string()));
        self.get(&["v1", "changes"], &params).await
    }

    /// Checks that the process of the server runs.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if it does not respond.
    pub async fn alive(&self) -> Result<(), Error> {
        let request = self.get_request(&["livez"], &Pairs::new());
        self.body_of(request).await.map(drop)
    }

    /// Returns the readiness of the server. It is not an error if the server is not ready.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if the server does not respond.
    pub async fn readiness(&self) -> Result<Readiness, Error> {
        let request = self.get_request(&["readyz"], &Pairs::new());
        let response = request
            .timeout(self.inner.settings.answer_within)
            .send()
            .await;
        let response = response.map_err(|error| unreachable(error, self.server()))?;
        let date = response.headers().get(DATE);
        let date = date.and_then(|date| date.to_str().ok()).map(str::to_owned);
        Ok(Readiness {
            is_ready: response.status().is_success(),
            health: response.json().await.unwrap_or_default(),
            date,
        })
    }
}
