//! The parameters of a path.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use serde::de::DeserializeOwned;

use crate::reply;

/// The percent-decoded parameters of a path: one text, or all names and values. A path that is not
/// UTF-8 is refused with `bad_utf8`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathParams<T>(pub T);

impl<T, S> FromRequestParts<S> for PathParams<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(params)) => Ok(Self(params)),
            // Nothing else can be wrong with texts.
            Err(_) => {
                let message = "the path is not UTF-8 once it is percent-decoded";
                let refusal = Refusal::new(Code::BadUtf8, message).field("path");
                Err(reply::refusal(refusal.value(parts.uri.path())))
            }
        }
    }
}
