//! `POST /v1/preview`: what rows would change, without reporting them.

use axum::body::Body;
use detente_api::request::PreviewRequest;
use detente_api::submission::{BodyFormat, BodyKind};
use detente_api::{Code, Refusal};
use detente_http::coding::read_body;
use detente_http::reply;
use detente_read_model::preview::{self, BODY_MAX, ROWS_MAX};

use super::error::Reply;
use super::extract::{Address, Current};

/// From this size on a body is parsed on a blocking thread, so as not to delay other requests.
const BLOCKING_BYTES: usize = 64 << 10;

pub(super) async fn preview(Current(model): Current, address: Address, body: Body) -> Reply {
    let request: PreviewRequest = address.parse()?;
    let named = address.headers.iter();
    let named = named.map(|(name, value)| (name.as_str(), value.as_bytes()));
    let named: Vec<(&str, &[u8])> = named.collect();
    let (kind, format) = (BodyKind::of(&named)?, BodyFormat::of(&named)?);
    let too_large = || {
        let message = format!("the body of a preview has at most {} MiB", BODY_MAX >> 20);
        Refusal::new(Code::BodyTooLarge, message)
    };
    let body = read_body(body, BODY_MAX, too_large).await?;
    let rows = if body.len() < BLOCKING_BYTES {
        kind.rows(&body, format, ROWS_MAX)
    } else {
        let parse = move || kind.rows(&body, format, ROWS_MAX);
        let parsed = tokio::task::spawn_blocking(parse).await;
        parsed.map_err(|_| detente_feed::Failure::internal())?
    };
    let view = preview::preview(&model, rows?, &request).await?;
    Ok(reply::json(&view))
}
