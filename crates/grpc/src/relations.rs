//! `RelationService`: reads, each answered by one read model from its beginning to its end.

use std::fmt;

use detente_api::proto::{
    DiffRequest, DiffResponse, GetCountryRequest, GetCountryResponse, GetEventRequest,
    GetEventResponse, GetHistoryRequest, GetHistoryResponse, GetRelationRequest,
    GetRelationResponse, ListCountriesRequest, ListCountriesResponse, ListEventsRequest,
    ListEventsResponse, ListPendingEventsRequest, ListPendingEventsResponse,
    ListRelationEventsRequest, ListRelationEventsResponse, WhyRequest, WhyResponse,
    get_event_response,
};
use detente_api::refusal::Refusal;
use detente_api::view::{EventLookup, Page};
use detente_auth::Role;
use detente_feed::Error;
use detente_read_model::{ReadModel, ReadModels, handlers};
use tonic::{Request, Response, Status};

use crate::caller::caller;
use crate::proto::relation_service_server::RelationService;
use crate::status::OrStatus as _;

pub(crate) struct Relations {
    pub(crate) models: ReadModels,
}

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl RelationService for Relations {
    async fn get_relation(
        &self,
        request: Request<GetRelationRequest>,
    ) -> Reply<GetRelationResponse> {
        let (model, request) = self.accept(request)?;
        let view = handlers::relation(&model, &request).await.or_status()?;
        let relation = Some((&view).into());
        Ok(Response::new(GetRelationResponse { relation }))
    }

    async fn get_country(&self, request: Request<GetCountryRequest>) -> Reply<GetCountryResponse> {
        let (model, request) = self.accept(request)?;
        let view = handlers::country(&model, &request).await.or_status()?;
        let country = Some((&view).into());
        Ok(Response::new(GetCountryResponse { country }))
    }

    async fn list_countries(
        &self,
        request: Request<ListCountriesRequest>,
    ) -> Reply<ListCountriesResponse> {
        let (model, request) = self.accept(request)?;
        let page = handlers::countries(&model, &request).await.or_status()?;
        let (items, next, known_at) = parts(&page);
        Ok(Response::new(ListCountriesResponse {
            items,
            next,
            known_at,
        }))
    }

    async fn list_events(&self, request: Request<ListEventsRequest>) -> Reply<ListEventsResponse> {
        let (model, request) = self.accept(request)?;
        let page = handlers::events(&model, &request).await.or_status()?;
        let (items, next, known_at) = parts(&page);
        Ok(Response::new(ListEventsResponse {
            items,
            next,
            known_at,
        }))
    }

    async fn list_relation_events(
        &self,
        request: Request<ListRelationEventsRequest>,
    ) -> Reply<ListRelationEventsResponse> {
        let (model, request) = self.accept(request)?;
        let page = handlers::relation_events(&model, &request).await;
        let (items, next, known_at) = parts(&page.or_status()?);
        Ok(Response::new(ListRelationEventsResponse {
            items,
            next,
            known_at,
        }))
    }

    async fn list_pending_events(
        &self,
        request: Request<ListPendingEventsRequest>,
    ) -> Reply<ListPendingEventsResponse> {
        let (model, request) = self.accept(request)?;
        let page = handlers::pending(&model, &request).await.or_status()?;
        let (items, next, known_at) = parts(&page);
        Ok(Response::new(ListPendingEventsResponse {
            items,
            next,
            known_at,
        }))
    }

    async fn get_event(&self, request: Request<GetEventRequest>) -> Reply<GetEventResponse> {
        let (model, request) = self.accept(request)?;
        let found = handlers::event(&model, &request).await.or_status()?;
        let shown = Some(match &found {
            EventLookup::Event(view) => {
                get_event_response::Shown::Event(Box::new((&**view).into()))
            }
            EventLookup::Pending(view) => get_event_response::Shown::Pending(view.into()),
        });
        Ok(Response::new(GetEventResponse { shown }))
    }

    async fn get_history(&self, request: Request<GetHistoryRequest>) -> Reply<GetHistoryResponse> {
        let (model, request) = self.accept(request)?;
        let page = handlers::history(&model, &request).await.or_status()?;
        let (items, next, known_at) = parts(&page);
        Ok(Response::new(GetHistoryResponse {
            items,
            next,
            known_at,
        }))
    }

    async fn why(&self, request: Request<WhyRequest>) -> Reply<WhyResponse> {
        let (model, request) = self.accept(request)?;
        let view = handlers::why(&model, &request).await.or_status()?;
        let reasons = Some((&view).into());
        Ok(Response::new(WhyResponse { reasons }))
    }

    async fn diff(&self, request: Request<DiffRequest>) -> Reply<DiffResponse> {
        let (model, request) = self.accept(request)?;
        let view = handlers::diff(&model, &request).await;
        let view = view.map_err(|error| match error {
            Error::Refused(refusal) => Error::Refused(rename_days(refusal)),
            failed @ Error::Failed(_) => failed,
        });
        let diff = Some((&view.or_status()?).into());
        Ok(Response::new(DiffResponse { diff }))
    }
}

impl Relations {
    /// Checks the caller and parses the request. Returns it with the read model that answers it.
    fn accept<M, R>(&self, request: Request<M>) -> Result<(ReadModel, R), Status>
    where
        R: TryFrom<M, Error = Refusal>,
    {
        caller(request.extensions(), Role::Reader)?;
        let parsed = R::try_from(request.into_inner()).or_status()?;
        Ok((self.models.current(), parsed))
    }
}

/// Renames the days of a comparison: in the message, `from` and `to` are its states.
fn rename_days(mut refusal: Refusal) -> Refusal {
    let rename = |name: String| match name.as_str() {
        "from" => "at_from".to_owned(),
        "to" => "at_to".to_owned(),
        _ => name,
    };
    refusal.field = refusal.field.map(rename);
    refusal.allowed = refusal.allowed.into_iter().map(rename).collect();
    refusal
}

fn parts<V, M: for<'v> From<&'v V>>(page: &Page<V>) -> (Vec<M>, Option<String>, u64) {
    let items = page.items.iter().map(M::from).collect();
    (items, page.next.clone(), page.known_at.unwrap_or_default())
}

impl fmt::Debug for Relations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relations").finish_non_exhaustive()
    }
}
