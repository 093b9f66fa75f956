//! The OpenAPI descriptions of the routes.

use detente_api::Code;
use detente_api::request::{
    ChangesRequest, CountriesRequest, CountryAtomRequest, CountryRequest, DiffRequest,
    EventRequest, EventsRequest, HistoryRequest, KindRequest, KindsRequest, LanguageRequest,
    PreviewRequest, RegisterRequest, RelationAtomRequest, RelationEventsRequest, RelationRequest,
    ReplayRequest, Request, WhyRequest,
};
use detente_api::submission::schema::{CloudEvent, NewEvents};
use detente_api::view::{
    CountryView, Frame, Page, PendingView, PreviewView, RelationView, RulebookView,
};
use detente_http::describe::{JsonSchema, Shape, shape};
use detente_http::{Format, Operation, probes};
use detente_read_model::ReadRequest;
use detente_read_model::health::Health;
use serde_json::json;

use super::reads::MARKDOWN_FORMATS;
use super::{atom, changes, rulebook as rulebook_route};

const RELATIONS: &str = "Relations";
const COUNTRIES: &str = "Countries";
const EVENTS: &str = "Events";
const CHANGES: &str = "Changes";
const RULES: &str = "Rules";

/// Codes of requests with both clocks.
const CLOCKS: [Code; 3] = [Code::BadQuery, Code::NotCaughtUp, Code::UnknownPosition];
/// Codes of requests of a page.
const PAGE: [Code; 2] = [Code::BadQuery, Code::BadCursor];
/// Codes of requests that name a relation.
const ENDS: [Code; 2] = [Code::UnknownParty, Code::UnknownRelation];
/// Codes of requests with a filter of changes.
const FILTER: [Code; 4] = [
    Code::UnknownParty,
    Code::UnknownRelation,
    Code::UnknownDimension,
    Code::BadFilter,
];

/// Codes of a preview as a whole; those of a row are in the answer.
const PREVIEW: [Code; 7] = [
    Code::EmptyBody,
    Code::BodyTooLarge,
    Code::TooManyRecords,
    Code::UnsupportedMediaType,
    Code::BadText,
    Code::BadQuery,
    Code::NotCaughtUp,
];

fn get<R: Request>(path: &str, id: &str, tag: &'static str, summary: &str) -> Operation {
    Operation::get(path, id, tag, summary).request::<R>()
}

