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
        /// There is no room for more records; those that the failure does not list as accepted are not
        /// stored.
        LogFull "log_full",
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
            Self::LogFull => 507,
            Self::Internal => 500,
        }
    }

    /// Returns the seconds after which a client may try again, if that may help.
    #[must_use]
    pub const fn retry_after(self) -> Option<u64> {
        match self {
            Self::LogUnavailable | Self::OutcomeUnknown => Some(1),
            Self::LogFull => Some(30),
            Self::Internal => None,
        }
    }

    /// Returns a title for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LogUnavailable => "The log is unavailable right now",
            Self::OutcomeUnknown => "The log did not answer",
            Self::LogFull => "The log has no room",
            Self::Internal => "The service failed",
        }
    }
}
