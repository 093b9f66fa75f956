//! `GET /v1/countries` and `GET /v1/countries/{code}`.

use detente_api::request::{CountriesRequest, CountryRequest};
use detente_http::list::FORMS;
use detente_read_model::handlers;

use super::error::Reply;
use super::extract::{Address, Current};
use super::reply::{self, MARKDOWN_FORMS};
use crate::markdown;

pub(super) async fn all(Current(model): Current, address: Address) -> Reply {
    let (request, negotiated) = address.list::<CountriesRequest>(&FORMS)?;
    let page = handlers::countries(&model, &request).await?;
    Ok(reply::page(&address, negotiated, &page))
}

pub(super) async fn one(Current(model): Current, address: Address) -> Reply {
    let (request, negotiated) = address.view::<CountryRequest>(&MARKDOWN_FORMS)?;
    let view = handlers::country(&model, &request).await?;
    let markdown = markdown::country;
    Ok(reply::view_or_markdown(
        &address, negotiated, &view, markdown,
    ))
}