fn view<R: ReadRequest>(path: &str, id: &str, tag: &'static str, summary: &str) -> Operation
where
    R::View: JsonSchema,
{
    get::<R>(path, id, tag, summary).answers_view::<R::View>()
}

fn list<R, T>(path: &str, id: &str, tag: &'static str, summary: &str) -> Operation
where
    R: ReadRequest<View = Page<T>>,
    T: JsonSchema,
{
    get::<R>(path, id, tag, summary).answers_list::<T>()
}

/// Returns the schema of a stream of server-sent events of these names. Before OpenAPI 3.2 a schema
/// describes a body as a whole, which is text here; its member `x-event` is the schema of an event.
fn event_stream(names: &[&str]) -> Shape {
    Shape::Schema(json!({
        "type": "string",
        "description": "Server-sent events; `x-event` describes each of them.",
        "x-event": {
            "type": "object",
            "properties": {
                "event": {"type": "string", "enum": names},
                "id": {"type": "string"},
                "data": {"type": "string", "contentMediaType": "application/json"},
                "retry": {"type": "integer", "minimum": 0},
            },
            "required": ["event", "id", "data"],
        },
    }))
}

fn with_markdown(operation: Operation) -> Operation {
    let markdown = Format::Markdown.media_type();
    operation
        .request::<LanguageRequest>()
        .answers(200, "", markdown, Shape::Text)
        .formats(&MARKDOWN_FORMATS)
}

fn resumable(operation: Operation) -> Operation {
    let description = "The cursor of the last frame that was received.";
    let parameter = "As `Last-Event-ID`, for clients that cannot send the header; also under the \
        names `lastEventID` and `Last-Event-ID`.";
    operation
        .header("Last-Event-ID", description)
        .query_parameter("lastEventId", parameter)
        .refuses(&[Code::TooManyStreams])
}

pub(super) fn relation() -> Operation {
    let path = "/v1/relations/{from}/{to}";
    let summary = "The state of one state's conduct towards another";
    let operation = get::<RelationRequest>(path, "relation", RELATIONS, summary)
        .description("Each value with its evidence; as Markdown, a page for people.")
        .refuses(&ENDS)
        .refuses(&CLOCKS);
    with_markdown(operation.answers_view::<RelationView>())
}

pub(super) fn history() -> Operation {
    let path = "/v1/relations/{from}/{to}/history";
    let summary = "Every step, in order of days";
    list::<HistoryRequest, _>(path, "history", RELATIONS, summary)
        .refuses(&ENDS)
        .refuses(&CLOCKS)
        .refuses(&PAGE)
        .refuses(&[Code::UnknownDimension])
}

pub(super) fn register() -> Operation {
    let description = "Those with the latest status first, without `at` on the last day that the log \
        had reached. `total` is the number of all entries. \
        A page may end before its limit, at 2 MiB. A table has a column for each detail that can \
        name an entry.";
    let path = "/v1/relations/{from}/{to}/registers/{name}";
    let summary = "The entries of one register, in pages";
    list::<RegisterRequest, _>(path, "register", RELATIONS, summary)
        .description(description)
        .refuses(&ENDS)
        .refuses(&CLOCKS)
        .refuses(&PAGE)
        .refuses(&[Code::UnknownDimension])
}

pub(super) fn why() -> Operation {
    let path = "/v1/relations/{from}/{to}/why/{dimension}";
    let summary = "The rule and the evidence behind a level";
    view::<WhyRequest>(path, "why", RELATIONS, summary)
        .refuses(&ENDS)
        .refuses(&CLOCKS)
        .refuses(&[Code::UnknownDimension])
}

pub(super) fn diff() -> Operation {
    let description = "Two points of the two clocks. Give `from`, or `known_from`, or both; what \
        is not given of the first point is as in the second.";
    let path = "/v1/relations/{from}/{to}/diff";
    let summary = "The differences between two days, two known positions, or both";
    view::<DiffRequest>(path, "diff", RELATIONS, summary)
        .description(description)
        .refuses(&ENDS)
        .refuses(&CLOCKS)
}

pub(super) fn relation_events() -> Operation {
    let path = "/v1/relations/{from}/{to}/events";
    let summary = "The events of a relation, in order of days";
    list::<RelationEventsRequest, _>(path, "relationEvents", RELATIONS, summary)
        .refuses(&ENDS)
        .refuses(&CLOCKS)
        .refuses(&PAGE)
}

pub(super) fn countries() -> Operation {
    let summary = "Every country that has a relation";
    list::<CountriesRequest, _>("/v1/countries", "countries", COUNTRIES, summary)
        .links(&[(
            "country",
            &[("path.code", "$response.body#/items/0/country")],
        )])
        .refuses(&CLOCKS)
        .refuses(&PAGE)
}

pub(super) fn country() -> Operation {
    let summary = "The relations of a country";
    let operation = get::<CountryRequest>("/v1/countries/{code}", "country", COUNTRIES, summary)
        .description("As Markdown, a page for people.")
        .refuses(&ENDS)
        .refuses(&CLOCKS);
    with_markdown(operation.answers_view::<CountryView>())
}

pub(super) fn events() -> Operation {
    let description = "In order of arrival. Without `at`, events that lie ahead are listed too. \
        With `pending=true`, ids that records name and no event has.";
    list::<EventsRequest, _>("/v1/events", "events", EVENTS, "List events")
        .links(&[("event", &[("path.id", "$response.body#/items/0/id")])])
        .description(description)
        .or(Format::Json, &shape::<Page<PendingView>>())
        .or(Format::Ndjson, &shape::<PendingView>())
        .refuses(&CLOCKS)
        .refuses(&PAGE)
        .refuses(&ENDS)
        .refuses(&[Code::UnknownKind])
}

pub(super) fn event() -> Operation {
    let description = "With the records about it, in pages from the newest on. Of an id that no \
        event has yet, the records that name it.";
    view::<EventRequest>("/v1/events/{id}", "event", EVENTS, "One event")
        .description(description)
        .refuses(&CLOCKS)
        .refuses(&[Code::UnknownEvent])
}

pub(super) fn preview() -> Operation {
    let description = "The rows are those of `POST /v1/events`, at most 100, and events only; each \
        is checked in the same way. The answer has the changes that one commit of the valid rows \
        would cause now, events of the log that they may repeat, and warnings. Amendments \
        in the log that wait for one of the events are not applied. Nothing is stored, and the \
        answer is 200 even if every row is refused.";
    let json = Format::Json.media_type();
    Operation::post("/v1/preview", "preview", EVENTS, "Preview events")
        .description(description)
        .for_readers()
        .request::<PreviewRequest>()
        .takes(json, shape::<NewEvents>())
        .takes(Format::Ndjson.media_type(), Shape::Text)
        .takes("application/cloudevents+json", shape::<CloudEvent>())
        .takes(
            "application/cloudevents-batch+json",
            shape::<Vec<CloudEvent>>(),
        )
        .answers(200, "The preview.", json, shape::<PreviewView>())
        .refuses(&PREVIEW)
}

pub(super) fn changes() -> Operation {
    let description = "Pages from the start, or server-sent events from now on: `changes` (a \
        frame, whose id is its cursor), `heartbeat` (with the cursor to resume from), \
        `switched` (another rulebook is in force; the id is the cursor to resume from), `lost` (the \
        feed lacks messages; the stream goes on after them) and `refused` (the data is the problem \
        of a stale `Last-Event-ID`, the id the cursor to resume from). A client that was \
        disconnected sends its first address again, with `Last-Event-ID`. A page may end before its \
        limit, at 2 MiB. A table has a row for each change.";
    let operation = get::<ChangesRequest>("/v1/changes", "changes", CHANGES, "Changes");
    let stream = Format::EventStream.media_type();
    let events = event_stream(&["changes", "heartbeat", "switched", "lost", "refused"]);
    resumable(operation.description(description))
        .answers_list::<Frame>()
        .answers(200, "", stream, events)
        .formats(&changes::FORMATS)
        .refuses(&FILTER)
        .refuses(&PAGE)
        .refuses(&[Code::StaleCursor, Code::LostChanges, Code::NotCaughtUp])
}

pub(super) fn replay() -> Operation {
    let description = "Server-sent events: `changes`, `heartbeat`, `lost` (by the known clock: the \
        feed lacks messages; the replay goes on after them), `end` after the last one, and \
        `refused` with the problem of a stale `Last-Event-ID`. \
        Each id is the cursor to resume from with `Last-Event-ID`. A client that resumes after the \
        end is answered with 204.";
    let summary = "Changes once more, at a pace";
    let operation = get::<ReplayRequest>("/v1/replay", "replay", CHANGES, summary);
    let stream = Format::EventStream.media_type();
    let events = event_stream(&["changes", "heartbeat", "lost", "end", "refused"]);
    resumable(operation.description(description))
        .answers(200, "The changes.", stream, events)
        .answers_empty(204, "There are no more changes.")
        .refuses(&FILTER)
        .refuses(&CLOCKS)
        .refuses(&[Code::BadCursor, Code::StaleCursor])
}

/// Returns the description of an Atom feed of changes.
fn atom<R: Request>(path: &str, id: &str, summary: &str) -> Operation {
    let description = "RFC 4287, the latest first; `next` leads to the page before (RFC 5005).";
    get::<R>(path, id, CHANGES, summary)
        .without_parameters(&atom::REPLACED)
        .description(description)
        .answers(200, "The feed.", atom::MEDIA_TYPE, Shape::Text)
        .with_etag()
        .refuses(&FILTER)
        .refuses(&PAGE)
        .refuses(&[Code::StaleCursor])
}

pub(super) fn relation_atom() -> Operation {
    let path = "/v1/relations/{from}/{to}/changes.atom";
    let summary = "The changes of a relation, as an Atom feed";
    atom::<RelationAtomRequest>(path, "relationAtom", summary)
}

pub(super) fn country_atom() -> Operation {
    let path = "/v1/countries/{code}/changes.atom";
    let summary = "The changes of a country, as an Atom feed";
    atom::<CountryAtomRequest>(path, "countryAtom", summary)
}

pub(super) fn rulebook() -> Operation {
    let summary = "The rulebook in force, and those that are stored";
    Operation::get("/v1/rulebook", "rulebook", RULES, summary)
        .answers_view::<RulebookView>()
        .answers(200, "", Format::Toml.media_type(), Shape::Text)
        .formats(&rulebook_route::FORMATS)
        .refuses(&[Code::BadQuery])
}

pub(super) fn kinds() -> Operation {
    let description = "In order, in one page. A table has a row for each kind.";
    let summary = "Every kind of event, under the rulebook in force";
    list::<KindsRequest, _>("/v1/kinds", "kinds", RULES, summary)
        .links(&[("kind", &[("path.kind", "$response.body#/items/0/kind")])])
        .description(description)
        .refuses(&[Code::BadQuery])
}

pub(super) fn kind() -> Operation {
    let description = "What it is, the details that it takes, what it counts for under the \
        rulebook in force, and an example that can be reported as it is.";
    view::<KindRequest>("/v1/kinds/{kind}", "kind", RULES, "One kind of event")
        .description(description)
        .refuses(&[Code::BadQuery, Code::UnknownKind])
}

pub(super) fn ready() -> Operation {
    probes::ready().or(Format::Json, &shape::<Health>())
}
