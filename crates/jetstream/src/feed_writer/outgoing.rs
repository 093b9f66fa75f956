//! Messages to publish, checked before any is sent.

use async_nats::Subject;
use async_nats::header::HeaderMap;
use bytes::Bytes;

use super::{BadOutgoing, ID};
use crate::headers::{self, BadHeader};
use crate::topology::Projection;

/// Space for the headers that are added when the message is sent.
const OWN_HEADERS_BYTES: usize = 512;

/// A message to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The suffix of the subject, such as `AFG.KAZ`.
    pub subject_suffix: String,
    /// Headers, such as those of the checkpoint. Names that begin with `Nats-` are reserved for the
    /// server.
    pub headers: Vec<(String, String)>,
    /// The payload: the changes.
    pub payload: Bytes,
}

/// A checked message, ready to be sent any number of times.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) subject: Subject,
    pub(super) headers: HeaderMap,
    pub(super) payload: Bytes,
    pub(super) id: String,
    pub(super) bytes: usize,
}

impl Prepared {
    pub(super) fn new(
        outgoing: Outgoing,
        projection: &Projection,
        id: String,
        bytes_max: usize,
    ) -> Result<Self, BadOutgoing> {
        if !is_suffix(&outgoing.subject_suffix) {
            return Err(BadOutgoing::Subject {
                given: outgoing.subject_suffix,
            });
        }
        let subject = projection.subject(&outgoing.subject_suffix);
        let mut headers = HeaderMap::new();
        let mut bytes = subject.len() + outgoing.payload.len() + OWN_HEADERS_BYTES;
        for (name, value) in outgoing.headers {
            let lower = name.to_ascii_lowercase();
            if lower.starts_with("nats-") || name == ID {
                let reason = "its name is reserved";
                return Err(BadHeader { name, reason }.into());
            }
            bytes += name.len() + value.len() + 4;
            headers::insert(&mut headers, &name, &value)?;
        }
        if bytes > bytes_max {
            return Err(BadOutgoing::TooLarge { bytes, bytes_max });
        }
        headers.insert(ID, id.as_str());
        Ok(Self {
            subject: subject.into(),
            headers,
            payload: outgoing.payload,
            id,
            bytes,
        })
    }
}

/// Returns true if it is two tokens of letters, digits, dashes and underscores, separated by a dot.
fn is_suffix(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_token = |token: &str| !token.is_empty() && token.bytes().all(is_allowed);
    text.split_once('.')
        .is_some_and(|(first, second)| is_token(first) && is_token(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(suffix: &str, headers: &[(&str, &str)], payload: usize) -> Result<usize, BadOutgoing> {
        let projection = Projection::new("p").expect("a good name");
        let headers = headers
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        let outgoing = Outgoing {
            subject_suffix: suffix.to_owned(),
            headers,
            payload: vec![0; payload].into(),
        };
        Prepared::new(outgoing, &projection, "id-1".to_owned(), 2_000).map(|ready| ready.bytes)
    }

    #[test]
    fn messages_that_nats_cannot_carry_are_refused_before_any_is_sent() {
        assert!(check("AFG.KAZ", &[("Detente-Position", "7")], 1_000).is_ok());
        for bad in [
            "",
            "AFG",
            "AFG.KAZ.X",
            "AFG.",
            "AFG.*",
            "AFG.>",
            "AFG KAZ",
            ".KAZ",
        ] {
            assert_eq!(
                check(bad, &[], 0),
                Err(BadOutgoing::Subject {
                    given: bad.to_owned()
                })
            );
        }
        for bad in ["Nats-Msg-Id", "nats-rollup", "a b", ID] {
            assert!(matches!(
                check("A.B", &[(bad, "1")], 0),
                Err(BadOutgoing::Header(_))
            ));
        }
        assert!(matches!(
            check("A.B", &[], 2_000),
            Err(BadOutgoing::TooLarge { .. })
        ));
    }
}
