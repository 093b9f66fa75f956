//! `ChangeService`: changes as they come, and past ones in pages.

use std::fmt;

use detente_api::Refusal;
use detente_api::proto::{
    ListChangesRequest, ListChangesResponse, WatchRequest, WatchResponse, watch_response,
};
use detente_api::request::ChangesRequest;
use detente_auth::{Caller, Role};
use detente_feed::{Filter, StartAt};
use detente_http::{CallerStreams, Identity, StreamPermit};
use detente_read_model::ReadModels;
use detente_read_model::watcher::{WatchEvent, Watcher};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tonic::{Request, Response, Status};

use crate::caller::caller;
use crate::proto::change_service_server::ChangeService;
use crate::status::{OrStatus as _, end_status, refused_status};

pub(crate) struct Changes {
    pub(crate) models: ReadModels,
}

type WatchResult = Result<WatchResponse, Status>;

/// A stream of changes, and its caller.
struct WatchCall {
    watcher: Watcher,
    caller: Caller,
    identity: Identity,
    /// Counts the stream while it is open.
    _permit: Option<StreamPermit>,
}

#[tonic::async_trait]
impl ChangeService for Changes {
    type WatchStream = BoxStream<'static, WatchResult>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let (caller, identity) = caller(request.extensions(), Role::Reader)?;
        let streams = request.extensions().get::<CallerStreams>();
        let permit = streams.map(CallerStreams::open).transpose().or_status()?;
        let request = ChangesRequest::try_from(request.into_inner()).or_status()?;
        let (from, filter) = parse(&request, StartAt::Now).or_status()?;
        let model = self.models.current();
        let watcher = model.watch(&from, filter).await.or_status()?;
        // It is polled for the next message when the connection can take more.
        let call = WatchCall {
            watcher,
            caller,
            identity,
            _permit: permit,
        };
        Ok(Response::new(stream::unfold(Some(call), next).boxed()))
    }

    async fn list_changes(
        &self,
        request: Request<ListChangesRequest>,
    ) -> Result<Response<ListChangesResponse>, Status> {
        caller(request.extensions(), Role::Reader)?;
        let request = ChangesRequest::try_from(request.into_inner()).or_status()?;
        let (from, filter) = parse(&request, StartAt::Start).or_status()?;
        let limit = request.limit.unwrap_or_default().get();
        let model = self.models.current();
        let page = model.changes(&from, filter, limit).await.or_status()?;
        Ok(Response::new(ListChangesResponse {
            items: page.items.iter().map(|frame| (&**frame).into()).collect(),
            next: page.next.unwrap_or_default(),
        }))
    }
}

/// Parses the place at which a client begins, and its filter.
fn parse(request: &ChangesRequest, default: StartAt) -> Result<(StartAt, Filter), Refusal> {
    let from = request.from.as_deref().map_or(Ok(default), StartAt::parse);
    Ok((from?, Filter::parse(&request.filter)?))
}

async fn next(call: Option<WatchCall>) -> Option<(WatchResult, Option<WatchCall>)> {
    let mut call = call?;
    let next = tokio::select! {
        next = call.watcher.next() => next,
        refusal = call.identity.revoked(&call.caller) => {
            return Some((Err(refused_status(&[refusal])), None));
        }
    };
    match next {
        Ok(event) => match message(&event) {
            Ok(message) => Some((Ok(message), Some(call))),
            Err(status) => Some((Err(status), None)),
        },
        Err(end) => Some((Err(end_status(end)?), None)),
    }
}

/// Returns the message of an event. Lost changes end the stream with the cursor to resume from.
fn message(event: &WatchEvent) -> WatchResult {
    use watch_response::Event;
    let event = match event {
        WatchEvent::Frame(frame) => Event::Frame((&**frame).into()),
        WatchEvent::Heartbeat(heartbeat) => Event::Heartbeat(heartbeat.into()),
        WatchEvent::Switched(switched) => Event::Switched(switched.into()),
        WatchEvent::Lost(refusal) => return Err(refused_status(std::slice::from_ref(refusal))),
    };
    Ok(WatchResponse { event: Some(event) })
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}
