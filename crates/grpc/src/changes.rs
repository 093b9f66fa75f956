//! `ChangeService`: changes as they come, and those that were.

use std::fmt;

use detente_api::proto::{
    ChangeFilter, ListChangesRequest, ListChangesResponse, Occasion, WatchRequest, WatchResponse,
    watch_response,
};
use detente_api::refusal::{Code, Refusal};
use detente_auth::{Caller, Role};
use detente_feed::Wanted;
use detente_feed::cursor::From as Begin;
use detente_http::Identity;
use detente_read_model::Readings;
use detente_read_model::params::Params;
use detente_read_model::watcher::{Live, Told};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tonic::{Request, Response, Status};

use crate::caller::caller;
use crate::proto::change_service_server::ChangeService;
use crate::status::{OrStatus as _, ended, refused};

pub(crate) struct Changes {
    pub(crate) readings: Readings,
}

#[tonic::async_trait]
impl ChangeService for Changes {
    type WatchStream = BoxStream<'static, Result<WatchResponse, Status>>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let (caller, identity) = caller(request.extensions(), Role::Reader)?;
        let WatchRequest { from, wanted } = request.into_inner();
        let from = begin(&from, Begin::Now).or_status()?;
        let filter = self::wanted(wanted).read().or_status()?;
        let query = self.readings.current();
        let live = query.watch(&from, filter).await.or_status()?;
        // It is asked for the next message when the connection can take more.
        let watcher = Watcher {
            live,
            caller,
            identity,
        };
        Ok(Response::new(stream::unfold(Some(watcher), next).boxed()))
    }

    async fn list_changes(
        &self,
        request: Request<ListChangesRequest>,
    ) -> Result<Response<ListChangesResponse>, Status> {
        caller(request.extensions(), Role::Reader)?;
        let request = request.into_inner();
        let from = begin(&request.from, Begin::Start).or_status()?;
        let filter = wanted(request.wanted).read().or_status()?;
        let limit = Some(request.limit).filter(|limit| *limit > 0);
        let limit = limit.map(|limit| limit.to_string()).unwrap_or_default();
        let limit = Params::of([("limit", limit)]).limit().or_status()?;
        let query = self.readings.current();
        let page = query.changes(&from, filter, limit).await.or_status()?;
        Ok(Response::new(ListChangesResponse {
            items: page.items.iter().map(|frame| (&**frame).into()).collect(),
            next: page.next.unwrap_or_default(),
        }))
    }
}

type Item = Result<WatchResponse, Status>;

/// A reader who is connected, and who it is.
struct Watcher {
    live: Live,
    caller: Caller,
    identity: Identity,
}

async fn next(watcher: Option<Watcher>) -> Option<(Item, Option<Watcher>)> {
    let mut watcher = watcher?;
    let told = tokio::select! {
        told = watcher.live.next() => told,
        () = watcher.identity.dismissed(&watcher.caller) => {
            let message = "the token was revoked, or one is needed now";
            let refusal = Refusal::new(Code::Unauthenticated, message).field("authorization");
            return Some((Err(refused(&[refusal])), None));
        }
    };
    match told {
        Ok(told) => Some((Ok(message(&told)), Some(watcher))),
        Err(end) => Some((Err(ended(end)?), None)),
    }
}

fn message(told: &Told) -> WatchResponse {
    use watch_response::Told as Said;
    let said = match told {
        Told::Frame(frame) => Said::Frame((&**frame).into()),
        Told::Heartbeat(heartbeat) => Said::Heartbeat(heartbeat.into()),
        Told::Switched(switched) => Said::Switched(switched.into()),
    };
    WatchResponse { told: Some(said) }
}

fn begin(given: &str, default: Begin) -> Result<Begin, Refusal> {
    if given.is_empty() {
        return Ok(default);
    }
    Begin::parse(given)
}

/// The parts of a filter as they are written elsewhere, so that they are read alike.
fn wanted(filter: Option<ChangeFilter>) -> Wanted {
    let filter = filter.unwrap_or_default();
    Wanted {
        country: filter.country,
        party: filter.party,
        pair: filter.pair,
        dimension: filter.dimension,
        register: filter.register,
        direction: filter.direction,
        occasion: filter.occasion.into_iter().map(occasion).collect(),
        filter: filter.filter,
    }
}

/// The word of an occasion; a number that is none stays one, and is refused.
fn occasion(number: i32) -> String {
    let name = Occasion::try_from(number).map(|occasion| occasion.as_str_name());
    let word = name.ok().and_then(|name| name.strip_prefix("OCCASION_"));
    word.map_or_else(|| number.to_string(), str::to_ascii_lowercase)
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}
