//! The day of a register without one: the same on all of its pages.

use detente_api::request::{Clocks, RegisterRequest};
use detente_api::view::VIEW_BYTES_MAX;
use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::dimension::Register;
use detente_domain::event::Authorship;
use detente_domain::record::{Body, Record, RecordId};
use detente_read_model::ReadSource as _;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::memory::Memory;
use crate::rows::id;
use crate::{answer, page, relation};

fn meeting(number: u128, occurred: &str) -> Value {
    json!({
        "id": id(number), "kind": "meeting.attended", "actors": ["BTN", "BGD"], "recipients": [],
        "occurred": occurred, "details": {"name": format!("Meeting {number}")},
        "title": {"en": "A meeting"}, "report": {"publisher": "One", "grade": "B2"},
    })
}

/// Today is later than what the log has reached.
#[tokio::test]
async fn every_page_of_a_register_is_of_the_day_that_the_log_has_reached() {
    let memory = Memory::new(&[meeting(11, "2024-01-10"), meeting(12, "2024-05-10")]);
    let tick = Record {
        id: RecordId(id(13)),
        authorship: Authorship {
            author: String::new(),
            recorded: OffsetDateTime::UNIX_EPOCH,
        },
        body: Body::Tick {
            day: Day::parse("2024-03-01").unwrap(),
        },
    };
    let apply = memory.with_archive(move |archive| {
        archive.chronicle_mut().open_commit();
        archive.apply(2, &tick);
        archive.chronicle_mut().close_commit(Position(2));
    });
    apply.await;
    let at = |text| Some(Day::parse(text).unwrap());
    for (at, from, total) in [
        (None, None, 1),
        (None, Some("start"), 1),
        (at("2024-06-01"), None, 2),
        (at("2024-06-01"), Some("start"), 2),
    ] {
        let request = RegisterRequest {
            relation: relation(),
            name: Register::Meetings,
            clocks: Clocks {
                at,
                ..Clocks::default()
            },
            page: page(from),
        };
        let page = answer(&memory, &request, VIEW_BYTES_MAX).await;
        assert_eq!(page.total, Some(total), "{at:?} {from:?}");
    }
}
