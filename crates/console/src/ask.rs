//! What a page is asked for: its language, the two clocks, its parameters, and who asks.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use detente_api::request::{Clocks, Params, Part as _};
use detente_api::{Code, Refusal};
use detente_auth::{Caller, Role};
use detente_domain::party::{Lang, Party};
use detente_feed::Error;
use detente_http::{Identity, PathParams};
use detente_read_model::ReadModel;

use crate::lang::of_path;
use crate::link::{CLOCKS, address};
use crate::routes::Site;
use crate::shell::{self, Page};
use crate::text::Texts;

/// A request of a page.
pub(crate) struct Ask {
    /// The language.
    pub(crate) lang: Lang,
    /// The texts in it.
    pub(crate) texts: Texts,
    /// What answers, from the beginning of the request to its end.
    pub(crate) model: ReadModel,
    /// The place in the change feed, before anything was read.
    pub(crate) cursor: String,
    /// What the pages are made from.
    pub(crate) site: Site,
    /// The segments of the path, and the parameters of the query that are not empty.
    pub(crate) params: Params,
    /// The path, with the language.
    pub(crate) path: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// Who asks, or why it is not known.
    pub(crate) caller: Result<Caller, Refusal>,
}

impl FromRequestParts<Site> for Ask {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let PathParams(path) = PathParams::from_request_parts(parts, site).await?;
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(query) = query.map_err(|_| StatusCode::BAD_REQUEST.into_response())?;
        // Forms send their empty fields too.
        let query = query.into_iter().filter(|(_, value)| !value.is_empty());
        let params = Params::new(path, query.collect());
        let Some(lang) = of_path(parts.uri.path()) else {
            return Err(StatusCode::NOT_FOUND.into_response());
        };
        let identity = parts.extensions.get::<Identity>();
        let caller = match identity {
            Some(identity) => identity.require(Role::Reader),
            None => Err(Refusal::new(
                Code::Unauthenticated,
                "the caller is not known",
            )),
        };
        let model = site.models.current();
        let seen = model.feed().seen().borrow().sequence;
        Ok(Self {
            lang,
            texts: Texts { lang },
            cursor: model.feed().cursor(seen).to_string(),
            model,
            site: site.clone(),
            params,
            path: parts.uri.path().to_owned(),
            headers: parts.headers.clone(),
            caller,
        })
    }
}

impl Ask {
    /// Answers with a page, or with the page of an error.
    pub(crate) fn answer(&self, page: Result<Page, Error>) -> Response {
        match page {
            Ok(page) => shell::response(self, StatusCode::OK, &page),
            Err(error) => crate::error::response(self, &error),
        }
    }

    /// Refuses a caller without a token, where tokens are required.
    ///
    /// # Errors
    /// `unauthenticated`.
    pub(crate) fn require_reader(&self) -> Result<(), Error> {
        Ok(self.caller.clone().map(drop)?)
    }

    /// Returns the two clocks.
    ///
    /// # Errors
    /// The refusal of the first parameter that is invalid.
    pub(crate) fn clocks(&self) -> Result<Clocks, Refusal> {
        Clocks::parse_part("", &self.params)
    }

    /// Returns the value of a parameter that may be given once.
    ///
    /// # Errors
    /// `bad_query` if it is given twice.
    pub(crate) fn get(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.params.get(name)
    }

    /// Returns the name of a party.
    pub(crate) fn name(&self, party: Party) -> &'static str {
        party.name(self.lang)
    }

    /// Returns the name of the party with a code; the code itself if there is none.
    pub(crate) fn name_of<'a>(&self, code: &'a str) -> &'a str {
        Party::find(code).map_or(code, |party| party.name(self.lang))
    }

    /// Returns the address of another page, at the same point of both clocks. `pairs` are further
    /// parameters.
    pub(crate) fn href(&self, page: &str, pairs: &[(&str, &str)]) -> String {
        let clocks = self.params.pairs();
        let clocks = clocks.filter(|(name, _)| CLOCKS.contains(name));
        let path = format!("/{}/{page}", self.lang.as_str());
        address(&path, clocks.chain(pairs.iter().copied()))
    }

    /// Returns the address of an answer of the API, at the same point of both clocks.
    pub(crate) fn api(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let clocks = self.params.pairs();
        let clocks = clocks.filter(|(name, _)| CLOCKS.contains(name));
        address(path, clocks.chain(pairs.iter().copied()))
    }

    /// Returns the address of this page with other values of some parameters. An empty value
    /// leaves the parameter out.
    pub(crate) fn here(&self, changed: &[(&str, &str)]) -> String {
        let kept = self.params.pairs();
        let kept = kept.filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
        let changed = changed
            .iter()
            .copied()
            .filter(|(_, value)| !value.is_empty());
        address(&self.path, kept.chain(changed))
    }

    /// Returns the address of this page in another language.
    pub(crate) fn in_language(&self, lang: Lang) -> String {
        let rest = self.path.get(3..).unwrap_or_default();
        address(&format!("/{}{rest}", lang.as_str()), self.params.pairs())
    }
}
