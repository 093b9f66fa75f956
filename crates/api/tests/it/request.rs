//! Requests from queries, JSON and protobuf.

use detente_domain::day::Day;
use detente_domain::event::EventId;
use serde_json::{Map, json};

use detente_api::proto;
use detente_api::refusal::{Code, Refusal};
use detente_api::request::*;

const STATES: [&str; 2] = ["TJK", "Afghanistan"];

fn owned<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

fn params(query: &str) -> Params {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let path = [("from", STATES[0]), ("to", STATES[1])];
    Params::new(owned(path), pairs.map(pair).collect())
}

fn parse<R: Request>(query: &str) -> Result<R, Refusal> {
    let params = params(query);
    R::check_names(&params, &["format", "bom"])?;
    R::parse(&params)
}

/// Returns the code, field and value of a refusal.
fn refused<R: std::fmt::Debug>(read: Result<R, Refusal>) -> (Code, String, String) {
    let refusal = read.unwrap_err();
    let text = Option::unwrap_or_default;
    (refusal.code, text(refusal.field), text(refusal.value))
}

fn is(code: Code, field: &str, value: &str) -> (Code, String, String) {
    (code, field.to_owned(), value.to_owned())
}

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

#[test]
fn a_register_is_named_by_the_path_and_in_protobuf() {
    let named = |name: &str| {
        let path = [("from", "TJK"), ("to", "AFG"), ("name", name)];
        RegisterRequest::parse(&Params::new(owned(path), owned([("from", "9-100")])))
    };
    let request = named("missions").unwrap();
    assert_eq!(request.name, Register::Missions);
    assert_eq!(request.page.from.map(|from| from.place), Some(100));
    let unknown = is(Code::UnknownDimension, "name", "political");
    assert_eq!(refused(named("political")), unknown);
    let message = |name: &str| proto::ListRegisterEntriesRequest {
        from: "TJK".to_owned(),
        to: "AFG".to_owned(),
        name: name.to_owned(),
        page: Some(proto::PageRequest {
            limit: 0,
            from: "9-100".to_owned(),
        }),
        ..Default::default()
    };
    let over_grpc: RegisterRequest = message("missions").try_into().unwrap();
    assert_eq!(over_grpc, request);
    assert_eq!(
        refused(RegisterRequest::try_from(message("political"))),
        unknown
    );
}

#[test]
fn an_address_is_read_into_values() {
    let request: HistoryRequest =
        parse("at=2023-03-23T23:30:00-03:00&known_at=7&limit=5&from=9-100&dimension=missions&bom=")
            .unwrap();
    assert_eq!(request.relation.states().0.code(), "TJK");
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
    // Neither a segment of the path nor the name of a part is a query parameter.
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
fn a_plus_that_became_a_blank_and_a_day_without_hyphens_are_named() {
    for (query, field, allowed) in [
        (
            "at=2023-04-18T01:00:00 05:00",
            "at",
            "2023-04-18T01:00:00%2B05:00",
        ),
        (
            "known_at=2023-04-18T01:00:00 05:00",
            "known_at",
            "2023-04-18T01:00:00%2B05:00",
        ),
        (
            "known_at=2023-04-18T01:00:00.5 00:00",
            "known_at",
            "2023-04-18T01:00:00.5%2B00:00",
        ),
        ("at=20230418", "at", "2023-04-18"),
    ] {
        let refusal = parse::<RelationRequest>(query).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (Code::BadQuery, Some(field))
        );
        assert_eq!(refusal.allowed, [allowed], "{query}");
        assert_eq!(
            refusal.message.contains("%2B"),
            allowed.contains("%2B"),
            "{refusal}"
        );
        let says_how = refusal.message.ends_with("write the hyphens: 2023-04-18");
        assert_eq!(says_how, allowed == "2023-04-18", "{refusal}");
    }
    for query in [
        "at=",
        "at=2023 04 18",
        "at=20230230",
        "at=20230418/20230419",
        "at=soon +05:00",
    ] {
        let refusal = parse::<RelationRequest>(query).unwrap_err();
        assert!(refusal.allowed.is_empty(), "{query}: {refusal:?}");
    }
}

