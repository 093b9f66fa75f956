//! The table of codes, with their HTTP and gRPC statuses, titles and advice.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::GrpcCode;

macro_rules! codes {
    ($($variant:ident $word:literal $status:literal $grpc:ident $title:literal, $advice:literal;)*) => {
        /// The stable code of an error. Codes are a contract; new ones may be added.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Code {
            $(
                #[doc = concat!("`", $word, "` (", $status, "): ", $title, ".")]
                #[serde(rename = $word)]
                $variant,
            )*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the word, HTTP status, gRPC status, title and advice.
            const fn row(self) -> (&'static str, u16, GrpcCode, &'static str, &'static str) {
                match self {
                    $(Self::$variant => ($word, $status, GrpcCode::$grpc, $title, $advice),)*
                }
            }
        }
    };
}

codes! {
    // The caller.
    Unauthenticated "unauthenticated" 401 Unauthenticated "The caller is not known",
        "Send a token from `detente token create`, as `Authorization: Bearer <token>`.";
    Forbidden "forbidden" 403 PermissionDenied "The token has no permission for this",
        "Use a token with one of the allowed roles.";
    ForeignHost "foreign_host" 403 PermissionDenied "The name in Host is not one of this server",
        "Use a loopback name or an address, create a token, or start the server with --allow-host.";
    ForeignOrigin "foreign_origin" 403 PermissionDenied "A page of another origin made the request",
        "Start the server with --cors and the origin of the page, if it may call.";

    // The request as a whole.
    BadRequest "bad_request" 400 InvalidArgument "The request is not valid HTTP",
        "Send a request of HTTP/1.1; percent-encode what an address cannot have.";
    HeadTooLarge "head_too_large" 431 ResourceExhausted "The head of the request is too large",
        "Shorten the address, or send fewer and shorter headers.";

    // The body as a whole.
    EmptyBody "empty_body" 400 InvalidArgument "The body is empty",
        "Send one event as a JSON object, several as an array, or one per line as NDJSON.";
    BodyTooLarge "body_too_large" 413 ResourceExhausted "The body is too large",
        "Send the events in several smaller bodies.";
    TooManyRecords "too_many_records" 413 ResourceExhausted "Too many events at once",
        "Send the events in several bodies of fewer events.";
    TooManyRelations "too_many_relations" 413 ResourceExhausted
        "The events of the body affect too many relations",
        "Send the refused rows in another body.";
    UnsupportedMediaType "unsupported_media_type" 415 InvalidArgument "The media type is not supported",
        "Send one of the allowed media types.";
    BadContentEncoding "bad_content_encoding" 415 Unimplemented "The body cannot be decoded",
        "Send the body as it is, or encoded once with one of the allowed codings.";
    BadUtf8 "bad_utf8" 400 InvalidArgument "The text is not UTF-8",
        "Save the text as UTF-8 and send it again.";
    BadJson "bad_json" 400 InvalidArgument "The text is not JSON",
        "Correct the JSON at the position in the message.";
    DuplicateKey "duplicate_key" 422 InvalidArgument "A key stands twice in one object",
        "Give each key of an object once.";

    // Fields of any form.
    WrongType "wrong_type" 422 InvalidArgument "A value has the wrong type",
        "Give a value of the type in the message.";
    MissingField "missing_field" 422 InvalidArgument "A field is missing",
        "Add the field.";
    UnknownField "unknown_field" 422 InvalidArgument "A field is not known",
        "Remove the field, or correct its name to one of the allowed ones.";
    TextTooLong "text_too_long" 422 InvalidArgument "A text is too long",
        "Shorten the text; its length is counted in Unicode characters.";
    BadText "bad_text" 422 InvalidArgument "A text is blank or has control characters",
        "Give text that is not blank, without control characters other than line breaks and tabs.";
    BadId "bad_id" 422 InvalidArgument "The id is not a UUID",
        "Give a UUID, preferably of version 7, or leave the id out.";
    BadDate "bad_date" 422 InvalidArgument "The date is invalid",
        "Write the date in EDTF, such as 2023-03-23, 2022-03 or 2021-08/2022-12.";
    BadGrade "bad_grade" 422 InvalidArgument "The grade is not an Admiralty grade",
        "Give a letter A to F for the source and a digit 1 to 6 for the information, such as B2.";
    BadUrl "bad_url" 422 InvalidArgument "The address is not a web address",
        "Give an address that begins with https:// or http://.";
    BadLanguage "bad_language" 422 InvalidArgument "The language is not a language tag",
        "Give a BCP 47 tag, such as en, ar or ru.";

    // The content of events.
    UnknownKind "unknown_kind" 422 InvalidArgument "The kind of event is not known",
        "Use one of the kinds that `detente kinds` or GET /v1/kinds lists.";
    UnknownParty "unknown_party" 422 InvalidArgument "A party is not known",
        "Give an ISO 3166-1 code, another code such as TALIBAN, or a name in English, Arabic or \
         Russian.";
    PartyDidNotExist "party_did_not_exist" 422 InvalidArgument "A party did not exist on the date",
        "Name the party that existed then, such as one of the allowed, or correct the date.";
    MissingActor "missing_actor" 422 InvalidArgument "There is no actor",
        "Name at least one actor.";
    TooManyParties "too_many_parties" 422 InvalidArgument "Too many parties",
        "Name fewer parties, or report several events.";
    SelfRelation "self_relation" 422 InvalidArgument "A party stands on both sides",
        "Name each party on one side, once.";
    UnknownDetail "unknown_detail" 422 InvalidArgument "The kind takes no such detail",
        "Remove the detail, or correct its name to one of the allowed ones.";
    MissingDetail "missing_detail" 422 InvalidArgument "The kind needs a detail",
        "Add the detail; `detente kinds` and GET /v1/kinds show those of each kind.";
    BadDetail "bad_detail" 422 InvalidArgument "The value does not fit the detail",
        "Give a value that the detail allows; `detente kinds` and GET /v1/kinds show those of each \
         kind.";

    EventsOnly "events_only" 422 InvalidArgument "Only events can be previewed",
        "Leave the amendment out, or report it without a preview.";

    // Amendments.
    EmptyCorrection "empty_correction" 422 InvalidArgument "The correction changes nothing",
        "Name at least one field with its new value.";
    EmptiedField "emptied_field" 422 InvalidArgument "A correction empties a mandatory field",
        "Leave the field out to keep it, or give a new value.";
    IdConflict "id_conflict" 409 AlreadyExists "The id belongs to another record",
        "Give a new id or, to repeat the same record, send it unchanged.";
    BackgroundEvent "background_event" 422 InvalidArgument "The event is of the background data",
        "Report an event that says otherwise, such as membership.left or recognition.granted.";
    BadIdempotencyKey "bad_idempotency_key" 400 InvalidArgument "The idempotency key is invalid",
        "Give a string of 1 to 255 printable ASCII characters in quotation marks, preferably a UUID.";
    IdempotencyConflict "idempotency_conflict" 422 AlreadyExists
        "The idempotency key was used for another request",
        "Give each request its own key or, to repeat the same request, send it unchanged.";

    // Webhooks.
    BadName "bad_name" 422 InvalidArgument "The id is invalid",
        "Give 1 to 64 lower-case letters, digits and hyphens, or leave the id out.";
    BadSecret "bad_secret" 422 InvalidArgument "The secret is invalid",
        "Give whsec_ and 24 to 64 random bytes in base64, or leave the secret out to get a new one.";
    PrivateAddress "private_address" 422 InvalidArgument "The address is not public",
        "Give an address on the public internet, or start the service with \
         --webhooks-allow-private.";
    UnknownWebhook "unknown_webhook" 404 NotFound "There is no such webhook",
        "Use an id that GET /v1/webhooks lists.";
    TooManyWebhooks "too_many_webhooks" 409 ResourceExhausted "There are too many webhooks",
        "Delete webhooks that are no longer needed.";

    // Reads.
    BadQuery "bad_query" 400 InvalidArgument "A parameter is invalid",
        "Give the parameter as documented.";
    BadFilter "bad_filter" 400 InvalidArgument "The filter is invalid",
        "Write an expression over `change` that is true or false, with the fields and functions in \
         the documentation.";
    BadCursor "bad_cursor" 400 InvalidArgument "The cursor is invalid",
        "Use a cursor from an answer unchanged, or start without one.";
    StaleCursor "stale_cursor" 410 FailedPrecondition "The cursor belongs to another change feed",
        "Resume from the allowed cursor.";
    LostChanges "lost_changes" 410 DataLoss "The change feed lacks messages",
        "Resume from the allowed cursor, which is after them; `detente rebuild` makes another feed.";
    UnknownRelation "unknown_relation" 404 NotFound "There is no such relation",
        "Name two different states.";
    UnknownDimension "unknown_dimension" 404 NotFound "There is no such dimension",
        "Use one of the allowed dimensions or registers.";
    UnknownPosition "unknown_position" 404 OutOfRange "The log has not reached the position",
        "Request a position that the log has reached, or wait for it with min_position.";
    UnknownEvent "unknown_event" 404 NotFound "There is no such event",
        "Check the id; wait for an event that was just reported with min_position.";
    NotFound "not_found" 404 NotFound "There is nothing at this path",
        "Use one of the paths in the documentation.";
    NotAcceptable "not_acceptable" 406 InvalidArgument "The format is not available",
        "Request one of the allowed formats.";
    MethodNotAllowed "method_not_allowed" 405 Unimplemented "The method is not allowed",
        "Use one of the allowed methods.";
    TooSlow "too_slow" 408 DeadlineExceeded "The body did not arrive in time",
        "Send it again, in smaller parts or over a faster connection.";
    TooManyRequests "too_many_requests" 429 ResourceExhausted "Too many requests",
        "Retry after the number of seconds in the header Retry-After.";
    TooManyStreams "too_many_streams" 429 ResourceExhausted "Too many streams are open",
        "Close a stream, or retry after the number of seconds in the header Retry-After.";
    TooManyConnections "too_many_connections" 503 Unavailable "Too many connections are open",
        "Close a connection, or retry after the number of seconds in the header Retry-After.";
    NotCaughtUp "not_caught_up" 503 Unavailable "The position was not reached in time",
        "Retry; the service is behind the log.";
}

// === impl Code ===

impl Code {
    /// Returns the stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// Returns the gRPC status.
    #[must_use]
    pub const fn grpc(self) -> GrpcCode {
        self.row().2
    }

    /// Returns the title: the meaning of the code, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.row().3
    }

    /// Returns advice to the client, as a sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.row().4
    }
}

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Code")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = Self::ALL.iter().map(|code| code.as_str()).collect();
        schemars::json_schema!({
            "type": "string",
            "description": "The stable code of an error; new ones may be added.",
            "enum": words,
        })
    }
}
