//! The statuses of gRPC that refusals have, by the names and numbers of its specification.

/// A status of gRPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Grpc {
    /// The request cannot be meant, whatever the state of the system.
    InvalidArgument = 3,
    /// It did not come, or was not answered, in time.
    DeadlineExceeded = 4,
    /// What is asked for is not there.
    NotFound = 5,
    /// What is to be made is there already.
    AlreadyExists = 6,
    /// Whoever asks is known, and may not.
    PermissionDenied = 7,
    /// A limit is reached.
    ResourceExhausted = 8,
    /// The system is in another state than the request takes for granted.
    FailedPrecondition = 9,
    /// Beyond the end of what there is, for now.
    OutOfRange = 11,
    /// There is no such deed here.
    Unimplemented = 12,
    /// A fault of this program.
    Internal = 13,
    /// Not now; the same request may succeed in a moment.
    Unavailable = 14,
    /// Whoever asks is not known.
    Unauthenticated = 16,
}

// === impl Grpc ===

impl Grpc {
    /// The number in the trailer `grpc-status`.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The name in the specification.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::FailedPrecondition => "FAILED_PRECONDITION",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::Unimplemented => "UNIMPLEMENTED",
            Self::Internal => "INTERNAL",
            Self::Unavailable => "UNAVAILABLE",
            Self::Unauthenticated => "UNAUTHENTICATED",
        }
    }
}
