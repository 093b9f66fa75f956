//! Codes of failures: faults of a service, never of the client.

/// The stable codes of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// The log cannot be read or written at the moment; nothing was stored.
    LogUnavailable,
    /// The log did not answer; the records may be stored or not.
    OutcomeUnknown,
    /// An internal error of the service.
    Internal,
}

impl FailureCode {
    /// Returns the code as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogUnavailable => "log_unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Internal => "internal",
        }
    }

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
