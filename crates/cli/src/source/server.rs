//! A query service, asked over HTTP.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context as _;
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::party::Party;
use detente_query::answers::{Ends, Page, Topic};
use detente_wire::Code;
use detente_wire::refusal::Problem;
use detente_wire::view::{
    ChangeView, CountryView, DiffView, EventView, PendingView, RelationView, Shown, WhyView,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::{Client, Response, StatusCode};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{EventsQuery, Named, Titles, client};
use crate::args::{Global, KnownAt, Read};
use crate::exit::Fault;

/// How long a server may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// How many items are fetched at once of a list that is read to its end.
const PAGE: &str = "1000";
/// So many events or fewer are asked for one by one.
const SINGLES_MAX: usize = 24;
/// How many of those are asked for at once.
const SINGLES_AT_ONCE: usize = 8;

/// What a server knows of an id.
#[derive(Debug)]
pub enum Looked {
    /// An event, or what is said about one that is yet to come.
    Shown(Shown),
    /// It is the id of a record about these.
    About(Vec<Uuid>),
    /// Nobody named it.
    Nothing,
}

/// A query service.
#[derive(Debug)]
pub struct Server {
    client: Client,
    base: String,
    clocks: Vec<(&'static str, String)>,
}

type Params = Vec<(&'static str, String)>;

impl Server {
    /// The service at an address.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(global: &Global, read: &Read) -> anyhow::Result<Self> {
        let at = read.at.map(|at| ("at", at.to_string()));
        let known_at = read
            .known_at
            .map(|known_at| ("known_at", known_at.to_string()));
        Ok(Self {
            client: client(global, &global.server)?,
            base: global.server.trim_end_matches('/').to_owned(),
            clocks: at.into_iter().chain(known_at).collect(),
        })
    }

    pub(super) async fn relation(&self, ends: Ends) -> anyhow::Result<RelationView> {
        self.get(&of(ends, ""), &self.clocks).await
    }

    pub(super) async fn country(&self, country: Party) -> anyhow::Result<CountryView> {
        self.get(&format!("/v1/countries/{}", country.code()), &self.clocks)
            .await
    }

    pub(super) async fn history(
        &self,
        ends: Ends,
        topic: Option<Topic>,
    ) -> anyhow::Result<Page<ChangeView>> {
        let mut params = self.clocks.clone();
        params.extend(topic.map(|topic| ("dimension", topic.word().to_owned())));
        params.push(("limit", PAGE.to_owned()));
        self.all(&of(ends, "/history"), params).await
    }

    pub(super) async fn why(
        &self,
        ends: Ends,
        dimension: Dimension,
        limit: usize,
    ) -> anyhow::Result<WhyView> {
        let mut params = self.clocks.clone();
        params.push(("limit", limit.to_string()));
        let path = of(ends, &format!("/why/{}", dimension.word()));
        self.get(&path, &params).await
    }

    pub(super) async fn diff(
        &self,
        ends: Ends,
        from: Option<Day>,
        known_from: Option<KnownAt>,
    ) -> anyhow::Result<DiffView> {
        let ending = |(name, value): &(&'static str, String)| match *name {
            "at" => ("to", value.clone()),
            _ => ("known_to", value.clone()),
        };
        let mut params: Params = self.clocks.iter().map(ending).collect();
        params.extend(from.map(|day| ("from", day.to_string())));
        params.extend(known_from.map(|known| ("known_from", known.to_string())));
        self.get(&of(ends, "/diff"), &params).await
    }

    pub(super) async fn events(&self, query: &EventsQuery) -> anyhow::Result<Page<EventView>> {
        let mut params = self.clocks.clone();
        params.push(("limit", query.limit.to_string()));
        params.push((
            "order",
            if query.oldest { "oldest" } else { "newest" }.to_owned(),
        ));
        params.extend(
            query
                .party
                .map(|party| ("country", party.code().to_owned())),
        );
        params.extend(
            query
                .pair
                .map(|pair| ("pair", format!("{},{}", pair.a().code(), pair.b().code()))),
        );
        params.extend(query.kind.map(|kind| ("kind", kind.code().to_owned())));
        params.extend(query.from.clone().map(|from| ("from", from)));
        self.get("/v1/events", &params).await
    }

    pub(super) async fn pending(&self, query: &EventsQuery) -> anyhow::Result<Page<PendingView>> {
        let mut params = self.known();
        params.push(("pending", "true".to_owned()));
        params.push(("limit", query.limit.to_string()));
        params.extend(query.from.clone().map(|from| ("from", from)));
        self.get("/v1/events", &params).await
    }

    pub(super) async fn event(&self, id: Uuid, at: Option<Day>) -> anyhow::Result<Shown> {
        let mut params = self.known();
        params.extend(at.map(|at| ("at", at.to_string())));
        self.get(&format!("/v1/events/{id}"), &params).await
    }

    /// What the server knows of an id.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn look(&self, id: Uuid) -> anyhow::Result<Looked> {
        let path = format!("/v1/events/{id}");
        let response = self.send(&path, &self.known()).await?;
        let status = response.status();
        if status.is_success() {
            let shown = response.json().await;
            return Ok(Looked::Shown(
                shown.context("the server's answer is not understood")?,
            ));
        }
        let body = response.bytes().await.unwrap_or_default();
        match serde_json::from_slice::<Problem>(&body) {
            Ok(told) if told.code == Code::UnknownEvent => {
                let about = told.refusals.iter().flat_map(|refusal| &refusal.allowed);
                let about: Vec<Uuid> = about.filter_map(|id| id.parse().ok()).collect();
                Ok(if about.is_empty() {
                    Looked::Nothing
                } else {
                    Looked::About(about)
                })
            }
            _ => Err(problem(status, &body)),
        }
    }

    /// The clock of what was known: what an event is shown by.
    fn known(&self) -> Params {
        let known = self.clocks.iter().filter(|(name, _)| *name == "known_at");
        known.cloned().collect()
    }

    /// Many titles come with the relation's events, page by page; what is not among those, such as
    /// who governs, is asked for by itself.
    pub(super) async fn titles(
        &self,
        ends: Ends,
        mut wanted: BTreeSet<Uuid>,
    ) -> anyhow::Result<Titles> {
        let mut titles = Titles::new();
        let mut from: Option<String> = None;
        while wanted.len() > SINGLES_MAX {
            let mut params = self.clocks.clone();
            params.push(("limit", PAGE.to_owned()));
            params.extend(from.take().map(|from| ("from", from)));
            let page: Page<EventView> = self.get(&of(ends, "/events"), &params).await?;
            for view in &page.items {
                let id = view.event.id.filter(|id| wanted.remove(id));
                titles.extend(id.map(|id| (id, Named::of(view))));
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        let singles = wanted.iter().map(|id| self.event(*id, None));
        let singles: Vec<Shown> = stream::iter(singles)
            .buffered(SINGLES_AT_ONCE)
            .try_collect()
            .await?;
        let singles = singles.iter().filter_map(|shown| match shown {
            Shown::Event(view) => Some((view.event.id?, Named::of(view))),
            Shown::Pending(_) => None,
        });
        titles.extend(singles);
        Ok(titles)
    }

    /// Every item of a list.
    async fn all<T: DeserializeOwned>(
        &self,
        path: &str,
        params: Params,
    ) -> anyhow::Result<Page<T>> {
        let mut items = Vec::new();
        let mut from: Option<String> = None;
        loop {
            let mut params = params.clone();
            params.extend(from.take().map(|from| ("from", from)));
            let page: Page<T> = self.get(path, &params).await?;
            items.extend(page.items);
            from = page.next;
            if from.is_none() {
                return Ok(Page {
                    items,
                    next: None,
                    known_at: page.known_at,
                });
            }
        }
    }

    async fn send(
        &self,
        path: &str,
        params: &[(&'static str, String)],
    ) -> anyhow::Result<Response> {
        let request = self
            .client
            .get(format!("{}{path}", self.base))
            .query(params);
        let request = request.timeout(ANSWER_WITHIN);
        request
            .send()
            .await
            .map_err(|error| unreachable(&self.base, &error))
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        params: &[(&'static str, String)],
    ) -> anyhow::Result<T> {
        let response = accepted(self.send(path, params).await?).await?;
        response
            .json()
            .await
            .context("the server's answer is not understood")
    }
}

fn of(ends: Ends, rest: &str) -> String {
    let (from, to) = ends.pair.ends(ends.direction);
    format!("/v1/relations/{}/{}{rest}", from.code(), to.code())
}

/// Nobody answers there, and what to do.
pub(crate) fn unreachable(base: &str, error: &reqwest::Error) -> anyhow::Error {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    anyhow::anyhow!(
        "no server answers at {base} ({cause})\n  start one with `detente up`, name another with \
         --server, or fold a file with --file; `detente doctor` looks closer"
    )
}

/// The response, if it is a good one; else the problem that it tells.
pub(crate) async fn accepted(response: Response) -> anyhow::Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let body = response.bytes().await.unwrap_or_default();
    Err(problem(status, &body))
}

/// The problem that an answer tells.
pub(crate) fn problem(status: StatusCode, body: &[u8]) -> anyhow::Error {
    let Ok(problem) = serde_json::from_slice::<Problem>(body) else {
        return anyhow::anyhow!("the server answers {status}: {}", told(body));
    };
    let text = format!(
        "{} ({})\n  {}",
        problem.detail,
        problem.code.word(),
        problem.advice
    );
    match problem.code {
        Code::Unauthenticated => anyhow::anyhow!(
            "{text}\n  this command takes it with --token-file FILE, or from DETENTE_TOKEN"
        ),
        Code::UnknownParty
        | Code::UnknownRelation
        | Code::UnknownDimension
        | Code::BadQuery
        | Code::BadCursor => Fault::Usage(text).into(),
        _ => anyhow::anyhow!(text),
    }
}

/// What a body says: a failure of the service is a problem too, with a code that is no refusal's.
fn told(body: &[u8]) -> String {
    let failure: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    match failure["detail"].as_str() {
        Some(detail) => detail.to_owned(),
        None => String::from_utf8_lossy(body).into_owned(),
    }
}