#[test]
fn a_limit_is_a_number_within_its_bounds() {
    let limit = |text| PageLimit::parse_param("limit", text).map(PageLimit::get);
    assert_eq!(limit("1"), Ok(1));
    assert_eq!(limit("1000"), Ok(1_000));
    for bad in ["0", "1001", "-1", "+5", "many", ""] {
        assert_eq!(refused(limit(bad)), is(Code::BadQuery, "limit", bad));
    }
    let entries = |text| AtomLimit::parse_param("limit", text).map(AtomLimit::get);
    assert_eq!((entries("200"), entries("+5")), (Ok(200), Ok(5)));
    assert_eq!(refused(entries("201")), is(Code::BadQuery, "limit", "201"));
    assert_eq!(AtomLimit::default().get(), 50);
}

#[test]
fn a_part_of_the_path_is_refused_with_its_name() {
    let relation = |from: &str, to: &str| {
        let params = Params::new(owned([("from", from), ("to", to)]), Vec::new());
        refused(RelationRequest::parse(&params))
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
    let params = Params::new(owned([("code", "Q"), ("id", "7")]), Vec::new());
    let country = CountryRequest::parse(&params);
    assert_eq!(refused(country), is(Code::UnknownParty, "country", "Q"));
    let event = EventRequest::parse(&params);
    assert_eq!(refused(event), is(Code::UnknownEvent, "id", "7"));
}

#[test]
fn a_list_may_be_repeated_or_have_commas() {
    let query = "country=TJK, KAZ&country=UZB&country=&direction=TJK-AFG&filter=a,b";
    let filter: FilterRequest = parse(query).unwrap();
    assert_eq!(filter.country, ["TJK", "KAZ", "UZB"]);
    assert_eq!(filter.direction, ["TJK-AFG"]);
    assert_eq!(filter.filter.as_deref(), Some("a,b"));
}

#[test]
fn pairs_of_a_query_are_parsed_into_the_same_request() {
    let sent = |pairs: Vec<(&str, String)>| {
        let own = |(name, value): (&str, String)| (name.to_owned(), value);
        Params::new(Vec::new(), pairs.into_iter().map(own).collect())
    };
    let query = "country=TJK&country=KAZ&register=missions&occasion=learned&filter=a,b";
    let filter: FilterRequest = parse(query).unwrap();
    assert_eq!(FilterRequest::parse(&sent(filter.pairs())), Ok(filter));
    let clocks: Clocks =
        parse("at=2023-01-01&known_at=2023-04-18T00:00:00Z&min_position=3").unwrap();
    assert_eq!(Clocks::parse(&sent(clocks.pairs())), Ok(clocks));
    let points: DiffPoints = parse("from=2023-01-01&known_to=7").unwrap();
    assert_eq!(DiffPoints::parse(&sent(points.pairs())), Ok(points));
    let query = "limit=5&from=9-100&country=UN&pair=AFG,TJK&kind=visit.made&order=newest\
        &pending=true";
    let events: EventsRequest = parse(query).unwrap();
    assert_eq!(EventsRequest::parse(&sent(events.pairs())), Ok(events));
    let query = "from=2023-01-01&to=2023-02-01&speed=12h/s&clock=known&direction=TJK-AFG";
    let replay: ReplayRequest = parse(query).unwrap();
    assert_eq!(ReplayRequest::parse(&sent(replay.pairs())), Ok(replay));
}

#[test]
fn a_replay_does_not_end_before_it_begins() {
    let replay: ReplayRequest = parse("from=2023-02-01&to=2023-01-01").unwrap();
    assert_eq!(
        refused(replay.days()),
        is(Code::BadQuery, "to", "2023-01-01")
    );
    let days = ReplayRequest::default().days().unwrap();
    assert_eq!(days, Day::MIN..=Day::LAST);
}

#[test]
fn a_filter_is_kept_as_json_with_the_text_as_given() {
    let json = json!({"country": ["Tajikistan", "KAZ"], "filter": "change.to == 'high'"});
    let filter: FilterRequest = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&filter).unwrap(), json);
    assert_eq!(
        FilterRequest::from_json(json.as_object().unwrap()),
        Ok(filter)
    );
    let one = json!({"party": "UN", "pair": null, "url": "https://example.org"});
    let one = FilterRequest::from_json(one.as_object().unwrap()).unwrap();
    assert_eq!((one.party, one.pair.len()), (vec!["UN".to_owned()], 0));
    for (field, value) in [
        ("country", json!([7])),
        ("country", json!({})),
        ("country", vec!["TJK"; 301].into()),
        ("filter", json!(["a"])),
    ] {
        let fields = Map::from_iter([(field.to_owned(), value)]);
        let (code, named, _) = refused(FilterRequest::from_json(&fields));
        assert_eq!((code, named.as_str()), (Code::WrongType, field));
    }
}

