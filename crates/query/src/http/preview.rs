//! `POST /v1/preview`: what rows would change, without reporting them.

use axum::body::{Body, to_bytes};
use axum::http::HeaderMap;
use detente_api::request::PreviewRequest;
use detente_api::submission::{BodyFormat, binary, header_attributes, header_text, submissions};
use detente_api::{Code, Refusal};
use detente_http::reply;
use detente_read_model::preview::{self, ROWS_MAX, Row, too_many_rows};

use super::error::Reply;
use super::extract::{Address, Current};

/// The most bytes of a body.
const BODY_MAX: usize = 2 << 20;
/// From this size on a body is parsed on a blocking thread, so as not to delay other requests.
const BLOCKING_BYTES: usize = 64 << 10;

pub(super) async fn preview(Current(model): Current, address: Address, body: Body) -> Reply {
    let request: PreviewRequest = address.parse()?;
    let format = Format::new(&address.headers)?;
    let body = to_bytes(body, BODY_MAX).await.map_err(|_| {
        let message = format!("the body of a preview has at most {} MiB", BODY_MAX >> 20);
        Refusal::new(Code::BodyTooLarge, message)
    })?;
    let rows = if body.len() < BLOCKING_BYTES {
        format.rows(&body)
    } else {
        let parsed = tokio::task::spawn_blocking(move || format.rows(&body)).await;
        parsed.map_err(|_| detente_feed::Failure::internal())?
    };
    let view = preview::preview(&model, rows?, &request).await?;
    Ok(reply::json(&view))
}

/// The format of a body, as its headers name it.
enum Format {
    /// Rows; without a format, it is guessed.
    Rows(Option<BodyFormat>),
    /// The data of a CloudEvent in binary mode, with its attributes.
    CloudEvent(Vec<(String, String)>),
}

impl Format {
    fn new(headers: &HeaderMap) -> Result<Self, Refusal> {
        let named = headers.iter();
        let named = named.map(|(name, value)| (name.as_str(), value.as_bytes()));
        let attributes = header_attributes(&named.collect::<Vec<_>>())?;
        let content_type = headers.get(axum::http::header::CONTENT_TYPE);
        let content_type =
            content_type.map(|value| header_text(value.as_bytes()).unwrap_or_default());
        let format = content_type.map(BodyFormat::parse).transpose()?;
        Ok(attributes.map_or(Self::Rows(format), Self::CloudEvent))
    }

    fn rows(&self, body: &[u8]) -> Result<Vec<Row>, Refusal> {
        match self {
            Self::Rows(format) => {
                let format = format.unwrap_or_else(|| BodyFormat::guess(body));
                let rows: Vec<Row> = submissions(body, format).take(ROWS_MAX + 1).collect();
                if rows.len() > ROWS_MAX {
                    return Err(too_many_rows());
                }
                Ok(rows)
            }
            Self::CloudEvent(attributes) => Ok(vec![(1, binary(attributes, body))]),
        }
    }
}
