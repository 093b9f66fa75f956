//! The limits that callers meet: one table, whose constants the crates use.
//!
//! `LIMITS.md` is generated from it. A further limit is a further row.

use crate::FailureCode;
use crate::refusal::Code;
use detente_domain::{details, event};

/// A limit, for the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The name of the constant.
    pub name: &'static str,
    /// The value, by default if a flag sets it.
    pub value: u64,
    /// The unit.
    pub unit: &'static str,
    /// The code of the answer to what is over the limit; empty if that is cut, not refused.
    pub code: &'static str,
    /// The seconds in `Retry-After` of that answer; `None` if waiting does not help.
    pub retry_after: Option<u64>,
    /// The flag of `detente up` and `detente serve` that sets it; empty if none does.
    pub flag: &'static str,
    /// What is limited, as Markdown.
    pub what: &'static str,
}

macro_rules! limits {
    ($(
        $(#[doc = $what:literal])+
        $name:ident: $type:ty = $value:expr, $unit:literal, $code:expr
            $(, retry $retry:literal)? $(, flag $flag:literal)?;
    )*) => {
        $($(#[doc = $what])+ pub const $name: $type = $value;)*

        /// All limits, in order.
        pub const ALL: &[Limit] = &[$(Limit {
            name: stringify!($name),
            value: $name as u64,
            unit: $unit,
            code: $code,
            retry_after: limits!(@retry $($retry)?),
            flag: concat!($($flag)?),
            what: concat!($($what),+),
        },)*];
    };
    (@retry) => { None };
    (@retry $seconds:literal) => { Some($seconds) };
}

/// Nothing is refused.
const CUT: &str = "";

limits! {
    // Any request.
    /// Time until an answer begins. A body that has not arrived by then is refused with `too_slow`; a write that may have stored something is answered with `outcome_unknown`.
    TIME_LIMIT: u64 = 30, "s", "timed_out", retry 1, flag "--time-limit";
    /// Open connections of HTTP and gRPC together; fewer if the limit of descriptors is lower.
    CONNECTIONS: usize = 4_096, "connections", Code::TooManyConnections.as_str(), retry 1, flag "--max-connections";
    /// Open connections of one address; any number from this machine, where a proxy may run, unless the flag sets it.
    ADDRESS_CONNECTIONS: usize = 256, "connections", Code::TooManyConnections.as_str(), retry 1, flag "--max-connections-per-address";
    /// Time until an HTTP connection without a whole request is closed.
    IDLE_LIMIT: u64 = 60, "s", CUT, flag "--idle-limit";
    /// Open streams of changes and replays of one token, or of one address where no tokens are in use; then any number from this machine, unless the flag sets it.
    STREAMS: usize = 128, "streams", Code::TooManyStreams.as_str(), retry 1, flag "--max-streams";
    /// Open replays of all callers together.
    REPLAYS: usize = 16, "replays", Code::TooManyStreams.as_str(), retry 1, flag "--max-replays";
    /// Calls of gRPC at once on one connection; further ones wait.
    GRPC_CALLS: u32 = 256, "calls", CUT;
    /// The metadata of a call of gRPC. Beyond it the call fails in HTTP/2, without a code of ours.
    GRPC_METADATA: u32 = 16 << 10, "bytes", CUT;
    /// The head of a request over HTTP, with its URL.
    HEAD_BYTES: usize = 64 << 10, "bytes", Code::HeadTooLarge.as_str();
    /// The headers of a request over HTTP.
    HEADERS: usize = 100, "headers", Code::HeadTooLarge.as_str();
    /// The `X-Request-Id` of a request. In place of a longer one, another is made.
    REQUEST_ID: usize = 128, "characters", CUT;

    // Reports.
    /// A body of a report, or a message of gRPC.
    BODY_BYTES: usize = 8 << 20, "bytes", Code::BodyTooLarge.as_str();
    /// All bodies of reports together, until they are stored.
    BODIES_BYTES: usize = 256 << 20, "bytes", FailureCode::LogUnavailable.as_str(), retry 1;
    /// Reports over NATS at once.
    NATS_REQUESTS: usize = 512, "requests", FailureCode::LogUnavailable.as_str(), retry 1;
    /// Rows of a body, or of a stream of gRPC. Over NATS fewer, since the answer has to fit into a message.
    BODY_ROWS: usize = 20_000, "rows", Code::TooManyRecords.as_str();
    /// Relations that the rows of a body, or of each 1,000 rows of a stream of gRPC, affect together, by the parties that they name.
    BODY_RELATIONS: usize = 200_000, "relations", Code::TooManyRelations.as_str();
    /// Relations that an event affects.
    EVENT_RELATIONS: usize = 20_000, "relations", Code::TooManyParties.as_str();
    /// Parties on each side of an event.
    EVENT_PARTIES: usize = event::PARTIES_MAX, "parties", Code::TooManyParties.as_str();
    /// A title in one language.
    TITLE: usize = 400, "characters", Code::TextTooLong.as_str();
    /// A text in the details of an event.
    DETAIL: usize = details::TEXT_MAX, "characters", Code::TextTooLong.as_str();
    /// The name of a publisher.
    PUBLISHER: usize = 200, "characters", Code::TextTooLong.as_str();
    /// The address of a publication, and each attribute of a CloudEvent.
    URL: usize = 2_000, "characters", Code::TextTooLong.as_str();
    /// A quote: a paragraph, not an article.
    QUOTE: usize = 2_000, "characters", Code::TextTooLong.as_str();
    /// The language of a publication: the longest tag that BCP 47 asks software to keep.
    LANGUAGE_TAG: usize = 35, "characters", Code::BadLanguage.as_str();
    /// The claim of a dispute, and the reason of a retraction.
    CLAIM: usize = 2_000, "characters", Code::TextTooLong.as_str();
    /// Refusals that the answer names for each row.
    ROW_REFUSALS: usize = 24, "refusals", CUT;
    /// Unknown words of a body for which similar ones are named.
    BODY_SUGGESTIONS: usize = 50, "words", CUT;
    /// An idempotency key.
    IDEMPOTENCY_KEY: usize = 255, "characters", Code::BadIdempotencyKey.as_str();

    // Previews and reads.
    /// Rows of a preview.
    PREVIEW_ROWS: usize = 100, "rows", Code::TooManyRecords.as_str();
    /// A body of a preview.
    PREVIEW_BYTES: usize = 2 << 20, "bytes", Code::BodyTooLarge.as_str();
    /// Relations that are folded for a preview.
    PREVIEW_RELATIONS: usize = 100, "relations", CUT;
    /// Items of a page.
    PAGE_ITEMS: usize = 1_000, "items", Code::BadQuery.as_str();
    /// Bytes at which a page ends.
    PAGE_BYTES: usize = 2 << 20, "bytes", CUT;
    /// A view; it says where the rest is.
    VIEW_BYTES: usize = 1 << 20, "bytes", CUT;
    /// Values of each list of a filter in JSON.
    FILTER_VALUES: usize = 300, "values", Code::WrongType.as_str();
    /// The expression of a filter.
    EXPRESSION_BYTES: usize = 1_000, "bytes", Code::BadFilter.as_str();

    // Webhooks.
    /// Webhooks.
    WEBHOOKS: usize = 100, "webhooks", Code::TooManyWebhooks.as_str();
    /// All webhooks together.
    WEBHOOKS_BYTES: usize = 512 << 10, "bytes", Code::TooManyWebhooks.as_str();
    /// A body about a webhook.
    WEBHOOK_BYTES: usize = 64 << 10, "bytes", Code::BodyTooLarge.as_str();
    /// The id of a webhook.
    WEBHOOK_ID: usize = 64, "characters", Code::BadName.as_str();
    /// The address of a webhook.
    WEBHOOK_URL: usize = 2_000, "bytes", Code::BadUrl.as_str();
}
