//! Refusals and failures as statuses of gRPC, with details that programs read.
//!
//! The details are those of `google.rpc`: `ErrorInfo` with the code's word, `BadRequest` with a
//! violation a field, `RetryInfo` where waiting helps; and beside them all refusals as they are.

use std::collections::HashMap;
use std::time::Duration;

use detente_api::json::Accepted;
use detente_api::message::REFUSALS_URL;
use detente_api::proto;
use detente_api::refusal::Refusal;
use detente_feed::{No, error};
use detente_ingest::FailureCode;
use detente_read_model::watcher::End;
use prost::Message as _;
use prost_types::Any;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _, pb};

/// Whose reasons these are.
const DOMAIN: &str = "detente";
/// The name of an answer about rows among the details of a status.
const ANSWER_URL: &str = "type.googleapis.com/detente.v1.ReportResponse";
/// The most bytes that the refusals in a status take: it travels in the headers, of which clients
/// take 8 KiB.
const REFUSALS_BYTES_MAX: usize = 1_400;
/// The most rows of an answer in a status.
const ROWS_MAX: usize = 20;
/// When a client may try again, where nothing better is known.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What ends a call ends it with a status.
pub(crate) trait OrStatus<T> {
    /// The value, or the status.
    fn or_status(self) -> Result<T, Status>;
}

impl<T> OrStatus<T> for Result<T, Refusal> {
    fn or_status(self) -> Result<T, Status> {
        self.map_err(|refusal| refused(&[refusal]))
    }
}

impl<T> OrStatus<T> for Result<T, No> {
    fn or_status(self) -> Result<T, Status> {
        self.map_err(|no| match no {
            No::Refused(refusal) => refused(&[refusal]),
            No::Failed(failure) => unanswered(&failure),
        })
    }
}

impl<T> OrStatus<T> for Result<T, detente_ingest::Failure> {
    fn or_status(self) -> Result<T, Status> {
        self.map_err(|failure| unstored(&failure))
    }
}

/// The status of a request that was refused; the first refusal gives it its code.
pub(crate) fn refused(refusals: &[Refusal]) -> Status {
    let Some(first) = refusals.first() else {
        return failed(
            Code::Internal,
            "internal",
            "a request was refused without a reason",
        );
    };
    let message = match refusals.len() {
        1 => first.to_string(),
        count => format!("{first} (and {} more)", count - 1),
    };
    let mut metadata = HashMap::new();
    let mut tell = |name: &str, value: String| metadata.insert(name.to_owned(), value);
    if let Some(field) = &first.field {
        tell("field", field.clone());
    }
    if let Some(given) = &first.given {
        tell("given", given.clone());
    }
    tell("advice", first.code.advice().to_owned());
    let mut details = ErrorDetails::with_error_info(first.code.as_str(), DOMAIN, metadata);
    let mut told = proto::Refusals {
        refusals: Vec::new(),
        count: u32::try_from(refusals.len()).unwrap_or(u32::MAX),
    };
    for refusal in refusals {
        let refusal = proto::Refusal::from(refusal);
        let fits = told.encoded_len() + refusal.encoded_len() <= REFUSALS_BYTES_MAX;
        if !told.refusals.is_empty() && !fits {
            break;
        }
        if let Some(field) = &refusal.field {
            details.add_bad_request_violation(field.clone(), refusal.message.clone());
        }
        told.refusals.push(refusal);
    }
    let code = Code::from_i32(i32::from(first.code.grpc().number()));
    if code == Code::Unavailable || code == Code::ResourceExhausted {
        details.set_retry_info(Some(AGAIN_AFTER));
    }
    let status = Status::with_error_details(code, message, details);
    with(&status, REFUSALS_URL, &told)
}

/// The status of a question that could not be answered.
fn unanswered(failure: &error::Failure) -> Status {
    let word = failure.code.as_str();
    tracing::error!(code = word, "a question was not answered: {failure}");
    let code = match failure.code {
        error::FailureCode::LogUnavailable => Code::Unavailable,
        error::FailureCode::Internal => Code::Internal,
    };
    failed(code, word, &failure.reason)
}

/// The status of rows that could not wholly be stored, with the first of those that are.
fn unstored(failure: &detente_ingest::Failure) -> Status {
    let code = match failure.code {
        FailureCode::LogUnavailable => Code::Unavailable,
        FailureCode::OutcomeUnknown => Code::Unknown,
        FailureCode::Internal => Code::Internal,
    };
    let status = failed(code, failure.code.as_str(), &failure.reason);
    if failure.accepted.is_empty() {
        return status;
    }
    let accepted = failure.accepted.iter().take(ROWS_MAX);
    let answer = proto::ReportResponse {
        accepted: accepted.map(|row: &Accepted| row.into()).collect(),
        refused: Vec::new(),
    };
    with(&status, ANSWER_URL, &answer)
}

/// The status of a stream of changes that ends; none where nothing is wrong.
pub(crate) fn ended(end: End) -> Option<Status> {
    match end {
        End::Switched => None,
        End::Stopped => Some(failed(
            Code::Unavailable,
            "stopping",
            "the service stops; ask again with the last cursor",
        )),
        End::Broken => Some(failed(
            Code::Unavailable,
            "log_unavailable",
            "the changes cannot be read right now; ask again with the last cursor",
        )),
    }
}

/// A failure of ours, by its stable word.
pub(crate) fn failed(code: Code, word: &str, reason: &str) -> Status {
    let mut details = ErrorDetails::with_error_info(word, DOMAIN, HashMap::new());
    if code == Code::Unavailable {
        details.set_retry_info(Some(AGAIN_AFTER));
    }
    Status::with_error_details(code, reason, details)
}

/// The same status with one more detail.
fn with(status: &Status, url: &str, detail: &impl prost::Message) -> Status {
    // What was encoded a moment ago is a status.
    let mut told = pb::Status::decode(status.details()).unwrap_or_default();
    told.details.push(Any {
        type_url: url.to_owned(),
        value: detail.encode_to_vec(),
    });
    let details = told.encode_to_vec();
    Status::with_details(status.code(), status.message(), details.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::refusal::Code as Word;

    #[test]
    fn a_refusal_has_the_status_of_its_code_and_all_that_it_says() {
        let refusal = Refusal::unknown_party("actors[0]", "Tajikstan");
        let status = refused(std::slice::from_ref(&refusal));
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
        let told = pb::Status::decode(status.details()).unwrap();
        let told = told.details.iter().find(|any| any.type_url == REFUSALS_URL);
        let told = proto::Refusals::decode(&*told.unwrap().value).unwrap();
        assert_eq!(told.refusals, [proto::Refusal::from(&refusal)]);
    }

    #[test]
    fn every_code_is_a_status_that_fails_and_fits_into_headers() {
        for code in Word::ALL {
            let refusal = Refusal::new(*code, "x".repeat(300)).field("f").given("g");
            let status = refused(&vec![refusal; 24]);
            assert_ne!(status.code(), Code::Ok, "{code:?}");
            assert_ne!(status.code(), Code::Unknown, "{code:?}");
            assert!(status.details().len() < 4_000, "{}", status.details().len());
        }
    }
}
