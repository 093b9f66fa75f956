//! Every answer has a bounded number of bytes, whatever was reported, and pages leave out nothing.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails where it fails"
)]

mod day;
mod memory;
mod rows;

use std::collections::BTreeSet;

use detente_api::proto;
use detente_api::request::{
    Clocks, CountriesRequest, Country, CountryRequest, DiffPoints, DiffRequest, DirectedPair,
    EventRequest, EventsRequest, HistoryRequest, KindsRequest, PAGE_BYTES_MAX, PageFrom, PageLimit,
    PageRequest, ParamValue as _, PendingRequest, PreviewRequest, RegisterRequest,
    RelationEventsRequest, RelationRequest, WhyRequest,
};
use detente_api::submission::{BodyFormat, submissions};
use detente_api::view::{EventLookup, EventView, VIEW_BYTES_MAX, json_len};
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Register};
use detente_domain::event::EventId;
use detente_read_model::{ReadRequest, preview};
use memory::Memory;
use proptest::prelude::*;
use prost::Message;
use rows::{Amounts, EVENT, PENDING, amounts, id};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// What gRPC clients accept.
const MESSAGE_MAX: usize = 4 << 20;
const PREVIEW_BYTES_MAX: usize = 4 << 20;

fn page(from: Option<&str>) -> PageRequest {
    PageRequest {
        limit: PageLimit::parse_param("limit", "1000").ok(),
        from: from.map(|from| PageFrom::parse_param("from", from).unwrap()),
    }
}

fn relation() -> DirectedPair {
    DirectedPair::between("BTN", "BGD").unwrap()
}

/// Answers a request, and checks the length of the answer as JSON.
async fn answer<R: ReadRequest>(memory: &Memory, request: &R, bytes_max: usize) -> R::View
where
    R::View: Serialize,
{
    let view = request.answer(memory).await;
    let view = view.unwrap_or_else(|error| panic!("{error:?}"));
    let len = json_len(&view);
    assert!(
        len <= bytes_max,
        "{}: {len} bytes",
        std::any::type_name::<R>()
    );
    view
}

fn fits(message: &impl Message) {
    let len = message.encoded_len();
    assert!(len < MESSAGE_MAX, "{len} bytes");
}

async fn check(amounts: &Amounts) {
    let rows = rows::rows(amounts);
    let memory = Memory::new(&rows);
    views(&memory).await;
    pages(&memory).await;
    let all = records(&memory, EVENT).await;
    let links = amounts.links;
    let about = amounts.reports + amounts.disputes + amounts.corrections + links;
    assert_eq!(all as u128, about + (amounts.retractions & !1));
    if amounts.pending > 0 {
        assert_eq!(records(&memory, PENDING).await as u128, amounts.pending);
    }
    previews(&memory, &rows).await;
}

async fn views(memory: &Memory) {
    let clocks = Clocks::default();
    let relation = relation();
    let view = answer(
        memory,
        &RelationRequest { relation, clocks },
        VIEW_BYTES_MAX,
    )
    .await;
    fits(&proto::Relation::from(&view));
    let country = Country::parse_param("country", "BTN").unwrap();
    let view = answer(memory, &CountryRequest { country, clocks }, VIEW_BYTES_MAX).await;
    fits(&proto::Country::from(&view));
    for dimension in Dimension::ALL {
        let why = WhyRequest {
            relation,
            dimension,
            clocks,
            limit: PageLimit::parse_param("limit", "1000").ok(),
        };
        let view = answer(memory, &why, VIEW_BYTES_MAX).await;
        let rest = view.rest.map_or(0, |rest| rest.count);
        let is_weighed = view
            .evidence
            .iter()
            .all(|evidence| evidence.weighed.is_some());
        if is_weighed && view.evidence_count > 0 {
            assert_eq!(view.evidence.len() + rest, view.evidence_count);
        }
        fits(&proto::Reasons::from(&view));
    }
    let points = DiffPoints {
        from: Some(Day::parse("2024-02-01").unwrap()),
        ..DiffPoints::default()
    };
    let view = answer(memory, &DiffRequest { relation, points }, VIEW_BYTES_MAX).await;
    fits(&proto::Diff::from(&view));
    answer(memory, &KindsRequest { lang: None }, PAGE_BYTES_MAX).await;
}

