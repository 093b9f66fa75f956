//! `GET /v1/events` and `GET /v1/events/{id}`.

use detente_api::request::{EventRequest, EventsRequest, Given, PendingRequest};
use detente_api::{Code, Refusal};
use detente_http::Form;
use detente_http::list::FORMS;
use detente_read_model::handlers;

use super::error::Reply;
use super::extract::{Address, Current};
use super::reply;

pub(super) async fn list(Current(model): Current, address: Address) -> Reply {
    let (request, negotiated) = address.list::<EventsRequest>(&FORMS)?;
    if request.pending.unwrap_or_default() {
        refuse_filters(&address.given)?;
        let EventsRequest { clocks, page, .. } = request;
        let page = handlers::pending(&model, &PendingRequest { clocks, page }).await?;
        return Ok(reply::page(&address, negotiated, &page));
    }
    let page = handlers::events(&model, &request).await?;
    Ok(reply::page(&address, negotiated, &page))
}

/// Refuses the filters of events, which do not apply to ids.
fn refuse_filters(given: &Given) -> Result<(), Refusal> {
    for name in ["country", "pair", "kind", "order"] {
        if let Some(text) = given.one(name)? {
            let message = "of pending ids neither parties nor kind are known";
            let refusal = Refusal::new(Code::BadQuery, message).field(name);
            return Err(refusal.value(text));
        }
    }
    Ok(())
}

pub(super) async fn one(Current(model): Current, address: Address) -> Reply {
    let (request, _) = address.view::<EventRequest>(&[Form::Json])?;
    let view = handlers::event(&model, &request).await?;
    Ok(reply::view(&address, &view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_events_are_refused_for_pending_ids() {
        let given = |name: &str| Given::new(vec![(name.to_owned(), "x".to_owned())]);
        for name in ["country", "pair", "kind", "order"] {
            let refusal = refuse_filters(&given(name)).unwrap_err();
            assert_eq!(refusal.code, Code::BadQuery);
            assert_eq!(refusal.field.as_deref(), Some(name));
        }
        assert_eq!(refuse_filters(&given("limit")), Ok(()));
    }
}
