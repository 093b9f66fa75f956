//! Reads: a handler for views, one for views that are also available as Markdown, and one for pages.

use detente_api::request::{LanguageRequest, Request as _};
use detente_api::table::Row;
use detente_api::text;
use detente_api::view::Page;
use detente_http::list::FORMATS;
use detente_http::{Format, etag};
use detente_read_model::ReadRequest;
use serde::Serialize;

use super::error::Reply;
use super::extract::{Address, Current};
use super::reply;
use crate::markdown::Markdown;

/// The formats of a view that is also available as Markdown.
pub(super) const MARKDOWN_FORMATS: [Format; 2] = [Format::Json, Format::Markdown];

/// Answers with a view as JSON.
pub(super) async fn view<R>(Current(model): Current, address: Address) -> Reply
where
    R: ReadRequest<View: Serialize>,
{
    let (request, _) = address.view::<R>(&[Format::Json])?;
    Ok(reply::view(&address, &request.answer(&model).await?))
}

/// Answers with a view as JSON or Markdown.
pub(super) async fn view_or_markdown<R>(Current(model): Current, address: Address) -> Reply
where
    R: ReadRequest<View: Serialize + Markdown>,
{
    let (request, negotiated) = address.page::<R>(&MARKDOWN_FORMATS)?;
    let lang = LanguageRequest::parse(&address.params)?.lang;
    let view = request.answer(&model).await?;
    if negotiated.format == Format::Markdown {
        let media_type = Format::Markdown.content_type();
        let page = || {
            let page = view.to_markdown(lang.unwrap_or_default());
            Ok(text::lines(&page).into_owned().into_bytes())
        };
        return Ok(etag::view(&address.headers, media_type, &view, page));
    }
    Ok(reply::view(&address, &view))
}

/// Answers with a page of a list, in any format of a list.
pub(super) async fn page<R, T>(Current(model): Current, address: Address) -> Reply
where
    R: ReadRequest<View = Page<T>>,
    T: Row,
{
    let (request, negotiated) = address.list::<R>(&FORMATS)?;
    let page = request.answer(&model).await?;
    Ok(reply::page(&address, negotiated, &page))
}
