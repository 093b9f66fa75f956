//! Headers of a report, the same over HTTP and NATS.

use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{BodyFormat, BodyKind, IDEMPOTENCY_KEY, IdempotencyKey, header_text};
use detente_http::coding::unsupported;
use detente_jetstream::commit::TRACEPARENT;

/// The name of no content coding.
const IDENTITY: &str = "identity";

/// Headers: names in lower case and values, in order.
#[derive(Debug)]
pub(crate) struct Headers<'a>(Vec<(&'a str, &'a [u8])>);

impl<'a> FromIterator<(&'a str, &'a [u8])> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a [u8])>>(headers: I) -> Self {
        Self(headers.into_iter().collect())
    }
}

impl<'a> Headers<'a> {
    fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let named = self.0.iter().filter(move |(known, _)| *known == name);
        named.map(|(_, value)| *value)
    }

    /// Returns the format that the content type names, if there is one.
    ///
    /// # Errors
    /// `unsupported_media_type`.
    pub(crate) fn format(&self) -> Result<Option<BodyFormat>, Refusal> {
        BodyFormat::of(&self.0)
    }

    /// Refuses a body with a content coding. Over HTTP a body is decoded, and its coding removed.
    ///
    /// # Errors
    /// `bad_content_encoding`.
    pub(crate) fn refuse_coding(&self) -> Result<(), Refusal> {
        let mut codings = self.all("content-encoding");
        match codings.find(|coding| !coding.eq_ignore_ascii_case(IDENTITY.as_bytes())) {
            None => Ok(()),
            Some(coding) => Err(unsupported(&String::from_utf8_lossy(coding), &[IDENTITY])),
        }
    }

    /// Returns the idempotency key, if there is one.
    ///
    /// # Errors
    /// `bad_idempotency_key` for a malformed one, and for several.
    pub(crate) fn key(&self) -> Result<Option<IdempotencyKey>, Refusal> {
        let mut keys = self.all(IDEMPOTENCY_KEY);
        let key = keys.next().map(IdempotencyKey::parse);
        if keys.next().is_some() {
            let refusal = Refusal::new(Code::BadIdempotencyKey, "a request has one key");
            return Err(refusal.field("Idempotency-Key"));
        }
        key.transpose()
    }

    /// Returns the W3C trace context, if there is one.
    pub(crate) fn traceparent(&self) -> Option<String> {
        let traceparent = self.all(TRACEPARENT).next();
        traceparent.and_then(header_text).map(str::to_owned)
    }

    /// Returns the kind of a body that is not an amendment. The attributes of a CloudEvent in
    /// binary mode are without their prefix.
    ///
    /// # Errors
    /// `bad_text` for an attribute that is not plain ASCII.
    pub(crate) fn kind(&self) -> Result<BodyKind, Refusal> {
        BodyKind::of(&self.0)
    }
}
