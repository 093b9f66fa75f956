//! The stable codes of refusals, with their HTTP and gRPC status, title and advice: one table.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Grpc;

macro_rules! codes {
    ($($variant:ident $word:literal $status:literal $grpc:ident $title:literal, $advice:literal;)*) => {
        /// What is wrong, as a stable word. The words are a contract; new ones may come.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = concat!("`", $word, "` (", $status, "): ", $title, ".")] $variant,)* }

        impl Code {
            /// All, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Word, HTTP status, gRPC status, title and advice.
            const fn row(self) -> (&'static str, u16, Grpc, &'static str, &'static str) {
                match self {
                    $(Self::$variant => ($word, $status, Grpc::$grpc, $title, $advice),)*
                }
            }
        }
    };
}

codes! {
    // Who calls.
    Unauthenticated "unauthenticated" 401 Unauthenticated "Who calls is not known",
        "Send a token that was made with `detente token create`, as `Authorization: Bearer <token>`.";
    Forbidden "forbidden" 403 PermissionDenied "The token may not do this",
        "Use a token of one of the roles that are allowed.";

    // The body as a whole.
    EmptyBody "empty_body" 400 InvalidArgument "Nothing was sent",
        "Send one event as a JSON object, several as an array, or one a line as NDJSON.";
    BodyTooLarge "body_too_large" 413 ResourceExhausted "The body is too large",
        "Send the events in several smaller bodies.";
    TooManyRecords "too_many_records" 413 ResourceExhausted "Too many events at once",
        "Send the events in several bodies of fewer events.";
    UnsupportedMediaType "unsupported_media_type" 415 InvalidArgument "The media type is not read",
        "Send one of the media types that are allowed.";
    BadUtf8 "bad_utf8" 400 InvalidArgument "The text is not UTF-8",
        "Save the text as UTF-8 and send it again.";
    BadJson "bad_json" 400 InvalidArgument "The text is not JSON",
        "Mend the JSON at the place that the message names.";

    // Fields of any form.
    WrongType "wrong_type" 422 InvalidArgument "A value has the wrong type",
        "Give a value of the type that the message names.";
    MissingField "missing_field" 422 InvalidArgument "A field is missing",
        "Add the field.";
    UnknownField "unknown_field" 422 InvalidArgument "A field is not known",
        "Take the field out, or write it as one of those that are allowed.";
    TextTooLong "text_too_long" 422 InvalidArgument "A text is too long",
        "Shorten the text; the length is counted in bytes of UTF-8.";
    BadText "bad_text" 422 InvalidArgument "A text is blank or has control characters",
        "Give a text that can be read; only line breaks and tabs are allowed beside letters.";
    BadId "bad_id" 422 InvalidArgument "The id is not a UUID",
        "Give a UUID, best of version 7, or leave the id out.";
    BadDate "bad_date" 422 InvalidArgument "The date is not understood",
        "Write the date in EDTF, such as 2023-03-23, 2022-03 or 2021-08/2022-12.";
    BadGrade "bad_grade" 422 InvalidArgument "The grade is not an Admiralty grade",
        "Give a letter A to F for the source and a digit 1 to 6 for the information, such as B2.";
    BadUrl "bad_url" 422 InvalidArgument "The address is not a web address",
        "Give an address that begins with https:// or http://.";
    BadLanguage "bad_language" 422 InvalidArgument "The language is not a language tag",
        "Give a BCP 47 tag, such as en, ar or ru.";

    // What an event says.
    UnknownKind "unknown_kind" 422 InvalidArgument "The kind of event is not known",
        "Use one of the kinds that the documentation lists.";
    UnknownParty "unknown_party" 422 InvalidArgument "A party is not known",
        "Give an ISO 3166-1 code, a code of ours such as TALIBAN, or a name in English, Arabic or \
         Russian.";
    MissingActor "missing_actor" 422 InvalidArgument "Nobody did it",
        "Name at least one actor.";
    TooManyParties "too_many_parties" 422 InvalidArgument "Too many parties",
        "Name fewer parties, or report several events.";
    SelfRelation "self_relation" 422 InvalidArgument "A party stands on both sides",
        "Name each party on one side, once.";
    UnknownDetail "unknown_detail" 422 InvalidArgument "The kind takes no such detail",
        "Take the detail out, or write it as one of those that are allowed.";
    MissingDetail "missing_detail" 422 InvalidArgument "The kind needs a detail",
        "Add the detail.";
    BadDetail "bad_detail" 422 InvalidArgument "A detail's value does not fit",
        "Give a value that the detail may hold.";

    // Amendments.
    EmptyCorrection "empty_correction" 422 InvalidArgument "The correction changes nothing",
        "Name at least one field with its new value.";
    EmptiedField "emptied_field" 422 InvalidArgument "A correction empties a mandatory field",
        "Leave the field out so that it stays, or give it a new value.";
    IdConflict "id_conflict" 409 AlreadyExists "The id is taken by something else",
        "Give a new id; or, if it was meant to be the same record, send it unchanged.";
    BadIdempotencyKey "bad_idempotency_key" 400 InvalidArgument "The idempotency key is not understood",
        "Give a string of 1 to 255 printable ASCII characters, best a UUID, in quotation marks.";
    IdempotencyConflict "idempotency_conflict" 422 AlreadyExists
        "The idempotency key came with another request",
        "Give each request a key of its own; or, if it was meant to be the same one, send it unchanged.";

    // Webhooks.
    BadName "bad_name" 422 InvalidArgument "The name is not understood",
        "Give 1 to 64 small letters, digits and dashes, or leave the name out.";
    BadSecret "bad_secret" 422 InvalidArgument "The secret is not understood",
        "Give whsec_ and 24 to 64 random bytes in base64, or leave the secret out and take the one \
         that is made.";
    PrivateAddress "private_address" 422 InvalidArgument "The address is not a public one",
        "Give an address that is reached over the public internet, or start the service with \
         --webhooks-allow-private.";
    UnknownWebhook "unknown_webhook" 404 NotFound "There is no such webhook",
        "Check the name against GET /v1/webhooks.";
    TooManyWebhooks "too_many_webhooks" 409 ResourceExhausted "There are too many webhooks",
        "Delete those that nobody needs any more.";

    // Reads.
    BadQuery "bad_query" 400 InvalidArgument "A parameter is not understood",
        "Write the parameter as the documentation has it.";
    BadFilter "bad_filter" 400 InvalidArgument "The filter is not understood",
        "Write an expression over `change` that comes to true or false, of the fields and \
         functions that the documentation lists.";
    BadCursor "bad_cursor" 400 InvalidArgument "The cursor is not understood",
        "Use a cursor as it was given, or start without one.";
    StaleCursor "stale_cursor" 410 FailedPrecondition "The cursor is of another projection",
        "Resume from the cursor that is allowed.";
    UnknownRelation "unknown_relation" 404 NotFound "There is no such relation",
        "Name two different states.";
    UnknownDimension "unknown_dimension" 404 NotFound "There is no such dimension",
        "Use one of the dimensions or registers that are allowed.";
    UnknownPosition "unknown_position" 404 OutOfRange "The position is not there yet",
        "Ask for a position that the log has reached, or wait for it with min_position.";
    UnknownEvent "unknown_event" 404 NotFound "There is no such event",
        "Check the id; an event that was reported a moment ago may be asked for with min_position.";
    NotFound "not_found" 404 NotFound "There is nothing at this address",
        "Check the address against the documentation.";
    NotAcceptable "not_acceptable" 406 InvalidArgument "The answer has no such form",
        "Ask for one of the forms that are allowed.";
    MethodNotAllowed "method_not_allowed" 405 Unimplemented "The method is not allowed here",
        "Use one of the methods that are allowed.";
    TooSlow "too_slow" 408 DeadlineExceeded "The body did not come in time",
        "Send it again, in smaller parts or over a faster line.";
    TooManyRequests "too_many_requests" 429 ResourceExhausted "Too many requests",
        "Ask again after the seconds that the header Retry-After names.";
    NotCaughtUp "not_caught_up" 503 Unavailable "The position was not reached in time",
        "Ask again; the reader is behind the log.";
}

// === impl Code ===

impl Code {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// The gRPC status.
    #[must_use]
    pub const fn grpc(self) -> Grpc {
        self.row().2
    }

    /// What it means, for a person.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.row().3
    }

    /// What to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.row().4
    }

    /// The code of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
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
            "description": "What is wrong, as a stable word; new ones may come.",
            "enum": words,
        })
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| serde::de::Error::custom(format!("no code {word:?}")))
    }
}
