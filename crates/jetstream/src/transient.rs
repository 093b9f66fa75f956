//! Which errors may pass by themselves, and which refusals last.

use std::error::Error as StdError;
use std::iter::successors;

use async_nats::jetstream::context::{
    CreateStreamError, CreateStreamErrorKind, GetStreamError, GetStreamErrorKind,
};
use async_nats::jetstream::stream::{
    ConsumerError, ConsumerErrorKind, RawMessageError, RawMessageErrorKind,
};
use async_nats::jetstream::{Error as Refusal, ErrorCode};

/// Returns true if the server may accept the same request later; a single server never accepts
/// replicas. A message whose id or subject is that of one that is being replicated is a conflict until
/// that one is stored. A stream finds no place while a server of the cluster is away, or has not
/// joined it yet.
pub(crate) fn is_transient(refusal: &Refusal) -> bool {
    refusal.code() == 429
        || refusal.code() >= 500 && refusal.error_code() != ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED
        || [
            ErrorCode::STREAM_DUPLICATE_MESSAGE_CONFLICT,
            ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT,
            ErrorCode::CLUSTER_NO_PEERS,
        ]
        .contains(&refusal.error_code())
}

/// Returns true if the server refuses a message for want of room: that of its disk, of the store, of
/// the account or of the stream.
pub(crate) fn is_full(refusal: &Refusal) -> bool {
    match refusal.error_code() {
        ErrorCode::INSUFFICIENT_RESOURCES
        | ErrorCode::STORAGE_RESOURCES_EXCEEDED
        | ErrorCode::ACCOUNT_RESOURCES_EXCEEDED => true,
        // The server has one code for all faults of a store.
        ErrorCode::STREAM_STORE_FAILED => {
            let text = refusal.to_string();
            text.contains("no space left") || text.contains("maximum")
        }
        _ => false,
    }
}

/// Returns true if a request that failed may succeed later: no answer came, or the server refuses it
/// for now. One that has just started may not know a stream yet.
pub(crate) fn may_pass(error: &(dyn StdError + 'static)) -> bool {
    refusal(error).is_none_or(|refusal| {
        is_transient(&refusal) || refusal.error_code() == ErrorCode::STREAM_NOT_FOUND
    })
}

/// Returns the server's refusal among the causes of an error.
fn refusal<'a>(error: &'a (dyn StdError + 'static)) -> Option<Refusal> {
    let source = |error: &&'a (dyn StdError + 'static)| (*error).source();
    let mut causes = successors(Some(error), source);
    causes.find_map(|cause| cause.downcast_ref().cloned().or_else(|| in_kind(cause)))
}

/// Returns the refusal that the client keeps in the kind of an error, and not as its source.
fn in_kind(error: &(dyn StdError + 'static)) -> Option<Refusal> {
    macro_rules! look {
        ($($error:ty: $kind:path,)*) => {
            $(if let Some(error) = error.downcast_ref::<$error>() {
                return match error.kind() {
                    $kind(refusal) => Some(refusal),
                    _ => None,
                };
            })*
        };
    }
    look! {
        CreateStreamError: CreateStreamErrorKind::JetStream,
        GetStreamError: GetStreamErrorKind::JetStream,
        RawMessageError: RawMessageErrorKind::JetStream,
        ConsumerError: ConsumerErrorKind::JetStream,
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refusal_passes_if_the_server_may_accept_the_request_later() {
        for (code, error_code, description, expected) in [
            (
                503,
                10_008,
                "JetStream system temporarily unavailable",
                true,
            ),
            (429, 10_167, "too many requests", true),
            (400, 10_164, "wrong last sequence", true),
            (400, 10_005, "no suitable peers for placement", true),
            (
                500,
                10_074,
                "replicas > 1 not supported in non-clustered mode",
                false,
            ),
            (404, 10_059, "stream not found", false),
        ] {
            let refusal = json!({"code": code, "err_code": error_code, "description": description});
            let refusal: Refusal = serde_json::from_value(refusal).expect("an error");
            assert_eq!(is_transient(&refusal), expected, "{refusal}");
        }
    }
}
