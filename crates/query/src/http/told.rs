//! What the doors of the query service take and answer.

use detente_api::Code;
use detente_api::view::{
    ChangeView, CountryView, DiffView, EventView, PendingView, RelationView, RulebookView, Shown,
    WhyView,
};
use detente_http::describe::{Shape, shape};
use detente_http::{Form, Operation, probes};
use serde_json::{Value, json};

use super::{atom, changes, relations, rulebook as book};
use detente_feed::Frame;
use detente_read_model::health::Health;
use detente_read_model::queries::{CountryItem, LIMIT_DEFAULT, LIMIT_MAX, Page};

const RELATIONS: &str = "Relations";
const COUNTRIES: &str = "Countries";
const EVENTS: &str = "Events";
const CHANGES: &str = "Changes";
const RULES: &str = "Rules";

/// With what any read may be refused.
const READ: [Code; 2] = [Code::BadQuery, Code::NotCaughtUp];

const CODE: &str = "A code (`KAZ`), an ISO alpha-2 code or a name.";

fn text() -> Value {
    json!({"type": "string"})
}

fn words(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

fn day() -> Value {
    json!({"type": "string", "examples": ["2023-04-18"]})
}

fn position(operation: Operation) -> Operation {
    let told = "Waits, within a limit, until the log was folded up to this position.";
    operation
        .query(
            "min_position",
            told,
            json!({"type": "integer", "minimum": 0}),
        )
        .refuses(&READ)
}

/// A server-sent event of one of these names. Before OpenAPI 3.2 the schema of a stream is that of
/// each of its events.
fn sent(names: &[&str]) -> Shape {
    Shape::As(json!({
        "type": "object",
        "description": "Server-sent events; their data is JSON.",
        "properties": {
            "event": words(names),
            "id": text(),
            "data": {"type": "string", "contentMediaType": "application/json"},
            "retry": {"type": "integer", "minimum": 0},
        },
        "required": ["event", "id", "data"],
    }))
}

/// Both clocks.
fn clocks(operation: Operation) -> Operation {
    let at = "The day in the world: `YYYY-MM-DD`, or an RFC 3339 time; today without it.";
    let known = "What the log held: a position, or an RFC 3339 time; the head without it.";
    let operation = operation
        .query("at", at, day())
        .query("known_at", known, text());
    position(operation).refuses(&[Code::UnknownPosition])
}

/// A page of a list.
fn paged(operation: Operation, from: &'static str) -> Operation {
    operation
        .query("limit", "The most items of a page.", limit())
        .query("from", from, text())
        .refuses(&[Code::BadQuery, Code::BadCursor])
}

fn limit() -> Value {
    json!({"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT})
}

fn listed(operation: Operation) -> Operation {
    paged(
        operation,
        "Where the page begins: `start`, or `next` of the page before.",
    )
}

/// The two ends of a relation.
fn ends(operation: Operation) -> Operation {
    let from = "Whose conduct: a code (`TJK`), an ISO alpha-2 code or a name.";
    let code = || json!({"type": "string", "examples": ["TJK", "AFG"]});
    operation
        .part("from", from, code())
        .part("to", "Towards whom.", code())
        .refuses(&[Code::UnknownParty, Code::UnknownRelation])
}

fn brief(operation: Operation) -> Operation {
    let markdown = Form::Markdown.media_type();
    operation
        .answers(200, "", markdown, Shape::Text)
        .chosen(&relations::BRIEF)
}

pub(super) fn relation() -> Operation {
    let told = "A state, each value with its evidence; as Markdown, a brief for people.";
    let path = "/v1/relations/{from}/{to}";
    let summary = "How one state stands towards another";
    let operation = Operation::get(path, "relation", RELATIONS, summary).told(told);
    brief(clocks(ends(operation)).views::<RelationView>())
}

pub(super) fn history() -> Operation {
    let path = "/v1/relations/{from}/{to}/history";
    let operation = Operation::get(path, "history", RELATIONS, "Every step, in order of days");
    listed(clocks(ends(operation)))
        .query("dimension", "Only this dimension or register.", text())
        .lists::<Page<ChangeView>, ChangeView>()
        .refuses(&[Code::UnknownDimension])
}

pub(super) fn why() -> Operation {
    let path = "/v1/relations/{from}/{to}/why/{dimension}";
    let summary = "The rule and the evidence behind a level";
    let operation = Operation::get(path, "why", RELATIONS, summary);
    clocks(ends(operation))
        .part("dimension", "A dimension, `declared` or `posture`.", text())
        .query("limit", "The most pieces of evidence.", limit())
        .views::<WhyView>()
        .refuses(&[Code::UnknownDimension])
}

pub(super) fn diff() -> Operation {
    let told = "Two points of the two clocks. Give `from`, or `known_from`, or both; what is not \
        given of the first point is as in the second.";
    let path = "/v1/relations/{from}/{to}/diff";
    let summary = "What differs between two days, two beliefs, or both";
    let operation = Operation::get(path, "diff", RELATIONS, summary).told(told);
    let known = "What the log held at the second point; the head without it.";
    let operation = ends(operation)
        .query("from", "The first day.", day())
        .query("to", "The second day; today without it.", day())
        .query(
            "known_from",
            "What the log held at the first point.",
            text(),
        )
        .query("known_to", known, text());
    position(operation)
        .views::<DiffView>()
        .refuses(&[Code::UnknownPosition])
}

pub(super) fn relation_events() -> Operation {
    let path = "/v1/relations/{from}/{to}/events";
    let summary = "The events of a relation, in order of days";
    let operation = Operation::get(path, "relationEvents", RELATIONS, summary);
    listed(clocks(ends(operation))).lists::<Page<EventView>, EventView>()
}

pub(super) fn countries() -> Operation {
    let summary = "Every country that has a relation";
    let operation = Operation::get("/v1/countries", "countries", COUNTRIES, summary);
    listed(clocks(operation)).lists::<Page<CountryItem>, CountryItem>()
}

pub(super) fn country() -> Operation {
    let told = "As Markdown, a brief for people.";
    let path = "/v1/countries/{code}";
    let summary = "How a country stands with every other";
    let operation = Operation::get(path, "country", COUNTRIES, summary).told(told);
    let operation = operation
        .part("code", CODE, text())
        .refuses(&[Code::UnknownParty]);
    brief(clocks(operation).views::<CountryView>())
}

pub(super) fn events() -> Operation {
    let told = "In order of arrival. Without `at`, events that lie ahead are listed too. With \
        `pending=true`, ids that records name and nobody has reported yet.";
    let operation = Operation::get("/v1/events", "events", EVENTS, "List events").told(told);
    let page = shape::<Page<PendingView>>();
    listed(clocks(operation))
        .query(
            "country",
            "Only events that this party has a part in.",
            text(),
        )
        .query(
            "pair",
            "Only events of this relation, such as `AFG-TJK`.",
            text(),
        )
        .query(
            "kind",
            "Only events of this kind, such as `visit.made`.",
            text(),
        )
        .query(
            "order",
            "Which first to arrive.",
            words(&["oldest", "newest"]),
        )
        .query(
            "pending",
            "Only what is pending.",
            json!({"type": "boolean"}),
        )
        .lists::<Page<EventView>, EventView>()
        .or(Form::Json, &page)
        .or(Form::Ndjson, &shape::<PendingView>())
        .refuses(&[Code::UnknownParty, Code::UnknownRelation, Code::UnknownKind])
}

pub(super) fn event() -> Operation {
    let told = "As it now stands, with all that was said about it; or, where nobody has reported \
        it yet, what is pending.";
    let operation = Operation::get("/v1/events/{id}", "event", EVENTS, "One event").told(told);
    clocks(operation)
        .part("id", "Its id.", json!({"type": "string", "format": "uuid"}))
        .views::<Shown>()
        .refuses(&[Code::UnknownEvent])
}

pub(super) fn changes() -> Operation {
    let told = "Pages from the start, or server-sent events from now on: `changes` (a frame, whose \
        id is its cursor), `heartbeat` (with the cursor after all that was looked at) and \
        `switched` (another rulebook is in force; the id is where to go on). Whoever was cut sends \
        the first address again, with `Last-Event-ID`. A table has a row a change.";
    let operation = Operation::get("/v1/changes", "changes", CHANGES, "What changed").told(told);
    let from = "Where to begin: a cursor, `start` or `now`.";
    let form = "What the frames of an event stream are: as in a page, or CloudEvents 1.0.";
    paged(filtered(operation), from)
        .query("form", form, words(&["plain", "cloudevents"]))
        .header(
            "Last-Event-ID",
            "The cursor of the last frame that was seen.",
        )
        .lists::<Page<Frame>, Frame>()
        .answers(
            200,
            "",
            Form::EventStream.media_type(),
            sent(&["changes", "heartbeat", "switched"]),
        )
        .chosen(&changes::FORMS)
        .refuses(&[Code::StaleCursor, Code::NotCaughtUp])
}

pub(super) fn replay() -> Operation {
    let told = "Server-sent events: `changes`, `heartbeat`, and `end` after the last; each id is \
        where to go on with `Last-Event-ID`. Whoever comes back after the end is answered with \
        204.";
    let summary = "Changes once more, at a pace";
    let operation = Operation::get("/v1/replay", "replay", CHANGES, summary).told(told);
    let speed = "Days a second, such as `30d/s`; without it, as fast as they are read.";
    let clock = "By the days on which it was so, or as it came to be known.";
    let known = "What the log held: a position, or an RFC 3339 time; the head without it.";
    let operation = operation
        .query("from", "The first day.", day())
        .query("to", "The last day.", day())
        .query("speed", speed, text())
        .query("clock", clock, words(&["valid", "known"]))
        .query("known_at", known, text());
    filtered(position(operation))
        .header(
            "Last-Event-ID",
            "The cursor of the last frame that was seen.",
        )
        .answers(
            200,
            "The changes.",
            Form::EventStream.media_type(),
            sent(&["changes", "heartbeat", "end"]),
        )
        .says_nothing(204, "All was told.")
        .refuses(&[Code::UnknownPosition, Code::BadCursor, Code::StaleCursor])
}

/// An Atom feed of changes.
fn atom(operation: Operation) -> Operation {
    let told = "RFC 4287, the latest first; `next` leads to the page before (RFC 5005).";
    let limit = json!({
        "type": "integer", "minimum": 1, "maximum": atom::LIMIT_MAX,
        "default": atom::LIMIT_DEFAULT,
    });
    let before = "Only what came before this cursor.";
    narrowed(operation)
        .told(told)
        .query("limit", "The most entries of a page.", limit)
        .query("before", before, text())
        .query("lang", "The language.", words(&["en", "ar"]))
        .answers(200, "The feed.", atom::MEDIA_TYPE, Shape::Text)
        .unchanged()
        .refuses(&[Code::BadQuery, Code::BadCursor, Code::StaleCursor])
}

pub(super) fn relation_atom() -> Operation {
    let path = "/v1/relations/{from}/{to}/changes.atom";
    let summary = "The changes of a relation, as an Atom feed";
    ends(atom(Operation::get(path, "relationAtom", CHANGES, summary)))
}

pub(super) fn country_atom() -> Operation {
    let path = "/v1/countries/{code}/changes.atom";
    let summary = "The changes of a country, as an Atom feed";
    let operation = atom(Operation::get(path, "countryAtom", CHANGES, summary));
    operation
        .part("code", CODE, text())
        .refuses(&[Code::UnknownParty])
}

/// What narrows the changes to some relations.
fn filtered(operation: Operation) -> Operation {
    narrowed(operation)
        .query(
            "country",
            "Only relations of these states; commas or repeats.",
            text(),
        )
        .query("pair", "Only these relations, such as `AFG-TJK`.", text())
}

/// What narrows the changes of whatever relations.
fn narrowed(operation: Operation) -> Operation {
    let party =
        "Only changes that these states, authorities, groups or organisations have a part in.";
    let direction = "Only conduct of one towards another, such as `TJK-AFG`.";
    let filter = "An expression of the Common Expression Language over the change, such as \
        `change.dimension == \"recognition\" && change.to == \"de_jure\"`.";
    let occasions = words(&["happened", "learned", "lapsed"]);
    operation
        .query("party", party, text())
        .query("dimension", "Only these dimensions or registers.", text())
        .query("register", "Only these registers.", text())
        .query("direction", direction, text())
        .query("occasion", "Only changes of this occasion.", occasions)
        .query("filter", filter, text())
        .refuses(&[
            Code::UnknownParty,
            Code::UnknownRelation,
            Code::UnknownDimension,
            Code::BadFilter,
        ])
}

pub(super) fn rulebook() -> Operation {
    let summary = "The rules in force, and those that are to follow";
    let operation = Operation::get("/v1/rulebook", "rulebook", RULES, summary);
    operation
        .views::<RulebookView>()
        .answers(200, "", Form::Toml.media_type(), Shape::Text)
        .chosen(&book::FORMS)
        .refuses(&[Code::BadQuery])
}

pub(super) fn ready() -> Operation {
    probes::ready().or(Form::Json, &shape::<Health>())
}
