//! `RelationService`: questions, each answered by one reading from its beginning to its end.

use detente_api::parse;
use std::fmt;

use detente_api::proto::{
    Clocks, DiffRequest, DiffResponse, EventOrder, GetCountryRequest, GetCountryResponse,
    GetEventRequest, GetEventResponse, GetHistoryRequest, GetHistoryResponse, GetRelationRequest,
    GetRelationResponse, ListCountriesRequest, ListCountriesResponse, ListEventsRequest,
    ListEventsResponse, ListPendingEventsRequest, ListPendingEventsResponse,
    ListRelationEventsRequest, ListRelationEventsResponse, PageRequest, WhyRequest, WhyResponse,
    get_event_response,
};
use detente_api::refusal::Refusal;
use detente_api::view::{Page, Shown};
use detente_auth::Role;
use detente_read_model::params::Params;
use detente_read_model::{Query, Readings, handlers, queries};
use tonic::{Request, Response, Status};

use crate::caller::caller;
use crate::proto::relation_service_server::RelationService;
use crate::status::OrStatus as _;

pub(crate) struct Relations {
    pub(crate) readings: Readings,
}

type Reply<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl RelationService for Relations {
    async fn get_relation(
        &self,
        request: Request<GetRelationRequest>,
    ) -> Reply<GetRelationResponse> {
        let (query, asked) = self.asked(request)?;
        let ends = parse::ends(&asked.from, &asked.to).or_status()?;
        let params = params(asked.clocks, None, []);
        let view = handlers::relation(&query, ends, &params)
            .await
            .or_status()?;
        let relation = Some((&view).into());
        Ok(Response::new(GetRelationResponse { relation }))
    }

    async fn get_country(&self, request: Request<GetCountryRequest>) -> Reply<GetCountryResponse> {
        let (query, asked) = self.asked(request)?;
        let country = parse::state("country", &asked.country).or_status()?;
        let params = params(asked.clocks, None, []);
        let view = handlers::country(&query, country, &params)
            .await
            .or_status()?;
        let country = Some((&view).into());
        Ok(Response::new(GetCountryResponse { country }))
    }

    async fn list_countries(
        &self,
        request: Request<ListCountriesRequest>,
    ) -> Reply<ListCountriesResponse> {
        let (query, asked) = self.asked(request)?;
        let params = params(asked.clocks, asked.page, []);
        let page = handlers::countries(&query, &params).await.or_status()?;
        let (items, next, known_at) = parts(&page);
        Ok(Response::new(ListCountriesResponse {
            items,
            next,
            known_at,
        }))
    }

    async fn list_events(&self, request: Request<ListEventsRequest>) -> Reply<ListEventsResponse> {
        let (query, asked) = self.asked(request)?;
        let order = match EventOrder::try_from(asked.order) {
            Ok(EventOrder::Unspecified) => String::new(),
            Ok(EventOrder::Oldest) => "oldest".to_owned(),
            Ok(EventOrder::Newest) => "newest".to_owned(),
            // A number that is no order is refused as any other word.
            Err(_) => asked.order.to_string(),
        };
        let more = [
            ("country", asked.country),
            ("pair", asked.pair),
            ("kind", asked.kind),
            ("order", order),
        ];
        let params = params(asked.clocks, asked.page, more);
        let page = handlers::events(&query, &params).await.or_status()?;
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
        let (query, asked) = self.asked(request)?;
        let ends = parse::ends(&asked.from, &asked.to).or_status()?;
        let params = params(asked.clocks, asked.page, []);
        let page = handlers::relation_events(&query, ends, &params)
            .await
            .or_status()?;
        let (items, next, known_at) = parts(&page);
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
        let (query, asked) = self.asked(request)?;
        let params = params(asked.clocks, asked.page, []);
        let page = handlers::pending(&query, &params).await.or_status()?;
        let (items, next, known_at) = parts(&page);
        Ok(Response::new(ListPendingEventsResponse {
            items,
            next,
            known_at,
        }))
    }

    async fn get_event(&self, request: Request<GetEventRequest>) -> Reply<GetEventResponse> {
        let (query, asked) = self.asked(request)?;
        let params = params(asked.clocks, None, []);
        let shown = handlers::event(&query, &asked.id, &params)
            .await
            .or_status()?;
        let shown = Some(match &shown {
            Shown::Event(view) => get_event_response::Shown::Event(Box::new((&**view).into())),
            Shown::Pending(view) => get_event_response::Shown::Pending(view.into()),
        });
        Ok(Response::new(GetEventResponse { shown }))
    }

    async fn get_history(&self, request: Request<GetHistoryRequest>) -> Reply<GetHistoryResponse> {
        let (query, asked) = self.asked(request)?;
        let ends = parse::ends(&asked.from, &asked.to).or_status()?;
        let params = params(asked.clocks, asked.page, [("dimension", asked.dimension)]);
        let page = handlers::history(&query, ends, &params).await.or_status()?;
        let (items, next, known_at) = parts(&page);
        Ok(Response::new(GetHistoryResponse {
            items,
            next,
            known_at,
        }))
    }

    async fn why(&self, request: Request<WhyRequest>) -> Reply<WhyResponse> {
        let (query, asked) = self.asked(request)?;
        let ends = parse::ends(&asked.from, &asked.to).or_status()?;
        let dimension = queries::dimension(&asked.dimension).or_status()?;
        let params = params(asked.clocks, None, [("limit", number(asked.limit.into()))]);
        let view = handlers::why(&query, ends, dimension, &params)
            .await
            .or_status()?;
        let reasons = Some((&view).into());
        Ok(Response::new(WhyResponse { reasons }))
    }

    async fn diff(&self, request: Request<DiffRequest>) -> Reply<DiffResponse> {
        let (query, asked) = self.asked(request)?;
        let ends = parse::ends(&asked.from, &asked.to).or_status()?;
        let params = Params::of([
            ("from", asked.at_from),
            ("to", asked.at_to),
            ("known_from", asked.known_from),
            ("known_to", asked.known_to),
            ("min_position", number(asked.min_position)),
        ]);
        let view = handlers::diff(&query, ends, &params).await;
        let view = view.map_err(|no| match no {
            detente_feed::No::Refused(refusal) => detente_feed::No::Refused(renamed(refusal)),
            failed @ detente_feed::No::Failed(_) => failed,
        });
        let diff = Some((&view.or_status()?).into());
        Ok(Response::new(DiffResponse { diff }))
    }
}

