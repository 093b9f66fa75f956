//! `RelationService`: reads, each answered by one read model from its beginning to its end.

use std::fmt;

use detente_api::proto::{
    DiffRequest, DiffResponse, GetCountryRequest, GetCountryResponse, GetEventRequest,
    GetEventResponse, GetHistoryRequest, GetHistoryResponse, GetKindRequest, GetKindResponse,
    GetRelationRequest, GetRelationResponse, ListCountriesRequest, ListCountriesResponse,
    ListEventsRequest, ListEventsResponse, ListKindsRequest, ListKindsResponse,
    ListPendingEventsRequest, ListPendingEventsResponse, ListRegisterEntriesRequest,
    ListRegisterEntriesResponse, ListRelationEventsRequest, ListRelationEventsResponse,
    PreviewRequest, PreviewResponse, WhyRequest, WhyResponse, get_event_response,
};
use detente_api::refusal::Refusal;
use detente_api::request;
use detente_api::submission::{from_messages, too_many_rows};
use detente_api::view::{EventLookup, Page};
use detente_auth::Role;
use detente_feed::Error;
use detente_read_model::{ReadModels, ReadRequest, preview};
use tonic::{Request, Response, Status};

use crate::caller::caller;
use crate::proto::relation_service_server::RelationService;
use crate::status::{OrStatus as _, refused_status};

pub(crate) struct Relations {
    pub(crate) models: ReadModels,
}

type Reply<T> = Result<Response<T>, Status>;

/// Answers a call with a page of a list.
macro_rules! page {
    ($page:expr => $response:ident) => {{
        let (items, next, known_at) = parts($page);
        Ok(Response::new($response {
            items,
            next,
            known_at,
        }))
    }};
}

#[tonic::async_trait]
impl RelationService for Relations {
    async fn get_relation(
        &self,
        request: Request<GetRelationRequest>,
    ) -> Reply<GetRelationResponse> {
        let view = self.answer::<_, request::RelationRequest>(request).await?;
        let relation = Some((&view).into());
        Ok(Response::new(GetRelationResponse { relation }))
    }

    async fn get_country(&self, request: Request<GetCountryRequest>) -> Reply<GetCountryResponse> {
        let view = self.answer::<_, request::CountryRequest>(request).await?;
        let country = Some((&view).into());
        Ok(Response::new(GetCountryResponse { country }))
    }

    async fn list_countries(
        &self,
        request: Request<ListCountriesRequest>,
    ) -> Reply<ListCountriesResponse> {
        page!(self.answer::<_, request::CountriesRequest>(request).await? => ListCountriesResponse)
    }

    async fn list_events(&self, request: Request<ListEventsRequest>) -> Reply<ListEventsResponse> {
        page!(self.answer::<_, request::EventsRequest>(request).await? => ListEventsResponse)
    }

    async fn list_relation_events(
        &self,
        request: Request<ListRelationEventsRequest>,
    ) -> Reply<ListRelationEventsResponse> {
        let page = self.answer::<_, request::RelationEventsRequest>(request);
        page!(page.await? => ListRelationEventsResponse)
    }

    async fn list_pending_events(
        &self,
        request: Request<ListPendingEventsRequest>,
    ) -> Reply<ListPendingEventsResponse> {
        let page = self.answer::<_, request::PendingRequest>(request);
        page!(page.await? => ListPendingEventsResponse)
    }

    async fn get_event(&self, request: Request<GetEventRequest>) -> Reply<GetEventResponse> {
        let lookup = self.answer::<_, request::EventRequest>(request).await?;
        let shown = Some(match &lookup {
            EventLookup::Event(view) => {
                get_event_response::Shown::Event(Box::new((&**view).into()))
            }
            EventLookup::Pending(view) => get_event_response::Shown::Pending(view.into()),
        });
        Ok(Response::new(GetEventResponse { shown }))
    }

    async fn get_history(&self, request: Request<GetHistoryRequest>) -> Reply<GetHistoryResponse> {
        page!(self.answer::<_, request::HistoryRequest>(request).await? => GetHistoryResponse)
    }

    async fn list_register_entries(
        &self,
        request: Request<ListRegisterEntriesRequest>,
    ) -> Reply<ListRegisterEntriesResponse> {
        let page = self.answer::<_, request::RegisterRequest>(request).await?;
        let total = page.total.unwrap_or_default() as u64;
        let (items, next, known_at) = parts(page);
        Ok(Response::new(ListRegisterEntriesResponse {
            items,
            next,
            known_at,
            total,
        }))
    }

    async fn why(&self, request: Request<WhyRequest>) -> Reply<WhyResponse> {
        let view = self.answer::<_, request::WhyRequest>(request).await?;
        let reasons = Some((&view).into());
        Ok(Response::new(WhyResponse { reasons }))
    }

    async fn preview(&self, request: Request<PreviewRequest>) -> Reply<PreviewResponse> {
        caller(request.extensions(), Role::Reader)?;
        let mut message = request.into_inner();
        let rows = std::mem::take(&mut message.rows);
        let request = request::PreviewRequest::try_from(message).or_status()?;
        if rows.len() > preview::ROWS_MAX {
            return Err(refused_status(&[too_many_rows(preview::ROWS_MAX)]));
        }
        let rows = rows.into_iter().map(Some).collect();
        let rows = from_messages(1, rows, &|| true);
        let view = preview::preview(&self.models.current(), rows, &request).await;
        let preview = Some((&view.or_status()?).into());
        Ok(Response::new(PreviewResponse { preview }))
    }

    async fn diff(&self, request: Request<DiffRequest>) -> Reply<DiffResponse> {
        let request: request::DiffRequest = parse(request)?;
        let view = request.answer(&self.models.current()).await;
        let view = view.map_err(|error| match error {
            Error::Refused(refusal) => Error::Refused(rename_days(refusal)),
            failed @ Error::Failed(_) => failed,
        });
        let diff = Some((&view.or_status()?).into());
        Ok(Response::new(DiffResponse { diff }))
    }

    async fn list_kinds(&self, request: Request<ListKindsRequest>) -> Reply<ListKindsResponse> {
        let page = self.answer::<_, request::KindsRequest>(request).await?;
        let (items, ..) = parts(page);
        Ok(Response::new(ListKindsResponse { items }))
    }

    async fn get_kind(&self, request: Request<GetKindRequest>) -> Reply<GetKindResponse> {
        let view = self.answer::<_, request::KindRequest>(request).await?;
        let kind = Some((&view).into());
        Ok(Response::new(GetKindResponse { kind }))
    }
}

impl Relations {
    async fn answer<M, R>(&self, request: Request<M>) -> Result<R::View, Status>
    where
        R: ReadRequest + TryFrom<M, Error = Refusal>,
    {
        let request: R = parse(request)?;
        request.answer(&self.models.current()).await.or_status()
    }
}

/// Checks the caller and parses the request.
fn parse<M, R: TryFrom<M, Error = Refusal>>(request: Request<M>) -> Result<R, Status> {
    caller(request.extensions(), Role::Reader)?;
    R::try_from(request.into_inner()).or_status()
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

fn parts<V, M: for<'v> From<&'v V>>(page: Page<V>) -> (Vec<M>, Option<String>, u64) {
    let items = page.items.iter().map(M::from).collect();
    (items, page.next, page.known_at.unwrap_or_default())
}

impl fmt::Debug for Relations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relations").finish_non_exhaustive()
    }
}
