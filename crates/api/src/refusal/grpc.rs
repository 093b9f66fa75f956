//! The gRPC statuses of refusals.

macro_rules! statuses {
    ($($(#[$doc:meta])* $variant:ident $number:literal $name:literal,)+) => {
        /// A gRPC status code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum GrpcCode { $($(#[$doc])* $variant = $number,)+ }

        impl GrpcCode {
            /// The number in the trailer `grpc-status`.
            #[must_use]
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// The name in the specification.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

statuses! {
    /// The request is invalid, whatever the state of the system.
    InvalidArgument 3 "INVALID_ARGUMENT",
    /// The time limit of the request or the answer has passed.
    DeadlineExceeded 4 "DEADLINE_EXCEEDED",
    /// The requested object does not exist.
    NotFound 5 "NOT_FOUND",
    /// The object that the request would create already exists.
    AlreadyExists 6 "ALREADY_EXISTS",
    /// The caller is known, but has no permission.
    PermissionDenied 7 "PERMISSION_DENIED",
    /// A limit is reached.
    ResourceExhausted 8 "RESOURCE_EXHAUSTED",
    /// The system is not in the state that the request assumes.
    FailedPrecondition 9 "FAILED_PRECONDITION",
    /// The position is beyond the present end of the log.
    OutOfRange 11 "OUT_OF_RANGE",
    /// The method does not exist.
    Unimplemented 12 "UNIMPLEMENTED",
    /// The service failed.
    Internal 13 "INTERNAL",
    /// The service is not ready; the same request may succeed later.
    Unavailable 14 "UNAVAILABLE",
    /// Stored data is lost.
    DataLoss 15 "DATA_LOSS",
    /// The caller is not authenticated.
    Unauthenticated 16 "UNAUTHENTICATED",
}