impl Relations {
    /// What is asked, and the reading that answers it.
    fn asked<T>(&self, request: Request<T>) -> Result<(Query, T), Status> {
        caller(request.extensions(), Role::Reader)?;
        Ok((self.readings.current(), request.into_inner()))
    }
}

/// The parameters of a question.
fn params<const N: usize>(
    clocks: Option<Clocks>,
    page: Option<PageRequest>,
    more: [(&'static str, String); N],
) -> Params {
    let (clocks, page) = (clocks.unwrap_or_default(), page.unwrap_or_default());
    let common = [
        ("at", clocks.at),
        ("known_at", clocks.known_at),
        ("min_position", number(clocks.min_position)),
        ("limit", number(page.limit.into())),
        ("from", page.from),
    ];
    // The limit of a question without pages stands among its own.
    Params::of(common.into_iter().chain(more))
}

/// A number as a parameter; 0 is not given.
fn number(given: u64) -> String {
    if given == 0 {
        return String::new();
    }
    given.to_string()
}

/// The days of a comparison stand beside its states here, under names of their own.
fn renamed(mut refusal: Refusal) -> Refusal {
    let name = |name: String| match name.as_str() {
        "from" => "at_from".to_owned(),
        "to" => "at_to".to_owned(),
        _ => name,
    };
    refusal.field = refusal.field.map(name);
    refusal.allowed = refusal.allowed.into_iter().map(name).collect();
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
