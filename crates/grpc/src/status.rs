//! Refusals and failures as gRPC statuses with machine-readable details.
//!
//! The details are those of `google.rpc`: `ErrorInfo` with the code, `BadRequest` with a violation
//! for each field, `RetryInfo` if waiting helps; and all refusals in our own message.

use std::collections::HashMap;
use std::time::Duration;

use detente_api::message::REFUSALS_URL;
use detente_api::proto;
use detente_api::submission::Accepted;
use detente_api::{FailureCode, Refusal};
use detente_feed::{Error, error};
use detente_ingest::ReportError;
use detente_read_model::watcher::End;
use prost::Message as _;
use prost_types::Any;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _, pb};

/// The domain of `ErrorInfo`.
const DOMAIN: &str = "detente";
/// The type URL of the detail with stored rows.
const ANSWER_URL: &str = "type.googleapis.com/detente.v1.ReportResponse";
/// The most bytes of the refusals in a status: it is sent in headers, which clients limit to
/// 8 KiB.
const REFUSALS_BYTES_MAX: usize = 1_400;
/// The most stored rows in a status.
const ROWS_MAX: usize = 20;
/// The default delay before a client may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The delay after which there may be room again.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(30);

/// Turns an error into a status.
pub(crate) trait OrStatus<T> {
    /// Returns the value, or the status.
    fn or_status(self) -> Result<T, Status>;
}

impl<T> OrStatus<T> for Result<T, Refusal> {
    fn or_status(self) -> Result<T, Status> {
        self.map_err(|refusal| refused_status(&[refusal]))
    }
}

impl<T> OrStatus<T> for Result<T, Error> {
    fn or_status(self) -> Result<T, Status> {
        self.map_err(|error| match error {
            Error::Refused(refusal) => refused_status(&[refusal]),
            Error::Failed(failure) => read_failure_status(&failure),
        })
    }
}

impl<T> OrStatus<T> for Result<T, ReportError> {
    fn or_status(self) -> Result<T, Status> {
        self.map_err(|error| match error {
            ReportError::Refused(refusal) => refused_status(&[refusal]),
            ReportError::Failed(failure) => report_failure_status(&failure),
        })
    }
}

/// Returns the status of a refused request; its code is that of the first refusal.
pub(crate) fn refused_status(refusals: &[Refusal]) -> Status {
    let Some(first) = refusals.first() else {
        tracing::error!("a request was refused without a reason");
        return internal_status();
    };
    let message = match refusals.len() {
        1 => first.to_string(),
        count => format!("{first} (and {} more)", count - 1),
    };
    let mut metadata = HashMap::new();
    let mut add = |name: &str, value: String| metadata.insert(name.to_owned(), value);
    if let Some(field) = &first.field {
        add("field", field.clone());
    }
    if let Some(value) = &first.value {
        add("given", value.clone());
    }
    add("advice", first.code.advice().to_owned());
    let mut details = ErrorDetails::with_error_info(first.code.as_str(), DOMAIN, metadata);
    let mut included = proto::Refusals {
        refusals: Vec::new(),
        count: u32::try_from(refusals.len()).unwrap_or(u32::MAX),
    };
    for refusal in refusals {
        let refusal = proto::Refusal::from(refusal);
        let fits = included.encoded_len() + refusal.encoded_len() <= REFUSALS_BYTES_MAX;
        if !included.refusals.is_empty() && !fits {
            break;
        }
        if let Some(field) = &refusal.field {
            details.add_bad_request_violation(field.clone(), refusal.message.clone());
        }
        included.refusals.push(refusal);
    }
    let code = Code::from_i32(i32::from(first.code.grpc().number()));
    if code == Code::Unavailable || code == Code::ResourceExhausted {
        details.set_retry_info(Some(RETRY_AFTER));
    }
    let status = Status::with_error_details(code, message, details);
    with_detail(&status, REFUSALS_URL, &included)
}

const fn grpc_code(code: FailureCode) -> Code {
    match code {
        FailureCode::LogUnavailable => Code::Unavailable,
        FailureCode::OutcomeUnknown => Code::Unknown,
        FailureCode::LogFull => Code::ResourceExhausted,
        FailureCode::Internal => Code::Internal,
    }
}