async fn pages(memory: &Memory) {
    let (clocks, relation, page_max) = (
        Clocks::default(),
        relation(),
        PAGE_BYTES_MAX + VIEW_BYTES_MAX,
    );
    let request = HistoryRequest {
        relation,
        clocks,
        page: page(None),
        dimension: None,
    };
    answer(memory, &request, page_max).await;
    let request = RegisterRequest {
        relation,
        name: Register::Borders,
        clocks,
        page: page(None),
    };
    answer(memory, &request, page_max).await;
    let request = CountriesRequest {
        clocks,
        page: page(None),
    };
    answer(memory, &request, page_max).await;
    let request = PendingRequest {
        clocks,
        page: page(None),
    };
    answer(memory, &request, page_max).await;

    let all: BTreeSet<Uuid> = memory.events().collect();
    let (mut seen, mut from) = (Vec::new(), Some("start".to_owned()));
    while let Some(cursor) = from {
        let request = EventsRequest {
            page: page(Some(&cursor)),
            ..EventsRequest::default()
        };
        let page = answer(memory, &request, page_max).await;
        let items = page.items.iter().map(proto::Event::from).collect();
        fits(&proto::ListEventsResponse {
            items,
            ..proto::ListEventsResponse::default()
        });
        seen.extend(page.items.iter().filter_map(|view| view.event.id));
        from = page.next;
    }
    assert_eq!(seen.len(), all.len());
    assert_eq!(seen.into_iter().collect::<BTreeSet<Uuid>>(), all);
    let (mut count, mut from) = (0, Some("start".to_owned()));
    while let Some(cursor) = from {
        let request = RelationEventsRequest {
            relation,
            clocks,
            page: page(Some(&cursor)),
        };
        let page = answer(memory, &request, page_max).await;
        count += page.items.len();
        from = page.next;
    }
    assert!(count <= all.len());
}

/// Reads all records about an id, page by page. Returns their number.
async fn records(memory: &Memory, number: u128) -> usize {
    let (mut seen, mut from) = (BTreeSet::new(), Some("start".to_owned()));
    while let Some(cursor) = from {
        let request = EventRequest {
            id: EventId(id(number)),
            clocks: Clocks::default(),
            page: page(Some(&cursor)),
        };
        let lookup = answer(memory, &request, VIEW_BYTES_MAX).await;
        let (ids, next) = match lookup {
            EventLookup::Event(view) => {
                fits(&proto::Event::from(&*view));
                let next = view.next.clone();
                (ids(*view), next)
            }
            EventLookup::Pending(view) => {
                let ids = view.records.iter().map(|record| record.id);
                (ids.collect::<Vec<Uuid>>(), view.next)
            }
        };
        for id in ids {
            assert!(seen.insert(id), "{id} is on two pages");
        }
        from = next;
    }
    seen.len()
}

fn ids(view: EventView) -> Vec<Uuid> {
    let lists = [
        view.reports,
        view.disputes,
        view.corrections,
        view.links,
        view.retractions,
    ];
    let records = lists.into_iter().flatten();
    records.map(|record| record.id).collect()
}

async fn previews(memory: &Memory, rows: &[Value]) {
    let events = rows.iter().filter(|row| row.get("kind").is_some());
    let again = events.take(preview::ROWS_MAX).cloned().map(|mut row| {
        if let Some(row) = row.as_object_mut() {
            row.remove("id");
        }
        row
    });
    let again: Vec<Value> = again.collect();
    let body = serde_json::to_vec(&again).unwrap();
    let rows = submissions(&body, BodyFormat::Json).collect();
    let view = preview::preview(memory, rows, &PreviewRequest::default()).await;
    let view = view.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(
        json_len(&view) <= PREVIEW_BYTES_MAX,
        "{} bytes",
        json_len(&view)
    );
    fits(&proto::Preview::from(&view));
}

fn run(amounts: &Amounts) {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    runtime.block_on(check(amounts));
}

#[test]
fn every_answer_is_bounded_when_much_is_reported_of_everything() {
    run(&Amounts {
        crossings: 1_200,
        speeches: 300,
        reports: 300,
        disputes: 150,
        corrections: 150,
        retractions: 300,
        links: 120,
        pending: 300,
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn every_answer_is_bounded(amounts in amounts()) {
        run(&amounts);
    }
}
