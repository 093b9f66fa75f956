//! `GET /v1/events`.

use detente_api::Refusal;
use detente_api::request::{EventsRequest, Params, PendingRequest};
use detente_http::list::FORMATS;
use detente_read_model::ReadRequest as _;

use super::error::Reply;
use super::extract::{Address, Current, refuse_params};
use super::reply;

pub(super) async fn list(Current(model): Current, address: Address) -> Reply {
    let (request, negotiated) = address.list::<EventsRequest>(&FORMATS)?;
    if request.pending.unwrap_or_default() {
        refuse_filters(&address.params)?;
        let EventsRequest { clocks, page, .. } = request;
        let page = PendingRequest { clocks, page }.answer(&model).await?;
        return Ok(reply::page(&address, negotiated, &page));
    }
    let page = request.answer(&model).await?;
    Ok(reply::page(&address, negotiated, &page))
}

/// Refuses the filters of events, which do not apply to ids.
fn refuse_filters(params: &Params) -> Result<(), Refusal> {
    let message = "of pending ids neither parties nor kind are known";
    refuse_params(params, &["country", "pair", "kind", "order"], message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::Code;

    #[test]
    fn filters_of_events_are_refused_for_pending_ids() {
        let params = |name: &str| Params::new(Vec::new(), vec![(name.to_owned(), "x".to_owned())]);
        for name in ["country", "pair", "kind", "order"] {
            let refusal = refuse_filters(&params(name)).unwrap_err();
            assert_eq!(refusal.code, Code::BadQuery);
            assert_eq!(refusal.field.as_deref(), Some(name));
        }
        assert_eq!(refuse_filters(&params("limit")), Ok(()));
    }
}
