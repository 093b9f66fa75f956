use detente_domain::event::EventId;
use detente_domain::state::Occasion;
use serde_json::json;

use super::*;
use crate::proto;
use crate::refusal::Code;

const ENDS: [&str; 2] = ["TJK", "Afghanistan"];

fn given(query: &str) -> Given {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let given = Given::new(pairs.map(pair).collect());
    given.path("from", ENDS[0]).path("to", ENDS[1])
}

fn parse<R: Request>(query: &str) -> Result<R, Refusal> {
    R::parse(&given(query), &["format", "bom"])
}

/// The code, field and value of a refusal.
fn refused<R: std::fmt::Debug>(read: Result<R, Refusal>) -> (Code, String, String) {
    let refusal = read.unwrap_err();
    let text = Option::unwrap_or_default;
    (refusal.code, text(refusal.field), text(refusal.given))
}

fn is(code: Code, field: &str, given: &str) -> (Code, String, String) {
    (code, field.to_owned(), given.to_owned())
}

fn day(text: &str) -> detente_domain::day::Day {
    Value::read("at", text).unwrap()
}

#[test]
fn an_address_is_read_into_values() {
    let request: HistoryRequest =
        parse("at=2023-03-23T23:30:00-03:00&known_at=7&limit=5&from=9-100&dimension=missions&bom=")
            .unwrap();
    assert_eq!(request.ends.states().0.code(), "TJK");
    assert_eq!(request.clocks.at, Some(day("2023-03-24")));
    assert_eq!(request.clocks.known_at, Some(KnownAt::Position(7)));
    assert_eq!(request.page.limit.unwrap_or_default().get(), 5);
    let from = request.page.from.unwrap();
    assert_eq!((from.known, from.place), (Some(9), 100));
    assert_eq!(PageLimit::default().get(), 100);
    let known: Clocks = parse("known_at=2023-04-18T00:00:00Z").unwrap();
    assert!(matches!(known.known_at, Some(KnownAt::Time(_))));
}

#[test]
fn a_name_that_is_not_known_is_refused_with_those_that_are() {
    let refusal = parse::<RelationRequest>("at=soon&knownat=3").unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("knownat"));
    let allowed = ["at", "known_at", "min_position", "format", "bom"];
    assert_eq!(refusal.allowed, allowed);
    // What stands in the path is no parameter, and a part is none by its own name.
    for query in ["ends=1", "clocks=1", "to=TJK"] {
        assert_eq!(refused(parse::<RelationRequest>(query)).0, Code::BadQuery);
    }
}

#[test]
fn a_value_that_is_wrong_is_refused_with_its_name() {
    let bad = Code::BadQuery;
    for (query, code, field, value) in [
        ("at=2023-01-01&at=2023-01-02", bad, "at", "2023-01-02"),
        ("at=2023-02-30", bad, "at", "2023-02-30"),
        ("at=", bad, "at", ""),
        ("known_at=soon", bad, "known_at", "soon"),
        ("min_position=+5", bad, "min_position", "+5"),
        ("limit=0", bad, "limit", "0"),
        ("limit=1001", bad, "limit", "1001"),
        ("limit=", bad, "limit", ""),
        ("from=7", Code::BadCursor, "from", "7"),
        ("order=up", bad, "order", "up"),
        ("kind=visit.mad", Code::UnknownKind, "kind", "visit.mad"),
        (
            "country=Atlantis",
            Code::UnknownParty,
            "country",
            "Atlantis",
        ),
        ("pair=AFG", bad, "pair", "AFG"),
        ("pair=AFG-XXX", Code::UnknownParty, "pair", "XXX"),
        ("pair=AFG,ISKP", Code::UnknownRelation, "pair", "ISKP"),
        ("pending=yes", bad, "pending", "yes"),
        ("pending=true&kind=visit.made", bad, "kind", "visit.made"),
    ] {
        let read = parse::<EventsRequest>(query);
        assert_eq!(refused(read), is(code, field, value), "{query}");
    }
    let refusal = parse::<EventsRequest>("order=up").unwrap_err();
    assert_eq!(refusal.allowed, ["oldest", "newest"]);
    let refusal = parse::<HistoryRequest>("dimension=mood").unwrap_err();
    assert_eq!(refusal.code, Code::UnknownDimension);
    assert!(refusal.allowed.contains(&"missions".to_owned()));
}

#[test]
fn a_part_of_the_path_is_refused_with_its_name() {
    let relation = |from: &str, to: &str| {
        let given = Given::default().path("from", from).path("to", to);
        refused(RelationRequest::parse(&given, &[]))
    };
    let unknown = Code::UnknownRelation;
    assert_eq!(
        relation("XXX", "AFG"),
        is(Code::UnknownParty, "from", "XXX")
    );
    assert_eq!(relation("AFG", "TALIBAN"), is(unknown, "to", "TALIBAN"));
    assert_eq!(
        relation("AFG", "Afghanistan"),
        is(unknown, "to", "Afghanistan")
    );
    let given = Given::default().path("code", "Q").path("id", "7");
    let country = CountryRequest::parse(&given, &[]);
    assert_eq!(refused(country), is(Code::UnknownParty, "country", "Q"));
    let event = EventRequest::parse(&given, &[]);
    assert_eq!(refused(event), is(Code::UnknownEvent, "id", "7"));
}

