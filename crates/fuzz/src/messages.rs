//! Messages of gRPC.

use detente_api::Refusal;
use detente_api::proto::{self, ReportRequest, ReportStreamRequest};
use detente_api::request::{
    ChangesRequest, CountriesRequest, CountryRequest, DiffRequest, EventRequest, EventsRequest,
    HistoryRequest, KindRequest, KindsRequest, PendingRequest, PreviewRequest, RegisterRequest,
    RelationEventsRequest, RelationRequest, WhyRequest,
};
use detente_api::submission::from_message;
use detente_feed::Filter;
use prost::Message;

use crate::rows::row;

/// Checks bytes as each message that a caller may send.
pub(crate) fn message(bytes: &[u8]) {
    if let Ok(ReportRequest { rows }) = Message::decode(bytes) {
        rows.into_iter()
            .for_each(|message| row(from_message(Some(message))));
    }
    if let Ok(ReportStreamRequest { row: message }) = Message::decode(bytes) {
        row(from_message(message));
    }
    request::<proto::GetRelationRequest, RelationRequest>(bytes);
    request::<proto::GetHistoryRequest, HistoryRequest>(bytes);
    request::<proto::ListRegisterEntriesRequest, RegisterRequest>(bytes);
    request::<proto::WhyRequest, WhyRequest>(bytes);
    request::<proto::DiffRequest, DiffRequest>(bytes);
    request::<proto::PreviewRequest, PreviewRequest>(bytes);
    request::<proto::ListRelationEventsRequest, RelationEventsRequest>(bytes);
    request::<proto::GetCountryRequest, CountryRequest>(bytes);
    request::<proto::ListCountriesRequest, CountriesRequest>(bytes);
    request::<proto::ListEventsRequest, EventsRequest>(bytes);
    request::<proto::ListPendingEventsRequest, PendingRequest>(bytes);
    request::<proto::GetEventRequest, EventRequest>(bytes);
    request::<proto::ListKindsRequest, KindsRequest>(bytes);
    request::<proto::GetKindRequest, KindRequest>(bytes);
    request::<proto::ListChangesRequest, ChangesRequest>(bytes);
    if let Some(request) = request::<proto::WatchRequest, ChangesRequest>(bytes) {
        let _ = Filter::parse(&request.filter);
    }
}

fn request<M: Message + Default, R: TryFrom<M, Error = Refusal>>(bytes: &[u8]) -> Option<R> {
    let message = M::decode(bytes).ok()?;
    R::try_from(message).ok()
}
