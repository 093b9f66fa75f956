//! `GET /v1/relations/{from}/{to}`, its history, events, differences and reasons.

use detente_api::request::{
    DiffRequest, HistoryRequest, RelationEventsRequest, RelationRequest, WhyRequest,
};
use detente_http::Form;
use detente_http::list::FORMS;
use detente_read_model::handlers;

use super::error::Reply;
use super::extract::{Address, Current};
use super::reply::{self, MARKDOWN_FORMS};
use crate::markdown;

pub(super) async fn one(Current(model): Current, address: Address) -> Reply {
    let (request, negotiated) = address.view::<RelationRequest>(&MARKDOWN_FORMS)?;
    let view = handlers::relation(&model, &request).await?;
    let markdown = markdown::relation;
    Ok(reply::view_or_markdown(
        &address, negotiated, &view, markdown,
    ))
}

pub(super) async fn history(Current(model): Current, address: Address) -> Reply {
    let (request, negotiated) = address.list::<HistoryRequest>(&FORMS)?;
    let page = handlers::history(&model, &request).await?;
    Ok(reply::page(&address, negotiated, &page))
}

pub(super) async fn why(Current(model): Current, address: Address) -> Reply {
    let (request, _) = address.view::<WhyRequest>(&[Form::Json])?;
    let view = handlers::why(&model, &request).await?;
    Ok(reply::view(&address, &view))
}

pub(super) async fn diff(Current(model): Current, address: Address) -> Reply {
    let (request, _) = address.view::<DiffRequest>(&[Form::Json])?;
    let view = handlers::diff(&model, &request).await?;
    Ok(reply::view(&address, &view))
}

pub(super) async fn events(Current(model): Current, address: Address) -> Reply {
    let (request, negotiated) = address.list::<RelationEventsRequest>(&FORMS)?;
    let page = handlers::relation_events(&model, &request).await?;
    Ok(reply::page(&address, negotiated, &page))
}