#[test]
fn a_list_may_be_repeated_or_have_commas() {
    let filter: FilterRequest =
        parse("country=TJK, KAZ&country=UZB&country=&direction=TJK-AFG&occasion=lapsed").unwrap();
    let codes: Vec<_> = filter
        .country
        .iter()
        .map(|one| one.party().code())
        .collect();
    assert_eq!(codes, ["TJK", "KAZ", "UZB"]);
    assert_eq!(filter.direction[0].write(), "TJK-AFG");
    assert_eq!(filter.occasion, [Occasion::Lapsed]);
}

#[test]
fn what_is_sent_reads_back() {
    let query = "country=TJK&country=KAZ&pair=AFG-TJK&dimension=threat&register=missions\
                 &direction=TJK-AFG&occasion=learned&filter=a,b&from=2023-01-01&to=2023-02-01\
                 &speed=30d/s&clock=known&known_at=2023-04-18T00:00:00Z&min_position=3";
    let request: ReplayRequest = parse(query).unwrap();
    let own = |(name, value): (&str, String)| (name.to_owned(), value);
    let sent = Given::new(request.pairs().into_iter().map(own).collect());
    assert_eq!(ReplayRequest::parse(&sent, &[]), Ok(request));
}

#[test]
fn what_one_parameter_cannot_tell_is_refused_too() {
    let none = parse::<DiffRequest>("to=2023-01-01").unwrap_err();
    assert_eq!(none.field.as_deref(), Some("from"));
    assert_eq!(
        none.allowed,
        ["from", "to", "known_from", "known_to", "min_position"]
    );
    assert!(parse::<DiffRequest>("known_from=3").is_ok());
    let replay = parse::<ReplayRequest>("from=2023-02-01&to=2023-01-01");
    assert_eq!(refused(replay), is(Code::BadQuery, "to", "2023-01-01"));
    let atom = parse::<AtomRequest>("country=Tajikistan");
    assert_eq!(refused(atom), is(Code::BadQuery, "country", "Tajikistan"));
}

#[test]
fn a_filter_is_kept_as_json() {
    let json = json!({"country": ["TJK", "KAZ"], "filter": "change.to == 'high'"});
    let filter: FilterRequest = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(filter).unwrap(), json);
    let one: FilterRequest = serde_json::from_value(json!({"party": "UN", "pair": null})).unwrap();
    assert_eq!((one.party.len(), one.pair.len()), (1, 0));
    for (field, value, code) in [
        ("country", json!([7]), Code::WrongType),
        ("country", json!({}), Code::WrongType),
        ("country", json!("TJK,KAZ"), Code::UnknownParty),
        ("filter", json!(["a"]), Code::WrongType),
        ("colour", json!("red"), Code::UnknownField),
    ] {
        let fields = Map::from_iter([(field.to_owned(), value)]);
        let (found, named, _) = refused(FilterRequest::try_from(fields));
        assert_eq!((found, named.as_str()), (code, field));
    }
}

#[test]
fn an_empty_text_and_0_of_a_message_are_not_given() {
    let message = proto::ListEventsRequest::default();
    assert_eq!(message.try_into(), Ok(EventsRequest::default()));
    let filter = proto::ChangeFilter {
        occasion: vec![77],
        ..proto::ChangeFilter::default()
    };
    let read = FilterRequest::try_from(filter);
    assert_eq!(refused(read), is(Code::BadQuery, "occasion", "77"));
    let page = proto::PageRequest {
        limit: 1_001,
        from: String::new(),
    };
    let read = PageRequest::try_from(page);
    assert_eq!(refused(read), is(Code::BadQuery, "limit", "1001"));
}

#[test]
fn a_refusal_names_the_field_of_the_message() {
    let message = |at_from: &str| proto::DiffRequest {
        from: ENDS[0].to_owned(),
        to: ENDS[1].to_owned(),
        at_from: at_from.to_owned(),
        ..proto::DiffRequest::default()
    };
    let soon = DiffRequest::try_from(message("soon"));
    assert_eq!(refused(soon), is(Code::BadQuery, "at_from", "soon"));
    let none = DiffRequest::try_from(message("")).unwrap_err();
    assert_eq!(
        (none.field.as_deref(), &*none.allowed[1]),
        (Some("at_from"), "at_to")
    );
}

#[test]
fn parameters_are_described() {
    let parameters = WhyRequest::parameters();
    let names: Vec<_> = parameters
        .iter()
        .map(|one| (one.name, one.is_path))
        .collect();
    assert_eq!(
        names[..4],
        [
            ("from", true),
            ("to", true),
            ("dimension", true),
            ("limit", false)
        ]
    );
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 1000, "default": 100});
    assert_eq!((parameters[3].schema)().to_value(), limit);
    let schema = schemars::schema_for!(FilterRequest).to_value();
    let occasion = &schema["properties"]["occasion"];
    assert_eq!(
        occasion["items"]["enum"],
        json!(["happened", "learned", "lapsed"])
    );
    assert_eq!(occasion["description"], "Only changes of these occasions.");
    assert_eq!(schema["additionalProperties"], json!(false));
    assert_eq!(EventId::schema().to_value()["format"], "uuid");
}
