//! Extractors: the current read model, and the address of a request.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use detente_api::request::{Params, Request};
use detente_api::{Code, Refusal};
use detente_http::accept::PARAMETERS;
use detente_http::{Format, Negotiated, PathParams};
use detente_read_model::{ReadModel, ReadModels};

use super::error::ErrorResponse;

/// The parameters in which a client that cannot send the header `Last-Event-ID` sends its cursor.
pub(super) const LAST_EVENT_ID: [&str; 3] = ["lastEventId", "lastEventID", "Last-Event-ID"];

/// The read model that answers a request, from its beginning to its end.
pub(super) struct Current(pub(super) ReadModel);

/// The address and the headers of a request.
pub(super) struct Address {
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) params: Params,
}

impl FromRequestParts<ReadModels> for Current {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, models: &ReadModels) -> Result<Self, Infallible> {
        Ok(Self(models.current()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let PathParams(path) = PathParams::from_request_parts(parts, state).await?;
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(query) = query.map_err(|error| {
            let message = format!("the parameters cannot be parsed: {error}");
            ErrorResponse::from(Refusal::new(Code::BadQuery, message)).into_response()
        })?;
        Ok(Self {
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            params: Params::new(path, query),
        })
    }
}

/// Refuses query parameters that do not apply.
pub(super) fn refuse_params(params: &Params, names: &[&str], message: &str) -> Result<(), Refusal> {
    for name in names {
        if let Some(text) = params.get(name)? {
            let refusal = Refusal::new(Code::BadQuery, message).field(*name);
            return Err(refusal.value(text));
        }
    }
    Ok(())
}

impl Address {
    /// Parses a request without a choice of forms.
    pub(super) fn parse<R: Request>(&self) -> Result<R, Refusal> {
        R::check_names(&self.params, &[])?;
        R::parse(&self.params)
    }

    /// Parses a request of a stream of events, which is the only form.
    pub(super) fn stream<R: Request>(&self) -> Result<R, Refusal> {
        R::check_names(&self.params, &LAST_EVENT_ID)?;
        R::parse(&self.params)
    }

    /// Parses a request of a list that is also a stream of events, and negotiates the form.
    pub(super) fn list_or_stream<R: Request>(
        &self,
        forms: &[Format],
    ) -> Result<(R, Negotiated), Refusal> {
        let names = PARAMETERS.into_iter().chain(LAST_EVENT_ID);
        self.negotiate(&names.collect::<Vec<_>>(), forms)
    }

    /// Parses a request of a view, and negotiates the form.
    pub(super) fn view<R: Request>(&self, forms: &[Format]) -> Result<(R, Negotiated), Refusal> {
        self.negotiate(&["format"], forms)
    }

    /// Parses a request of a view that is also a page for people in several languages, and
    /// negotiates the form.
    pub(super) fn page<R: Request>(&self, forms: &[Format]) -> Result<(R, Negotiated), Refusal> {
        self.negotiate(&["format", "lang"], forms)
    }

    /// Parses a request of a list, and negotiates the form.
    pub(super) fn list<R: Request>(&self, forms: &[Format]) -> Result<(R, Negotiated), Refusal> {
        self.negotiate(&PARAMETERS, forms)
    }

    /// Returns the cursor with which a client resumes an event stream: that of the header, or else
    /// of a parameter. An empty one is none.
    ///
    /// # Errors
    /// `bad_query` for a parameter that is given twice.
    pub(super) fn last_event_id(&self) -> Result<Option<&str>, Refusal> {
        let header = self.headers.get("last-event-id");
        let mut last = header.and_then(|id| id.to_str().ok());
        for name in LAST_EVENT_ID {
            let given = self.params.get(name)?;
            last = last.filter(|id| !id.is_empty()).or(given);
        }
        Ok(last.filter(|id| !id.is_empty()))
    }

    fn negotiate<R: Request>(
        &self,
        names: &[&str],
        forms: &[Format],
    ) -> Result<(R, Negotiated), Refusal> {
        R::check_names(&self.params, names)?;
        let [format, bom] = PARAMETERS.map(|name| self.params.get(name));
        let negotiated = Negotiated::new(&self.headers, format?, bom?, forms)?;
        Ok((R::parse(&self.params)?, negotiated))
    }
}