/// Returns the status of a read that failed.
fn read_failure_status(failure: &error::Failure) -> Status {
    let name = failure.code.as_str();
    tracing::error!(code = name, "a read failed: {failure}");
    failure_status(grpc_code(failure.code), name, &failure.reason)
}

/// Returns the status of rows that were not wholly stored, with the first of those that were.
fn report_failure_status(failure: &detente_ingest::Failure) -> Status {
    let status = failure_status(
        grpc_code(failure.code),
        failure.code.as_str(),
        &failure.reason,
    );
    if failure.accepted.is_empty() {
        return status;
    }
    let accepted = failure.accepted.iter().take(ROWS_MAX);
    let answer = proto::ReportResponse {
        accepted: accepted.map(|row: &Accepted| row.into()).collect(),
        refused: Vec::new(),
    };
    with_detail(&status, ANSWER_URL, &answer)
}

/// Returns the status at the end of a stream of changes; `None` if it ends well.
pub(crate) fn end_status(end: End) -> Option<Status> {
    match end {
        End::Switched => None,
        End::Stopped => Some(failure_status(
            Code::Unavailable,
            "stopping",
            "the service is stopping; try again with the last cursor",
        )),
        End::Broken => Some(failure_status(
            Code::Unavailable,
            "log_unavailable",
            "the changes cannot be read right now; try again with the last cursor",
        )),
    }
}

/// Returns the status of an internal error.
pub(crate) fn internal_status() -> Status {
    let reason = "internal error; the log of the service has the cause";
    failure_status(Code::Internal, "internal", reason)
}

/// Returns the status of a failure, by its stable code.
pub(crate) fn failure_status(code: Code, name: &str, reason: &str) -> Status {
    let mut details = ErrorDetails::with_error_info(name, DOMAIN, HashMap::new());
    let retry_after = match code {
        Code::Unavailable => Some(RETRY_AFTER),
        Code::ResourceExhausted => Some(RETRY_WHEN_FULL),
        _ => None,
    };
    if retry_after.is_some() {
        details.set_retry_info(retry_after);
    }
    Status::with_error_details(code, reason, details)
}

/// Adds a detail to a status.
fn with_detail(status: &Status, url: &str, detail: &impl prost::Message) -> Status {
    // The details of a status are an encoded `google.rpc.Status`.
    let mut encoded = pb::Status::decode(status.details()).unwrap_or_default();
    encoded.details.push(Any {
        type_url: url.to_owned(),
        value: detail.encode_to_vec(),
    });
    let details = encoded.encode_to_vec();
    Status::with_details(status.code(), status.message(), details.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::refusal::Code as RefusalCode;

    #[test]
    fn a_refusal_has_the_status_of_its_code_and_all_its_fields() {
        let refusal = Refusal::unknown_party("actors[0]", "Tajikstan");
        let status = refused_status(std::slice::from_ref(&refusal));
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.message(), refusal.to_string());
        let info = status.get_details_error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            ("unknown_party", "detente")
        );
        assert_eq!(info.metadata["given"], "Tajikstan");
        let bad = status.get_details_bad_request().unwrap();
        assert_eq!(bad.field_violations[0].field, "actors[0]");
        let encoded = pb::Status::decode(status.details()).unwrap();
        let mut details = encoded.details.iter();
        let detail = details.find(|any| any.type_url == REFUSALS_URL).unwrap();
        let included = proto::Refusals::decode(&*detail.value).unwrap();
        assert_eq!(included.refusals, [proto::Refusal::from(&refusal)]);
    }

    #[test]
    fn every_code_has_a_failing_status_that_fits_into_headers() {
        for code in RefusalCode::ALL {
            let refusal = Refusal::new(*code, "x".repeat(300)).field("f").value("g");
            let status = refused_status(&vec![refusal; 24]);
            assert_ne!(status.code(), Code::Ok, "{code:?}");
            assert_ne!(status.code(), Code::Unknown, "{code:?}");
            assert!(status.details().len() < 4_000, "{}", status.details().len());
        }
    }
}
