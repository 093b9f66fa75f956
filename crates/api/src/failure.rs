//! Codes of failures: faults of a service, never of the client.

use detente_domain::string_enum;

string_enum! {
    /// The stable codes of failures.
    FailureCode {
        /// The log cannot be read or written at the moment. Rows that the failure lists as accepted
        /// are stored, the others are not.
        LogUnavailable "log_unavailable",
        /// The log did not answer; the records may be stored or not.
        OutcomeUnknown "outcome_unknown",
        /// An internal error of the service.
        Internal "internal",
    }
}

impl FailureCode {
    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::LogUnavailable | Self::OutcomeUnknown => 503,
            Self::Internal => 500,
        }
    }

    /// Returns a title for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LogUnavailable => "The log is unavailable right now",
            Self::OutcomeUnknown => "The log did not answer",
            Self::Internal => "The service failed",
        }
    }
}
