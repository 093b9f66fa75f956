//! A register in pages: the whole of what a view shows in part, the same over HTTP, gRPC and the
//! command line.

use crate::expect::refuses;
use crate::grpc::{matches_http, refusal_of};
use crate::helpers::{answer_to, data, event, eventually, get, post, stderr, text};
use async_nats::jetstream;
use detente_api::proto;
use detente_client::request::{Clocks, DirectedPair, PageRequest, Register, RegisterRequest};
use detente_grpc::proto::relation_service_client::RelationServiceClient;
use detente_tests::product::Product;
use serde_json::{Value, json};
use tonic::transport::{Channel, Endpoint};

/// More meetings than fit into a view of 256 KiB.
const MEETINGS: usize = 700;
/// The entries of a page; the last page has fewer.
const LIMIT: usize = 300;
const PATH: &str = "/v1/relations/KAZ/UZB/registers/meetings";

/// Reports meetings of Kazakhstan and Uzbekistan, on days that are not in order. Returns the
/// position.
async fn meetings(product: &Product) -> u64 {
    let meeting = |number: usize| {
        let shuffled = number * 211 % MEETINGS;
        let (year, month, day) = (
            2000 + shuffled / 336,
            shuffled / 28 % 12 + 1,
            shuffled % 28 + 1,
        );
        let occurred = format!("{year}-{month:02}-{day:02}");
        let mut meeting = event("meeting.attended", &["KAZ", "UZB"], &[], &occurred);
        meeting["details"] = json!({"name": format!("Meeting {number} {}", "x".repeat(100))});
        meeting
    };
    let rows: Vec<Value> = (0..MEETINGS).map(meeting).collect();
    let body = serde_json::to_vec(&rows).unwrap();
    let stored = post(product, "application/json", body).await;
    assert_eq!(stored.status, 201, "{}", stored.body);
    let accepted = stored.body["accepted"].as_array().unwrap();
    let positions = accepted.iter().map(|row| row["position"].as_u64().unwrap());
    positions.max().unwrap()
}

/// Returns the view of the relation in the bucket, once it holds for a position.
async fn latest(product: &Product, position: u64) -> Value {
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let bucket = jetstream::new(client).get_key_value("relations").await;
    let bucket = bucket.unwrap();
    let read = async || {
        let entry = bucket.get("KAZ.UZB").await.unwrap()?;
        let view: Value = serde_json::from_slice(&entry).unwrap();
        (view["position"].as_u64() >= Some(position)).then_some(view)
    };
    eventually("the view of the meetings", async || read().await.is_some()).await;
    read().await.unwrap()
}

async fn service(product: &Product) -> RelationServiceClient<Channel> {
    let endpoint = Endpoint::from_shared(product.grpc.clone()).unwrap();
    RelationServiceClient::new(endpoint.connect().await.unwrap())
}