#[test]
fn an_empty_text_and_0_of_a_message_are_not_given() {
    let message = proto::ListEventsRequest::default();
    assert_eq!(message.try_into(), Ok(EventsRequest::default()));
    let filter = proto::ChangeFilter {
        occasion: vec![proto::Occasion::Happened.into(), 77],
        ..proto::ChangeFilter::default()
    };
    let filter = FilterRequest::try_from(filter).unwrap();
    assert_eq!(filter.occasion, ["happened", "77"]);
    let page = proto::PageRequest {
        limit: 1_001,
        from: String::new(),
    };
    let read = PageRequest::try_from(page);
    assert_eq!(refused(read), is(Code::BadQuery, "limit", "1001"));
}

#[test]
fn a_page_ends_by_bytes_too_and_the_next_one_follows() {
    let mut page = PageRequest::default();
    let mut lengths = Vec::new();
    loop {
        let cut = page.cut_sized(0..10, 7, |_| PAGE_BYTES_MAX / 4 + 1);
        lengths.push(cut.items.len());
        let Some(next) = cut.next else { break };
        assert_eq!(next, format!("7-{}", lengths.iter().sum::<usize>()));
        page.from = Some(PageFrom {
            known: Some(7),
            place: lengths.iter().sum(),
        });
    }
    assert_eq!(lengths, [4, 4, 2]);
    let huge = PageRequest::default().cut_sized(0..2, 7, |_| 2 * PAGE_BYTES_MAX);
    assert_eq!(huge.items, [0]);
}

#[test]
fn a_refusal_names_the_field_of_the_message() {
    let message = |at_from: &str| proto::DiffRequest {
        from: STATES[0].to_owned(),
        to: STATES[1].to_owned(),
        at_from: at_from.to_owned(),
        ..proto::DiffRequest::default()
    };
    let soon = DiffRequest::try_from(message("soon"));
    assert_eq!(refused(soon), is(Code::BadQuery, "at_from", "soon"));
    assert!(DiffRequest::try_from(message("")).is_ok());
}

/// Checks that a request knows the query parameters that it describes, and no other.
fn knows_what_it_describes<R: Request>() {
    let refusal = R::check_names(&params("unheard_of=1"), &[]).unwrap_err();
    let described = R::parameters().into_iter();
    let described = described.filter(|parameter| parameter.place == ParameterIn::Query);
    let described: Vec<_> = described.map(|parameter| parameter.name).collect();
    assert_eq!(refusal.allowed, described);
}

#[test]
fn the_names_that_are_known_are_those_that_are_described() {
    knows_what_it_describes::<RelationRequest>();
    knows_what_it_describes::<DiffRequest>();
    knows_what_it_describes::<EventsRequest>();
    knows_what_it_describes::<ChangesRequest>();
    knows_what_it_describes::<ReplayRequest>();
}

#[test]
fn parameters_are_described() {
    let parameters = WhyRequest::parameters();
    let names: Vec<_> = parameters
        .iter()
        .map(|parameter| (parameter.name, parameter.place))
        .collect();
    let expected = [
        ("from", ParameterIn::Path),
        ("to", ParameterIn::Path),
        ("dimension", ParameterIn::Path),
        ("at", ParameterIn::Query),
    ];
    assert_eq!(names[..4], expected);
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 1000, "default": 100});
    assert_eq!(parameters.last().unwrap().schema, limit);
    let schema = schemars::schema_for!(FilterRequest).to_value();
    assert_eq!(schema["properties"]["occasion"]["type"], json!("array"));
    assert_eq!(schema["additionalProperties"], json!(false));
    assert_eq!(EventId::schema().to_value()["format"], "uuid");
}