/// Asks over gRPC for a page that begins at a cursor.
fn request(name: &str, limit: usize, from: &str) -> proto::ListRegisterEntriesRequest {
    proto::ListRegisterEntriesRequest {
        from: "KAZ".to_owned(),
        to: "UZB".to_owned(),
        name: name.to_owned(),
        clocks: None,
        page: Some(proto::PageRequest {
            limit: u32::try_from(limit).unwrap(),
            from: from.to_owned(),
        }),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_register_that_a_view_cuts_is_read_in_pages_over_every_interface() {
    let product = Product::temporary(&[]);
    let position = meetings(&product).await;
    let view = latest(&product, position).await;
    let shown = view["conducts"][0]["meetings"].as_array().unwrap();
    let cut = &view["cut"];
    assert_eq!(cut["entries_total"]["meetings"], MEETINGS);
    assert!(
        !shown.is_empty() && shown.len() < MEETINGS,
        "{}",
        shown.len()
    );
    assert_eq!(
        cut["pages"],
        json!({"meetings": [PATH, "/v1/relations/UZB/KAZ/registers/meetings"]})
    );

    let mut service = service(&product).await;
    let (mut all, mut lengths, mut from) = (Vec::new(), Vec::new(), "start".to_owned());
    loop {
        let path = format!("{PATH}?limit={LIMIT}&from={from}&min_position={position}");
        let page = get(&product, &path).await;
        assert_eq!(page["total"], MEETINGS);
        let reply = service.list_register_entries(request("meetings", LIMIT, &from));
        let reply = reply.await.unwrap().into_inner();
        matches_http::assert_equals("ListRegisterEntriesResponse", &reply, &page);
        let limit = LIMIT.to_string();
        let line = [
            "register", "KAZ", "UZB", "meetings", "--limit", &limit, "--from", &from,
        ];
        let printed = product.client(&[&line[..], &["-o", "json"]].concat());
        assert_eq!(data(&printed), page);
        let items = page["items"].as_array().unwrap();
        lengths.push(items.len());
        all.extend(items.iter().cloned());
        if page["next"].is_null() {
            break;
        }
        from = text(&page["next"]);
    }
    assert_eq!(lengths, [LIMIT, LIMIT, MEETINGS - 2 * LIMIT]);
    let days: Vec<String> = all.iter().map(|entry| text(&entry["since"])).collect();
    assert!(
        days.is_sorted_by(|one, next| one > next),
        "the newest first"
    );
    let newest: Vec<&Value> = all[..shown.len()].iter().collect();
    assert!(
        shown.iter().all(|entry| newest.contains(&entry)),
        "a view has the newest ones"
    );

    // The whole view of the query service has the same entries, and so does the typed client.
    let whole = get(&product, "/v1/relations/KAZ/UZB").await;
    let whole = whole["meetings"].as_array().unwrap();
    assert_eq!(whole.len(), MEETINGS);
    assert!(whole.iter().all(|entry| all.contains(entry)));
    let asked = RegisterRequest {
        relation: DirectedPair::between("KAZ", "UZB").unwrap(),
        name: Register::Meetings,
        clocks: Clocks::default(),
        page: PageRequest::default(),
    };
    let typed = product
        .api()
        .register(&asked)
        .limit(LIMIT)
        .all()
        .await
        .unwrap();
    assert_eq!(typed.total, Some(MEETINGS));
    assert_eq!(serde_json::to_value(typed.items).unwrap(), Value::from(all));

    // A page of another point: the day before the first meeting, and before the log.
    let before = get(&product, &format!("{PATH}?at=1999-12-31")).await;
    assert_eq!(
        (&before["items"], &before["total"]),
        (&json!([]), &json!(0))
    );
    let table = product.client(&["register", "KAZ", "UZB", "meetings", "--limit", "1"]);
    let table = crate::helpers::stdout(&table);
    assert!(
        table.contains(&format!("entries in all: {MEETINGS}\nmore: --from ")),
        "{table}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_register_is_known_and_a_bad_request_is_refused() {
    let product = Product::temporary(&["--demo"]);
    let view = get(&product, "/v1/relations/TJK/AFG?at=2023-04-18").await;
    for register in Register::ALL {
        let path = format!("/v1/relations/TJK/AFG/registers/{register}?at=2023-04-18");
        let page = get(&product, &path).await;
        let shown = view[register.as_str()].as_array().unwrap();
        let items = page["items"].as_array().unwrap();
        assert!(items.iter().all(|entry| shown.contains(entry)), "{path}");
        assert_eq!(
            (items.len(), &page["total"]),
            (shown.len(), &json!(shown.len()))
        );
    }
    let unknown = refuses(404, "unknown_dimension").of("name", "castles");
    for (path, expected) in [
        ("TJK/AFG/registers/castles", unknown.allowing("missions")),
        (
            "TJK/AFG/registers/political",
            refuses(404, "unknown_dimension"),
        ),
        (
            "TJK/AFG/registers/wars?limit=0",
            refuses(400, "bad_query").of("limit", "0"),
        ),
        (
            "TJK/AFG/registers/wars?limit=1001",
            refuses(400, "bad_query"),
        ),
        (
            "TJK/AFG/registers/wars?from=7",
            refuses(400, "bad_cursor").of("from", "7"),
        ),
        (
            "TJK/AFG/registers/wars?dimension=wars",
            refuses(400, "bad_query"),
        ),
        (
            "TJK/AFG/registers/wars?known_at=99999",
            refuses(404, "unknown_position"),
        ),
        ("TJK/TJK/registers/wars", refuses(404, "unknown_relation")),
        (
            "TJX/AFG/registers/wars",
            refuses(422, "unknown_party").of("from", "TJX"),
        ),
    ] {
        let path = format!("/v1/relations/{path}");
        expected.assert_answers(&path, &answer_to(&product, &path).await);
    }
    let mut service = service(&product).await;
    let refused = service
        .list_register_entries(request("castles", 0, ""))
        .await;
    let (reason, refusal) = refusal_of(&refused.unwrap_err());
    assert_eq!(
        (reason.as_str(), refusal.field()),
        ("unknown_dimension", "name")
    );
    assert!(refusal.allowed.contains(&"missions".to_owned()));
    let refused = product.client(&["register", "TJK", "AFG", "castles"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("missions"),
        "{}",
        stderr(&refused)
    );
}
